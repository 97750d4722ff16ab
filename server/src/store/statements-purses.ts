import { microYuan } from '../domain/quantity.ts'
import type { PurseMonth } from '../domain/purse-statement.ts'
import type { Sql } from './database.ts'
import type { Span } from './statements-closing.ts'

export type AccountPurse = PurseMonth &
  Readonly<{
    accountId: number
    address: string
    place: string
    /** The plan in force at the end of the month, while the meter settled by itself; null when it did not. */
    pricePlanId: number | null
  }>

/** What went in and out of the purses of these accounts' meters in `(start, end]`; none where nothing ever did. */
export const pursesOfMonth = async (
  sql: Sql,
  accountIds: readonly number[],
  { start, end }: Span,
): Promise<readonly AccountPurse[]> => {
  const rows = await sql.query<{
    account_id: number
    meter_id: number
    address: string
    place: string
    price_plan_id: number | null
    opening: bigint
    bought: bigint
    brought_in: bigint
    deducted: bigint
    returned: bigint
    closing: bigint
  }>(
    `select l.account_id, m.id as meter_id, m.address, m.place, g.price_plan_id, x.opening, x.bought, x.brought_in, x.deducted,
            x.returned, x.opening + x.bought + x.brought_in - x.deducted - x.returned as closing
     from ledger_account l join meter m on m.id = l.owner::int
     cross join lateral (
       select coalesce(sum(case when t.credit_id = l.id then t.amount else -t.amount end) filter (where t.at <= $2), 0)::bigint as opening,
              coalesce(sum(t.amount) filter (where t.at > $2 and t.kind = 'purchase-posted' and t.refers_to is not null), 0)::bigint as bought,
              coalesce(sum(t.amount) filter (where t.at > $2 and t.kind = 'purchase-posted' and t.refers_to is null), 0)::bigint as brought_in,
              coalesce(sum(t.amount) filter (where t.at > $2 and t.kind = 'wallet-charge'), 0)::bigint as deducted,
              coalesce(sum(t.amount) filter (where t.at > $2 and t.kind = 'wallet-return'), 0)::bigint as returned
       from transfer t where t.account_id = l.account_id and t.at <= $3 and l.id in (t.debit_id, t.credit_id)) x
     left join lateral (
       select case when a.settlement_mode = 'local' then a.price_plan_id end as price_plan_id from agreement a
       where a.account_id = l.account_id and a.effective_from <= $3 order by a.version desc limit 1) g on true
     where l.code = 'meter-wallet' and l.account_id = any($1::int[])
       and (x.opening <> 0 or x.bought <> 0 or x.brought_in <> 0 or x.deducted <> 0 or x.returned <> 0)
     order by l.account_id, m.id`,
    [accountIds, new Date(start), new Date(end)],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    meterId: row.meter_id,
    address: row.address,
    place: row.place,
    pricePlanId: row.price_plan_id,
    opening: microYuan(row.opening),
    bought: microYuan(row.bought),
    broughtIn: microYuan(row.brought_in),
    deducted: microYuan(row.deducted),
    returned: microYuan(row.returned),
    closing: microYuan(row.closing),
  }))
}
