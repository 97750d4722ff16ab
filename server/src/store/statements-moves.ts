import { microYuan, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { BalanceMove } from '../domain/statement.ts'
import type { Sql } from './database.ts'
import type { Span } from './statements-closing.ts'

/** What moved the balances in a month that is being closed, and since. */

export type AccountMove = BalanceMove &
  Readonly<{ accountId: number; entry: bigint | null; channel: string | null; used: WattHours; day: string }>

/**
 * What moved the balances in the month. Charges of energy come as one sum per meter and local day; all else comes one by
 * one. A reading at midnight belongs to the day that ends with it.
 */
export const balanceMoves = async (
  sql: Sql,
  accountIds: readonly number[],
  { start, end }: Span,
  timeZone: string,
): Promise<readonly AccountMove[]> => {
  const rows = await sql.query<{
    account_id: number
    kind: string
    cause: string | null
    effect: bigint
    meter_id: number | null
    at: number
    entry: bigint | null
    channel: string | null
    used: bigint
    day: string
  }>(
    `with moved as (
       select t.*, case when t.credit_id = l.id then t.amount else -t.amount end as effect,
              ((t.at - interval '1 microsecond') at time zone $4)::date as day
       from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
         and l.id in (t.debit_id, t.credit_id)
       where t.account_id = any($1::int[]) and t.at > $2 and t.at <= $3)
     select account_id, kind, null as cause, sum(effect)::bigint as effect, meter_id, max(at) as at, null::bigint as entry,
            null as channel, coalesce(sum(used_wh), 0)::bigint as used, day
     from moved where kind in ('energy-charge', 'energy-credit') group by account_id, kind, meter_id, day
     union all
     select m.account_id, m.kind, case when m.kind = 'reversal' then transfer_cause(m.kind, m.operation_id, m.refers_to) end,
            m.effect, m.meter_id, m.at, m.entry, p.channel, 0, m.day
     from moved m left join payment p on p.id = m.payment_id
     where m.kind not in ('energy-charge', 'energy-credit')
     order by account_id, at, entry`,
    [accountIds, new Date(start), new Date(end), timeZone],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    kind: row.kind,
    reverses: row.cause,
    effect: microYuan(row.effect),
    meterId: row.meter_id,
    at: row.at,
    entry: row.entry,
    channel: row.channel,
    used: wattHours(row.used),
    day: row.day,
  }))
}

/** By how much the balances have moved since an instant, charges of energy apart. */
export const effectsSince = async (
  sql: Sql,
  accountIds: readonly number[],
  after: number,
): Promise<ReadonlyMap<number, MicroYuan>> => {
  const rows = await sql.query<{ account_id: number; effect: bigint }>(
    `select t.account_id, sum(case when t.credit_id = l.id then t.amount else -t.amount end)::bigint as effect
     from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
       and l.id in (t.debit_id, t.credit_id)
     where t.account_id = any($1::int[]) and t.at > $2 and t.kind not in ('energy-charge', 'energy-credit')
     group by t.account_id`,
    [accountIds, new Date(after)],
  )
  return new Map(rows.map((row) => [row.account_id, microYuan(row.effect)]))
}

/** Every transfer of a locked account so far has at most this number, and every later one has a higher one. */
export const lastEntry = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ last: bigint }>('select last_value as last from transfer_entry')
  return row?.last ?? 0n
}
