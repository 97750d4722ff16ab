import type { LedgerCode } from '../domain/ledger/chart.ts'
import { microYuan } from '../domain/quantity.ts'
import type { JournalLine } from '../domain/reversal.ts'
import type { Sql } from './database.ts'

type Row = {
  id: string
  account_id: number | null
  amount: bigint
  meter_id: number | null
  debit_id: number
  debit: LedgerCode
  debit_owner: string | null
  credit_id: number
  credit: LedgerCode
  credit_owner: string | null
}

const lines = `
  select t.id, t.account_id, t.amount, t.meter_id, t.debit_id, d.code as debit, d.owner as debit_owner,
         t.credit_id, c.code as credit, c.owner as credit_owner
  from transfer t join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id`

const lineOf = (row: Row): JournalLine => ({
  id: row.id,
  accountId: row.account_id,
  amount: microYuan(row.amount),
  meterId: row.meter_id,
  debit: { id: row.debit_id, code: row.debit, owner: row.debit_owner },
  credit: { id: row.credit_id, code: row.credit, owner: row.credit_owner },
})

/** The transfers of one operation, in the order in which they were written. */
export const linesOfOperation = async (sql: Sql, operationId: string): Promise<readonly JournalLine[]> =>
  (await sql.query<Row>(`${lines} where t.operation_id = $1 order by t.entry`, [operationId])).map(lineOf)

/** Transfers that stand at one instant, by their ids. */
export const transfersAt = async (
  sql: Sql,
  transferIds: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, JournalLine>> => {
  const rows = await sql.query<Row>(`${lines} where t.at = $2 and t.id = any($1::uuid[])`, [transferIds, new Date(at)])
  return new Map(rows.map((row) => [row.id, lineOf(row)]))
}
