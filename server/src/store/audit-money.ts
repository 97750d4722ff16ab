import type { OperationKind } from '../domain/operation.ts'
import type { Sql } from './database.ts'

/** Questions that the books must answer with nothing at all; each asks first entries, never a running total alone. */

const idsOf = async (sql: Sql, text: string): Promise<readonly string[]> =>
  (await sql.query<{ id: string }>(text)).map(({ id }) => id)

/** Ledger accounts that are overdrawn against the chart, or closed and not empty. */
export const brokenBounds = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'ledger account ' || l.id || ' (' || l.code || ')' as id from ledger_account l join ledger_code k on k.code = l.code
     where (k.bound and case k.side when 'credit' then l.credits < l.debits else l.debits < l.credits end)
        or (l.closed_at is not null and l.debits <> l.credits) order by l.id`,
  )

/** Transfers that no template explains. */
export const strayTransfers = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'transfer ' || t.id || ': ' || t.kind || ' from ' || d.code || ' to ' || c.code as id
     from transfer t join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
     where t.kind <> 'reversal'
       and not exists (select from ledger_route r where r.kind = t.kind and r.debit = d.code and r.credit = c.code)`,
  )

/** Reversals that are not the exact mirror of what they refer to, and transfers that were reversed twice. */
export const crookedReversals = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'reversal ' || r.id as id from transfer r left join transfer t on t.id = r.refers_to
     where r.kind = 'reversal' and (t.id is null or t.amount <> r.amount or t.debit_id <> r.credit_id or t.credit_id <> r.debit_id)
     union all select 'transfer ' || refers_to || ' reversed ' || count(*) || ' times' from transfer
     where kind = 'reversal' group by refers_to having count(*) > 1`,
  )

/** Lines whose balance after them is not the sum of all lines before and including them. */
export const wrongBalances = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'transfer ' || id as id from (
       select t.id, t.balance_after,
              sum(case when c.code = 'customer-prepayment' then t.amount when d.code = 'customer-prepayment' then -t.amount else 0 end)
                over (partition by t.account_id order by t.entry) as summed
       from transfer t join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
       where t.account_id is not null) lines where balance_after <> summed`,
  )

/** Transfers of an operation that does not exist, and operations that must have moved money and have not. */
export const looseOperations = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'transfer ' || t.id || ' of no operation' as id from transfer t
     where t.operation_id is not null and not exists (select from operation o where o.id = t.operation_id)
     union all select 'operation ' || o.id || ' (' || o.kind || ') without transfer' from operation o
     where o.kind not in ('open-account', 'close-account', 'sign-agreement', 'open-shift', 'close-shift', 'hand-over-cash', 'accept-purse')
       and not exists (select from transfer t where t.operation_id = o.id)
     union all select 'payment ' || p.id || ' without operation' from payment p
     where not exists (select from operation o where o.id = p.id and o.kind = 'payment')`,
  )

/** What is on its way between accounts; nothing is, between two transactions. */
export const moneyBetweenAccounts = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ sum: string }>(
    "select coalesce(sum(debits - credits), 0)::text as sum from ledger_account where code = 'between-accounts'",
  )
  return BigInt(row?.sum ?? '0')
}

/** What is on its way between components of revenue; nothing is, between two transactions. */
export const revenueBetween = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ sum: string }>(
    "select coalesce(sum(debits - credits), 0)::text as sum from ledger_account where code = 'between-components'",
  )
  return BigInt(row?.sum ?? '0')
}

/** Components whose revenue was not moved as the newest statements say; from the transfers and the statements' columns. */
export const strayRevenue = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `with said as (
       select c.key as component, sum(c.value::numeric) as amount
       from statement s cross join lateral jsonb_each_text(s.components) c
       where not exists (select from statement n where n.corrects = s.id) group by 1),
     moved as (
       select l.owner as component, sum(case t.kind when 'revenue-in' then t.amount else -t.amount end) as amount
       from transfer t join ledger_account l on l.code = 'revenue' and l.id in (t.debit_id, t.credit_id)
       where t.kind in ('revenue-in', 'revenue-out') and l.owner <> 'energy' group by 1)
     select 'revenue of ' || component || ': statements say ' || coalesce(said.amount, 0) || ', moved ' || coalesce(moved.amount, 0) as id
     from said full join moved using (component) where coalesce(said.amount, 0) <> coalesce(moved.amount, 0)`,
  )

/** Charges that do not name an agreement of their own account that was signed when they were posted. */
export const chargesWithoutAgreement = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'transfer ' || t.id as id from transfer t
     where t.kind in ('energy-charge', 'energy-credit', 'wallet-charge') and not exists (
       select from agreement g where g.id = t.agreement_id and g.account_id = t.account_id and g.signed_at <= t.posted_at)`,
  )

/** Accounts in prepayment under an agreement that is not theirs, not yet in force, or ended. */
export const accountsWithoutAgreement = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `select 'account ' || a.number as id from account a left join agreement g on g.id = a.agreement_id
     where a.agreement_id is not null and (g.account_id <> a.id or a.closed_at is not null
       or exists (select from agreement_waiting w where w.agreement_id = g.id)
       or exists (select from agreement_ending e where e.agreement_id = g.id))`,
  )

/** Meters whose pending purchases in the ledger are not those on their way. */
export const loosePurchases = async (sql: Sql): Promise<readonly string[]> =>
  idsOf(
    sql,
    `with booked as (select owner::int as meter_id, sum(credits - debits) as amount from ledger_account
                     where code = 'meter-purchase-pending' group by owner),
     open as (select meter_id, sum(amount) as amount from meter_purchase
              where state in ('waiting', 'written', 'disputed') group by meter_id)
     select 'meter ' || meter_id as id from booked full join open using (meter_id)
     where coalesce(booked.amount, 0) <> coalesce(open.amount, 0)`,
  )

export type AskedOperation = Readonly<{ id: string; kind: OperationKind; input: unknown; inputHash: string }>

/** Operations by their ids, a page at a time. */
export const operationsAfter = async (sql: Sql, id: string | null, limit: number): Promise<readonly AskedOperation[]> =>
  (
    await sql.query<{ id: string; kind: OperationKind; input: unknown; input_hash: string }>(
      'select id, kind, input, input_hash from operation where $1::uuid is null or id > $1 order by id limit $2',
      [id, limit],
    )
  ).map(({ input_hash: inputHash, ...rest }) => ({ ...rest, inputHash }))
