import type { Clock } from '../domain/clock.ts'
import type { Ids } from '../domain/ids.ts'
import { amountOf } from '../domain/purchase-amount.ts'
import { zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { closes } from '../domain/relay-command.ts'
import { decidePurchase, splitPurchase } from '../domain/tariff/purchase.ts'
import type { Database, Sql } from '../store/database.ts'
import { findPayer, insertPayment, type KnownPayment } from '../store/payments.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { loadCredit } from '../store/credit.ts'
import { lockAndReadAccounts } from '../store/locked-accounts.ts'
import type { Pay, PayInput, PayResult } from './abilities.ts'
import { post } from './post.ts'
import { loadOffer } from './purchase-offer.ts'

/**
 * Credits a payment exactly once: the same key with the same input returns what the first try did, also when the answer
 * to the first try was lost. The restoration that it sets off commits in the same transaction.
 */
export const createPay =
  (database: Database, clock: Pick<Clock, 'now'>, ids: Ids): Pay =>
  async (input) => {
    const now = clock.now()
    await ensurePartitions(database, now, now)
    return database.transaction(async (sql) => payInside(sql, ids, input, now))
  }

/**
 * The same inside a transaction of the caller. The customer waits and the account is locked: two journeys to the server, a
 * few more where the plan has rules of buying.
 */
export const payInside = async (sql: Sql, ids: Ids, input: PayInput, now: number): Promise<PayResult> => {
  const { accountId, key, amount, channel, operatorId, wish } = input
  const [locked, payer] = await Promise.all([lockAndReadAccounts(sql, [accountId]), findPayer(sql, accountId, key)])
  if (payer === null) return { ok: false, code: 'unknown-account' }
  const inputHash = `${channel}:${amount.toString()}`
  if (payer.known === null && payer.keyTaken) return { ok: false, code: 'same-key-other-input' }
  if (payer.known !== null) return repeated(sql, input, payer.known, inputHash)
  if (payer.closed) return { ok: false, code: 'account-closed' }
  const judged = payer.ruled || wish !== undefined ? await judge(sql, input, now) : creditAll
  if (!judged.ok) return judged
  const { toDebt } = judged
  const paymentId = ids.uuid()
  const payment = { id: paymentId, accountId, key, inputHash, channel, amount, toDebt, operatorId, at: now }
  const cashierId = operatorId
  const [balance, posted] = await Promise.all([
    insertPayment(sql, { ...payment, wish: wish ?? null }),
    post(sql, ids, {
      now,
      accountIds: [accountId],
      postings: [
        { template: 'payment', accountId, amount, paymentId, channel, cashierId, at: now },
        ...(toDebt > 0n ? [{ template: 'debt-collection', accountId, amount: toDebt, at: now } as const] : []),
      ],
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
    toDebt,
    balance,
    stage: decision.stage,
    restoring: posted.commands
      .filter(({ kind }) => closes(kind))
      .map(({ id, meterId }) => ({ commandId: id, meterId })),
  }
}

const creditAll = { ok: true, toDebt: zeroMoney } as const

/** What the plan says to it, under the account's lock: as it was quoted, or a refusal before any money is taken. */
const judge = async (
  sql: Sql,
  { accountId, amount, wish, moneyTaken }: PayInput,
  now: number,
): Promise<Readonly<{ ok: true; toDebt: MicroYuan }> | Extract<PayResult, { ok: false }>> => {
  const offer = await loadOffer(sql, accountId, now)
  if (offer === null) return { ok: false, code: 'unknown-account' }
  const { rule, hoardLimit, balance, debt, quote } = offer
  if (moneyTaken === true) return { ok: true, toDebt: splitPurchase(rule, { amount, debt }).toDebt }
  if (wish !== undefined) {
    const wished = amountOf(wish, quote)
    if (!wished.ok) return wished
    if (wished.amount !== amount) return { ok: false, code: 'price-has-changed' }
  }
  const decision = decidePurchase({ ...rule, hoardLimit }, { amount, balance, debt })
  if (decision.ok) return { ok: true, toDebt: decision.toDebt }
  const { code, limit } = decision
  if (code === 'not-positive') throw new RangeError(`a payment of ${amount.toString()} was let through`)
  return { ok: false, code, limit }
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
  const { id: paymentId, toDebt, balanceAfter: balance } = known
  return { ok: true, paymentId, fresh: false, amount, toDebt, balance, stage: record.facts.stage, restoring: [] }
}
