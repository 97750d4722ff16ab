import type { Database } from './database.ts'

const dayMs = 86_400_000
/** Partitions are made this many days ahead of the wall clock. */
const daysAhead = 3
/** No reading or payment that is older or newer than this is written: such a time is a fault, not a fact. */
const maximumSpanDays = 400

/** "xianfu" and one more than the installation's own lock. */
const lockKey = 0x7869616e6677n

const ensured = new WeakMap<object, Set<number>>()
const ensuredMonths = new WeakMap<object, Set<string>>()

/**
 * Makes the day partitions from `from` to `to` (wall time) and some days ahead. What was made before is remembered per
 * database, so this costs nothing on the hot path.
 */
export const ensurePartitions = async (database: Database, from: number, to: number): Promise<void> => {
  const known = ensured.get(database) ?? new Set<number>()
  ensured.set(database, known)
  const first = Math.floor(from / dayMs)
  const last = Math.floor(to / dayMs)
  if (last - first > maximumSpanDays) throw new RangeError(`a span of ${String(last - first)} days is not plausible`)
  let missing = false
  for (let day = first; day <= last; day += 1) missing ||= !known.has(day)
  if (!missing) return
  await database.transaction(async (sql) => {
    // Two processes (or two batches of one) that find the same day missing would both make it, and one would fail.
    await sql.query('select pg_advisory_xact_lock($1)', [lockKey])
    await sql.query('select ensure_day_partitions($1::date, $2::date)', [dayText(first), dayText(last + daysAhead)])
  })
  for (let day = first; day <= last + daysAhead; day += 1) known.add(day)
}

/**
 * Makes the months (with the days around them, of whatever zone) in which measurements from `from` to `to` are kept. What
 * was made before is remembered per database, so this costs nothing where it is asked often.
 */
export const ensureMeasurementMonths = async (database: Database, from: number, to: number): Promise<void> => {
  const known = ensuredMonths.get(database) ?? new Set<string>()
  ensuredMonths.set(database, known)
  const first = Math.floor(from / dayMs) - 1
  const last = Math.floor(to / dayMs) + 1
  if (last - first > maximumSpanDays) throw new RangeError(`a span of ${String(last - first)} days is not plausible`)
  const months = new Set<string>()
  for (let day = first; day <= last; day += 1) months.add(dayText(day).slice(0, 7))
  if ([...months].every((month) => known.has(month))) return
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock($1)', [lockKey])
    await sql.query('select ensure_measurement_partitions($1::date, $2::date)', [dayText(first), dayText(last)])
  })
  for (const month of months) known.add(month)
}

const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)
