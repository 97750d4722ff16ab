import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** Questions that only a proof under load asks. */

export const deadlocks = async (sql: Sql): Promise<number> => {
  await sql.query('select pg_stat_force_next_flush()')
  const [row] = await sql.query<{ count: bigint }>(
    'select deadlocks as count from pg_stat_database where datname = current_database()',
  )
  return Number(row?.count ?? 0n)
}

/** How many operations have each of these ids: everything but one is a loss or a double. */
export const missingOperations = async (sql: Sql, ids: readonly string[]): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `select w.id::text as id from unnest($1::uuid[]) as w(id)
     where not exists (select from operation o where o.id = w.id) or not exists (select from transfer t where t.operation_id = w.id)`,
    [ids],
  )
  return rows.map(({ id }) => id)
}

export type ExpectedBalance = Readonly<{
  accountId: number
  expected: MicroYuan
  prepayment: MicroYuan
  frozen: MicroYuan
}>

/**
 * What each account must have by what was asked of it (the inputs of its operations) and what its meters were charged (the
 * settlement periods): without a look at any transfer. Frozen money counts as the customer's.
 */
export const expectedBalances = async (sql: Sql): Promise<readonly ExpectedBalance[]> => {
  const rows = await sql.query<{ id: number; expected: string; prepayment: bigint; frozen: bigint }>(
    `with asked as (
       select o.account_id, o.kind, (o.input->>'toAccountId')::int as other, replace(o.input->>'amount', 'n', '')::numeric as amount,
              o.reverses
       from operation o where o.kind in ('payment', 'refund', 'transfer', 'fee')
         and not exists (select from operation r where r.reverses = o.id)),
     moved as (
       select account_id, sum(case kind when 'payment' then amount else -amount end) as amount from asked group by 1
       union all select other, sum(amount) from asked where kind = 'transfer' group by 1
       union all select m.account_id, -sum(p.charged) from settlement_period p join meter m on m.id = p.meter_id group by 1)
     select a.id, coalesce((select sum(amount) from moved where moved.account_id = a.id), 0)::text as expected,
            coalesce((select credits - debits from ledger_account where account_id = a.id and code = 'customer-prepayment'), 0) as prepayment,
            coalesce((select credits - debits from ledger_account where account_id = a.id and code = 'customer-frozen'), 0) as frozen
     from account a order by a.id`,
  )
  return rows.map(({ id, expected, prepayment, frozen }) => ({
    accountId: id,
    expected: microYuan(BigInt(expected)),
    prepayment: microYuan(prepayment),
    frozen: microYuan(frozen),
  }))
}

/** Connections of others to this database: a killed process leaves some for a moment. */
export const otherConnections = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ count: bigint }>(
    `select count(*) as count from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  )
  return Number(row?.count ?? 0n)
}

/** Something that was asked once, under its key: it moves its amount by one transfer of a kind. */
export type AskedOnce = Readonly<{
  accountId: number
  key: string
  transfer: 'payment' | 'refund'
  amount: MicroYuan
}>
export type TimesDone = Readonly<{ asked: AskedOnce; operations: number; transfers: number; amount: MicroYuan }>

/** How often each of these is in the books. */
export const timesDone = async (sql: Sql, asked: readonly AskedOnce[]): Promise<readonly TimesDone[]> => {
  const rows = await sql.query<{ operations: number; transfers: number; amount: bigint }>(
    `select (select count(*)::int from operation o where o.account_id = w.account_id and o.key = w.key) as operations,
            count(t.id)::int as transfers, coalesce(sum(t.amount), 0)::bigint as amount
     from unnest($1::int[], $2::text[], $3::text[]) with ordinality as w(account_id, key, kind, position)
     left join operation o on o.account_id = w.account_id and o.key = w.key
     left join transfer t on t.operation_id = o.id and t.kind = w.kind and t.account_id = w.account_id
     group by w.position, w.account_id, w.key order by w.position`,
    [asked.map(({ accountId }) => accountId), asked.map(({ key }) => key), asked.map(({ transfer }) => transfer)],
  )
  return rows.flatMap(({ operations, transfers, amount }, index) => {
    const one = asked[index]
    return one === undefined ? [] : [{ asked: one, operations, transfers, amount: microYuan(amount) }]
  })
}
