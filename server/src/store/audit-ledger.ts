import type { PricePlan } from '../domain/price-plan.ts'
import { microYuan, price, wattHours, type MicroYuan, type Price } from '../domain/quantity.ts'
import type { Registers } from '../domain/price-plan.ts'
import type { Sql } from './database.ts'

export type LedgerTotals = Readonly<{
  transfers: bigint
  /** Debits minus credits over every ledger account, from the transfers themselves. */
  sumOfTransfers: bigint
  /** Accounts whose running totals differ from the sum of their transfers. */
  accountsOutOfStep: readonly number[]
}>

/** Sums all transfers on both sides and compares them with the running totals. */
export const sumLedger = async (sql: Sql): Promise<LedgerTotals> => {
  const [totals] = await sql.query<{ transfers: bigint; total: string }>(
    `select count(*) / 2 as transfers, coalesce(sum(amount), 0) as total
     from (select amount from transfer union all select -amount from transfer) sides`,
  )
  const wrong = await sql.query<{ id: number }>(
    `with moved as (
       select id, sum(debit) as debits, sum(credit) as credits from (
         select debit_id as id, amount as debit, 0 as credit from transfer
         union all select credit_id, 0, amount from transfer) sides group by id)
     select l.id from ledger_account l left join moved m on m.id = l.id
     where l.debits <> coalesce(m.debits, 0) or l.credits <> coalesce(m.credits, 0)
     union all select m.id from moved m where not exists (select from ledger_account l where l.id = m.id)`,
  )
  const [running] = await sql.query<{ total: string }>(
    'select coalesce(sum(debits - credits), 0) as total from ledger_account',
  )
  return {
    transfers: totals?.transfers ?? 0n,
    sumOfTransfers: BigInt(totals?.total ?? '0') + BigInt(running?.total ?? '0'),
    accountsOutOfStep: wrong.map(({ id }) => id),
  }
}

export type AuditedPeriod = Readonly<{
  meterId: number
  start: number
  plan: PricePlan
  opening: Registers
  latest: Registers
  charged: MicroYuan
}>

export const auditedPeriods = async (sql: Sql): Promise<readonly AuditedPeriod[]> => {
  const rows = await sql.query<{
    meter_id: number
    start_at: number
    kind: 'flat' | 'four-rate'
    prices: bigint[]
    opening_wh: bigint
    opening_rates_wh: bigint[]
    latest_wh: bigint
    latest_rates_wh: bigint[]
    charged: bigint
  }>(
    `select s.meter_id, s.start_at, p.kind, p.prices, s.opening_wh, s.opening_rates_wh, s.latest_wh, s.latest_rates_wh, s.charged
     from settlement_period s join price_plan p on p.id = s.price_plan_id
     where s.usage is null order by s.meter_id, s.start_at`,
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    start: row.start_at,
    plan: planOf(row.kind, row.prices.map(price)),
    opening: { totalWh: wattHours(row.opening_wh), ratesWh: row.opening_rates_wh.map(wattHours) },
    latest: { totalWh: wattHours(row.latest_wh), ratesWh: row.latest_rates_wh.map(wattHours) },
    charged: microYuan(row.charged),
  }))
}

const planOf = (kind: 'flat' | 'four-rate', prices: readonly Price[]): PricePlan => {
  const [first, second, third, fourth] = prices
  if (first === undefined) throw new Error('a price plan has no price')
  if (kind === 'flat') return { kind, price: first }
  if (second === undefined || third === undefined || fourth === undefined)
    throw new Error('a four-rate plan has fewer prices')
  return { kind, prices: [first, second, third, fourth] }
}

/** What the ledger has charged for each meter, from its transfers. */
export const chargedByMeter = async (sql: Sql): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ meter_id: number; charged: string }>(
    `select meter_id, sum(case kind when 'energy-charge' then amount else -amount end) as charged from transfer
     where kind in ('energy-charge', 'energy-credit') group by meter_id`,
  )
  return new Map(rows.map(({ meter_id: id, charged }) => [id, microYuan(BigInt(charged))]))
}

/** Commands that are called verified although no status word was read that could prove it. */
export const unprovenCommands = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `select c.id from relay_command c where c.state = 'verified' and not exists (
       select from command_event e where e.command_id = c.id and e.kind = 'state-read' and e.response is not null)`,
  )
  return rows.map(({ id }) => id)
}

/** Payments without exactly one transfer of their amount. */
export const unpostedPayments = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `select p.id from payment p left join transfer t on t.payment_id = p.id
     group by p.id, p.amount having count(t.id) <> 1 or sum(t.amount) <> p.amount`,
  )
  return rows.map(({ id }) => id)
}
