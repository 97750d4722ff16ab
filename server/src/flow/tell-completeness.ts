import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { addCompleteness, completenessOf, noCompleteness, type Completeness } from '../domain/completeness.ts'
import type { GapReason, GapState, Span, UnknownSide } from '../domain/gap.ts'
import type { Reach } from '../domain/reach.ts'
import { localDayText, localTime, startOfLocalDay, startOfToday } from '../domain/calendar.ts'
import type { Sql } from '../store/database.ts'
import {
  viewGapSums,
  viewWatchedBefore,
  viewWatchedGroups,
  viewWatchedSince,
  type WatchedGroup,
} from '../store/view/completeness.ts'

/** One gateway on one of its site's days. */
export type DayCompleteness = Completeness &
  Readonly<{
    day: string
    site: string
    gatewayId: number
    gateway: string
    /** Intervals without a reading of their own, whatever became of them. */
    byReason: Readonly<Partial<Record<GapReason, number>>>
    /** Lost ones, by the side on which no register is known. */
    lostBySide: Readonly<Partial<Record<UnknownSide, number>>>
  }>

/** Most days of one answer. */
export const mostCompletenessDays = 62

/** Completeness of each gateway on each of the last days of its site, newest day first; the running day as far as it has come. */
export const tellCompleteness = async (
  sql: Sql,
  now: number,
  days: number,
  reach: Reach = null,
): Promise<readonly DayCompleteness[]> => {
  const groups = await viewWatchedGroups(sql, reach)
  const zones = [...new Set(groups.map((group) => group.time_zone))]
  const told: DayCompleteness[] = []
  for (const timeZone of zones)
    for (const span of lastDays(now, timeZone, Math.min(days, mostCompletenessDays))) {
      const ofZone = groups.filter((group) => group.time_zone === timeZone)
      told.push(...(await ofDay(sql, ofZone, span)))
    }
  return told
}

type Day = Span & Readonly<{ day: string }>

/** The local day that contains `now` and those before it. */
export const lastDays = (now: number, timeZone: string, count: number): readonly Day[] => {
  const days: Day[] = []
  let to = dayAfter(startOfToday(now, timeZone), timeZone)
  for (let index = 0; index < count; index += 1) {
    const from = startOfToday(to - 1, timeZone)
    days.push({ from, to, day: localDayText(from, timeZone) })
    to = from
  }
  return days
}

const dayAfter = (midnight: number, timeZone: string): number => {
  // Noon of the next day, whatever the clock does at night.
  const { year, month, day } = localTime(midnight + 36 * 3_600_000, timeZone)
  return startOfLocalDay(year, month, day, timeZone)
}

const ofDay = async (sql: Sql, groups: readonly WatchedGroup[], day: Day): Promise<readonly DayCompleteness[]> => {
  const before = await viewWatchedBefore(sql, day.from)
  const since = await viewWatchedSince(sql, day)
  const sums = await viewGapSums(sql, day)
  const parts = groups.flatMap((group) => {
    const grid = intervalGrid(group.time_zone, group.minutes)
    const to = Math.min(day.to, group.swept_to)
    const isOf = (row: Readonly<{ gateway_id: number; minutes: number }>): boolean =>
      row.gateway_id === group.gateway_id && row.minutes === group.minutes
    const known = before.filter(isOf).map((row) => ({ ...row, since: day.from }))
    const expected = [...known, ...since.filter(isOf)].reduce(
      (sum, row) => sum + Number(row.meters) * grid.countIn({ from: row.since, to }),
      0,
    )
    if (expected === 0) return []
    const byState: Partial<Record<GapState, number>> = {}
    const byReason: Partial<Record<GapReason, number>> = {}
    const lostBySide: Partial<Record<UnknownSide, number>> = {}
    for (const row of sums.filter(isOf)) {
      const count = Number(row.intervals)
      byState[row.state] = (byState[row.state] ?? 0) + count
      byReason[row.reason] = (byReason[row.reason] ?? 0) + count
      if (row.unknown_side !== null) lostBySide[row.unknown_side] = (lostBySide[row.unknown_side] ?? 0) + count
    }
    const { code: gateway, gateway_id: gatewayId, site_name: site } = group
    return [{ day: day.day, site, gatewayId, gateway, byReason, lostBySide, ...completenessOf(expected, byState) }]
  })
  return byGateway(parts)
}

/** Meters of one gateway that are read at different paces count together. */
const byGateway = (parts: readonly DayCompleteness[]): readonly DayCompleteness[] => {
  const sums = new Map<number, DayCompleteness>()
  for (const part of parts) {
    const known = sums.get(part.gatewayId)
    const byReason = addCounts(known?.byReason ?? {}, part.byReason)
    const lostBySide = addCounts(known?.lostBySide ?? {}, part.lostBySide)
    sums.set(
      part.gatewayId,
      known === undefined ? part : { ...part, ...addCompleteness(known, part), byReason, lostBySide },
    )
  }
  return [...sums.values()]
}

type Counts<K extends string> = Readonly<Partial<Record<K, number>>>

const addCounts = <K extends string>(a: Counts<K>, b: Counts<K>): Counts<K> => {
  const sum: Partial<Record<K, number>> = { ...a }
  for (const [name, count] of Object.entries(b) as [K, number][]) sum[name] = (sum[name] ?? 0) + count
  return sum
}

export const sumOf = (parts: readonly Completeness[]): Completeness => parts.reduce(addCompleteness, noCompleteness)
