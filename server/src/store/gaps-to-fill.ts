import type { GapReason, GapState, LossReason, RecordSource, Span, UnknownSide } from '../domain/gap.ts'
import { turnOf } from '../domain/register-lift.ts'
import type { Sql } from './database.ts'

/** A meter that had no records is asked anew after so long, wall time. */
const forgetNoSourceMs = 86_400_000

export type OpenGap = Span &
  Readonly<{
    meterId: number
    gatewayId: number
    minutes: number
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
       select g.meter_id, m.gateway_id, p.minutes, p.time_zone, g.from_at, g.to_at, g.reason, g.attempts,
              case when m.record_source <> 'none' or m.record_source_at > $4 then m.record_source end as record_source, g.before_wh, m.last_total_wh, m.protocol, m.energy_step_wh
       from reading_gap g join meter m on m.id = g.meter_id join meter_pace p on p.meter_id = m.id
       where g.state = 'open' and m.gateway_id = w.id and g.try_at <= $2 and g.to_at <= m.last_at
       order by g.from_at, g.meter_id limit $3) o`,
    [gatewayIds, new Date(now), eachAtMost, new Date(now - forgetNoSourceMs)],
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    gatewayId: row.gateway_id,
    minutes: row.minutes,
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

/**
 * Looks for the register that a gap began with where it is not known from when the gap was opened, and keeps it: the last
 * good one of its readings, or of its roll-up. Null: the meter had never been read well.
 */
export const findRegisterBefore = async (sql: Sql, { meterId, from }: OpenGap): Promise<bigint | null> => {
  const [row] = await sql.query<{ before_wh: bigint | null }>(
    `update reading_gap set before_wh = register_before(meter_id, from_at)
     where meter_id = $1 and from_at = $2 and state = 'open' returning before_wh`,
    [meterId, new Date(from)],
  )
  return row?.before_wh ?? null
}

/**
 * Lost gaps behind which their meter has been read since: what flowed in them is known now. Only a gap whose readings were
 * taken out of the database is lost before its meter has been read again.
 */
export const estimateLostGaps = async (sql: Sql): Promise<void> => {
  await sql.query(
    `update reading_gap g set state = 'estimated', unknown_side = null from meter m
     where m.id = g.meter_id and g.unknown_side = 'after' and m.last_at >= g.to_at`,
  )
}

export type SettledPiece = Span &
  Readonly<{ state: Exclude<GapState, 'open'>; because: LossReason | null; unknownSide: UnknownSide | null }>

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
    `insert into reading_gap (meter_id, from_at, to_at, bucket, reason, state, because, unknown_side, before_wh, attempts,
                              try_at, settled_at)
     select $1, p.from_at, p.to_at, $2, $3, p.state, p.because, p.unknown_side, $4, $5 + 1, $6, $6
     from unnest($7::timestamptz[], $8::timestamptz[], $9::text[], $10::text[], $11::text[])
       as p(from_at, to_at, state, because, unknown_side)`,
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
      pieces.map(({ unknownSide }) => unknownSide),
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
