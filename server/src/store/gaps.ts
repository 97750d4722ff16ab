import type { GapReason, Span } from '../domain/gap.ts'
import type { Sql } from './database.ts'

/** Meters whose intervals are the same: those of a zone with one pace. */
export type Paced = Readonly<{ timeZone: string; minutes: number }>

/**
 * Paces that meters of each zone may have, with how far they were looked at; null where nobody has looked yet. Asked for
 * every few seconds, so it is told by the rules and not by the meters.
 */
export const loadSweeps = async (sql: Sql): Promise<readonly (Paced & Readonly<{ sweptTo: number | null }>)[]> => {
  const rows = await sql.query<{ time_zone: string; minutes: number; swept_to: number | null }>(
    `select i.time_zone, i.minutes, w.swept_to from pace_in_use i
     left join gap_sweep w on w.time_zone = i.time_zone and w.interval_minutes = i.minutes order by i.time_zone, i.minutes`,
  )
  return rows.map(({ time_zone: timeZone, minutes, swept_to: sweptTo }) => ({ timeZone, minutes, sweptTo }))
}

/** Only ever forward; false when another process was faster. */
export const saveSweep = async (
  sql: Sql,
  { timeZone, minutes }: Paced,
  from: number | null,
  to: number,
): Promise<boolean> => {
  const rows = await sql.query(
    `insert into gap_sweep as w (time_zone, interval_minutes, swept_to) values ($1, $2, $4)
     on conflict (time_zone, interval_minutes) do update set swept_to = excluded.swept_to where w.swept_to = $3 returning 1`,
    [timeZone, minutes, from === null ? null : new Date(from), new Date(to)],
  )
  return rows.length > 0
}

/** Meters seen for the first time are watched from `since`. */
export const watchNewMeters = async (sql: Sql, { timeZone, minutes }: Paced, since: number): Promise<void> => {
  await sql.query(
    `update meter m set watched_since = $3 from meter_pace p
     where p.meter_id = m.id and p.time_zone = $1 and p.minutes = $2 and m.watched_since is null`,
    [timeZone, minutes, new Date(since)],
  )
}

export type UnreadMeter = Readonly<{
  meterId: number
  gatewayId: number
  siteId: number
  /** It has a reading, but no good one. */
  held: boolean
  /** Its collection rested at least half of the interval. */
  paused: boolean
  /** What the collector says of its turn; null when it has told nothing of this meter. */
  missedBecause: string | null
  /** The collector has told that its gateway was away. */
  gatewayAway: boolean
  /** Its last good reading, or since when it is watched. */
  goodAt: number
}>

/** Watched meters of these that have no good reading in one of their intervals. */
export const metersWithoutReading = async (
  sql: Sql,
  { timeZone, minutes }: Paced,
  { from, to }: Span,
): Promise<readonly UnreadMeter[]> => {
  const rows = await sql.query<{
    id: number
    gateway_id: number
    site_id: number
    held: boolean
    paused: boolean
    missed: string | null
    away: boolean
    good_at: number
  }>(
    `with read as (select meter_id, bool_or(quality = 'good') as good from reading where at >= $2 and at < $3 group by meter_id),
     missed as (select meter_id, max(reason) as reason from missed_read
                where data_set = 'energy' and meter_id is not null and slot_at >= $2 and slot_at < $3 group by meter_id),
     away as (select distinct gateway_id from missed_read
              where data_set = 'energy' and meter_id is null and slot_at >= $2 and slot_at < $3)
     select m.id, m.gateway_id, m.site_id, r.meter_id is not null as held,
            coalesce(m.last_at, m.watched_since) as good_at,
            exists (select from reading_pause u where (u.meter_id = m.id or u.gateway_id = m.gateway_id or u.site_id = m.site_id)
                      and least(u.to_at, $3) - greatest(u.from_at, $2) >= ($3::timestamptz - $2::timestamptz) / 2) as paused,
            x.reason as missed, y.gateway_id is not null as away
     from meter m join meter_pace p on p.meter_id = m.id left join read r on r.meter_id = m.id
     left join missed x on x.meter_id = m.id left join away y on y.gateway_id = m.gateway_id
     where p.time_zone = $4 and p.minutes = $1 and m.watched_since <= $2 and coalesce(r.good, false) = false order by m.id`,
    [minutes, new Date(from), new Date(to), timeZone],
  )
  return rows.map((row) => ({
    meterId: row.id,
    gatewayId: row.gateway_id,
    siteId: row.site_id,
    held: row.held,
    paused: row.paused,
    missedBecause: row.missed,
    gatewayAway: row.away,
    goodAt: row.good_at,
  }))
}

/** No row is longer than this, so that the work of one attempt is bounded. */
const longestGapMs = 86_400_000

/** The last good register of each meter in a span, for those of them that have one. */
export const lastRegistersIn = async (
  sql: Sql,
  meterIds: readonly number[],
  { from, to }: Span,
): Promise<ReadonlyMap<number, bigint>> => {
  if (meterIds.length === 0) return new Map()
  const rows = await sql.query<{ meter_id: number; total_wh: bigint }>(
    `select distinct on (meter_id) meter_id, total_wh from reading
     where at >= $2 and at < $3 and quality = 'good' and meter_id = any($1::int[]) order by meter_id, at desc`,
    [meterIds, new Date(from), new Date(to)],
  )
  return new Map(rows.map(({ meter_id: id, total_wh: total }) => [id, total]))
}

/**
 * Writes down that an interval has no good reading; a gap that ends where it begins, of the same reason, grows. What was
 * read last before it: what is told, or where the meter stands, or what the gap before it began with.
 */
export const openGaps = async (
  sql: Sql,
  { from, to }: Span,
  gaps: readonly Readonly<{ meterId: number; reason: GapReason; beforeWh: bigint | null }>[],
): Promise<void> => {
  if (gaps.length === 0) return
  await sql.query(
    `with given as (select * from unnest($1::int[], $2::text[], $6::bigint[]) as g(meter_id, reason, before_wh)),
     grown as (update reading_gap g set to_at = $4 from given n
               where g.meter_id = n.meter_id and g.reason = n.reason and g.to_at = $3 and g.state = 'open'
                 and g.attempts = 0 and $4::timestamptz - g.from_at <= $5 * interval '1 millisecond'
               returning g.meter_id)
     insert into reading_gap (meter_id, from_at, to_at, bucket, reason, before_wh, try_at)
     select n.meter_id, $3, $4, m.bucket, n.reason,
            coalesce(n.before_wh, case when m.last_at < $3 then m.last_total_wh end,
                     (select g.before_wh from reading_gap g where g.meter_id = n.meter_id and g.to_at = $3 limit 1)), $4
     from given n join meter m on m.id = n.meter_id
     where n.meter_id not in (select meter_id from grown) on conflict do nothing`,
    [
      gaps.map(({ meterId }) => meterId),
      gaps.map(({ reason }) => reason),
      new Date(from),
      new Date(to),
      longestGapMs,
      gaps.map(({ beforeWh }) => beforeWh),
    ],
  )
}

/** Subjects of open `meter-unread` items whose meter has been read since. */
export const meterItemsOver = async (sql: Sql, since: number): Promise<readonly string[]> => {
  const rows = await sql.query<{ subject: string }>(
    `select w.subject from work_item w join meter m on m.id = w.meter_id
     where w.kind = 'meter-unread' and w.closed_at is null and m.last_at >= $1`,
    [new Date(since)],
  )
  return rows.map(({ subject }) => subject)
}
