import type { IntervalState } from './completeness.ts'
import type { IntervalGrid } from './collection/interval-grid.ts'
import type { Span } from './gap.ts'
import { wattHours, type WattHours } from './quantity.ts'

/** A good reading, as roll-ups see it. */
export type RegisterAt = Readonly<{ at: number; totalWh: WattHours; ratesWh: readonly WattHours[] }>

/**
 * A day of a meter. Its registers at the ends, and at every boundary of an interval, lie on the straight line between the
 * readings around them, cut to whole watt-hours: the end of a day is the beginning of the next, to the last unit.
 */
export type RolledDay = Readonly<{
  openingWh: WattHours | null
  closingWh: WattHours | null
  closingRatesWh: readonly WattHours[]
  /** What flowed in each interval; zero where it is not known. */
  energiesWh: readonly number[]
}>

/** The register at `at`, on the line between the readings around it; null when one of them is missing. */
export const registerOn = (readings: readonly RegisterAt[], at: number): RegisterAt | null => {
  let before: RegisterAt | null = null
  for (const reading of readings) {
    if (reading.at === at) return reading
    if (reading.at > at) return before === null ? null : between(before, reading, at)
    before = reading
  }
  return null
}

const between = (before: RegisterAt, after: RegisterAt, at: number): RegisterAt => {
  const line = (low: WattHours, high: WattHours): WattHours =>
    wattHours(low + ((high - low) * BigInt(at - before.at)) / BigInt(after.at - before.at))
  const bothTellRates = before.ratesWh.length === after.ratesWh.length
  return {
    at,
    totalWh: line(before.totalWh, after.totalWh),
    ratesWh: bothTellRates ? before.ratesWh.map((rate, index) => line(rate, after.ratesWh[index] ?? rate)) : [],
  }
}

/** Rolls up `[day.from, day.to)`, interval by interval of the grid. Readings rise in time and come from some while before the day to some while after it. */
export const rollUpDay = (day: Span, grid: IntervalGrid, readings: readonly RegisterAt[]): RolledDay => {
  const bounds = [...grid.beginningIn(day).map(({ from }) => from), day.to]
  const registers = onBounds(readings, bounds)
  const energiesWh = bounds.slice(1).map((_, index) => {
    const [begin, end] = [registers[index], registers[index + 1]]
    return begin == null || end == null ? 0 : Number(end.totalWh - begin.totalWh)
  })
  const withRates = readings.filter(({ ratesWh }) => ratesWh.length > 0)
  return {
    openingWh: registers[0]?.totalWh ?? null,
    closingWh: registers.at(-1)?.totalWh ?? null,
    // Records that were found later have no rates: the line goes from reading to reading that has them.
    closingRatesWh: registerOn(withRates, day.to)?.ratesWh ?? [],
    energiesWh,
  }
}

/** The same as `registerOn` for rising bounds, in one walk. */
const onBounds = (readings: readonly RegisterAt[], bounds: readonly number[]): readonly (RegisterAt | null)[] => {
  let next = 0
  return bounds.map((at) => {
    while (next < readings.length && (readings[next]?.at ?? 0) < at) next += 1
    const [before, after] = [readings[next - 1], readings[next]]
    if (after?.at === at) return after
    return before === undefined || after === undefined ? null : between(before, after, at)
  })
}

const letters: Readonly<Record<IntervalState, string>> = {
  read: 'r',
  're-read': 'b',
  estimated: 'e',
  missing: 'm',
  lost: 'l',
  due: 'm',
  unwatched: '.',
}

export const markOf = (state: IntervalState): string => letters[state]

const stateOfLetter = new Map<string, IntervalState>([
  ['r', 'read'],
  ['b', 're-read'],
  ['e', 'estimated'],
  ['m', 'missing'],
  ['l', 'lost'],
  ['.', 'unwatched'],
])

export const stateOfMark = (mark: string): IntervalState => stateOfLetter.get(mark) ?? 'missing'
