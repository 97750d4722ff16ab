import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import { addMoney } from '../domain/quantity.ts'
import { closes } from '../domain/relay-command.ts'
import type { Database, Sql } from '../store/database.ts'
import { findPayment, insertPayment } from '../store/payments.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { loadCredit, lockAccounts } from '../store/credit.ts'
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

/** The same inside a transaction of the caller. */
export const payInside = async (sql: Sql, ids: Ids, input: PayInput, now: number): Promise<PayResult> => {
  await lockAccounts(sql, [input.accountId])
  const [record] = await loadCredit(sql, [input.accountId])
  if (record === undefined) return { ok: false, code: 'unknown-account' }
  const inputHash = `${input.channel}:${input.amount.toString()}`
  const known = await findPayment(sql, input.accountId, input.key)
  if (known !== null) {
    if (known.inputHash !== inputHash) return { ok: false, code: 'same-key-other-input' }
    const { id, balanceAfter } = known
    const { stage } = record.facts
    return { ok: true, paymentId: id, fresh: false, amount: input.amount, balance: balanceAfter, stage, restoring: [] }
  }
  const paymentId = ids.uuid()
  const { accountId, amount, channel } = input
  const balance = addMoney(record.facts.balance, amount)
  await insertPayment(sql, {
    ...input,
    id: paymentId,
    bucket: record.bucket,
    inputHash,
    at: now,
    balanceAfter: balance,
  })
  const posted = await post(sql, ids, {
    now,
    accountIds: [accountId],
    postings: [{ template: 'payment', accountId, amount, paymentId, channel, at: now }],
    paymentId,
  })
  return {
    ok: true,
    paymentId,
    fresh: true,
    amount,
    balance,
    stage: posted.decisions.get(accountId)?.stage ?? record.facts.stage,
    restoring: posted.commands
      .filter(({ kind }) => closes(kind))
      .map(({ id, meterId }) => ({ commandId: id, meterId })),
  }
}
