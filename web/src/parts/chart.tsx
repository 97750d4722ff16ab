import { lazy, Suspense } from 'react'
import { ErrorBoundary } from '../app/crashed.tsx'
import type { ChartOption } from './chart-canvas.tsx'

/** The chart library is large and is fetched beside the page, which does not wait for it. */
const Canvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }))

/** `label` says in words what the chart shows; it is all there is when the library can not be fetched. */
export const Chart = ({
  option,
  height,
  label,
}: {
  readonly option: ChartOption
  readonly height: number
  readonly label: string
}) => (
  <div role="img" aria-label={label} style={{ height }}>
    <ErrorBoundary fallback={<p className="small">{label}</p>}>
      <Suspense fallback={null}>
        <Canvas option={option} height={height} />
      </Suspense>
    </ErrorBoundary>
  </div>
)
