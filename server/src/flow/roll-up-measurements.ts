import { localDayText } from '../domain/calendar.ts'
import { saveMeasurementDays } from '../store/measurement-days.ts'
import {
  firstMeasurementAt,
  leastRolledTo,
  loadMeasurementZones,
  measuredMetersOf,
  saveMeasurementsRolledTo,
  type MeasurementZone,
} from '../store/measurement-roll-up.ts'
import { ensureMeasurementMonths } from '../store/partitions.ts'
import { measurementDays } from './measurement-days.ts'
import { loop, pause, type FlowContext } from './process.ts'
import { pruneMeasurements } from './prune-measurements.ts'
import { dayNamed, localDayOf, type LocalDay } from './roll-up.ts'

/** What is kept is written some moments after it was measured; an hour after its end a day is taken as whole. */
const settleMs = 3_600_000
/** Meters rolled up in one transaction. */
const metersPerBatch = 500
/** Pauses between two looks, elapsed time. */
const lookEveryMs = 60_000
const shortestLookMs = 500
const lookEveryWallMs = 1_800_000

/** For so many days measurements are kept one by one unless said otherwise: a year, and a month to compare it with. */
export const usualMeasurementDays = 400

/**
 * Rolls measurements up to days of the site's own zone once a day is over, and takes out of the database the months that
 * are older than `keepDays` and proven to be in their days.
 */
export const runMeasurementRollUp = async (
  context: FlowContext,
  keepDays: number,
  signal: AbortSignal,
): Promise<void> =>
  loop(context, 'measurements', signal, async () => {
    const isMore = await rollUpMeasurements(context, signal)
    if (isMore) return
    await pruneMeasurements(context, keepDays, signal)
    const sleepMs = Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate))
    await pause(context.clock, sleepMs, signal)
  })

/** One pass: at most one day of each zone; true when there may be more. */
export const rollUpMeasurements = async (context: FlowContext, signal?: AbortSignal): Promise<boolean> => {
  let isMore = false
  for (const zone of await loadMeasurementZones(context.database)) {
    const day = await nextDay(context, zone)
    if (day === null || context.clock.now() < day.to + settleMs) continue
    isMore = (await rollUpZone(context, zone.timeZone, day, signal)) || isMore
  }
  return isMore
}

const nextDay = async (context: FlowContext, { timeZone, rolledTo }: MeasurementZone): Promise<LocalDay | null> => {
  const done = rolledTo ?? (await begin(context, timeZone))
  return done === null ? null : localDayOf(dayNamed(done, timeZone).to, timeZone)
}

/** Where a zone begins: beside the others, for its meters are new; the first one before the oldest measurement. */
const begin = async ({ database }: FlowContext, timeZone: string): Promise<string | null> => {
  const beside = await leastRolledTo(database)
  const first = beside === null ? await firstMeasurementAt(database) : null
  const day = first === null ? beside : localDayText(localDayOf(first, timeZone).from - 1, timeZone)
  if (day !== null) await saveMeasurementsRolledTo(database, timeZone, day)
  return day
}

const rollUpZone = async (
  { database }: FlowContext,
  timeZone: string,
  day: LocalDay,
  signal?: AbortSignal,
): Promise<boolean> => {
  await ensureMeasurementMonths(database, day.from, day.to)
  for (let after = 0; ;) {
    if (signal?.aborted === true) return false
    const meters = await measuredMetersOf(database, timeZone, after, metersPerBatch)
    const last = meters.at(-1)
    if (last === undefined) break
    after = last.id
    await database.transaction(async (sql) => saveMeasurementDays(sql, await measurementDays(sql, day, meters)))
  }
  await saveMeasurementsRolledTo(database, timeZone, day.day)
  return true
}
