import type { GapReason, GapState, LossReason, Span } from '../domain/gap.ts'
import { turnOf } from '../domain/register-lift.ts'
import type { Sql } from './database.ts'

/** Lengths of intervals that are in use, with how far they were looked at; null where nobody has looked yet. */
export const loadSweeps = async (
  sql: Sql,
): Promise<readonly Readonly<{ intervalMinutes: number; sweptTo: number | null }>[]> => {
  const rows = await sql.query<{ minutes: number; swept_to: number | null }>(
    `select i.minutes, w.swept_to from (select distinct minutes from meter_pace) i
     left join gap_sweep w on w.interval_minutes = i.minutes order by i.minutes`,
  )
  return rows.map(({ minutes, swept_to: sweptTo }) => ({ intervalMinutes: minutes, sweptTo }))
}

/** Only ever forward; false when another process was faster. */
export const saveSweep = async (
  sql: Sql,
  intervalMinutes: number,
  from: number | null,
  to: number,
): Promise<boolean> => {
  const rows = await sql.query(
    `insert into gap_sweep as w (interval_minutes, swept_to) values ($1, $3)
     on conflict (interval_minutes) do update set swept_to = excluded.swept_to where w.swept_to = $2 returning 1`,
    [intervalMinutes, from === null ? null : new Date(from), new Date(to)],
  )
  return rows.length > 0
}

