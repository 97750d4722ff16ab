import type { Sql } from './database.ts'

export type MeasurementZone = Readonly<{ timeZone: string; rolledTo: string | null }>

/** Zones with meters, and the local day up to which their measurements are rolled up. */
export const loadMeasurementZones = async (sql: Sql): Promise<readonly MeasurementZone[]> => {
  const rows = await sql.query<{ time_zone: string; rolled_to: string | null }>(
    `select s.time_zone, to_char(r.rolled_to, 'YYYY-MM-DD') as rolled_to
     from site s left join measurement_roll_up r on r.time_zone = s.time_zone
     where exists (select from meter m where m.site_id = s.id)
     group by s.time_zone, r.rolled_to order by s.time_zone`,
  )
  return rows.map((row) => ({ timeZone: row.time_zone, rolledTo: row.rolled_to }))
}

/** When the oldest measurement was made. Looks through all of them: for the first minutes, while there are hardly any. */
export const firstMeasurementAt = async (sql: Sql): Promise<number | null> => {
  const [row] = await sql.query<{ at: number | null }>('select min(at) as at from measurement')
  return row?.at ?? null
}

/** How far the zone is rolled up that is furthest behind; null: none is yet. */
export const leastRolledTo = async (sql: Sql): Promise<string | null> => {
  const [row] = await sql.query<{ day: string | null }>(
    `select to_char(min(rolled_to), 'YYYY-MM-DD') as day from measurement_roll_up`,
  )
  return row?.day ?? null
}

/** The local day up to which measurements of a zone are rolled up; null: none yet. */
export const measurementsRolledTo = async (sql: Sql, timeZone: string): Promise<string | null> => {
  const [row] = await sql.query<{ day: string }>(
    `select to_char(rolled_to, 'YYYY-MM-DD') as day from measurement_roll_up where time_zone = $1`,
    [timeZone],
  )
  return row?.day ?? null
}

export const saveMeasurementsRolledTo = async (sql: Sql, timeZone: string, day: string): Promise<void> => {
  await sql.query(
    `insert into measurement_roll_up (time_zone, rolled_to) values ($1, $2)
     on conflict (time_zone) do update set rolled_to = excluded.rolled_to
       where measurement_roll_up.rolled_to < excluded.rolled_to`,
    [timeZone, day],
  )
}

export type ZoneMeter = Readonly<{ id: number; bucket: number }>

export const measuredMetersOf = async (
  sql: Sql,
  timeZone: string,
  after: number,
  limit: number,
): Promise<readonly ZoneMeter[]> =>
  sql.query<ZoneMeter>(
    `select m.id, m.bucket from meter m join site s on s.id = m.site_id
     where s.time_zone = $1 and m.id > $2 order by m.id limit $3`,
    [timeZone, after, limit],
  )

/** Months (UTC) whose measurements are still there, `YYYY-MM`, oldest first. */
export const measurementMonths = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ month: string }>(
    `select to_char(to_date(right(c.relname, 6), 'YYYYMM'), 'YYYY-MM') as month
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'measurement'::regclass and c.relname ~ '^measurement_[0-9]{6}$' order by 1`,
  )
  return rows.map(({ month }) => month)
}

/** Drops the measurements of a UTC month, all at once. */
export const dropMeasurementMonth = async (sql: Sql, month: string): Promise<void> => {
  if (!/^\d{4}-\d{2}$/u.test(month)) throw new RangeError(`${month} is no month`)
  await sql.query(`drop table measurement_${month.replace('-', '')}`)
}
