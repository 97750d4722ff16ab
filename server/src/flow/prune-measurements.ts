import { writeAudit } from '../store/audit.ts'
import { isSameDay, saveMeasurementDays, storedDays } from '../store/measurement-days.ts'
import {
  dropMeasurementMonth,
  loadMeasurementZones,
  measuredMetersOf,
  measurementMonths,
} from '../store/measurement-roll-up.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { measurementDays } from './measurement-days.ts'
import type { FlowContext } from './process.ts'
import { localDayOf, type LocalDay } from './roll-up.ts'

/** Setting: measurements before this instant are in the database as days only. */
export const measurementsKeptFromSetting = 'measurements-kept-from'

const dayMs = 86_400_000
const metersAtOnce = 500

/**
 * Drops the months of measurements that ended more than `keepDays` ago, oldest first. A month goes only when every local
 * day that begins in it is stored as what its measurements come to now; one that was written late is rolled up anew first.
 * The months dropped, `YYYY-MM`.
 */
export const pruneMeasurements = async (
  context: FlowContext,
  keepDays: number,
  signal?: AbortSignal,
): Promise<readonly string[]> => {
  const { database, clock } = context
  const dropped: string[] = []
  for (const month of await measurementMonths(database)) {
    const { from, to } = spanOf(month)
    if (to > clock.now() - keepDays * dayMs) break
    if (!(await isProven(context, { from, to }, signal))) break
    await database.transaction(async (sql) => {
      await writeSetting(sql, measurementsKeptFromSetting, { at: to })
      await dropMeasurementMonth(sql, month)
      const detail = { keepDays }
      await writeAudit(sql, {
        at: clock.now(),
        operatorId: null,
        action: 'measurements:prune',
        subject: `month:${month}`,
        detail,
      })
    })
    dropped.push(month)
  }
  return dropped
}

const spanOf = (month: string): Readonly<{ from: number; to: number }> => {
  const from = new Date(`${month}-01T00:00:00Z`)
  return { from: from.getTime(), to: Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1) }
}

const isProven = async (
  context: FlowContext,
  { from, to }: Readonly<{ from: number; to: number }>,
  signal?: AbortSignal,
): Promise<boolean> => {
  const { database } = context
  const kept = await readSetting<{ at: number }>(database, measurementsKeptFromSetting)
  for (const { timeZone, rolledTo } of await loadMeasurementZones(database)) {
    // No measurement of the zone has ever been made.
    if (rolledTo === null) continue
    if (rolledTo < localDayOf(to - 1, timeZone).day) return false
    for (let day = localDayOf(from, timeZone); day.from < to; day = localDayOf(day.to, timeZone)) {
      // The day that begins in a month that is gone was proven with it.
      if (day.from < from && kept !== null) continue
      if (signal?.aborted === true) return false
      await proveDay(context, timeZone, day)
    }
  }
  return true
}

/** Rolls up anew what is not stored as what it comes to, so that afterwards it is. */
const proveDay = async ({ database }: FlowContext, timeZone: string, day: LocalDay): Promise<void> => {
  for (let after = 0; ;) {
    const meters = await measuredMetersOf(database, timeZone, after, metersAtOnce)
    const last = meters.at(-1)
    if (last === undefined) return
    after = last.id
    await database.transaction(async (sql) => {
      const days = await measurementDays(sql, day, meters)
      const ids = meters.map(({ id }) => id)
      const stored = await storedDays(sql, ids, day.day)
      const differing = days.filter((one) => !isSameDay(stored.get(one.meterId), one))
      if (differing.length === 0) return
      await saveMeasurementDays(sql, differing)
      const written = await storedDays(sql, ids, day.day)
      if (differing.some((one) => !isSameDay(written.get(one.meterId), one)))
        throw new Error(`measurements of ${day.day} are not stored as what they come to`)
    })
  }
}
