import type { Language } from '../domain/notice.ts'
import type { StatementDocument } from '../domain/statement-document.ts'
import type { Paper } from '../provider/document/paper.ts'
import { statementPaper } from '../provider/document/statement-paper.ts'
import type { Sql } from '../store/database.ts'
import { findStatement, findStatementOfMonth, listStatements, type StatementHead } from '../store/statements.ts'

export type { StatementHead } from '../store/statements.ts'

/** Statements are kept as data; their paper is made when it is asked for, the same every time. */

export const statementByNumber = async (sql: Sql, number: string): Promise<StatementDocument | null> =>
  findStatement(sql, number)

/** The newest one of an account's month: what corrects counts. */
export const statementOfMonth = async (sql: Sql, account: string, month: string): Promise<StatementDocument | null> =>
  findStatementOfMonth(sql, account, month)

export const statementsOf = async (sql: Sql, accountId: number): Promise<readonly StatementHead[]> =>
  listStatements(sql, accountId)

export const printStatement = async (document: StatementDocument, language?: Language): Promise<Paper> =>
  statementPaper(document, language ?? document.account.language)
