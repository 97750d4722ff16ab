import type { CommandDetail, MeterDetail, ResponseOf, readHistory } from '@xianfu/contract'
import { roundDecimal, yuan } from '../../format/decimal.ts'
import { zoneOffsetMs } from '../../format/time.ts'
import type { ChartOption } from '../../parts/chart-canvas.tsx'
import { balanceLine, balanceRange, energyBars, heldPoints, openSpans, powerLine, type Point } from './history-data.ts'

export type HistoryWords = Readonly<
  Record<'energy' | 'power' | 'balance' | 'payment' | 'held' | 'open' | 'alarm1' | 'alarm2' | 'cutOff', string>
>

export type HistoryFacts = Readonly<{
  history: ResponseOf<typeof readHistory>
  commands: readonly CommandDetail[]
  meter: MeterDetail
  view: 'energy' | 'power'
  from: number
  now: number
  timeZone: string
  words: HistoryWords
  /** A held reading's reason in the reader's language. */
  heldWords: (because: string) => string
  paidWords: (amount: string) => string
}>

/** The ends of a scale are no round figures. */
const innerLabels = { showMinLabel: false, showMaxLabel: false } as const

const rounded = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'string' ? roundDecimal(Number(value).toFixed(4), 0, 2) : '—'

/** Everything that is drawn of a meter: use as columns, the balance as a line that steps, and what happened to it. */
export const historyOption = (facts: HistoryFacts): ChartOption => {
  const { history, commands, meter, view, from, now, timeZone, words } = facts
  const local = (at: number): number => at + zoneOffsetMs(at, timeZone)
  const placed = (points: readonly Point[]): Point[] => points.map(([at, value]) => [local(at), value])
  const balances = balanceLine(history.points, history.payments, { from, to: now }, meter.account?.balance ?? null)
  const agreed =
    meter.agreement === null ? [] : [meter.agreement.alarm1, meter.agreement.alarm2, meter.agreement.cutOff]
  const held = heldPoints(history.points)
  const spans = openSpans(commands, meter.relay, from, now)
  const use =
    view === 'energy'
      ? { name: words.energy, type: 'bar', color: '#91caff', barMaxWidth: 18, data: placed(energyBars(history.points)) }
      : {
          name: words.power,
          type: 'line',
          step: 'middle',
          showSymbol: false,
          color: '#4096ff',
          areaStyle: { opacity: 0.15 },
          data: placed(powerLine(history.points)),
        }
  return {
    useUTC: true,
    animation: false,
    tooltip: { trigger: 'axis', valueFormatter: rounded },
    legend: { top: 0, itemWidth: 14, itemHeight: 9, textStyle: { fontSize: 12 } },
    grid: { left: 44, right: 44, top: 34, bottom: 24 },
    xAxis: { type: 'time', min: local(from), max: local(now), axisLabel: { hideOverlap: true } },
    yAxis: [
      { type: 'value', min: 0 },
      {
        type: 'value',
        splitLine: { show: false },
        axisLabel: innerLabels,
        ...balanceRange(balances, agreed),
      },
    ],
    series: [
      {
        ...use,
        markArea: {
          silent: true,
          itemStyle: { color: 'rgba(207, 19, 34, 0.10)' },
          label: { show: true, position: 'insideTop', color: '#a8071a', fontSize: 11 },
          data: spans.map((span) => [{ name: words.open, xAxis: local(span.from) }, { xAxis: local(span.to) }]),
        },
      },
      {
        name: words.balance,
        type: 'line',
        step: 'end',
        yAxisIndex: 1,
        showSymbol: false,
        color: '#10243e',
        data: placed(balances),
        markLine: { silent: true, symbol: 'none', animation: false, data: thresholdLines(meter, words) },
      },
      history.payments.length > 0 && {
        name: words.payment,
        type: 'scatter',
        yAxisIndex: 1,
        symbolSize: 10,
        color: '#389e0d',
        tooltip: { trigger: 'item' },
        data: history.payments.map(({ at, balance, amount }) => ({
          value: [local(at), Number(balance)],
          tooltip: { formatter: facts.paidWords(yuan(amount)) },
        })),
      },
      held.length > 0 && {
        name: words.held,
        type: 'scatter',
        symbol: 'triangle',
        symbolSize: 11,
        color: '#d48806',
        tooltip: { trigger: 'item' },
        data: held.map(({ at, heldBecause }) => ({
          value: [local(at), 0],
          tooltip: { formatter: facts.heldWords(heldBecause ?? '') },
        })),
      },
    ].filter((series) => series !== false),
  }
}

const thresholdLines = ({ agreement }: MeterDetail, words: HistoryWords): object[] =>
  agreement === null
    ? []
    : (
        [
          [words.alarm1, agreement.alarm1, '#d4b106'],
          [words.alarm2, agreement.alarm2, '#d46b08'],
          [words.cutOff, agreement.cutOff, '#cf1322'],
        ] as const
      ).map(([name, value, color]) => ({
        name,
        yAxis: Number(value),
        lineStyle: { color, type: 'dashed' },
        label: { formatter: name, position: 'insideEndTop', color, fontSize: 11 },
      }))
