import { microYuan, price, type MicroYuan, type Price } from '../domain/quantity.ts'
import type { Sql } from './database.ts'
import { stateOf, type PeriodState, type StateRow } from './settlement.ts'

/** What a purchase of an account is judged and priced by. */
export type PurchaseTerms = Readonly<{
  accountId: number
  closed: boolean
  timeZone: string
  balance: MicroYuan
  /** Old debt that is collected bit by bit. */
  debt: MicroYuan
  /** Null without an agreement in force. */
  plan: Readonly<{ id: number; kind: 'flat' | 'four-rate' | 'tariff'; prices: readonly Price[] }> | null
  /** The newest period under a tariff of each of its meters. */
  periods: readonly Readonly<{ planId: number; window: PeriodState }>[]
  meters: number
}>

type TermsRow = {
  closed: boolean
  time_zone: string
  balance: bigint
  debt: bigint
  plan_id: number | null
  kind: 'flat' | 'four-rate' | 'tariff'
  prices: bigint[] | null
  meters: number
}

/** Exact under the account's lock; null when there is no such account. */
export const loadPurchaseTerms = async (sql: Sql, accountId: number): Promise<PurchaseTerms | null> => {
  const [row] = await sql.query<TermsRow>(
    `select a.closed_at is not null as closed, s.time_zone, p.id as plan_id, p.kind, p.prices,
            coalesce((select credits - debits from ledger_account
              where account_id = a.id and code = 'customer-prepayment'), 0) as balance,
            coalesce((select debits - credits from ledger_account
              where account_id = a.id and code = 'customer-receivable'), 0) as debt,
            (select count(*)::int from meter m where m.account_id = a.id) as meters
     from account a join site s on s.id = a.site_id
     left join agreement g on g.id = a.agreement_id left join price_plan p on p.id = g.price_plan_id
     where a.id = $1`,
    [accountId],
  )
  if (row === undefined) return null
  const { plan_id: planId, kind, prices } = row
  return {
    accountId,
    closed: row.closed,
    timeZone: row.time_zone,
    balance: microYuan(row.balance),
    debt: microYuan(row.debt),
    plan: planId === null ? null : { id: planId, kind, prices: (prices ?? []).map(price) },
    periods: kind === 'tariff' ? await newestPeriods(sql, accountId) : [],
    meters: row.meters,
  }
}

const newestPeriods = async (sql: Sql, accountId: number): Promise<PurchaseTerms['periods']> => {
  const rows = await sql.query<StateRow & { price_plan_id: number }>(
    `select s.price_plan_id, s.usage, s.ladder_before_wh, s.quota_carried_wh, s.opens_month, s.charged
     from meter m cross join lateral (
       select * from settlement_period where meter_id = m.id order by start_at desc limit 1) s
     join agreement g on g.id = s.agreement_id
     where m.account_id = $1 and g.account_id = $1 and s.usage is not null order by m.id`,
    [accountId],
  )
  return rows.map((row) => ({ planId: row.price_plan_id, window: stateOf(row) }))
}

/** What was charged between the first and the last charge since an instant, and how long that was. */
export type RecentCharges = Readonly<{ charged: MicroYuan; spanMs: number }>

/** The first charge is of the time before it, so it only begins the span. Null with fewer than two charges. */
export const recentCharges = async (sql: Sql, accountId: number, since: number): Promise<RecentCharges | null> => {
  const [row] = await sql.query<{ charged: bigint; first: number | null; last: number | null }>(
    `with line as (
       select at, case kind when 'energy-credit' then -amount else amount end as amount, min(at) over () as first_at
       from transfer where account_id = $1 and at > $2 and kind in ('energy-charge', 'energy-credit', 'wallet-charge'))
     select coalesce(sum(amount) filter (where at > first_at), 0)::bigint as charged, min(at) as first, max(at) as last
     from line`,
    [accountId, new Date(since)],
  )
  if (row === undefined || row.first === null || row.last === null || row.last <= row.first) return null
  return { charged: microYuan(row.charged), spanMs: row.last - row.first }
}
