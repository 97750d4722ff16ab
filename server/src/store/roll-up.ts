import type { GapFact } from '../domain/completeness.ts'
import type { GapReason, GapState, Span } from '../domain/gap.ts'
import { wattHours } from '../domain/quantity.ts'
import type { RegisterAt, RolledDay } from '../domain/roll-up.ts'
import type { Sql } from './database.ts'
import { arrayText } from './settlement.ts'

/** Zones of sites: how far they are rolled up (a local day), and since when readings are there. */
export const loadZones = async (
  sql: Sql,
): Promise<readonly Readonly<{ timeZone: string; rolledTo: string | null; sweptTo: number }>[]> => {
  const rows = await sql.query<{ time_zone: string; rolled_to: string | null; swept_to: number }>(
    `select p.time_zone, to_char(r.rolled_to, 'YYYY-MM-DD') as rolled_to, min(w.swept_to) as swept_to
     from pace_in_use p join gap_sweep w on w.time_zone = p.time_zone and w.interval_minutes = p.minutes
     left join roll_up r on r.time_zone = p.time_zone group by p.time_zone, r.rolled_to order by p.time_zone`,
  )
  return rows.map((row) => ({ timeZone: row.time_zone, rolledTo: row.rolled_to, sweptTo: row.swept_to }))
}

/** When the oldest reading that is still there was taken. */
export const firstReadingAt = async (sql: Sql): Promise<number | null> => {
  const [row] = await sql.query<{ at: number | null }>('select min(at) as at from reading')
  return row?.at ?? null
}

export const saveRolledTo = async (sql: Sql, timeZone: string, day: string): Promise<void> => {
  await sql.query(
    `insert into roll_up (time_zone, rolled_to) values ($1, $2)
     on conflict (time_zone) do update set rolled_to = excluded.rolled_to where roll_up.rolled_to < excluded.rolled_to`,
    [timeZone, day],
  )
}

/** Makes room for a day, and lets its readings be found by meter. `utcDays` are over. */
export const prepareRollUp = async (sql: Sql, day: string, utcDays: readonly string[]): Promise<void> => {
  await sql.query('select ensure_month_partitions($1::date, $1::date)', [day])
  for (const utcDay of utcDays) await sql.query('select index_reading_day($1::date)', [utcDay])
}

export type RolledMeter = Readonly<{
  id: number
  bucket: number
  minutes: number
  timeZone: string
  watchedSince: number | null
  lastAt: number | null
}>

type MeterRow = {
  id: number
  bucket: number
  minutes: number
  time_zone: string
  watched_since: number | null
  last_at: number | null
}

const columns = 'm.id, m.bucket, p.minutes, p.time_zone, m.watched_since, m.last_at'
const meterOf = (row: MeterRow): RolledMeter => ({
  id: row.id,
  bucket: row.bucket,
  minutes: row.minutes,
  timeZone: row.time_zone,
  watchedSince: row.watched_since,
  lastAt: row.last_at,
})

export const metersOfZone = async (
  sql: Sql,
  timeZone: string,
  after: number,
  limit: number,
): Promise<readonly RolledMeter[]> =>
  (
    await sql.query<MeterRow>(
      `select ${columns} from meter m join site s on s.id = m.site_id join meter_pace p on p.meter_id = m.id
       where s.time_zone = $1 and m.id > $2 order by m.id limit $3`,
      [timeZone, after, limit],
    )
  ).map(meterOf)

export type PoweredRegister = RegisterAt & Readonly<{ powerMilliwatts: bigint | null }>

/** Good readings of meters in a span, by meter, rising in time. */
export const goodReadings = async (
  sql: Sql,
  meterIds: readonly number[],
  { from, to }: Span,
): Promise<ReadonlyMap<number, readonly PoweredRegister[]>> => {
  const rows = await sql.query<ReadingRow>(
    `select meter_id, at, total_wh, rates_wh, power_mw from reading
     where meter_id = any($1::int[]) and at >= $2 and at <= $3 and quality = 'good' order by meter_id, at`,
    [meterIds, new Date(from), new Date(to)],
  )
  const found = new Map<number, PoweredRegister[]>()
  for (const row of rows) {
    const known = found.get(row.meter_id)
    if (known === undefined) found.set(row.meter_id, [readingOf(row)])
    else known.push(readingOf(row))
  }
  return found
}

