import type { AccountRefusal, Standing } from '../domain/account.ts'
import { bucketOf } from '../domain/bucket.ts'
import type { Posting } from '../domain/ledger.ts'
import type { OperationKind, Plain } from '../domain/operation.ts'
import { writeAudit } from '../store/audit.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { findOperation, hashOfInput, insertOperation } from '../store/operations.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { loadStandings } from '../store/standing.ts'
import { StoreError } from '../store/store-error.ts'
import { post, type Posted } from './post.ts'
import type { FlowContext } from './process.ts'

export type MoneyContext = Pick<FlowContext, 'database' | 'clock' | 'ids'>

/** Of the clock an operation needs only what time it is. */
export type OperateContext = Pick<MoneyContext, 'database' | 'ids'> &
  Readonly<{ clock: Pick<MoneyContext['clock'], 'now'> }>

/** What every request to the ledger says besides what it is about. */
export type Asked = Readonly<{
  /** Made by whoever asks; the same key with the same input is done once. */
  key: string
  reason: string
  operatorId: number | null
}>

export type OperationRequest = Asked &
  Readonly<{
    kind: OperationKind
    /** The first is the account whose keys count; all are locked, in the order of their ids. */
    accountIds: readonly number[]
    input: Plain
  }>

export type Step = Readonly<{
  sql: Sql
  now: number
  operationId: string
  /** Of one of the request's accounts, under its lock. */
  standing(accountId: number): Standing
  /** The one door. */
  post(postings: readonly Posting[], paymentId?: string): Promise<Posted>
}>

export type Refused<Code extends string> = Readonly<{ ok: false; code: Code }>
export type Worked<Result extends Plain, Code extends string> = Readonly<
  { ok: true; result: Result; reverses?: string } | Refused<Code>
>
export type Operated<Result, Code extends string> = Readonly<
  | { ok: true; operationId: string; /** False when this key had been done before. */ fresh: boolean; result: Result }
  | Refused<Code | AccountRefusal>
>

/**
 * Does one thing to the ledger exactly once: lock, look for the key, decide and post, remember the result, write the
 * audit log; all in one transaction. What is refused leaves nothing behind, so its key may be used again.
 */
export const operate = async <Result extends Plain, Code extends string>(
  context: OperateContext,
  request: OperationRequest,
  work: (step: Step) => Promise<Worked<Result, Code | AccountRefusal>>,
): Promise<Operated<Result, Code>> => {
  const now = context.clock.now()
  await ensurePartitions(context.database, now, now)
  try {
    return await context.database.transaction(async (sql) => operateInside(sql, context, request, now, work))
  } catch (error) {
    const code = refusalOf(error)
    if (code === null) throw error
    return { ok: false, code }
  }
}

/** The same inside a transaction of the caller, who has made the partitions. */
export const operateInside = async <Result extends Plain, Code extends string>(
  sql: Sql,
  { ids }: Pick<MoneyContext, 'ids'>,
  request: OperationRequest,
  now: number,
  work: (step: Step) => Promise<Worked<Result, Code | AccountRefusal>>,
): Promise<Operated<Result, Code>> => {
  const [primary = null] = request.accountIds
  const accountIds = [...new Set(request.accountIds)].sort((a, b) => a - b)
  await lockAccounts(sql, accountIds)
  const standings = await loadStandings(sql, accountIds)
  if (standings.size < accountIds.length) return { ok: false, code: 'unknown-account' }
  const known = await findOperation(sql, primary, request.key)
  if (known !== null) {
    if (known.inputHash !== hashOfInput(request.kind, request.input)) return { ok: false, code: 'same-key-other-input' }
    return { ok: true, operationId: known.id, fresh: false, result: known.result as Result }
  }
  const operationId = ids.uuid()
  const worked = await work({
    sql,
    now,
    operationId,
    standing: (accountId) => {
      const standing = standings.get(accountId)
      if (standing === undefined) throw new Error(`account ${String(accountId)} is not part of this operation`)
      return standing
    },
    post: async (postings, paymentId) =>
      post(sql, ids, { now, accountIds, postings, operationId, ...(paymentId !== undefined && { paymentId }) }),
  })
  if (!worked.ok) return worked
  const { kind, key, input, reason, operatorId } = request
  const bucket = primary === null ? bucketOf('house') : (standings.get(primary)?.bucket ?? 0)
  const { result, reverses = null } = worked
  const operation = {
    id: operationId,
    bucket,
    kind,
    accountId: primary,
    key,
    input,
    result,
    reason,
    operatorId,
    reverses,
  }
  await insertOperation(sql, { ...operation, at: now })
  for (const accountId of primary === null ? [null] : accountIds)
    await writeAudit(sql, {
      at: now,
      operatorId,
      action: `ledger:${kind}`,
      subject: accountId === null ? 'house' : `account:${String(accountId)}`,
      detail: { operation: operationId, reason },
    })
  return { ok: true, operationId, fresh: true, result }
}

/** What the database refused that a person may ask for: said as a value, like what the domain refuses. */
const refusalOf = (error: unknown): AccountRefusal | null => {
  if (!(error instanceof StoreError)) return null
  if (error.constraint === 'ledger_account_not_overdrawn') return 'would-overdraw'
  return error.constraint === 'ledger_account_closed' ? 'account-closed' : null
}
