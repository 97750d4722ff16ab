import { lazy, Suspense } from 'react'
import type { ChartOption } from './chart-canvas.tsx'

/** The chart library is large and is fetched beside the page, which does not wait for it. */
const Canvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }))

/** `label` says in words what the chart shows. */
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
    <Suspense fallback={null}>
      <Canvas option={option} height={height} />
    </Suspense>
  </div>
)
