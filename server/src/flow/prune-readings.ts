import type { RolledDay } from '../domain/roll-up.ts'
import { writeAudit } from '../store/audit.ts'
import type { Sql } from '../store/database.ts'
import {
  dropReadingDay,
  exportHeader,
  exportReadings,
  hasDueDays,
  hasHeldReadings,
  readingDays,
  rolledRows,
  type RolledRow,
} from '../store/prune.ts'
import { loadZones, metersOfZone } from '../store/roll-up.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import type { FlowContext } from './process.ts'
import { daysOf, keptFromSetting, localDayOf, type LocalDay } from './roll-up.ts'

export type PruneObjection = 'not-rolled-up' | 'due' | 'held' | 'differs'

export type Pruned = Readonly<{
  /** UTC days whose readings are gone from the database. */
  dropped: readonly string[]
  /** The first day that may not go, and why; null when all did. */
  stopped: Readonly<{ day: string; because: PruneObjection }> | null
}>

export type PruneOrder = Readonly<{
  /** Days that end later stay. */
  before: number
  /** Keeps the lines of a day for good; readings go only once it has returned. */
  save(day: string, lines: AsyncIterable<string>): Promise<void>
}>

const utcDayMs = 86_400_000
const linesAtOnce = 5_000
const metersAtOnce = 500

/**
 * Takes the half-hourly readings of old days out of the database: those that are rolled up, whose roll-up is what the
 * readings come to now, and of which nobody has still to judge one. What the ledger rests on goes nowhere but into the
 * file that is written first.
 */
export const pruneReadings = async (context: FlowContext, { before, save }: PruneOrder): Promise<Pruned> => {
  const { database, clock } = context
  const dropped: string[] = []
  for (const day of await readingDays(database)) {
    const from = Date.parse(`${day}T00:00:00Z`)
    const span = { from, to: from + utcDayMs }
    if (span.to > before) break
    const because = await objectionTo(database, span)
    if (because !== null) return { dropped, stopped: { day, because } }
    await save(day, linesOf(database, span))
    await database.transaction(async (sql) => {
      await writeSetting(sql, keptFromSetting, { at: span.to })
      const at = clock.now()
      await dropReadingDay(sql, day, at)
      await writeAudit(sql, { at, operatorId: null, action: 'readings:prune', subject: `day:${day}`, detail: {} })
    })
    dropped.push(day)
  }
  return { dropped, stopped: null }
}

const objectionTo = async (sql: Sql, span: Readonly<{ from: number; to: number }>): Promise<PruneObjection | null> => {
  const zones = await loadZones(sql)
  const kept = await readSetting<{ at: number }>(sql, keptFromSetting)
  for (const { timeZone, rolledTo } of zones) {
    const last = localDayOf(span.to - 1, timeZone)
    if (rolledTo === null || rolledTo < last.day) return 'not-rolled-up'
    if (await hasDueDays(sql, timeZone, last.day)) return 'due'
  }
  if (await hasHeldReadings(sql, span)) return 'held'
  for (const { timeZone, sweptTo } of zones)
    // A local day was proven with the UTC day in which it begins; the first one with what there is of it.
    for (let day = localDayOf(span.from, timeZone); day.from < span.to; day = localDayOf(day.to, timeZone))
      if ((day.from >= span.from || kept === null) && !(await isEqual(sql, day, timeZone, sweptTo))) return 'differs'
  return null
}

/** Whether what is stored of a day is what its readings come to. */
const isEqual = async (sql: Sql, day: LocalDay, timeZone: string, sweptTo: number): Promise<boolean> => {
  for (let after = 0; ;) {
    const meters = await metersOfZone(sql, timeZone, after, metersAtOnce)
    const last = meters.at(-1)
    if (last === undefined) return true
    after = last.id
    const stored = await rolledRows(
      sql,
      meters.map(({ id }) => id),
      day.day,
    )
    const rolled = await daysOf(sql, day, meters, sweptTo)
    if (rolled.some((one) => !isSame(stored.get(one.meterId), one))) return false
  }
}

/** Where the reading before a day is gone, its beginning can not be proven again: it was, with the day before. */
const isSame = (stored: RolledRow | undefined, rolled: RolledDay): boolean => {
  // Before the first day that was rolled up nothing is known to have flowed.
  if (stored === undefined) return rolled.energiesWh.every((energy) => energy === 0)
  if (stored.closing_wh !== rolled.closingWh) return false
  if (rolled.openingWh === null && stored.opening_wh !== null) return true
  return (
    stored.opening_wh === rolled.openingWh &&
    stored.energies_wh.length === rolled.energiesWh.length &&
    stored.energies_wh.every((energy, index) => energy === rolled.energiesWh[index])
  )
}

async function* linesOf(sql: Sql, span: Readonly<{ from: number; to: number }>): AsyncGenerator<string> {
  yield exportHeader
  let after = { at: new Date(span.from - 1).toISOString(), meterId: 0 }
  for (;;) {
    const rows = await exportReadings(sql, span, after, linesAtOnce)
    for (const { line } of rows) yield line
    const last = rows.at(-1)
    if (last === undefined || rows.length < linesAtOnce) return
    after = { at: last.at, meterId: last.meter_id }
  }
}
