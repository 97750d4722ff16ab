import type { MeasuredPart } from '@xianfu/contract'
import { zoneOffsetMs } from '../../format/time.ts'
import type { ChartOption } from '../../parts/chart-canvas.tsx'
import { extentOf, shownAs, type Line, type Measurements } from './measurement-data.ts'

export type MeasurementWords = Readonly<{ part: Readonly<Record<MeasuredPart, string>>; upper: string; lower: string }>

/** Phases have the colours of their conductors: yellow, green, red. */
const colours: Readonly<Record<MeasuredPart, string>> = {
  total: '#10243e',
  a: '#d4a106',
  b: '#389e0d',
  c: '#cf1322',
}
const limitColour = '#a8071a'
/** Room above and below what is drawn, as a share of it. */
const roomShare = 0.08

export type MeasurementFacts = Readonly<{
  measurements: Measurements
  lines: readonly Line[]
  from: number
  to: number
  timeZone: string
  words: MeasurementWords
}>

/** Phases as lines; of days the band of each from its least to its greatest; what a voltage may be is shaded. */
export const measurementOption = ({
  measurements,
  lines,
  from,
  to,
  timeZone,
  words,
}: MeasurementFacts): ChartOption => {
  const { quantity, limits } = measurements
  const { unit, size, places } = shownAs[quantity]
  const local = (at: number): number => at + zoneOffsetMs(at, timeZone)
  const shownLimits = quantity === 'voltage' && limits !== null ? limits : null
  const limit = (name: string, value: number) => ({
    name,
    yAxis: value / size,
    lineStyle: { color: limitColour, type: 'dashed' },
    label: { formatter: name, position: 'insideEndTop', color: limitColour, fontSize: 11 },
  })
  const extent = extentOf(lines)
  // Currents and powers are compared with nothing, voltages and factors with one another.
  const isFromZero = quantity === 'current' || quantity === 'active-power'
  const drawnLeast = Math.min(extent?.least ?? 0, isFromZero ? 0 : Infinity)
  const least = Math.min(drawnLeast, shownLimits === null ? Infinity : shownLimits.lowest / size)
  const greatest = Math.max(extent?.greatest ?? 1, shownLimits === null ? -Infinity : shownLimits.highest / size)
  const room = Math.max((greatest - least) * roomShare, 1 / 10 ** places)
  return {
    useUTC: true,
    animation: false,
    tooltip: {
      trigger: 'axis',
      valueFormatter: (value: unknown) => (typeof value === 'number' ? `${value.toFixed(places)} ${unit}`.trim() : '—'),
    },
    legend: { top: 0, itemWidth: 14, itemHeight: 9, data: lines.map(({ part }) => words.part[part]) },
    grid: { left: 56, right: 16, top: 34, bottom: 24 },
    xAxis: { type: 'time', min: local(from), max: local(to), axisLabel: { hideOverlap: true } },
    yAxis: {
      type: 'value',
      min: isFromZero && least === 0 ? 0 : least - room,
      max: greatest + room,
      axisLabel: { showMinLabel: false, showMaxLabel: false },
      name: unit,
      nameTextStyle: { align: 'right' },
    },
    series: [
      ...lines.map(({ part, points }, index) => ({
        name: words.part[part],
        type: 'line',
        color: colours[part],
        showSymbol: points.length < mostSymbols,
        symbolSize: 5,
        lineStyle: { width: part === 'total' ? 2 : 1.5 },
        data: points.map(([at, value]) => [local(at), value]),
        ...(index === 0 && shownLimits !== null
          ? {
              markArea: {
                silent: true,
                itemStyle: { color: 'rgba(56, 158, 13, 0.07)' },
                data: [[{ yAxis: shownLimits.lowest / size }, { yAxis: shownLimits.highest / size }]],
              },
              markLine: {
                silent: true,
                symbol: 'none',
                animation: false,
                data: [limit(words.upper, shownLimits.highest), limit(words.lower, shownLimits.lowest)],
              },
            }
          : {}),
      })),
      ...lines.flatMap(({ part, band }) => (band.length === 0 ? [] : bandOf(part, band, local))),
    ],
  }
}

/** So many points are drawn as such; more would be a thick line. */
const mostSymbols = 60

/** Two lines on top of one another, of which only the room between them is seen. */
const bandOf = (part: MeasuredPart, band: Line['band'], local: (at: number) => number): object[] => {
  const unseen = {
    type: 'line',
    stack: `band ${part}`,
    stackStrategy: 'all',
    showSymbol: false,
    silent: true,
    lineStyle: { opacity: 0 },
    tooltip: { show: false },
    color: colours[part],
  }
  return [
    { ...unseen, data: band.map(([at, low]) => [local(at), low]) },
    { ...unseen, areaStyle: { opacity: 0.14 }, data: band.map(([at, , width]) => [local(at), width]) },
  ]
}
