import type { Reach } from '../../domain/reach.ts'
import { fieldAlarms, type WorkItemKind } from '../../domain/work-item.ts'
import type { Sql } from '../database.ts'
import { siteOfWorkItem, within } from '../reach.ts'

export type ReadDayView = Readonly<{ day: string; good: bigint; held: bigint; failed: bigint }>
export type AlarmDayView = Readonly<{ day: string; kind: WorkItemKind; count: bigint }>

/** Reads of the sites within reach by the day on which they were due, from `firstDay` (`yyyy-mm-dd`), oldest first. */
export const viewReadDays = async (sql: Sql, firstDay: string, reach: Reach = null): Promise<readonly ReadDayView[]> =>
  sql.query<ReadDayView>(
    `select day::text as day, sum(good)::bigint as good, sum(held)::bigint as held, sum(failed)::bigint as failed
     from read_count where day >= $1::date and ${within('site_id', 2)} group by day order by day`,
    [firstDay, reach],
  )

export type OnlineDayView = Readonly<{ day: string; online_ms: bigint; watched_ms: bigint }>

/** For how long gateways were online, of how long they were watched, from `firstDay`, oldest first. */
export const viewOnlineDays = async (
  sql: Sql,
  firstDay: string,
  reach: Reach = null,
): Promise<readonly OnlineDayView[]> =>
  sql.query<OnlineDayView>(
    `select day::text as day, sum(online_ms)::bigint as online_ms, sum(watched_ms)::bigint as watched_ms
     from online_time where day >= $1::date and ${within('site_id', 2)} group by day order by day`,
    [firstDay, reach],
  )

/** Alarms about the field by the local day on which they began, from the instant `from`. */
export const viewAlarmDays = async (
  sql: Sql,
  from: number,
  timeZone: string,
  reach: Reach = null,
): Promise<readonly AlarmDayView[]> =>
  sql.query<AlarmDayView>(
    `select (opened_at at time zone $2)::date::text as day, kind, count(*) as count from work_item
     where opened_at >= $1 and kind = any($3::text[]) and ${within(siteOfWorkItem('work_item'), 4)}
     group by 1, 2 order by 1, 2`,
    [new Date(from), timeZone, fieldAlarms, reach],
  )
