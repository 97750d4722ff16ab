import { readHistory } from '@xianfu/contract'
import { useQuery } from '@tanstack/react-query'
import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as charts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { Empty, Segmented } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { useSite } from '../../app/site.ts'
import { zoneOffsetMs } from '../../format/time.ts'
import { historyKey } from '../../live/query-keys.ts'

charts.use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

const spans = [12, 48, 168] as const

/** Energy of each reading as bars, the balance as a falling line, payments as dots on it. */
export const HistoryChart = ({ meterId }: { readonly meterId: number }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const [hours, setHours] = useState<number>(12)
  const { data } = useQuery({
    queryKey: historyKey(meterId, hours),
    queryFn: async () => call(readHistory, { params: { id: meterId }, query: { hours } }),
  })
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<charts.ECharts | null>(null)

  useEffect(() => {
    if (place.current === null) return
    const made = charts.init(place.current)
    chart.current = made
    const watcher = new ResizeObserver(() => made.resize())
    watcher.observe(place.current)
    return () => {
      watcher.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    if (data === undefined) return
    const local = (at: number): number => at + zoneOffsetMs(at, system.timeZone)
    chart.current?.setOption({
      useUTC: true,
      animation: false,
      tooltip: { trigger: 'axis' },
      legend: { top: 0 },
      grid: { left: 50, right: 50, top: 32, bottom: 28 },
      xAxis: { type: 'time' },
      yAxis: [
        { type: 'value', name: 'kWh' },
        { type: 'value', name: '¥', splitLine: { show: false }, scale: true },
      ],
      series: [
        {
          name: t('chart.energy'),
          type: 'bar',
          color: '#91caff',
          data: data.points.flatMap(({ at, usedWh }) => (usedWh === null ? [] : [[local(at), Number(usedWh) / 1_000]])),
        },
        {
          name: t('chart.balance'),
          type: 'line',
          step: 'end',
          yAxisIndex: 1,
          showSymbol: false,
          color: '#d4380d',
          data: balanceLine(data).map(([at, value]) => [local(at), value]),
        },
        {
          name: t('chart.payment'),
          type: 'scatter',
          yAxisIndex: 1,
          symbolSize: 9,
          color: '#389e0d',
          data: data.payments.map(({ at, balance }) => [local(at), Number(balance)]),
        },
      ],
    })
  }, [data, system.timeZone, t])

  return (
    <>
      <Segmented
        size="small"
        value={hours}
        onChange={setHours}
        options={spans.map((value) => ({
          value,
          label: value === 168 ? t('meter.week') : t('meter.hours', { count: value }),
        }))}
      />
      <div ref={place} style={{ height: 260 }} role="img" aria-label={t('meter.history')} />
      {data?.points.length === 0 && <Empty description={t('chart.empty')} />}
    </>
  )
}

type History = Readonly<{
  points: readonly { at: number; balance: string | null }[]
  payments: readonly { at: number; balance: string }[]
}>

const balanceLine = ({ points, payments }: History): [number, number][] =>
  [
    ...points.flatMap(({ at, balance }) => (balance === null ? [] : [[at, Number(balance)] as [number, number]])),
    ...payments.map(({ at, balance }) => [at, Number(balance)] as [number, number]),
  ].sort(([a], [b]) => a - b)