type ReadingRow = { meter_id: number; at: number; total_wh: bigint; rates_wh: bigint[]; power_mw: bigint | null }

const readingOf = (row: ReadingRow): PoweredRegister => ({
  at: row.at,
  totalWh: wattHours(row.total_wh),
  ratesWh: row.rates_wh.map(wattHours),
  powerMilliwatts: row.power_mw,
})

/** The last good reading of each meter in a span, or the first: for the few that have none near the end of a day. */
export const nearestReading = async (
  sql: Sql,
  meterIds: readonly number[],
  { from, to }: Span,
  which: 'first' | 'last',
): Promise<ReadonlyMap<number, PoweredRegister>> => {
  if (meterIds.length === 0) return new Map()
  const rows = await sql.query<ReadingRow>(
    `select distinct on (meter_id) meter_id, at, total_wh, rates_wh, power_mw from reading
     where meter_id = any($1::int[]) and at >= $2 and at <= $3 and quality = 'good'
     order by meter_id, at ${which === 'first' ? 'asc' : 'desc'}`,
    [meterIds, new Date(from), new Date(to)],
  )
  return new Map(rows.map((row) => [row.meter_id, readingOf(row)]))
}

export const gapsOfMeters = async (
  sql: Sql,
  meterIds: readonly number[],
  { from, to }: Span,
): Promise<ReadonlyMap<number, readonly GapFact[]>> => {
  const rows = await sql.query<{
    meter_id: number
    from_at: number
    to_at: number
    state: GapState
    reason: GapReason
  }>(
    `select meter_id, from_at, to_at, state, reason from reading_gap
     where meter_id = any($1::int[]) and to_at > $2 and from_at < $3 order by meter_id, from_at`,
    [meterIds, new Date(from), new Date(to)],
  )
  const found = new Map<number, GapFact[]>()
  for (const row of rows) {
    const fact: GapFact = { from: row.from_at, to: row.to_at, state: row.state, reason: row.reason }
    const known = found.get(row.meter_id)
    if (known === undefined) found.set(row.meter_id, [fact])
    else known.push(fact)
  }
  return found
}

export type StoredDay = RolledDay &
  Readonly<{
    meterId: number
    bucket: number
    day: string
    from: number
    minutes: number
    marks: string
    meanPowerMilliwatts: bigint | null
    leastPowerMilliwatts: bigint | null
  }>

/** Writes days down, over what they were, and puts the months that they lie in together anew. */
export const saveDays = async (sql: Sql, days: readonly StoredDay[]): Promise<void> => {
  if (days.length === 0) return
  const column = <T>(value: (one: StoredDay) => T): T[] => days.map(value)
  await sql.query(
    `insert into meter_day (meter_id, day, bucket, from_at, interval_minutes, opening_wh, closing_wh, closing_rates_wh,
                            energies_wh, marks, mean_power_mw, least_power_mw)
     select d.meter_id, d.day, d.bucket, d.from_at, d.minutes, d.opening, d.closing, d.rates::bigint[], d.energies::int[], d.marks,
            d.mean, d.least
     from unnest($1::int[], $2::date[], $3::smallint[], $4::timestamptz[], $5::smallint[], $6::bigint[], $7::bigint[], $8::text[],
                 $9::text[], $10::text[], $11::bigint[], $12::bigint[])
       as d(meter_id, day, bucket, from_at, minutes, opening, closing, rates, energies, marks, mean, least)
     on conflict (meter_id, day) do update set from_at = excluded.from_at, interval_minutes = excluded.interval_minutes,
       opening_wh = excluded.opening_wh, closing_wh = excluded.closing_wh, closing_rates_wh = excluded.closing_rates_wh,
       energies_wh = excluded.energies_wh, marks = excluded.marks, mean_power_mw = excluded.mean_power_mw,
       least_power_mw = excluded.least_power_mw`,
    [
      column(({ meterId }) => meterId),
      column(({ day }) => day),
      column(({ bucket }) => bucket),
      column(({ from }) => new Date(from)),
      column(({ minutes }) => minutes),
      column(({ openingWh }) => openingWh),
      column(({ closingWh }) => closingWh),
      column(({ closingRatesWh }) => arrayText(closingRatesWh)),
      column(({ energiesWh }) => `{${energiesWh.join(',')}}`),
      column(({ marks }) => marks),
      column(({ meanPowerMilliwatts }) => meanPowerMilliwatts),
      column(({ leastPowerMilliwatts }) => leastPowerMilliwatts),
    ],
  )
  await saveMonths(
    sql,
    days.map(({ meterId }) => meterId),
    [...new Set(days.map(({ day }) => `${day.slice(0, 7)}-01`))],
  )
}

