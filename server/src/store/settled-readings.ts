import type { Registers } from '../domain/price-plan.ts'
import type { MicroYuan, WattHours } from '../domain/quantity.ts'
import type { Sql } from './database.ts'
import { arrayText, unlessEmpty } from './settlement.ts'

export type StoredReading = Readonly<{
  meterId: number
  bucket: number
  at: number
  registers: Registers
  powerMilliwatts: number | null
  obtained: 'scheduled' | 'person' | 're-read'
  quality: 'good' | 'held'
  heldBecause: string | null
  used: WattHours | null
  charged: MicroYuan | null
  balanceAfter: MicroYuan | null
}>

/** What a batch found out about a meter; carried by the reading that it moves on to. */
export type MeterUpdate = Readonly<{
  /** It is a good reading, from which the next one is measured. */
  movesOn: boolean
  /** Of the newest reading; null when every reading of the batch was older than what is known. */
  newest: Readonly<{ quality: 'good' | 'held'; powerMilliwatts: number | null }> | null
  /** A status word that is newer than what is known. */
  status: Readonly<{
    at: number
    relay: 'closed' | 'open'
    relayCommand: 'closed' | 'open'
    keepPower: boolean
    alarm: boolean
  }> | null
}>

/** A reading with what it changes: at most one of a batch carries a meter, and at most one a period. */
export type SettledReading = StoredReading &
  Readonly<{
    meter: MeterUpdate | null
    /** An open period that stands at this reading's registers now, and what has been charged in it. */
    period: Readonly<{ start: number; charged: MicroYuan }> | null
  }>

/**
 * Keeps readings of every quality (the same one again changes nothing), moves their meters and periods on to them and takes
 * over their status words: one statement, for the registers are the same in all three. Supply that was owed is judged as in
 * `saveStatus`. The meters are locked.
 */
export const saveSettled = async (sql: Sql, readings: readonly SettledReading[]): Promise<void> => {
  if (readings.length === 0) return
  const column = <T>(value: (one: SettledReading) => T): T[] => readings.map(value)
  const [row] = await sql.query<{ periods: number }>(settledQuery, [
    column(({ at }) => at),
    column(({ meterId }) => meterId),
    column(({ bucket }) => bucket),
    column(({ registers }) => registers.totalWh),
    column(({ registers }) => arrayText(registers.ratesWh)),
    column(({ powerMilliwatts }) => powerMilliwatts),
    column(({ obtained }) => obtained),
    column(({ quality }) => quality),
    unlessEmpty(column(({ heldBecause }) => heldBecause)),
    column(({ used }) => used),
    column(({ charged }) => charged),
    column(({ balanceAfter }) => balanceAfter),
    column(({ meter }) => meter?.movesOn ?? null),
    column(({ meter }) => meter?.newest?.quality ?? null),
    column(({ meter }) => meter?.newest?.powerMilliwatts ?? null),
    column(({ meter }) => meter?.status?.at ?? null),
    column(({ meter }) => meter?.status?.relay ?? null),
    column(({ meter }) => meter?.status?.relayCommand ?? null),
    column(({ meter }) => meter?.status?.keepPower ?? null),
    column(({ meter }) => meter?.status?.alarm ?? null),
    column(({ period }) => period?.start ?? null),
    column(({ period }) => period?.charged ?? null),
  ])
  if (row?.periods !== readings.filter(({ period }) => period !== null).length)
    throw new Error('a settlement period that was open is gone')
}

const settledQuery = `
  with r as materialized (
    select to_timestamp(u.ms / 1000) as at, u.*, u.rates::bigint[] as rates_wh
    from unnest($1::float8[], $2::int[], $3::smallint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::boolean[], $14::text[], $15::bigint[],
                $16::float8[], $17::text[], $18::text[], $19::boolean[], $20::boolean[], $21::float8[], $22::bigint[])
      as u(ms, meter_id, bucket, total, rates, power, obtained, quality, held, used, charged, balance, moves_on, newest,
           newest_power, status_ms, relay, relay_command, keep_power, alarm, period_ms, period_charged)
  ), meters as (
    update meter m set
      last_at = case when r.moves_on then r.at else m.last_at end,
      last_total_wh = case when r.moves_on then r.total else m.last_total_wh end,
      last_rates_wh = case when r.moves_on then r.rates_wh else m.last_rates_wh end,
      newest_at = case when r.newest is null then m.newest_at else greatest(m.newest_at, r.at) end,
      newest_quality = case when m.newest_at > r.at then m.newest_quality else coalesce(r.newest, m.newest_quality) end,
      power_mw = case when r.newest is null then m.power_mw else r.newest_power end,
      failed_reads = case when r.newest is null then m.failed_reads else 0 end,
      relay = coalesce(r.relay, m.relay), relay_command = coalesce(r.relay_command, m.relay_command),
      keep_power = coalesce(r.keep_power, m.keep_power), alarm = coalesce(r.alarm, m.alarm),
      status_at = coalesce(to_timestamp(r.status_ms / 1000), m.status_at),
      restore_owed = m.restore_owed and not (coalesce(r.relay = 'closed' and r.relay_command = 'closed', false) and not exists (
        select from relay_command c where c.meter_id = m.id and c.kind = 'trip' and c.state in ('queued', 'sent', 'acknowledged')))
    from r where m.id = r.meter_id and r.moves_on is not null
  ), periods as (
    update settlement_period p set latest_wh = r.total, latest_rates_wh = r.rates_wh, charged = r.period_charged
    from r where p.meter_id = r.meter_id and p.start_at = to_timestamp(r.period_ms / 1000) returning 1
  ), kept as (
    insert into reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality, held_because, used_wh,
                         charged, balance_after)
    select r.at, r.meter_id, r.bucket, r.total, r.rates_wh, r.power, r.obtained, r.quality, r.held, r.used, r.charged, r.balance
    from r on conflict do nothing
  ) select count(*)::int as periods from periods`
