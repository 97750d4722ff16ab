import type { Span } from '../domain/gap.ts'
import type { Sql } from './database.ts'

/** Days (UTC) whose readings are still there, oldest first. */
export const readingDays = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ day: string }>(
    `select to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') as day
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'reading'::regclass and c.relname ~ '^reading_[0-9]{8}$' order by 1`,
  )
  return rows.map(({ day }) => day)
}

export const hasHeldReadings = async (sql: Sql, { from, to }: Span): Promise<boolean> => {
  const rows = await sql.query("select 1 from reading where quality = 'held' and at >= $1 and at < $2 limit 1", [
    new Date(from),
    new Date(to),
  ])
  return rows.length > 0
}

/** Days that can and must be rolled up anew before their readings may go. */
export const hasDueDays = async (sql: Sql, timeZone: string, until: string): Promise<boolean> => {
  const rows = await sql.query(
    `select 1 from roll_up_due d join meter m on m.id = d.meter_id join site s on s.id = m.site_id
     where s.time_zone = $1 and d.day <= $2 and m.last_at >= d.to_at limit 1`,
    [timeZone, until],
  )
  return rows.length > 0
}

export type RolledRow = Readonly<{
  meter_id: number
  opening_wh: bigint | null
  closing_wh: bigint | null
  energies_wh: readonly number[]
}>

export const rolledRows = async (
  sql: Sql,
  meterIds: readonly number[],
  day: string,
): Promise<ReadonlyMap<number, RolledRow>> => {
  const rows = await sql.query<RolledRow>(
    'select meter_id, opening_wh, closing_wh, energies_wh from meter_day where meter_id = any($1::int[]) and day = $2',
    [meterIds, day],
  )
  return new Map(rows.map((row) => [row.meter_id, row]))
}

export const exportHeader =
  'at,meter_id,address,total_wh,rates_wh,power_mw,obtained,quality,held_because,used_wh,charged,balance_after'

/** Readings of a span as lines of CSV, in the order of time and meter, from behind a place on. */
export const exportReadings = async (
  sql: Sql,
  { to }: Pick<Span, 'to'>,
  after: Readonly<{ at: string; meterId: number }>,
  limit: number,
): Promise<readonly Readonly<{ at: string; meter_id: number; line: string }>[]> =>
  sql.query(
    `select r.at::text as at, r.meter_id,
            concat_ws(',', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), r.meter_id, m.address, r.total_wh,
              array_to_string(r.rates_wh, ' '), coalesce(r.power_mw::text, ''), r.obtained, r.quality,
              '"' || replace(coalesce(r.held_because, ''), '"', '""') || '"',
              coalesce(r.used_wh::text, ''), coalesce(r.charged::text, ''), coalesce(r.balance_after::text, '')) as line
     from reading r join meter m on m.id = r.meter_id
     where (r.at, r.meter_id) > ($1::timestamptz, $2) and r.at < $3 order by r.at, r.meter_id limit $4`,
    [after.at, after.meterId, new Date(to), limit],
  )

/**
 * Drops the readings of a UTC day, all at once; gaps that are still open in it or before are given up: estimated where a
 * register is known on both sides.
 */
export const dropReadingDay = async (sql: Sql, day: string, now: number): Promise<void> => {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(day)) throw new RangeError(`${day} is no day`)
  await sql.query(
    `with given_up as (
       select g.meter_id, g.from_at, coalesce(g.before_wh, register_before(g.meter_id, g.from_at)) as before_wh,
              coalesce(m.last_at >= g.to_at, false) as is_behind
       from reading_gap g join meter m on m.id = g.meter_id
       where g.state = 'open' and g.from_at < $1::date::timestamp at time zone 'UTC' + interval '1 day'),
     told as (select *, case when before_wh is null then 'before' when not is_behind then 'after' end as side from given_up)
     update reading_gap g set state = case when t.side is null then 'estimated' else 'lost' end, because = 'no-record',
            unknown_side = t.side, before_wh = t.before_wh, settled_at = $2
     from told t where g.meter_id = t.meter_id and g.from_at = t.from_at and g.state = 'open'`,
    [day, new Date(now)],
  )
  await sql.query(`drop table reading_${day.replaceAll('-', '')}`)
}
