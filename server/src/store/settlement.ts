import type { PricePlan, Registers } from '../domain/price-plan.ts'
import { microYuan, price, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { RelaySeen } from '../domain/relay-watch.ts'
import type { SettlementPeriod } from '../domain/settlement.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
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
  /** As it said; null while none has been read. */
  seen: RelaySeen | null
  last: Readonly<{ at: number; registers: Registers }> | null
  agreement: Readonly<{ id: number; pricePlanId: number; plan: PricePlan | 'tariff' }> | null
  /** The newest period, unless a tariff has rated it. */
  period: Readonly<{ agreementId: number; pricePlanId: number; period: SettlementPeriod }> | null
  /** The newest period, if a tariff has rated it. */
  tariffPeriod: TariffPeriod | null
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

type Row = {
  id: number
  site_id: number
  bucket: number
  account_id: number | null
  time_zone: string
  maximum_watts: number
  energy_step_wh: number
  status_at: number | null
  relay: RelaySeen['relay'] | 'unknown'
  relay_command: RelaySeen['relayCommand'] | 'unknown'
  last_at: number | null
  last_total_wh: bigint | null
  last_rates_wh: bigint[] | null
  agreement_id: number | null
  price_plan_id: number | null
  plan_kind: PricePlan['kind'] | 'tariff' | null
  plan_prices: bigint[] | null
  p_start: number | null
  p_end: number
  p_agreement_id: number
  p_price_plan_id: number
  p_kind: PricePlan['kind'] | 'tariff'
  p_prices: bigint[]
  p_opening: bigint
  p_opening_rates: bigint[]
  p_latest: bigint
  p_latest_rates: bigint[]
  p_charged: bigint
  p_usage: UsageRow | null
  p_ladder_before: bigint
  p_quota_carried: bigint
  p_opens_month: boolean
}

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

/** Locks the accounts of these meters, in the order of their ids: always before the meters themselves. */
export const lockAccountsOfMeters = async (sql: Sql, meterIds: readonly number[]): Promise<void> => {
  await sql.query(
    `select id from account where id in (select account_id from meter where id = any($1::int[]))
     order by id for no key update`,
    [meterIds],
  )
}

export const loadMeters = async (sql: Sql, meterIds: readonly number[]): Promise<readonly MeterRecord[]> => {
  const rows = await sql.query<Row>(
    `select m.id, m.site_id, m.bucket, m.account_id, s.time_zone, m.maximum_watts, m.energy_step_wh, m.status_at, m.relay,
            m.relay_command, m.last_at,
            m.last_total_wh, m.last_rates_wh,
            g.id as agreement_id, g.price_plan_id, pl.kind as plan_kind, pl.prices as plan_prices,
            p.start_at as p_start, p.end_at as p_end, p.agreement_id as p_agreement_id, p.price_plan_id as p_price_plan_id,
            pp.kind as p_kind, pp.prices as p_prices, p.opening_wh as p_opening, p.opening_rates_wh as p_opening_rates,
            p.latest_wh as p_latest, p.latest_rates_wh as p_latest_rates, p.charged as p_charged,
            p.usage as p_usage, p.ladder_before_wh as p_ladder_before, p.quota_carried_wh as p_quota_carried,
            p.opens_month as p_opens_month
     from meter m join site s on s.id = m.site_id
     left join account a on a.id = m.account_id
     left join agreement g on g.id = a.agreement_id and g.settlement_mode = 'remote'
     left join price_plan pl on pl.id = g.price_plan_id
     left join lateral (select * from settlement_period p where p.meter_id = m.id order by p.start_at desc limit 1) p on true
     left join price_plan pp on pp.id = p.price_plan_id
     where m.id = any($1::int[]) order by m.id`,
    [meterIds],
  )
  return rows.map(recordOf)
}

const recordOf = (row: Row): MeterRecord => ({
  meterId: row.id,
  siteId: row.site_id,
  bucket: row.bucket,
  accountId: row.account_id,
  timeZone: row.time_zone,
  maximumWatts: row.maximum_watts,
  registerStepWh: row.energy_step_wh,
  statusAt: row.status_at,
  seen:
    row.relay === 'unknown' || row.relay_command === 'unknown'
      ? null
      : { relay: row.relay, relayCommand: row.relay_command },
  last:
    row.last_at === null || row.last_total_wh === null
      ? null
      : { at: row.last_at, registers: registersOf(row.last_total_wh, row.last_rates_wh ?? []) },
  agreement:
    row.agreement_id === null || row.price_plan_id === null || row.plan_kind === null || row.plan_prices === null
      ? null
      : {
          id: row.agreement_id,
          pricePlanId: row.price_plan_id,
          plan: row.plan_kind === 'tariff' ? 'tariff' : planOf(row.plan_kind, row.plan_prices),
        },
  tariffPeriod:
    row.p_start === null || row.p_usage === null
      ? null
      : {
          agreementId: row.p_agreement_id,
          planId: row.p_price_plan_id,
          until: row.last_at ?? row.p_start,
          intact: row.p_start === row.p_usage.start,
          window: stateOf({
            usage: row.p_usage,
            ladder_before_wh: row.p_ladder_before,
            quota_carried_wh: row.p_quota_carried,
            opens_month: row.p_opens_month,
            charged: row.p_charged,
          }),
        },
  period:
    row.p_start === null || row.p_kind === 'tariff'
      ? null
      : {
          agreementId: row.p_agreement_id,
          pricePlanId: row.p_price_plan_id,
          period: {
            start: row.p_start,
            end: row.p_end,
            plan: planOf(row.p_kind, row.p_prices),
            opening: registersOf(row.p_opening, row.p_opening_rates),
            latest: registersOf(row.p_latest, row.p_latest_rates),
            charged: microYuan(row.p_charged),
          },
        },
})

const registersOf = (total: bigint, rates: readonly bigint[]): Registers => ({
  totalWh: wattHours(total),
  ratesWh: rates.map(wattHours),
})

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
  await openPeriods(
    sql,
    updates.filter(({ isNew }) => isNew),
  )
  await movePeriodsOn(
    sql,
    updates.filter(({ isNew }) => !isNew),
  )
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
