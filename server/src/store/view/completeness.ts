import type { GapFact } from '../../domain/completeness.ts'
import type { GapReason, GapState, LossReason, Span, UnknownSide } from '../../domain/gap.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { meterWithin, within } from '../reach.ts'

export type WatchedGroup = Readonly<{
  gateway_id: number
  code: string
  site_id: number
  site_name: string
  time_zone: string
  minutes: number
  swept_to: number
  meters: bigint
}>

/** Gateways with their watched meters, and how far their intervals were looked at. */
export const viewWatchedGroups = async (sql: Sql, reach: Reach = null): Promise<readonly WatchedGroup[]> =>
  sql.query<WatchedGroup>(
    `select g.id as gateway_id, g.code, s.id as site_id, s.name as site_name, s.time_zone,
            p.minutes, w.swept_to, count(m.id) as meters
     from gateway g join site s on s.id = g.site_id join meter m on m.gateway_id = g.id join meter_pace p on p.meter_id = m.id
     join gap_sweep w on w.time_zone = p.time_zone and w.interval_minutes = p.minutes
     where m.watched_since is not null and ${within('g.site_id', 1)}
     group by g.id, s.id, p.minutes, w.swept_to order by s.name, g.code, p.minutes`,
    [reach],
  )

/** Meters of each gateway by the moment since which they are watched, if that lies in the span: the few that are new. */
export const viewWatchedSince = async (
  sql: Sql,
  { from, to }: Span,
): Promise<readonly Readonly<{ gateway_id: number; minutes: number; since: number; meters: bigint }>[]> =>
  sql.query(
    `select m.gateway_id, p.minutes, m.watched_since as since, count(*) as meters
     from meter m join meter_pace p on p.meter_id = m.id
     where m.watched_since > $1 and m.watched_since < $2 group by m.gateway_id, p.minutes, m.watched_since`,
    [new Date(from), new Date(to)],
  )

/** Meters of each gateway that are watched since before an instant. */
export const viewWatchedBefore = async (
  sql: Sql,
  instant: number,
): Promise<readonly Readonly<{ gateway_id: number; minutes: number; meters: bigint }>[]> =>
  sql.query(
    `select m.gateway_id, p.minutes, count(*) as meters from meter m join meter_pace p on p.meter_id = m.id
     where m.watched_since <= $1 group by m.gateway_id, p.minutes`,
    [new Date(instant)],
  )

export type GapSum = Readonly<{
  gateway_id: number
  minutes: number
  state: GapState
  reason: GapReason
  unknown_side: UnknownSide | null
  intervals: bigint
}>

/**
 * How many intervals of the meters of each gateway were gaps on a local day, by what became of them and why. Those count
 * that begin in a gap; they begin whole paces after the day has.
 */
export const viewGapSums = async (sql: Sql, { from, to }: Span): Promise<readonly GapSum[]> =>
  sql.query<GapSum>(
    `select m.gateway_id, p.minutes, g.state, g.reason, g.unknown_side,
            sum(ceil(extract(epoch from least(g.to_at, $2) - $1::timestamptz) / (60 * p.minutes))
                - ceil(extract(epoch from greatest(g.from_at, $1) - $1::timestamptz) / (60 * p.minutes)))::bigint as intervals
     from reading_gap g join meter m on m.id = g.meter_id join meter_pace p on p.meter_id = m.id
     where g.to_at > $1 and g.to_at <= $2::timestamptz + interval '1 day' and g.from_at < $2
     group by m.gateway_id, p.minutes, g.state, g.reason, g.unknown_side`,
    [new Date(from), new Date(to)],
  )

/**
 * Meters of one pace without a reading of their own at each of these rising instants, by state; intervals in which all are
 * well do not come.
 */
export const viewGapGrid = async (
  sql: Sql,
  { from, to }: Span,
  minutes: number,
  begins: readonly number[],
  reach: Reach = null,
): Promise<readonly Readonly<{ at: number; state: GapState; meters: bigint }>[]> =>
  sql.query(
    `select i.at, g.state, count(*) as meters
     from unnest($4::timestamptz[]) as i(at)
     join reading_gap g on g.from_at <= i.at and g.to_at > i.at and g.to_at > $1 and g.to_at <= $2::timestamptz + interval '1 day'
     join meter_pace p on p.meter_id = g.meter_id and p.minutes = $3 and ${meterWithin('g.meter_id', 5)}
     group by i.at, g.state order by i.at`,
    [new Date(from), new Date(to), minutes, begins.map((at) => new Date(at)), reach],
  )

export type GapView = Readonly<{
  meter_id: number
  place: string
  address: string
  code: string
  from_at: number
  to_at: number
  minutes: number
  time_zone: string
  reason: GapReason
  state: GapState
  because: LossReason | null
  unknown_side: UnknownSide | null
  attempts: number
}>

/** Gaps of a span, newest first, open ones before the others. */
export const viewGaps = async (
  sql: Sql,
  { from, to }: Span,
  options: Readonly<{ meterId: number | null; limit: number; reach?: Reach }>,
): Promise<readonly GapView[]> =>
  sql.query<GapView>(
    `select g.meter_id, m.place, m.address, w.code, g.from_at, g.to_at, p.minutes, p.time_zone, g.reason,
            g.state, g.because, g.unknown_side, g.attempts
     from reading_gap g join meter m on m.id = g.meter_id join gateway w on w.id = m.gateway_id
     join meter_pace p on p.meter_id = m.id
     where g.to_at > $1 and g.to_at <= $2::timestamptz + interval '1 day' and g.from_at < $2
       and ($3::int is null or g.meter_id = $3) and ${within('m.site_id', 5)}
     order by g.state <> 'open', g.from_at desc, g.meter_id limit $4`,
    [new Date(from), new Date(to), options.meterId, options.limit, options.reach ?? null],
  )

export type WatchedMeter = Readonly<{
  time_zone: string
  minutes: number
  watched_since: number | null
  swept_to: number | null
}>

export const viewWatchedMeter = async (sql: Sql, meterId: number): Promise<WatchedMeter | null> => {
  const [row] = await sql.query<WatchedMeter>(
    `select p.time_zone, p.minutes, m.watched_since, w.swept_to
     from meter m join meter_pace p on p.meter_id = m.id
     left join gap_sweep w on w.time_zone = p.time_zone and w.interval_minutes = p.minutes where m.id = $1`,
    [meterId],
  )
  return row ?? null
}

export const gapFactOf = ({ from_at: from, to_at: to, state, reason }: GapView): GapFact => ({
  from,
  to,
  state,
  reason,
})
