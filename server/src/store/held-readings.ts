import type { Span } from '../domain/gap.ts'
import type { Registers } from '../domain/price-plan.ts'
import { wattHours } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type HeldReading = Readonly<{
  registers: Registers
  powerMilliwatts: number | null
  obtained: 'scheduled' | 'person' | 're-read'
  heldBecause: string | null
}>

/** One held reading, or null when there is none at this instant (any more). The meter is locked. */
export const findHeldReading = async (sql: Sql, meterId: number, at: number): Promise<HeldReading | null> => {
  const [row] = await sql.query<{
    total_wh: bigint
    rates_wh: bigint[]
    power_mw: bigint | null
    obtained: HeldReading['obtained']
    held_because: string | null
  }>(
    `select total_wh, rates_wh, power_mw, obtained, held_because from reading
     where at = $2 and meter_id = $1 and quality = 'held'`,
    [meterId, new Date(at)],
  )
  if (row === undefined) return null
  return {
    registers: { totalWh: wattHours(row.total_wh), ratesWh: row.rates_wh.map(wattHours) },
    powerMilliwatts: row.power_mw === null ? null : Number(row.power_mw),
    obtained: row.obtained,
    heldBecause: row.held_because,
  }
}

/** Takes a held reading out, to be settled in the same transaction: what is settled is written anew. */
export const takeHeldReading = async (sql: Sql, meterId: number, at: number): Promise<void> => {
  await sql.query("delete from reading where at = $2 and meter_id = $1 and quality = 'held'", [meterId, new Date(at)])
}

/** It stays, and is believed by nobody. Where it was the newest, the meter is as if it had not come. */
export const rejectHeldReading = async (sql: Sql, meterId: number, at: number): Promise<void> => {
  await sql.query("update reading set quality = 'rejected' where at = $2 and meter_id = $1 and quality = 'held'", [
    meterId,
    new Date(at),
  ])
  await sql.query(
    `update meter set newest_at = last_at, newest_quality = case when last_at is not null then 'good' end
     where id = $1 and newest_at = $2 and newest_quality = 'held'`,
    [meterId, new Date(at)],
  )
}

/** The interval of a held reading that is good now is no gap any more; what lies around it stays one. */
export const readingFillsGap = async (sql: Sql, meterId: number, at: number, interval: Span): Promise<void> => {
  await sql.query(
    `with whole as (select * from reading_gap where meter_id = $1 and from_at <= $2 and to_at > $2),
     gone as (delete from reading_gap g using whole w where g.meter_id = w.meter_id and g.from_at = w.from_at
              returning g.meter_id)
     insert into reading_gap (meter_id, from_at, to_at, bucket, reason, state, because, unknown_side, before_wh, attempts,
                              try_at, settled_at)
     select w.meter_id, p.from_at, p.to_at, w.bucket, w.reason, w.state, w.because, w.unknown_side, w.before_wh, w.attempts,
            w.try_at, w.settled_at
     from whole w
     cross join lateral (values (w.from_at + interval '0', $3::timestamptz), ($4::timestamptz, w.to_at)) as p(from_at, to_at)
     where p.to_at > p.from_at and exists (select from gone)
     on conflict (meter_id, from_at) do update set to_at = excluded.to_at`,
    [meterId, new Date(at), new Date(interval.from), new Date(interval.to)],
  )
}
