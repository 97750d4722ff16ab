import { plainChargeKinds } from '../domain/statement-kinds.ts'
import type { Sql } from './database.ts'
import { cut } from './statements-closing.ts'

/** Statements against the books they were made from; nothing is taken from a statement's own sums. */

export type StatementProof = Readonly<{ statements: number; wrong: readonly string[]; changed: readonly string[] }>

/**
 * What moved a balance besides energy, from the transfers. `plain`: a fee or rounding, or the reversal of one; those are
 * charges, all else is not.
 */
const effects = `
  select t.id, t.account_id, t.at, t.entry, case when t.credit_id = l.id then t.amount else -t.amount end as effect,
         (case when t.kind = 'reversal' then transfer_cause(t.kind, t.operation_id, t.refers_to) else t.kind end)
           = any($1::text[]) as plain
  from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
    and l.id in (t.debit_id, t.credit_id)
  where t.kind not in ('energy-charge', 'energy-credit')`

/**
 * Every statement, also those that were corrected later: total = its lines = the month's periods + the fees and rounding
 * of the journal; payments and other movements as in the journal; rounding as posted. Of the newest ones also that the
 * month's periods have charged nothing since, and that each begins with what the month before ended with.
 */
export const proveStatements = async (sql: Sql): Promise<StatementProof> => {
  const rows = await sql.query<{
    number: string
    newest: boolean
    total: bigint
    lines: bigint
    energy: bigint
    periods: bigint
    plain: bigint
    plain_in_journal: bigint
    other: bigint
    other_in_journal: bigint
    rounding: bigint
    posted: bigint
    opening: bigint
    before: bigint | null
  }>(
    `with effect as materialized (${effects})
     select s.number, not exists (select from statement c where c.corrects = s.id) as newest, s.total, s.energy,
            s.total - s.energy as plain, s.payments + s.movements as other, s.rounding, s.opening_balance as opening,
            (select coalesce(sum(n.amount), 0)::bigint from statement_line n where n.statement_id = s.id and not n.memo) as lines,
            (select coalesce(sum(p.charged), 0)::bigint from settlement_period p join agreement g on g.id = p.agreement_id
             where g.account_id = s.account_id and p.start_at >= s.start_at - ${cut} and p.start_at < s.end_at - ${cut}) as periods,
            (select b.closing_balance from statement b where b.account_id = s.account_id and b.end_at = s.start_at
             order by b.revision desc limit 1) as before,
            coalesce(sum(-e.effect) filter (where e.plain), 0)::bigint as plain_in_journal,
            coalesce(sum(e.effect) filter (where not e.plain), 0)::bigint as other_in_journal,
            coalesce(sum(-e.effect) filter (where e.id = s.rounding_transfer_id), 0)::bigint as posted
     from statement s left join effect e
       on e.account_id = s.account_id and e.at > s.start_at and e.at <= s.end_at and e.entry <= s.last_entry
     group by s.id order by s.number`,
    [plainChargeKinds],
  )
  return {
    statements: rows.length,
    wrong: rows.flatMap((row) => {
      const pairs = [
        ['lines', row.total, row.lines],
        ['fees and rounding', row.plain, row.plain_in_journal],
        ['payments and other movements', row.other, row.other_in_journal],
        ['rounding', row.rounding, row.posted],
      ] as const
      return pairs.flatMap(([what, said, found]) =>
        said === found ? [] : [`${row.number}: ${what} ${String(said)}, found ${String(found)} micro-yuan`],
      )
    }),
    changed: rows.flatMap(({ newest, number, energy, periods, opening, before }) => {
      if (!newest) return []
      const since = periods - energy
      return [
        ...(since === 0n
          ? []
          : [`${number}: ${String(since)} micro-yuan charged since; xianfu statement close corrects it`]),
        ...(before === null || before === opening
          ? []
          : [`${number}: begins with ${String(opening)}, the month before ended with ${String(before)} micro-yuan`]),
      ]
    }),
  }
}

/**
 * From the last statement to the balance of now: what it ended with, what has moved the balance since, what later periods
 * have charged and what closed ones have charged since. Where that is not the ledger's balance, a charge is in no
 * statement, or a statement says what the ledger never charged.
 */
export const proveBalances = async (sql: Sql): Promise<Readonly<{ accounts: number; wrong: readonly string[] }>> => {
  const rows = await sql.query<{ number: string; expected: bigint; balance: bigint }>(
    `with effect as materialized (${effects}),
     newest as (
       select s.* from statement s where not exists (select from statement c where c.corrects = s.id)),
     last as (select distinct on (account_id) * from newest order by account_id, end_at desc)
     select a.number, l.credits - l.debits as balance,
            (s.closing_balance
             + coalesce((select sum(e.effect) from effect e
                         where e.account_id = a.id and (e.at > s.end_at or e.entry > s.last_entry)), 0)
             - coalesce((select sum(p.charged) from settlement_period p join agreement g on g.id = p.agreement_id
                         where g.account_id = a.id and p.start_at >= s.end_at - ${cut}), 0)
             - coalesce((select sum(p.charged) from settlement_period p join agreement g on g.id = p.agreement_id
                         join newest n on n.account_id = a.id and p.start_at >= n.start_at - ${cut} and p.start_at < n.end_at - ${cut}
                         where g.account_id = a.id), 0)
             + coalesce((select sum(n.energy) from newest n where n.account_id = a.id), 0))::bigint as expected
     from last s join account a on a.id = s.account_id
     join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment' order by a.number`,
    [plainChargeKinds],
  )
  return {
    accounts: rows.length,
    wrong: rows.flatMap(({ number, expected, balance }) =>
      expected === balance
        ? []
        : [
            `account ${number}: ${String(expected)} from its last statement, ${String(balance)} micro-yuan in the ledger`,
          ],
    ),
  }
}
