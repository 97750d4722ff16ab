import { objectionToReverse, reversalsOf, type ReversalRefusal } from '../domain/reversal.ts'
import { linesOfOperation } from '../store/journal.ts'
import { findOperationAccount, lockOperation } from '../store/operations.ts'
import { operate, type Asked, type MoneyContext, type Operated } from './operate.ts'

export type ReverseInput = Asked &
  Readonly<{
    operationId: string
    /** Says that what is reversed is a reversal itself. */
    ofReversal?: boolean
  }>

/**
 * Undoes an operation (冲正) by transfers that mirror what really happened, at most once. The account may come to owe by
 * it: what was wrongly credited was never there.
 */
export const createReverse =
  (context: MoneyContext) =>
  async ({
    operationId,
    ofReversal = false,
    ...asked
  }: ReverseInput): Promise<Operated<{ transfers: number }, ReversalRefusal>> => {
    // What an operation has moved never changes, so which accounts to lock may be read before.
    const owner = await findOperationAccount(context.database, operationId)
    if (owner === null) return { ok: false, code: 'unknown-operation' }
    const lines = await linesOfOperation(context.database, operationId)
    const accountIds = [owner.accountId, ...lines.map(({ accountId }) => accountId)].flatMap((id) => id ?? [])
    const request = { ...asked, kind: 'reverse', accountIds, input: { operationId, ofReversal } } as const
    return operate(context, request, async ({ sql, post, now }) => {
      const operation = await lockOperation(sql, operationId)
      const code = objectionToReverse(operation, { reason: asked.reason, ofReversal })
      if (code !== null) return { ok: false, code }
      await post(reversalsOf(lines, now))
      return { ok: true, result: { transfers: lines.length }, reverses: operationId }
    })
  }
