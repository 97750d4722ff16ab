import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { intervalFacts } from '../domain/completeness.ts'
import type { Span } from '../domain/gap.ts'
import { localDayText, localTime, startOfLocalDay, startOfToday } from '../domain/calendar.ts'
import { markOf, rollUpDay } from '../domain/roll-up.ts'
import type { Sql } from '../store/database.ts'
import {
  addDueDays,
  dueMeters,
  firstReadingAt,
  gapsOfMeters,
  goodReadings,
  loadZones,
  metersOfZone,
  nearestReading,
  prepareRollUp,
  saveDays,
  saveRolledTo,
  takeDueDays,
  type PoweredRegister,
  type RolledMeter,
  type StoredDay,
} from '../store/roll-up.ts'
import { readSetting } from '../store/settings.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Setting: readings before this instant are not in the database any more. */
export const keptFromSetting = 'readings-kept-from'

const utcDayMs = 86_400_000
/** Readings so long before and after a day are looked at with it; the few meters that have none there are looked up. */
const aroundMs = 2 * 3_600_000
/** How far the few are looked for. */
const farthestMs = 62 * utcDayMs
/** Meters rolled up in one transaction. */
const metersPerBatch = 500
/** Days of single meters that have become due, in one pass. */
const dueAtOnce = 2_000
/** Longest pause between two looks, elapsed time. */
const lookEveryMs = 60_000
const shortestLookMs = 500
const lookEveryWallMs = 1_800_000

/**
 * Rolls half hours up to days and months of the site's own zone, once a day is over and its readings lie still; days in
 * which something was found since are rolled up anew.
 */
export const runRollUp = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'roll-up', signal, async () => {
    const isMore = await rollUp(context, signal)
    if (isMore) return
    const sleepMs = Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate))
    await pause(context.clock, sleepMs, signal)
  })

/** One pass: at most one day of each zone, and what has become due; true when there is more. */
export const rollUp = async (context: FlowContext, signal?: AbortSignal): Promise<boolean> => {
  let isMore = false
  for (const zone of await loadZones(context.database)) {
    const next = await nextDay(context, zone)
    const isReady = next !== null && (await rollUpZone(context, zone.timeZone, next, zone.sweptTo, signal))
    const isDue = await rollUpDue(context, zone, signal)
    isMore = isMore || isReady || isDue
  }
  return isMore
}

type Zone = Awaited<ReturnType<typeof loadZones>>[number]
export type LocalDay = Span & Readonly<{ day: string }>

/** The local day that contains an instant. */
export const localDayOf = (at: number, timeZone: string): LocalDay => {
  const from = startOfToday(at, timeZone)
  // Noon of the next day, whatever the clock does at night.
  const { year, month, day } = localTime(from + utcDayMs * 1.5, timeZone)
  return { from, to: startOfLocalDay(year, month, day, timeZone), day: localDayText(from, timeZone) }
}

export const dayNamed = (name: string, timeZone: string): LocalDay => {
  const [year = 0, month = 0, day = 0] = name.split('-').map(Number)
  return localDayOf(startOfLocalDay(year, month, day, timeZone), timeZone)
}

const nextDay = async ({ database }: FlowContext, { timeZone, rolledTo }: Zone): Promise<LocalDay | null> => {
  if (rolledTo !== null) return localDayOf(dayNamed(rolledTo, timeZone).to, timeZone)
  const first = await firstReadingAt(database)
  return first === null ? null : localDayOf(first, timeZone)
}

/** UTC days whose readings belong to a local day or stand around it. */
const utcDaysOf = ({ from, to }: Span): readonly number[] => {
  const first = Math.floor((from - aroundMs) / utcDayMs)
  const last = Math.floor((to + aroundMs) / utcDayMs)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * utcDayMs)
}

/** A day is ready when all its intervals were looked at and no reading of the UTC days around it is still to come. */
const isReady = (day: LocalDay, sweptTo: number, now: number): boolean =>
  sweptTo >= day.to && now >= (utcDaysOf(day).at(-1) ?? 0) + utcDayMs

const rollUpZone = async (
  context: FlowContext,
  timeZone: string,
  day: LocalDay,
  sweptTo: number,
  signal?: AbortSignal,
): Promise<boolean> => {
  const { database, clock } = context
  if (!isReady(day, sweptTo, clock.now())) return false
  await prepareRollUp(
    database,
    day.day,
    utcDaysOf(day).map((at) => new Date(at).toISOString().slice(0, 10)),
  )
  for (let after = 0; ;) {
    if (signal?.aborted === true) return false
    const meters = await metersOfZone(database, timeZone, after, metersPerBatch)
    const last = meters.at(-1)
    if (last === undefined) break
    after = last.id
    await database.transaction(async (sql) => rollUpMeters(sql, day, meters, sweptTo))
  }
  await saveRolledTo(database, timeZone, day.day)
  return true
}

