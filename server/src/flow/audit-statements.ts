import type { Sql } from '../store/database.ts'
import { proveStatements } from '../store/statements.ts'
import type { Check } from './audit.ts'

/** The statement equals the sum of what was charged, to the last unit; proven from lines and transfers alone. */
export const auditStatements = async (sql: Sql): Promise<readonly Check[]> => {
  const { statements, wrong, changed } = await proveStatements(sql)
  const counted = `${String(statements)} statements`
  return [
    { name: 'each statement equals its lines and what the ledger has charged', counted, wrong },
    { name: 'no closed month has been charged since its statement', counted, wrong: changed },
  ]
}
