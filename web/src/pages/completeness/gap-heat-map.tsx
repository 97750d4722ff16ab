import type { readGaps, ResponseOf } from '@xianfu/contract'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { Chart } from '../../parts/chart.tsx'
import { cellStates, gridCells } from './grid.ts'

const rowPx = 24
const framePx = 48
const minutesPerDay = 1_440
const pad = (value: number): string => String(value).padStart(2, '0')
/** By state: still to be found, lost, divided by estimate, found. */
const colours = { open: '#ff7875', lost: '#a8071a', estimated: '#ffc069', 're-read': '#95de64' } as const

/** Days by time of day: how many meters lacked a reading of their own, and what became of it. White is well. */
export const GapHeatMap = ({
  data,
  days,
}: {
  readonly data: ResponseOf<typeof readGaps>
  readonly days: readonly string[]
}) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { intervalMinutes } = data
  const cells = useMemo(() => {
    const place = (at: number) => {
      const text = formatInstant(at, system.timeZone, 'minute')
      return { day: text.slice(0, 10), minute: Number(text.slice(11, 13)) * 60 + Number(text.slice(14, 16)) }
    }
    return gridCells(data.cells, place, days, intervalMinutes)
  }, [data, days, intervalMinutes, system.timeZone])
  const option = useMemo(() => {
    const times = Array.from({ length: Math.ceil(minutesPerDay / intervalMinutes) }, (_, index) => {
      const minute = index * intervalMinutes
      return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`
    })
    const axis = { type: 'category' as const, axisTick: { show: false }, axisLabel: { fontSize: 10 } }
    return {
      animation: false,
      tooltip: {
        formatter: ({ value }: { value: [number, number, number] }) =>
          `${days[value[1]] ?? ''} ${times[value[0]] ?? ''} · ${t('completeness.metersWithout', { count: value[2] })}`,
      },
      visualMap: {
        type: 'piecewise',
        dimension: 3,
        orient: 'horizontal',
        top: 0,
        left: 'center',
        itemWidth: 10,
        itemHeight: 8,
        textStyle: { fontSize: 11 },
        pieces: cellStates.map((state, value) => ({ value, label: t(`gapState.${state}`), color: colours[state] })),
      },
      grid: { left: 76, right: 8, top: 26, bottom: 20 },
      xAxis: { ...axis, data: times, splitLine: { show: true } },
      yAxis: { ...axis, data: [...days], inverse: true, splitLine: { show: true } },
      series: [
        {
          type: 'heatmap',
          itemStyle: { borderColor: '#fff', borderWidth: 1 },
          data: cells.map(({ column, row, meters, state }) => [column, row, meters, cellStates.indexOf(state)]),
        },
      ],
    }
  }, [cells, days, intervalMinutes, t])
  return (
    <Chart
      option={option}
      height={framePx + rowPx * days.length}
      label={t('completeness.heatMap', { count: cells.length })}
    />
  )
}