const rollUpDue = async (context: FlowContext, zone: Zone, signal?: AbortSignal): Promise<boolean> => {
  const { timeZone, rolledTo, sweptTo } = zone
  if (rolledTo === null) return false
  const keptFrom = (await readSetting<{ at: number }>(context.database, keptFromSetting))?.at ?? -Infinity
  const due = await dueMeters(context.database, timeZone, rolledTo, dueAtOnce)
  for (const name of new Set(due.map(({ day }) => day))) {
    if (signal?.aborted === true) return false
    const meters = due.flatMap(({ day, meter }) => (day === name ? [meter] : []))
    const day = dayNamed(name, timeZone)
    // What its readings came to stands when they are gone.
    if (day.from - aroundMs < keptFrom) {
      await takeDueDays(
        context.database,
        meters.map(({ id }) => id),
        name,
      )
      continue
    }
    await context.database.transaction(async (sql) => rollUpMeters(sql, day, meters, sweptTo))
  }
  return due.length === dueAtOnce
}

const rollUpMeters = async (
  sql: Sql,
  day: LocalDay,
  meters: readonly RolledMeter[],
  sweptTo: number,
): Promise<void> => {
  const ids = meters.map(({ id }) => id)
  await takeDueDays(sql, ids, day.day)
  const days = await daysOf(sql, day, meters, sweptTo)
  await saveDays(sql, days)
  // The end of a day is not known before its meter was read again.
  const open = meters.filter(({ lastAt }) => lastAt === null || lastAt < day.to)
  await addDueDays(
    sql,
    open.map(({ id }) => ({ meterId: id, day: day.day, to: day.to })),
  )
}

/** What the readings of a day come to, for each meter that has any or is watched. */
export const daysOf = async (
  sql: Sql,
  day: LocalDay,
  meters: readonly RolledMeter[],
  sweptTo: number,
): Promise<readonly StoredDay[]> => {
  const ids = meters.map(({ id }) => id)
  const readings = await readingsAround(sql, day, meters)
  const gaps = await gapsOfMeters(sql, ids, day)
  return meters.flatMap((meter) => {
    const { id: meterId, bucket, minutes, timeZone, watchedSince: since } = meter
    const own = readings.get(meterId) ?? []
    if (own.length === 0 && (since === null || since >= day.to)) return []
    const grid = intervalGrid(timeZone, minutes)
    const facts = intervalFacts(day, { since, sweptTo, grid }, gaps.get(meterId) ?? [])
    const marks = facts.map(({ state }) => markOf(state)).join('')
    const rolled = rollUpDay(day, grid, own)
    return [{ meterId, bucket, day: day.day, from: day.from, minutes, ...rolled, marks, ...powersOf(day, own) }]
  })
}

const powersOf = ({ from, to }: Span, readings: readonly PoweredRegister[]) => {
  const powers = readings.flatMap(({ at, powerMilliwatts }) =>
    at >= from && at < to && powerMilliwatts !== null ? [powerMilliwatts] : [],
  )
  const sum = powers.reduce((total, power) => total + power, 0n)
  return {
    meanPowerMilliwatts: powers.length === 0 ? null : sum / BigInt(powers.length),
    leastPowerMilliwatts: powers.length === 0 ? null : powers.reduce((least, power) => (power < least ? power : least)),
  }
}

/** The readings of a day with one before and one after it, as far as there are such. */
const readingsAround = async (
  sql: Sql,
  day: Span,
  meters: readonly RolledMeter[],
): Promise<ReadonlyMap<number, readonly PoweredRegister[]>> => {
  const ids = meters.map(({ id }) => id)
  const near = new Map(await goodReadings(sql, ids, { from: day.from - aroundMs, to: day.to + aroundMs }))
  const lacksBefore = ids.filter((id) => (near.get(id)?.[0]?.at ?? Infinity) > day.from)
  const lacksAfter = meters.flatMap(({ id, lastAt }) =>
    lastAt !== null && lastAt >= day.to && (near.get(id)?.at(-1)?.at ?? -Infinity) < day.to ? [id] : [],
  )
  const before = await nearestReading(sql, lacksBefore, { from: day.from - farthestMs, to: day.from }, 'last')
  const after = await nearestReading(sql, lacksAfter, { from: day.to, to: day.to + farthestMs }, 'first')
  for (const [id, reading] of before) near.set(id, [reading, ...(near.get(id) ?? [])])
  for (const [id, reading] of after) near.set(id, [...(near.get(id) ?? []), reading])
  return near
}

/** The local days of a meter that change when something is found in a span: what lies next to it moves with it. */
export const daysTouched = (meterId: number, { from, to }: Span, intervalMs: number, timeZone: string) => {
  const days: { meterId: number; day: string; to: number }[] = []
  for (let at = from - intervalMs; ;) {
    const day = localDayOf(at, timeZone)
    days.push({ meterId, day: day.day, to: day.to })
    at = day.to
    if (at > to + intervalMs) return days
  }
}
