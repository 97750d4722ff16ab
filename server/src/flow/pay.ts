import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import { closes } from '../domain/relay-command.ts'
import type { Database, Sql } from '../store/database.ts'
import { findPayer, insertPayment, type KnownPayment } from '../store/payments.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { loadCredit } from '../store/credit.ts'
import { lockAndReadAccounts } from '../store/locked-accounts.ts'
import type { Pay, PayInput, PayResult } from './abilities.ts'
import { post } from './post.ts'

/**
 * Credits a payment exactly once: the same key with the same input returns what the first try did, also when the answer
 * to the first try was lost. The restoration that it sets off commits in the same transaction.
 */
export const createPay =
  (database: Database, clock: Clock, ids: Ids): Pay =>
  async (input) => {
    const now = clock.now()
    await ensurePartitions(database, now, now)
    return database.transaction(async (sql) => payInside(sql, ids, input, now))
  }

/** The same inside a transaction of the caller. The customer waits: two journeys to the server, and the account is locked. */
export const payInside = async (sql: Sql, ids: Ids, input: PayInput, now: number): Promise<PayResult> => {
  const { accountId, key, amount, channel, operatorId } = input
  const [locked, payer] = await Promise.all([lockAndReadAccounts(sql, [accountId]), findPayer(sql, accountId, key)])
  if (payer === null) return { ok: false, code: 'unknown-account' }
  const inputHash = `${channel}:${amount.toString()}`
  if (payer.known === null && payer.keyTaken) return { ok: false, code: 'same-key-other-input' }
  if (payer.known !== null) return repeated(sql, input, payer.known, inputHash)
  if (payer.closed) return { ok: false, code: 'account-closed' }
  const paymentId = ids.uuid()
  const payment = { id: paymentId, accountId, key, inputHash, channel, amount, operatorId, at: now }
  const cashierId = operatorId
  const [balance, posted] = await Promise.all([
    insertPayment(sql, payment),
    post(sql, ids, {
      now,
      accountIds: [accountId],
      postings: [{ template: 'payment', accountId, amount, paymentId, channel, cashierId, at: now }],
      paymentId,
      operationId: paymentId,
      locked,
    }),
  ])
  const decision = posted.decisions.get(accountId)
  if (decision === undefined) throw new Error(`account ${String(accountId)} was paid to and not decided on`)
  return {
    ok: true,
    paymentId,
    fresh: true,
    amount,
    balance,
    stage: decision.stage,
    restoring: posted.commands
      .filter(({ kind }) => closes(kind))
      .map(({ id, meterId }) => ({ commandId: id, meterId })),
  }
}

/** The first answer again; only the stage is that of this moment. */
const repeated = async (
  sql: Sql,
  { accountId, amount }: PayInput,
  known: KnownPayment,
  inputHash: string,
): Promise<PayResult> => {
  if (known.inputHash !== inputHash) return { ok: false, code: 'same-key-other-input' }
  const [record] = await loadCredit(sql, [accountId])
  if (record === undefined) return { ok: false, code: 'unknown-account' }
  const { id: paymentId, balanceAfter: balance } = known
  return { ok: true, paymentId, fresh: false, amount, balance, stage: record.facts.stage, restoring: [] }
}
