import type { PricePlan, Registers } from '../domain/price-plan.ts'
import { microYuan, price, wattHours, type WattHours } from '../domain/quantity.ts'
import type { RelaySeen } from '../domain/relay-watch.ts'
import type { SettlementPeriod } from '../domain/settlement.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
import type { AccountStanding } from './locked-accounts.ts'
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
  /** Where its registers start again at nothing; null: not known. */
  turnWh: bigint | null
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
  /** As the newest reading that it was charged leaves it. */
  period: SettlementPeriod
  /** It was not there before this batch. */
  isNew: boolean
}>

/** Opens periods in the state that the batch leaves them in. */
export const openPeriods = async (sql: Sql, updates: readonly PeriodUpdate[]): Promise<void> => {
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

/** PostgreSQL's own text for an array: unnest can not carry arrays of arrays. */
export const arrayText = (values: readonly WattHours[]): string => `{${values.join(',')}}`

/** A column of nulls alone need not be sent: `unnest` fills up the shorter of its arrays with them. */
export const unlessEmpty = <T>(column: readonly (T | null)[]): readonly (T | null)[] | null =>
  column.every((value) => value === null) ? null : column
