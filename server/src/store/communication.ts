import type {
  CommunicationAlarm,
  CommunicationAlarmKind,
  FieldReach,
  MeterReach,
} from '../domain/communication-alarm.ts'
import type { Sql } from './database.ts'

/** Silent meters looked at in one pass; the others follow when these have their alarm. */
const mostSilentMeters = 5_000

/** A line's alarm is about the line of that gateway. */
export const communicationSubject = ({ kind, id }: CommunicationAlarm): string => `${subjectOf[kind]}:${String(id)}`

const subjectOf: Readonly<Record<CommunicationAlarmKind, string>> = {
  'gateway-offline': 'gateway',
  'line-dead': 'line',
  'meter-silent': 'meter',
}

const minuteMs = 60_000

/** How the field can be reached. `knownSince`: since when a gateway is taken for away that has not come in this life. */
export const loadReach = async (sql: Sql, knownSince: number, now: number): Promise<FieldReach> => {
  const open = (
    await sql.query<{ kind: CommunicationAlarmKind; id: number }>(
      `select kind, split_part(subject, ':', 2)::int as id from work_item
       where kind = any($1::text[]) and closed_at is null order by id`,
      [Object.keys(subjectOf)],
    )
  ).map(({ kind, id }) => ({ kind, id }))
  const gateways = await sql.query<{
    id: number
    online: boolean
    paused: boolean
    since: number | null
    read_every: number
    offline_after: number
    back_for: number
    silent_after: number
    meters: number
    silent: number
  }>(
    `with resting as (select meter_id from reading_pause where from_at <= $1 and to_at > $1 and meter_id is not null),
     silent as (select m.gateway_id, count(*)::int as meters from meter m join site s on s.id = m.site_id
                where m.failed_reads > 0 and m.failed_reads >= s.silent_after_reads
                  and m.id not in (select meter_id from resting) group by m.gateway_id)
     select g.id, g.online, g.online_since as since, s.reading_interval_minutes as read_every,
            s.offline_after_minutes as offline_after, s.back_for_minutes as back_for, s.silent_after_reads as silent_after,
            exists (select from reading_pause p where p.from_at <= $1 and p.to_at > $1
                      and (p.gateway_id = g.id or p.site_id = g.site_id)) as paused,
            (select count(*)::int from (
               select from meter m where m.gateway_id = g.id and m.id not in (select meter_id from resting)
               limit case when x.gateway_id is null and g.online then 1 end) as on_line) as meters,
            coalesce(x.meters, 0) as silent
     from gateway g join site s on s.id = g.site_id left join silent x on x.gateway_id = g.id order by g.id`,
    [new Date(now)],
  )
  const lines = gateways.flatMap(({ id, meters, silent }) => (meters === 0 ? [] : [{ gatewayId: id, meters, silent }]))
  const partly = lines.filter(({ meters, silent }) => silent > 0 && (silent < meters || meters === 1))
  return {
    gateways: gateways.map((row) => ({
      id: row.id,
      online: row.online,
      paused: row.paused,
      since: row.since ?? knownSince,
      readEveryMs: row.read_every * minuteMs,
      limits: {
        offlineAfterMs: row.offline_after * minuteMs,
        backForMs: row.back_for * minuteMs,
        silentAfterReads: row.silent_after,
      },
    })),
    lines,
    meters: await loadMeters(
      sql,
      now,
      partly.map(({ gatewayId }) => gatewayId),
      open.flatMap(({ kind, id }) => (kind === 'meter-silent' ? [id] : [])),
    ),
    open,
  }
}

/** Adds the time between two looks to the local day of each site, for all of its gateways together. */
export const addOnlineTime = async (sql: Sql, at: number, watchedMs: number): Promise<void> => {
  await sql.query(
    `insert into online_time as t (day, site_id, online_ms, watched_ms)
     select ($1::timestamptz at time zone s.time_zone)::date, s.id, $2 * count(*) filter (where g.online), $2 * count(*)
     from site s join gateway g on g.site_id = s.id group by s.id order by s.id
     on conflict (day, site_id)
       do update set online_ms = t.online_ms + excluded.online_ms, watched_ms = t.watched_ms + excluded.watched_ms`,
    [new Date(at), Math.round(watchedMs)],
  )
}

const loadMeters = async (
  sql: Sql,
  now: number,
  gatewayIds: readonly number[],
  alarmedIds: readonly number[],
): Promise<readonly MeterReach[]> => {
  const rows = await sql.query<{ id: number; gateway_id: number; failed_reads: number }>(
    `select id, gateway_id, failed_reads from meter where id = any($2::int[])
     union
     (select m.id, m.gateway_id, m.failed_reads from meter m join site s on s.id = m.site_id
      where m.gateway_id = any($1::int[]) and m.failed_reads >= s.silent_after_reads and m.id <> all($2::int[])
        and m.id not in (select meter_id from reading_pause where from_at <= $4 and to_at > $4 and meter_id is not null)
      order by m.id limit $3)
     order by id`,
    [gatewayIds, alarmedIds, mostSilentMeters, new Date(now)],
  )
  return rows.map((row) => ({ id: row.id, gatewayId: row.gateway_id, missedReads: row.failed_reads }))
}
