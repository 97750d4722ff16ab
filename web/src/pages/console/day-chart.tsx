import { readDay } from '@xianfu/contract'
import { Card } from 'antd'
import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { dayKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Chart } from '../../parts/chart.tsx'
import { Problem } from '../../parts/problem.tsx'
import { dayColumns } from './day-data.ts'

const heightPx = 170
/** The sums of a whole day are too dear to be read at every change. */
const readEveryMs = 5_000
const sum = (values: readonly number[]): string => values.reduce((total, value) => total + value, 0).toFixed(2)
const rounded = (value: unknown): string => Number(value).toFixed(2)

/** The day of the site, hour by hour: energy as columns, money charged and paid beside it. */
export const DayChart = memo(function DayChart() {
  const { t } = useTranslation()
  const { now } = useSite()
  const { data, error, again } = useRead(
    dayKey,
    // The hour that is running is taken at the time of the answer.
    async () => ({ ...(await call(readDay)), at: now() }),
    { refetchInterval: readEveryMs },
  )
  const day = useMemo(() => (data === undefined ? null : dayColumns(data.from, data.hours, data.at)), [data])
  const option = useMemo(() => {
    const axis = { type: 'value' as const, splitNumber: 3, axisLabel: { fontSize: 10 } }
    const bar = { type: 'bar' as const, barGap: '10%' }
    return {
      animation: false,
      tooltip: { trigger: 'axis', valueFormatter: rounded },
      legend: { top: 0, itemWidth: 10, itemHeight: 8, textStyle: { fontSize: 11 } },
      grid: { left: 32, right: 32, top: 26, bottom: 20 },
      xAxis: { type: 'category', data: day?.labels ?? [], axisTick: { show: false }, axisLabel: { fontSize: 10 } },
      yAxis: [axis, { ...axis, splitLine: { show: false } }],
      series: [
        { ...bar, name: t('day.energy'), color: '#69b1ff', data: day?.energyKwh ?? [] },
        { ...bar, name: t('day.charged'), color: '#ffa940', yAxisIndex: 1, data: day?.charged ?? [] },
        { ...bar, name: t('day.paid'), color: '#52c41a', yAxisIndex: 1, data: day?.paid ?? [] },
      ],
    }
  }, [day, t])
  const label =
    day === null
      ? t('day.title')
      : t('day.summary', { energy: sum(day.energyKwh), charged: sum(day.charged), paid: sum(day.paid) })
  return (
    <Card size="small" title={t('day.title')}>
      {error !== null && <Problem error={error} onRetry={again} />}
      <Chart option={option} height={heightPx} label={label} />
    </Card>
  )
})
