import type { LedgerCode } from '../domain/ledger/chart.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type TrialLine = Readonly<{ code: LedgerCode; owner: string | null; debits: MicroYuan; credits: MicroYuan }>

type Row = { code: LedgerCode; owner: string | null; debits: string; credits: string }

/**
 * Debits and credits of every code and owner as they stood at an instant (试算平衡表): what stands now, less what was posted
 * since. One statement, so one view.
 */
export const trialBalanceAt = async (sql: Sql, at: number): Promise<readonly TrialLine[]> => {
  const rows = await sql.query<Row>(
    `with since as (
       select id, sum(debit) as debit, sum(credit) as credit from (
         select debit_id as id, amount as debit, 0 as credit from transfer where posted_at > $1
         union all select credit_id, 0, amount from transfer where posted_at > $1) sides group by id)
     select l.code, case when l.account_id is null then l.owner end as owner,
            sum(l.debits - coalesce(s.debit, 0))::text as debits, sum(l.credits - coalesce(s.credit, 0))::text as credits
     from ledger_account l left join since s on s.id = l.id
     group by 1, 2 having sum(l.debits - coalesce(s.debit, 0)) <> 0 or sum(l.credits - coalesce(s.credit, 0)) <> 0
     order by 1, 2 nulls first`,
    [new Date(at)],
  )
  return rows.map(({ code, owner, debits, credits }) => ({
    code,
    owner,
    debits: microYuan(BigInt(debits)),
    credits: microYuan(BigInt(credits)),
  }))
}

export type CustomerBalance = Readonly<{ code: LedgerCode; owner: string | null; balance: MicroYuan }>

/** What stood on each ledger account of a customer at an instant (credits − debits), by the same rule. */
export const customerBalancesAt = async (
  sql: Sql,
  accountId: number,
  at: number,
): Promise<readonly CustomerBalance[]> => {
  const rows = await sql.query<{ code: LedgerCode; owner: string | null; balance: string }>(
    `with since as (
       select id, sum(amount) as moved from (
         select credit_id as id, amount from transfer where account_id = $1 and posted_at > $2
         union all select debit_id, -amount from transfer where account_id = $1 and posted_at > $2) sides group by id)
     select l.code, l.owner, (l.credits - l.debits - coalesce(s.moved, 0))::text as balance
     from ledger_account l left join since s on s.id = l.id where l.account_id = $1 order by l.code, l.owner`,
    [accountId, new Date(at)],
  )
  return rows.map(({ code, owner, balance }) => ({ code, owner, balance: microYuan(BigInt(balance)) }))
}
