import type { PricePlan, Registers } from '../domain/price-plan.ts'
import { microYuan, price, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { SettlementPeriod } from '../domain/settlement.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
import type { AccountStanding } from './held-accounts.ts'
import type { Sql } from './database.ts'
import { usageOf, type UsageRow } from './tariff-usage.ts'

/** What settling a reading of one meter needs, read under the locks of its account and of the meter itself. */
export type MeterRecord = Readonly<{
  meterId: number
  siteId: number
  bucket: number
  accountId: number | null
  timeZone: string
  maximumWatts: number
  registerStepWh: number
  /** When the newest status word that is known was read. */
  statusAt: number | null
  last: Readonly<{ at: number; registers: Registers }> | null
  agreement: Readonly<{ id: number; pricePlanId: number; plan: PricePlan | 'tariff' }> | null
  /** The newest period, unless a tariff has rated it. */
  period: Readonly<{ agreementId: number; pricePlanId: number; period: SettlementPeriod }> | null
  /** The newest period, if a tariff has rated it. */
  tariffPeriod: TariffPeriod | null
  /** Of its account, read under the account's lock; null without one. */
  standing: AccountStanding | null
}>

export type TariffPeriod = Readonly<{
  agreementId: number
  planId: number
  /** Its last reading. */
  until: number
  /** False once the meter was taken off its account: the period is over. */
  intact: boolean
  window: PeriodState
}>

/** What is kept of a window that a tariff rates; its version is that of its plan's row. */
export type PeriodState = Omit<StoredWindow, 'version'>

export type StateRow = {
  usage: UsageRow
  ladder_before_wh: bigint
  quota_carried_wh: bigint
  opens_month: boolean
  charged: bigint
}

export const stateOf = (row: StateRow): PeriodState => ({
  usage: usageOf(row.usage),
  opensMonth: row.opens_month,
  ladderBefore: wattHours(row.ladder_before_wh),
  quotaCarried: wattHours(row.quota_carried_wh),
  charged: microYuan(row.charged),
})

export const accountsOfMeters = async (sql: Sql, meterIds: readonly number[]): Promise<readonly number[]> => {
  const rows = await sql.query<{ account_id: number }>(
    'select distinct account_id from meter where id = any($1::int[]) and account_id is not null',
    [meterIds],
  )
  return rows.map(({ account_id }) => account_id)
}

/** Locks meters in the order of their ids; the accounts are locked before. */
export const lockMeters = async (sql: Sql, meterIds: readonly number[]): Promise<void> => {
  await sql.query('select id from meter where id = any($1::int[]) order by id for no key update', [meterIds])
}

export const planOf = (kind: PricePlan['kind'], prices: readonly bigint[]): PricePlan => {
  const [first, second, third, fourth] = prices.map(price)
  if (kind === 'flat' && first !== undefined) return { kind, price: first }
  if (
    kind === 'four-rate' &&
    first !== undefined &&
    second !== undefined &&
    third !== undefined &&
    fourth !== undefined
  )
    return { kind, prices: [first, second, third, fourth] }
  throw new Error(`price plan of kind ${kind} has ${String(prices.length)} prices`)
}

export type PeriodUpdate = Readonly<{
  meterId: number
  bucket: number
  agreementId: number
  pricePlanId: number
  period: SettlementPeriod
  /** It was not there before this batch. */
  isNew: boolean
}>

/** Opens periods, and moves on those that are open: an update is a good deal cheaper than an insert that finds its row. */
export const savePeriods = async (sql: Sql, updates: readonly PeriodUpdate[]): Promise<void> => {
  await Promise.all([
    openPeriods(
      sql,
      updates.filter(({ isNew }) => isNew),
    ),
    movePeriodsOn(
      sql,
      updates.filter(({ isNew }) => !isNew),
    ),
  ])
}

const openPeriods = async (sql: Sql, updates: readonly PeriodUpdate[]): Promise<void> => {
  if (updates.length === 0) return
  await sql.query(
    `insert into settlement_period (meter_id, start_at, bucket, end_at, agreement_id, price_plan_id,
                                    opening_wh, opening_rates_wh, latest_wh, latest_rates_wh, charged)
     select u.meter_id, u.start_at, u.bucket, u.end_at, u.agreement_id, u.price_plan_id,
            u.opening, u.opening_rates::bigint[], u.latest, u.latest_rates::bigint[], u.charged
     from unnest($1::int[], $2::timestamptz[], $3::smallint[], $4::timestamptz[], $5::int[], $6::int[],
                 $7::bigint[], $8::text[], $9::bigint[], $10::text[], $11::bigint[])
       as u(meter_id, start_at, bucket, end_at, agreement_id, price_plan_id, opening, opening_rates, latest, latest_rates, charged)`,
    [
      updates.map(({ meterId }) => meterId),
      updates.map(({ period }) => new Date(period.start)),
      updates.map(({ bucket }) => bucket),
      updates.map(({ period }) => new Date(period.end)),
      updates.map(({ agreementId }) => agreementId),
      updates.map(({ pricePlanId }) => pricePlanId),
      updates.map(({ period }) => period.opening.totalWh),
      updates.map(({ period }) => arrayText(period.opening.ratesWh)),
      updates.map(({ period }) => period.latest.totalWh),
      updates.map(({ period }) => arrayText(period.latest.ratesWh)),
      updates.map(({ period }) => period.charged),
    ],
  )
}

const movePeriodsOn = async (sql: Sql, updates: readonly PeriodUpdate[]): Promise<void> => {
  if (updates.length === 0) return
  const rows = await sql.query(
    `update settlement_period p set latest_wh = u.latest, latest_rates_wh = u.latest_rates::bigint[], charged = u.charged
     from unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::text[], $5::bigint[])
       as u(meter_id, start_at, latest, latest_rates, charged)
     where p.meter_id = u.meter_id and p.start_at = u.start_at returning 1`,
    [
      updates.map(({ meterId }) => meterId),
      updates.map(({ period }) => new Date(period.start)),
      updates.map(({ period }) => period.latest.totalWh),
      updates.map(({ period }) => arrayText(period.latest.ratesWh)),
      updates.map(({ period }) => period.charged),
    ],
  )
  if (rows.length !== updates.length) throw new Error('a settlement period that was open is gone')
}

/** PostgreSQL's own text for an array: unnest can not carry arrays of arrays. */
export const arrayText = (values: readonly WattHours[]): string => `{${values.join(',')}}`

export type StoredReading = Readonly<{
  meterId: number
  bucket: number
  at: number
  registers: Registers
  powerMilliwatts: number | null
  obtained: 'scheduled' | 'person'
  quality: 'good' | 'held'
  heldBecause: string | null
  used: WattHours | null
  charged: MicroYuan | null
  balanceAfter: MicroYuan | null
}>

/** Keeps readings of every quality; the same reading again changes nothing. */
export const insertReadings = async (sql: Sql, readings: readonly StoredReading[]): Promise<void> => {
  if (readings.length === 0) return
  await sql.query(
    `insert into reading (at, meter_id, bucket, total_wh, rates_wh, power_mw, obtained, quality, held_because, used_wh, charged, balance_after)
     select r.at, r.meter_id, r.bucket, r.total, r.rates::bigint[], r.power, r.obtained, r.quality, r.held, r.used, r.charged, r.balance
     from unnest($1::timestamptz[], $2::int[], $3::smallint[], $4::bigint[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                 $9::text[], $10::bigint[], $11::bigint[], $12::bigint[])
       as r(at, meter_id, bucket, total, rates, power, obtained, quality, held, used, charged, balance)
     on conflict do nothing`,
    [
      readings.map(({ at }) => new Date(at)),
      readings.map(({ meterId }) => meterId),
      readings.map(({ bucket }) => bucket),
      readings.map(({ registers }) => registers.totalWh),
      readings.map(({ registers }) => arrayText(registers.ratesWh)),
      readings.map(({ powerMilliwatts }) => powerMilliwatts),
      readings.map(({ obtained }) => obtained),
      readings.map(({ quality }) => quality),
      readings.map(({ heldBecause }) => heldBecause),
      readings.map(({ used }) => used),
      readings.map(({ charged }) => charged),
      readings.map(({ balanceAfter }) => balanceAfter),
    ],
  )
}