const saveMonths = async (sql: Sql, meterIds: readonly number[], months: readonly string[]): Promise<void> => {
  const marked = (mark: string): string => `sum(length(d.marks) - length(replace(d.marks, '${mark}', '')))`
  await sql.query(
    `insert into meter_month (meter_id, month, bucket, opening_wh, closing_wh, used_wh, days, read, re_read, estimated, missing)
     select d.meter_id, m.month, max(d.bucket), (array_agg(d.opening_wh order by d.day))[1],
            (array_agg(d.closing_wh order by d.day desc))[1], sum((select coalesce(sum(e), 0) from unnest(d.energies_wh) e)),
            count(*), ${marked('r')}, ${marked('b')}, ${marked('e')}, ${marked('m')} + ${marked('l')}
     from unnest($2::date[]) as m(month)
     join meter_day d on d.day >= m.month and d.day < m.month + interval '1 month' and d.meter_id = any($1::int[])
     group by d.meter_id, m.month
     on conflict (meter_id, month) do update set opening_wh = excluded.opening_wh, closing_wh = excluded.closing_wh,
       used_wh = excluded.used_wh, days = excluded.days, read = excluded.read, re_read = excluded.re_read,
       estimated = excluded.estimated, missing = excluded.missing`,
    [meterIds, months],
  )
}

export type DueDay = Readonly<{ meterId: number; day: string; to: number }>

/** These days are to be rolled up, again if they were. */
export const addDueDays = async (sql: Sql, days: readonly DueDay[]): Promise<void> => {
  if (days.length === 0) return
  await sql.query(
    `insert into roll_up_due (meter_id, day, to_at) select * from unnest($1::int[], $2::date[], $3::timestamptz[])
     on conflict do nothing`,
    [days.map(({ meterId }) => meterId), days.map(({ day }) => day), days.map(({ to }) => new Date(to))],
  )
}

export const takeDueDays = async (sql: Sql, meterIds: readonly number[], day: string): Promise<void> => {
  await sql.query('delete from roll_up_due where meter_id = any($1::int[]) and day = $2', [meterIds, day])
}

/** Days of a zone that were rolled up and have become due, of meters that have been read since their end. */
export const dueMeters = async (
  sql: Sql,
  timeZone: string,
  rolledTo: string,
  limit: number,
): Promise<readonly Readonly<{ day: string; meter: RolledMeter }>[]> => {
  const rows = await sql.query<MeterRow & { day: string }>(
    `select ${columns}, to_char(d.day, 'YYYY-MM-DD') as day
     from roll_up_due d join meter m on m.id = d.meter_id join site s on s.id = m.site_id
     join meter_pace p on p.meter_id = m.id
     where s.time_zone = $1 and d.day <= $2 and m.last_at >= d.to_at order by d.day, d.meter_id limit $3`,
    [timeZone, rolledTo, limit],
  )
  return rows.map((row) => ({ day: row.day, meter: meterOf(row) }))
}

/** The grid of a meter's intervals, and the zone of its days. */
export const meterGrid = async (
  sql: Sql,
  meterId: number,
): Promise<Readonly<{ minutes: number; timeZone: string }>> => {
  const [row] = await sql.query<{ minutes: number; time_zone: string }>(
    'select minutes, time_zone from meter_pace where meter_id = $1',
    [meterId],
  )
  if (row === undefined) throw new Error(`there is no meter ${String(meterId)}`)
  return { minutes: row.minutes, timeZone: row.time_zone }
}
