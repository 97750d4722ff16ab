import { exportMeasurements, readDayData, readMeasurements } from '@xianfu/contract'
import { Button, Card, Empty, Segmented, Skeleton, Space } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { useKeys } from '../../keys/use-keys.ts'
import { measurementsKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Chart } from '../../parts/chart.tsx'
import { Problem } from '../../parts/problem.tsx'
import { demandOption } from './demand-option.ts'
import {
  boundsOf,
  extentOf,
  linesOf,
  shownAs,
  shownQuantities,
  spans,
  type Measurements,
  type ShownQuantity,
  type Span,
} from './measurement-data.ts'
import { MeasurementFigures } from './measurement-figures.tsx'
import { measurementOption } from './measurement-option.ts'

const heightPx = 260
/** The export of the console holds two months; more is for the command line. */
const exported: ReadonlySet<Span> = new Set(['day', 'week', 'month'])

type Shown = Readonly<{ from: number; to: number }>

const after = <T,>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length] ?? one

/** Voltage, current, power and power factor over a day to a year, and what they say of the supply. */
export const MeasurementsPanel = ({ meterId, timeZone }: { readonly meterId: number; readonly timeZone: string }) => {
  const { t } = useTranslation()
  const { now } = useSite()
  const [quantity, setQuantity] = useState<ShownQuantity>('voltage')
  const [span, setSpan] = useState<Span>('day')
  const [back, setBack] = useState(0)
  const earlier = (): void => setBack(back + 1)
  const later = (): void => setBack(Math.max(0, back - 1))
  const choose = (chosen: Span): void => {
    setSpan(chosen)
    setBack(0)
  }
  useKeys('meter', {
    'next-quantity': () => setQuantity(after(shownQuantities, quantity)),
    'next-span': () => choose(after(spans, span)),
    earlier,
    later,
  })
  const { from, to } = boundsOf(span, back, now())
  const day = (at: number): string => formatInstant(at, timeZone, 'minute').slice(0, 10)
  const query = new URLSearchParams({ first: day(from), last: day(to - 1), meter: String(meterId) })
  return (
    <Card
      size="small"
      title={t('measurement.title')}
      extra={
        exported.has(span) && (
          <a href={`${exportMeasurements.path}?${query.toString()}`} download>
            {t('measurement.export')}
          </a>
        )
      }
    >
      <div className="chart-head">
        <Space size={4}>
          <Button size="small" aria-label={t('measurement.earlier')} aria-keyshortcuts="[" onClick={earlier}>
            ‹
          </Button>
          <Segmented
            size="small"
            value={span}
            onChange={choose}
            options={spans.map((value) => ({ value, label: t(`measurement.span.${value}`) }))}
          />
          <Button
            size="small"
            aria-label={t('measurement.later')}
            aria-keyshortcuts="]"
            disabled={back === 0}
            onClick={later}
          >
            ›
          </Button>
          <span className="small number">
            {day(from)} – {day(to)}
          </span>
        </Space>
        <Segmented
          size="small"
          value={quantity}
          onChange={setQuantity}
          options={shownQuantities.map((value) => ({ value, label: t(`measurement.quantity.${value}`) }))}
        />
      </div>
      {quantity === 'demand' ? (
        <DemandChart meterId={meterId} timeZone={timeZone} span={span} back={back} />
      ) : (
        <MeasuredChart meterId={meterId} timeZone={timeZone} span={span} back={back} quantity={quantity} />
      )}
    </Card>
  )
}

type ChartProps = Readonly<{ meterId: number; timeZone: string; span: Span; back: number }>

const MeasuredChart = ({
  meterId,
  timeZone,
  span,
  back,
  quantity,
}: ChartProps & { readonly quantity: Exclude<ShownQuantity, 'demand'> }) => {
  const { t } = useTranslation()
  const { now } = useSite()
  const { data, error, isPending, again } = useRead(
    measurementsKey(meterId, quantity, span, back),
    async (): Promise<Measurements & Shown> => {
      const bounds = boundsOf(span, back, Math.floor(now()))
      return {
        ...(await call(readMeasurements, { params: { id: meterId }, query: { ...bounds, quantity } })),
        ...bounds,
      }
    },
    { placeholderData: (before) => before },
  )
  const drawn = useMemo(() => {
    if (data === undefined || data.points.length === 0) return null
    const lines = linesOf(data)
    const volts = (millivolts: number | undefined): string => ((millivolts ?? 0) / 1_000).toFixed(1)
    const words = {
      part: {
        total: t('measurement.part.total'),
        a: t('measurement.part.a'),
        b: t('measurement.part.b'),
        c: t('measurement.part.c'),
      },
      upper: t('measurement.upper', { value: volts(data.limits?.highest) }),
      lower: t('measurement.lower', { value: volts(data.limits?.lowest) }),
    }
    const { unit, places } = shownAs[data.quantity]
    const extent = extentOf(lines)
    return {
      option: measurementOption({ measurements: data, lines, from: data.from, to: data.to, timeZone, words }),
      label: t('measurement.summary', {
        quantity: t(`measurement.quantity.${quantity}`),
        parts: lines.map(({ part }) => words.part[part]).join(' '),
        count: data.points.length,
        least: extent?.least.toFixed(places) ?? '—',
        greatest: extent?.greatest.toFixed(places) ?? '—',
        unit,
      }),
    }
  }, [data, quantity, t, timeZone])
  return (
    <>
      {error !== null && <Problem error={error} onRetry={again} />}
      {isPending && <Skeleton active style={{ height: heightPx }} />}
      {data !== undefined && drawn === null && (
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={data.measurements === 0 ? t('measurement.empty') : t('measurement.notTold')}
        />
      )}
      {drawn !== null && <Chart option={drawn.option} height={heightPx} label={drawn.label} />}
      {data !== undefined && data.measurements > 0 && <MeasurementFigures measurements={data} />}
    </>
  )
}

const DemandChart = ({ meterId, timeZone, span, back }: ChartProps) => {
  const { t } = useTranslation()
  const { now } = useSite()
  const { data, error, isPending, again } = useRead(measurementsKey(meterId, 'demand', span, back), async () => {
    const bounds = boundsOf(span, back, now())
    const day = (at: number): string => formatInstant(at, timeZone, 'minute').slice(0, 10)
    // A year and both its ends would be a day too many.
    const query = { first: day(bounds.from + 86_400_000), last: day(bounds.to) }
    return { ...(await call(readDayData, { params: { id: meterId }, query })), ...bounds }
  })
  const told = data?.demand.filter(({ greatestMilliwatts }) => greatestMilliwatts !== null) ?? []
  return (
    <>
      {error !== null && <Problem error={error} onRetry={again} />}
      {isPending && <Skeleton active style={{ height: heightPx }} />}
      {data !== undefined && told.length === 0 && (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('measurement.emptyDemand')} />
      )}
      {data !== undefined && told.length > 0 && (
        <Chart
          option={demandOption({
            demand: told,
            from: data.from,
            to: data.to,
            timeZone,
            name: t('measurement.greatestDemand'),
          })}
          height={heightPx}
          label={t('measurement.greatestDemand')}
        />
      )}
    </>
  )
}
