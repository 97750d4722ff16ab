import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { meterWithin } from '../reach.ts'

export type DayView = Readonly<{
  meter_id: number
  /** `YYYY-MM-DD`, local. */
  day: string
  from_at: number
  interval_minutes: number
  opening_wh: bigint | null
  closing_wh: bigint | null
  energies_wh: readonly number[]
  marks: string
}>

const columns = `meter_id, to_char(day, 'YYYY-MM-DD') as day, from_at, interval_minutes, opening_wh, closing_wh, energies_wh, marks`

/** Rolled-up days of a meter, oldest first: a row a day, by its primary key, so a year costs 366 rows. */
export const viewDays = async (sql: Sql, meterId: number, first: string, last: string): Promise<readonly DayView[]> =>
  sql.query<DayView>(`select ${columns} from meter_day where meter_id = $1 and day >= $2 and day <= $3 order by day`, [
    meterId,
    first,
    last,
  ])

/** Rolled-up days of many meters, in the order of meters and days, from behind a place on: for exports. */
export const viewDaysAfter = async (
  sql: Sql,
  span: Readonly<{ first: string; last: string; siteId: number | null; reach?: Reach }>,
  after: Readonly<{ meterId: number; day: string }>,
  limit: number,
): Promise<readonly (DayView & Readonly<{ address: string; place: string; to_at: number }>)[]> =>
  sql.query(
    `select d.*, m.address, m.place, ((d.day::date + 1)::timestamp at time zone s.time_zone) as to_at from (
       select ${columns} from meter_day
       where day >= $1 and day <= $2 and (meter_id, day) > ($3, $4::date)
         and ($5::int is null or meter_id in (select id from meter where site_id = $5)) and ${meterWithin('meter_id', 7)}
       order by meter_id, meter_day.day limit $6) d
     join meter m on m.id = d.meter_id join site s on s.id = m.site_id order by d.meter_id, d.day`,
    [span.first, span.last, after.meterId, after.day, span.siteId, limit, span.reach ?? null],
  )

export type MonthView = Readonly<{
  month: string
  opening_wh: bigint | null
  closing_wh: bigint | null
  used_wh: bigint
  days: number
  read: number
  re_read: number
  estimated: number
  missing: number
}>

export const viewMonths = async (sql: Sql, meterId: number): Promise<readonly MonthView[]> =>
  sql.query<MonthView>(
    `select to_char(month, 'YYYY-MM') as month, opening_wh, closing_wh, used_wh, days, read, re_read, estimated, missing
     from meter_month where meter_id = $1 order by month`,
    [meterId],
  )
