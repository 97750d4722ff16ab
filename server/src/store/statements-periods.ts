import type { PricePlan, Registers } from '../domain/price-plan.ts'
import { microYuan, wattHours, type MicroYuan } from '../domain/quantity.ts'
import type { StoredWindow } from '../domain/tariff/stored-window.ts'
import type { Sql } from './database.ts'
import { planOf } from './settlement.ts'
import { cut, type Span } from './statements-closing.ts'
import { usageOf, type UsageRow } from './tariff-usage.ts'

/** What the settlement periods have charged in a month that is being closed, and since. */

export type ClosingPeriod = Readonly<{
  accountId: number
  meterId: number
  start: number
  end: number
  agreement: Readonly<{ id: number; version: number }>
  pricePlan: Readonly<{ id: number; name: string; version: number }>
  /** What rates it: prices of registers, or a window under a tariff with the supply terms of the time. */
  rated: Readonly<{ kind: 'registers'; plan: PricePlan } | { kind: 'tariff'; terms: unknown; window: StoredWindow }>
  opening: Registers
  latest: Registers
  charged: MicroYuan
}>

/** The settlement periods of the month, by the agreement that they were charged under. */
export const closingPeriods = async (
  sql: Sql,
  accountIds: readonly number[],
  { start, end }: Span,
): Promise<readonly ClosingPeriod[]> => {
  const rows = await sql.query<{
    account_id: number
    meter_id: number
    start_at: number
    end_at: number
    agreement_id: number
    agreement_version: number
    plan_id: number
    plan_name: string
    plan_version: number
    kind: PricePlan['kind'] | 'tariff'
    prices: bigint[]
    document_version: number | null
    terms: unknown
    usage: UsageRow | null
    ladder_before_wh: bigint
    quota_carried_wh: bigint
    opens_month: boolean
    opening_wh: bigint
    opening_rates_wh: bigint[]
    latest_wh: bigint
    latest_rates_wh: bigint[]
    charged: bigint
  }>(
    `select g.account_id, p.meter_id, p.start_at, p.end_at, p.agreement_id, g.version as agreement_version,
            pl.id as plan_id, pl.name as plan_name, pl.version as plan_version, pl.kind, pl.prices,
            (pl.document ->> 'version')::int as document_version, t.document as terms, p.usage, p.ladder_before_wh,
            p.quota_carried_wh, p.opens_month, p.opening_wh, p.opening_rates_wh, p.latest_wh, p.latest_rates_wh, p.charged
     from agreement g join settlement_period p on p.agreement_id = g.id join price_plan pl on pl.id = p.price_plan_id
     left join supply_terms t on t.id = p.supply_terms_id
     where g.account_id = any($1::int[]) and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut}
     order by g.account_id, p.meter_id, p.start_at`,
    [accountIds, new Date(start), new Date(end)],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    meterId: row.meter_id,
    start: row.start_at,
    end: row.end_at,
    agreement: { id: row.agreement_id, version: row.agreement_version },
    pricePlan: { id: row.plan_id, name: row.plan_name, version: row.plan_version },
    rated:
      row.kind === 'tariff' || row.usage !== null
        ? { kind: 'tariff', terms: row.terms, window: windowOf(row) }
        : { kind: 'registers', plan: planOf(row.kind, row.prices) },
    opening: { totalWh: wattHours(row.opening_wh), ratesWh: row.opening_rates_wh.map(wattHours) },
    latest: { totalWh: wattHours(row.latest_wh), ratesWh: row.latest_rates_wh.map(wattHours) },
    charged: microYuan(row.charged),
  }))
}

type WindowRow = Readonly<{
  document_version: number | null
  usage: UsageRow | null
  ladder_before_wh: bigint
  quota_carried_wh: bigint
  opens_month: boolean
  charged: bigint
}>

const windowOf = (row: WindowRow): StoredWindow => {
  if (row.usage === null || row.document_version === null) throw new Error('a period under a tariff has no usage')
  return {
    version: row.document_version,
    usage: usageOf(row.usage),
    opensMonth: row.opens_month,
    ladderBefore: wattHours(row.ladder_before_wh),
    quotaCarried: wattHours(row.quota_carried_wh),
    charged: microYuan(row.charged),
  }
}

/** What the periods after an instant have charged. */
export const chargedAfter = async (
  sql: Sql,
  accountIds: readonly number[],
  after: number,
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ account_id: number; charged: bigint }>(
    `select g.account_id, sum(p.charged)::bigint as charged
     from agreement g join settlement_period p on p.agreement_id = g.id
     where g.account_id = any($1::int[]) and p.start_at >= $2::timestamptz - ${cut} group by g.account_id`,
    [accountIds, new Date(after)],
  )
  return new Map(rows.map((row) => [row.account_id, microYuan(row.charged)]))
}

/**
 * What all periods of these accounts have charged less what the ledger has for them, from their first transfers: zero.
 * Asked where there is no earlier statement to go on from, so the history is short.
 */
export const unledgeredEnergy = async (
  sql: Sql,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ id: number; difference: bigint }>(
    `select a.id,
            ((select coalesce(sum(p.charged), 0) from settlement_period p join agreement g on g.id = p.agreement_id
              where g.account_id = a.id)
             - (select coalesce(sum(case t.kind when 'energy-charge' then t.amount else -t.amount end), 0) from transfer t
                where t.account_id = a.id and t.kind in ('energy-charge', 'energy-credit')))::bigint as difference
     from unnest($1::int[]) as a(id)`,
    [accountIds],
  )
  return new Map(rows.map((row) => [row.id, microYuan(row.difference)]))
}
