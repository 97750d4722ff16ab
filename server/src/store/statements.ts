import type { ClosedStatement } from '../domain/statement.ts'
import type { StatementDocument } from '../domain/statement-document.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import { partsRow } from '../domain/revenue-parts.ts'
import type { Sql } from './database.ts'

export type NewStatement = Readonly<{
  id: string
  bucket: number
  accountId: number
  corrects: string | null
  lastEntry: bigint
  roundingTransferId: string | null
  taxTransferId: string | null
  closed: ClosedStatement
  document: StatementDocument
}>

/** Writes closed statements with their lines. Nothing changes or deletes them afterwards: a trigger refuses. */
export const insertStatements = async (sql: Sql, statements: readonly NewStatement[]): Promise<void> => {
  if (statements.length === 0) return
  const column = <T>(value: (statement: NewStatement) => T): T[] => statements.map(value)
  await sql.query(
    `insert into statement (id, bucket, account_id, number, revision, corrects, start_at, end_at, closed_at, last_entry,
                            opening_balance, payments, movements, energy, charged, rounding, total, net, tax, closing_balance,
                            rounding_transfer_id, tax_transfer_id, document, components)
     select * from unnest($1::uuid[], $2::smallint[], $3::int[], $4::text[], $5::int[], $6::uuid[], $7::timestamptz[],
                          $8::timestamptz[], $9::timestamptz[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
                          $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[],
                          $20::bigint[], $21::uuid[], $22::uuid[], $23::jsonb[], $24::jsonb[])`,
    [
      column(({ id }) => id),
      column(({ bucket }) => bucket),
      column(({ accountId }) => accountId),
      column(({ document }) => document.number),
      column(({ document }) => document.revision),
      column(({ corrects }) => corrects),
      column(({ document }) => new Date(document.start)),
      column(({ document }) => new Date(document.end)),
      column(({ document }) => new Date(document.closedAt)),
      column((statement) => statement.lastEntry),
      column(({ closed }) => closed.openingBalance),
      column(({ closed }) => closed.payments),
      column(({ closed }) => closed.movements),
      column(({ closed }) => closed.energy),
      column(({ closed }) => closed.charged),
      column(({ closed }) => closed.rounding),
      column(({ closed }) => closed.total),
      column(({ closed }) => closed.net),
      column(({ closed }) => closed.tax),
      column(({ closed }) => closed.closingBalance),
      column(({ roundingTransferId }) => roundingTransferId),
      column(({ taxTransferId }) => taxTransferId),
      column(({ document }) => JSON.stringify(document)),
      column(({ closed }) => JSON.stringify(partsRow(closed.components))),
    ],
  )
  await insertLines(sql, statements)
}

const insertLines = async (sql: Sql, statements: readonly NewStatement[]): Promise<void> => {
  const rows = statements.flatMap(({ id, closed }) =>
    closed.lines.map((line, index) => ({ id, line, position: index + 1 })),
  )
  await sql.query(
    `insert into statement_line (statement_id, position, meter_id, code, formula, quantity, unit, price, amount, memo,
                                 agreement_id, price_plan_id, detail)
     select * from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[],
                          $9::bigint[], $10::boolean[], $11::int[], $12::int[], $13::jsonb[])`,
    [
      rows.map(({ id }) => id),
      rows.map(({ position }) => position),
      rows.map(({ line }) => line.meterId),
      rows.map(({ line }) => line.code),
      rows.map(({ line }) => line.formula),
      rows.map(({ line }) => line.quantity?.thousandths ?? null),
      rows.map(({ line }) => line.quantity?.unit ?? null),
      rows.map(({ line }) => line.price),
      rows.map(({ line }) => line.amount),
      rows.map(({ line }) => line.memo),
      rows.map(({ line }) => line.agreement?.id ?? null),
      rows.map(({ line }) => line.plan?.id ?? null),
      rows.map(({ line }) => JSON.stringify({ plan: line.plan, sources: line.sources, at: line.at })),
    ],
  )
}

export const findStatement = async (sql: Sql, number: string): Promise<StatementDocument | null> => {
  const [row] = await sql.query<{ document: StatementDocument }>('select document from statement where number = $1', [
    number,
  ])
  return row?.document ?? null
}

/** The newest revision of an account's month. */
export const findStatementOfMonth = async (
  sql: Sql,
  account: string,
  month: string,
): Promise<StatementDocument | null> => {
  const [row] = await sql.query<{ document: StatementDocument }>(
    `select s.document from statement s join account a on a.id = s.account_id
     where a.number = $1 and s.document ->> 'month' = $2 order by s.revision desc limit 1`,
    [account, month],
  )
  return row?.document ?? null
}

export type StatementHead = Readonly<{
  number: string
  revision: number
  /** Number of the statement that has corrected it. */
  correctedBy: string | null
  month: string
  start: number
  end: number
  closedAt: number
  openingBalance: MicroYuan
  payments: MicroYuan
  total: MicroYuan
  closingBalance: MicroYuan
}>

const listedAtMost = 240

/** The statements of an account, the newest month first. */
export const listStatements = async (sql: Sql, accountId: number): Promise<readonly StatementHead[]> => {
  const rows = await sql.query<{
    number: string
    revision: number
    corrected_by: string | null
    month: string
    start_at: number
    end_at: number
    closed_at: number
    opening_balance: bigint
    payments: bigint
    total: bigint
    closing_balance: bigint
  }>(
    `select s.number, s.revision, c.number as corrected_by, s.document ->> 'month' as month, s.start_at, s.end_at, s.closed_at,
            s.opening_balance, s.payments, s.total, s.closing_balance
     from statement s left join statement c on c.corrects = s.id
     where s.account_id = $1 order by s.end_at desc, s.revision desc limit ${String(listedAtMost)}`,
    [accountId],
  )
  return rows.map((row) => ({
    number: row.number,
    revision: row.revision,
    correctedBy: row.corrected_by,
    month: row.month,
    start: row.start_at,
    end: row.end_at,
    closedAt: row.closed_at,
    openingBalance: microYuan(row.opening_balance),
    payments: microYuan(row.payments),
    total: microYuan(row.total),
    closingBalance: microYuan(row.closing_balance),
  }))
}

export const findAccountByNumber = async (sql: Sql, number: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>('select id from account where number = $1', [number])
  return row?.id ?? null
}
