import type { ResponseOf, readDayData } from '@xianfu/contract'
import { zoneOffsetMs } from '../../format/time.ts'
import type { ChartOption } from '../../parts/chart-canvas.tsx'

export type DemandFacts = Readonly<{
  demand: ResponseOf<typeof readDayData>['demand']
  from: number
  to: number
  timeZone: string
  name: string
}>

/** The greatest demand of the meter's month as it stood when it was collected: steps that begin anew each month. */
export const demandOption = ({ demand, from, to, timeZone, name }: DemandFacts): ChartOption => {
  const local = (at: number): number => at + zoneOffsetMs(at, timeZone)
  return {
    useUTC: true,
    animation: false,
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${value.toFixed(4)} kW` : '—'),
    },
    legend: { top: 0, itemWidth: 14, itemHeight: 9 },
    grid: { left: 56, right: 16, top: 34, bottom: 24 },
    xAxis: { type: 'time', min: local(from), max: local(to), axisLabel: { hideOverlap: true } },
    yAxis: { type: 'value', min: 0 },
    series: [
      {
        name,
        type: 'line',
        step: 'end',
        color: '#722ed1',
        symbolSize: 5,
        data: demand.map(({ at, greatestMilliwatts }) => [local(at), Number(greatestMilliwatts) / 1_000_000]),
      },
    ],
  }
}
