import { readFieldDays } from '@xianfu/contract'
import { Card } from 'antd'
import { memo, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { fieldDaysKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { Chart } from '../../parts/chart.tsx'
import { Problem } from '../../parts/problem.tsx'
import { useSaying } from '../../words/saying.ts'
import { fieldColumns } from './field-data.ts'

const heightPx = 150
const daysShown = 14
/** The days behind us do not change, and today's figures are no live ones. */
const readEveryMs = 60_000

/** Two weeks of the field: how many reads were answered, and which alarms began. */
export const FieldChart = memo(function FieldChart() {
  const { t } = useTranslation()
  const say = useSaying()
  const { data, error, again } = useRead(
    fieldDaysKey,
    async () => call(readFieldDays, { query: { days: daysShown } }),
    { refetchInterval: readEveryMs },
  )
  const field = useMemo(() => fieldColumns(data?.days ?? []), [data])
  const option = useMemo(() => {
    const axis = { type: 'value' as const, splitNumber: 2, axisLabel: { fontSize: 10 } }
    return {
      animation: false,
      tooltip: { trigger: 'axis' as const },
      legend: { top: 0, type: 'scroll' as const, itemWidth: 10, itemHeight: 8, textStyle: { fontSize: 11 } },
      grid: { left: 32, right: 24, top: 26, bottom: 20 },
      xAxis: {
        type: 'category' as const,
        data: [...field.labels],
        axisTick: { show: false },
        axisLabel: { fontSize: 10 },
      },
      yAxis: [
        { ...axis, max: 100, min: field.lowestPercent },
        { ...axis, minInterval: 1, splitLine: { show: false } },
      ],
      series: [
        { type: 'line' as const, name: t('fieldDays.success'), color: '#52c41a', data: [...field.percent] },
        { type: 'line' as const, name: t('fieldDays.online'), color: '#1677ff', data: [...field.online] },
        ...field.alarms.map(({ kind, counts }) => ({
          type: 'bar' as const,
          stack: 'alarms',
          barMaxWidth: 16,
          yAxisIndex: 1,
          name: say.workItem(kind),
          data: [...counts],
        })),
      ],
    }
  }, [field, say, t])
  const { answeredPercent, alarmsInAll } = field
  const label = t('fieldDays.summary', { days: daysShown, percent: answeredPercent ?? '—', alarms: alarmsInAll })
  return (
    <Card size="small" title={t('fieldDays.title', { days: daysShown })}>
      {error !== null && <Problem error={error} onRetry={again} />}
      <Chart option={option} height={heightPx} label={label} />
    </Card>
  )
})
