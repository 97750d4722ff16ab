import type { Sql } from '../store/database.ts'
import { proveBalances, proveStatements } from '../store/statements-proof.ts'
import type { Check } from './audit.ts'

/**
 * The statement equals the sum of what was charged, to the last unit. A charge is a period's, so the proof has three
 * links: lines = total = periods + fees + rounding; the chain of statements leads to the balance of the ledger; and
 * periods = charges of the ledger (which the audit proves meter by meter).
 */
export const auditStatements = async (sql: Sql): Promise<readonly Check[]> => {
  const { statements, wrong, changed } = await proveStatements(sql)
  const balances = await proveBalances(sql)
  const counted = `${String(statements)} statements`
  return [
    { name: 'each statement equals its lines, its periods and the journal', counted, wrong },
    { name: 'no closed month has been charged since, each begins where the last one ended', counted, wrong: changed },
    {
      name: 'the last statement and what came since give the balance of the ledger',
      counted: `${String(balances.accounts)} accounts`,
      wrong: balances.wrong,
    },
  ]
}
