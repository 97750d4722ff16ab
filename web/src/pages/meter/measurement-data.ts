import type { MeasuredPart, MeasuredQuantity, ResponseOf, readMeasurements } from '@xianfu/contract'

export type Measurements = ResponseOf<typeof readMeasurements>

export const shownQuantities = ['voltage', 'current', 'active-power', 'power-factor', 'demand'] as const
export type ShownQuantity = (typeof shownQuantities)[number]

export const spans = ['day', 'week', 'month', 'year'] as const
export type Span = (typeof spans)[number]

const dayMs = 86_400_000
const spanDays: Readonly<Record<Span, number>> = { day: 1, week: 7, month: 31, year: 366 }

/** The span that ends now, or so many of them before it. */
export const boundsOf = (span: Span, back: number, now: number): Readonly<{ from: number; to: number }> => {
  const lengthMs = spanDays[span] * dayMs
  const to = now - back * lengthMs
  return { from: to - lengthMs, to }
}

type Shown = Readonly<{ unit: string; size: number; places: number }>

/** How a quantity is shown: its values on the wire are whole small units. */
export const shownAs: Readonly<Record<MeasuredQuantity, Shown>> = {
  voltage: { unit: 'V', size: 1_000, places: 1 },
  current: { unit: 'A', size: 1_000, places: 3 },
  'active-power': { unit: 'kW', size: 1_000_000, places: 3 },
  'reactive-power': { unit: 'kvar', size: 1_000_000, places: 3 },
  'apparent-power': { unit: 'kVA', size: 1_000_000, places: 3 },
  'power-factor': { unit: '', size: 1_000, places: 3 },
  frequency: { unit: 'Hz', size: 1_000, places: 2 },
}

export type Line = Readonly<{
  part: MeasuredPart
  /** Null ends the line where nothing was measured for a while. */
  points: readonly (readonly [at: number, value: number | null])[]
  /** Of days: from the least to the greatest. */
  band: readonly (readonly [at: number, least: number, width: number])[]
}>

/** Further apart than so many usual distances, and nothing was measured in between. */
const mostDistances = 2.5

/** A line for each part that was told, in the unit that is shown. */
export const linesOf = ({ parts, points, quantity, resolution }: Measurements): readonly Line[] => {
  const { size } = shownAs[quantity]
  // The one phase of a single-phase meter is its total once more.
  const isTotalOnly = parts.length === 2 && parts[0] === 'total'
  const farthest = mostDistances * usualDistance(points.map(({ at }) => at))
  return (isTotalOnly ? parts.slice(0, 1) : parts).map((part, index) => {
    const line: [number, number | null][] = []
    const band: [number, number, number][] = []
    for (const { at, values, least, greatest } of points) {
      const value = values[index] ?? null
      const before = line.at(-1)
      if (before !== undefined && at - before[0] > farthest) line.push([before[0] + 1, null])
      line.push([at, value === null ? null : value / size])
      const [low, high] = [least?.[index] ?? null, greatest?.[index] ?? null]
      if (resolution === 'day' && low !== null && high !== null) band.push([at, low / size, (high - low) / size])
    }
    return { part, points: line, band }
  })
}

/** The median distance between neighbours; endless for one that is alone. */
const usualDistance = (times: readonly number[]): number => {
  const distances = times.slice(1).map((at, index) => at - (times[index] ?? at))
  return distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Infinity
}

/** The least and the greatest that is drawn, or null when nothing is. */
export const extentOf = (lines: readonly Line[]): Readonly<{ least: number; greatest: number }> | null => {
  const values = lines.flatMap(({ points, band }) => [
    ...points.flatMap(([, value]) => (value === null ? [] : [value])),
    ...band.flatMap(([, least, width]) => [least, least + width]),
  ])
  return values.length === 0 ? null : { least: Math.min(...values), greatest: Math.max(...values) }
}

/** Hundredths of a per cent, thousandths: as per cent. */
export const percentOf = (value: number, of: 'hundredths' | 'thousandths'): string =>
  of === 'hundredths' ? (value / 100).toFixed(2) : (value / 10).toFixed(1)