/** Meters seen for the first time are watched from `since`. */
export const watchNewMeters = async (sql: Sql, intervalMinutes: number, since: number): Promise<void> => {
  await sql.query(
    `update meter m set watched_since = $2 from meter_pace p
     where p.meter_id = m.id and p.minutes = $1 and m.watched_since is null`,
    [intervalMinutes, new Date(since)],
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

/** Watched meters with this length of interval that have no good reading in one of them. */
export const metersWithoutReading = async (
  sql: Sql,
  intervalMinutes: number,
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
     where p.minutes = $1 and m.watched_since <= $2 and coalesce(r.good, false) = false order by m.id`,
    [intervalMinutes, new Date(from), new Date(to)],
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

/** Writes down that an interval has no good reading; a gap that ends where it begins, of the same reason, grows. */
export const openGaps = async (
  sql: Sql,
  { from, to }: Span,
  gaps: readonly Readonly<{ meterId: number; reason: GapReason }>[],
): Promise<void> => {
  if (gaps.length === 0) return
  await sql.query(
    `with given as (select * from unnest($1::int[], $2::text[]) as g(meter_id, reason)),
     grown as (update reading_gap g set to_at = $4 from given n
               where g.meter_id = n.meter_id and g.reason = n.reason and g.to_at = $3 and g.state = 'open'
                 and g.attempts = 0 and $4::timestamptz - g.from_at <= $5 * interval '1 millisecond'
               returning g.meter_id)
     insert into reading_gap (meter_id, from_at, to_at, bucket, reason, before_wh, try_at)
     select n.meter_id, $3, $4, m.bucket, n.reason, case when m.last_at < $3 then m.last_total_wh end, $4
     from given n join meter m on m.id = n.meter_id
     where n.meter_id not in (select meter_id from grown) on conflict do nothing`,
    [gaps.map(({ meterId }) => meterId), gaps.map(({ reason }) => reason), new Date(from), new Date(to), longestGapMs],
  )
}

/** A meter that had no records is asked anew after so long, wall time. */
const forgetNoSourceMs = 86_400_000

export type RecordSource = 'load-profile' | 'hourly-freeze'

export type OpenGap = Span &
  Readonly<{
    meterId: number
    gatewayId: number
    intervalMs: number
    timeZone: string
    reason: GapReason
    attempts: number
    source: RecordSource | 'none' | null
    beforeWh: bigint | null
    /** The newest good register: what is found may not be more. */
    latestWh: bigint | null
    /** Where its register starts again at nothing; null: not known. */
    turnWh: bigint | null
  }>

/**
 * The oldest gaps of each of these gateways that are due. Only those behind which a good reading stands: what is found
 * then divides energy that was charged already, and never moves a meter on.
 */
export const oldestGaps = async (
  sql: Sql,
  gatewayIds: readonly number[],
  now: number,
  eachAtMost: number,
): Promise<readonly OpenGap[]> => {
  if (gatewayIds.length === 0) return []
  const rows = await sql.query<{
    meter_id: number
    gateway_id: number
    minutes: number
    time_zone: string
    from_at: number
    to_at: number
    reason: GapReason
    attempts: number
    record_source: OpenGap['source']
    before_wh: bigint | null
    last_total_wh: bigint | null
    protocol: string
    energy_step_wh: number
  }>(
    `select o.* from unnest($1::int[]) as w(id) cross join lateral (
       select g.meter_id, m.gateway_id, p.minutes, s.time_zone, g.from_at, g.to_at, g.reason, g.attempts,
              case when m.record_source <> 'none' or m.record_source_at > $4 then m.record_source end as record_source, g.before_wh, m.last_total_wh, m.protocol, m.energy_step_wh
       from reading_gap g join meter m on m.id = g.meter_id join site s on s.id = m.site_id
         join meter_pace p on p.meter_id = m.id
       where g.state = 'open' and m.gateway_id = w.id and g.try_at <= $2 and g.to_at <= m.last_at
       order by g.from_at, g.meter_id limit $3) o`,
    [gatewayIds, new Date(now), eachAtMost, new Date(now - forgetNoSourceMs)],
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    gatewayId: row.gateway_id,
    intervalMs: row.minutes * 60_000,
    timeZone: row.time_zone,
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
    attempts: row.attempts,
    source: row.record_source,
    beforeWh: row.before_wh,
    latestWh: row.last_total_wh,
    turnWh: turnOf(row.protocol, row.energy_step_wh),
  }))
}

/** The gap rests until `tryAt`. */
export const postponeGap = async (sql: Sql, { meterId, from }: OpenGap, tryAt: number): Promise<void> => {
  await sql.query(
    `update reading_gap set attempts = attempts + 1, try_at = $3 where meter_id = $1 and from_at = $2 and state = 'open'`,
    [meterId, new Date(from), new Date(tryAt)],
  )
}

export type SettledPiece = Span & Readonly<{ state: Exclude<GapState, 'open'>; because: LossReason | null }>

/** Puts what became of its parts in the place of an open gap; false when it has changed in the meantime. */
export const settleGap = async (
  sql: Sql,
  gap: OpenGap,
  pieces: readonly SettledPiece[],
  now: number,
): Promise<boolean> => {
  const rows = await sql.query(
    `with gone as (delete from reading_gap where meter_id = $1 and from_at = $2 and to_at = $3 and state = 'open'
                   returning bucket, reason, before_wh, attempts)
     select bucket, reason, before_wh, attempts from gone`,
    [gap.meterId, new Date(gap.from), new Date(gap.to)],
  )
  const [row] = rows as readonly { bucket: number; reason: GapReason; before_wh: bigint | null; attempts: number }[]
  if (row === undefined) return false
  await sql.query(
    `insert into reading_gap (meter_id, from_at, to_at, bucket, reason, state, because, before_wh, attempts, try_at, settled_at)
     select $1, p.from_at, p.to_at, $2, $3, p.state, p.because, $4, $5 + 1, $6, $6
     from unnest($7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[]) as p(from_at, to_at, state, because)`,
    [
      gap.meterId,
      row.bucket,
      row.reason,
      row.before_wh,
      row.attempts,
      new Date(now),
      pieces.map(({ from }) => new Date(from)),
      pieces.map(({ to }) => new Date(to)),
      pieces.map(({ state }) => state),
      pieces.map(({ because }) => because),
    ],
  )
  return true
}

/** Where a meter was found to keep half hours. */
export const saveRecordSource = async (
  sql: Sql,
  meterId: number,
  source: RecordSource | 'none',
  now: number,
): Promise<void> => {
  await sql.query('update meter set record_source = $2, record_source_at = $3 where id = $1', [
    meterId,
    source,
    new Date(now),
  ])
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
