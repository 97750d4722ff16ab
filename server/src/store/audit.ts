import type { Sql } from './database.ts'

export type AuditEntry = Readonly<{
  at: number
  operatorId: number | null
  action: string
  subject: string
  detail: unknown
}>

/** Who did what, written in the transaction of the deed itself. */
export const writeAudit = async (sql: Sql, entry: AuditEntry): Promise<void> => {
  await sql.query('insert into audit_log (at, operator_id, action, subject, detail) values ($1, $2, $3, $4, $5)', [
    new Date(entry.at),
    entry.operatorId,
    entry.action,
    entry.subject,
    JSON.stringify(entry.detail),
  ])
}
