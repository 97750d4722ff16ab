import { reconcile, type PurseReading, type PurseReconciled, type ReturnRefusal } from '../domain/meter-purchase.ts'
import { addMoney, subtractMoney, type MicroYuan } from '../domain/quantity.ts'
import { lockAccounts } from '../store/credit.ts'
import {
  disputePurse,
  findPurchase,
  purseMirror,
  purseOfAccount,
  purseOwner,
  purseStanding,
  savePurse,
} from '../store/meter-purchases.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { operate, type Asked, type MoneyContext, type OperateContext, type Operated } from './operate.ts'
import { post } from './post.ts'
import { closePurseDifference, openPurseDifference } from './purse-difference.ts'
import { adoptPurse, broughtIn, finish } from './run-purchases.ts'

export type PurseOutcome =
  | PurseReconciled
  | Readonly<{ kind: 'not-ours' | 'purchase-open' | 'first-reading' | 'overtaken' }>

/**
 * Holds what a meter's purse shows against the ledger, and charges what the meter has deducted by itself. While a purchase
 * is on its way nothing is compared: it may or may not be in what is shown; nor is a purse that was read again since
 * `askedAt`. The same reading again charges nothing.
 */
export const reconcilePurse = async (
  { database, clock, ids }: MoneyContext,
  meterId: number,
  reading: PurseReading,
  askedAt = Infinity,
): Promise<PurseOutcome> => {
  const now = clock.now()
  await ensurePartitions(database, now, now)
  return database.transaction(async (sql) => {
    const before = await purseOwner(sql, meterId)
    if (before === null) return { kind: 'not-ours' }
    await lockAccounts(sql, [before.accountId])
    const owner = await purseOwner(sql, meterId)
    if (owner === null || owner.accountId !== before.accountId) return { kind: 'not-ours' }
    const standing = await purseStanding(sql, meterId)
    if (standing?.open !== false) return { kind: 'purchase-open' }
    const { accountId, bucket, agreementId, pricePlanId } = owner
    const known = await purseMirror(sql, meterId)
    if (known !== null && known.readAt >= askedAt) return { kind: 'overtaken' }
    const first = known === null
    await adoptPurse(sql, { ids }, { accountId, meterId, bucket }, reading, now)
    const mirror = await purseMirror(sql, meterId)
    if (first || mirror === null) return { kind: 'first-reading' }
    const result = reconcile(mirror, reading)
    await disputePurse(sql, meterId, result.kind === 'dispute' ? result.reason : null, now)
    // A disputed count is not taken over: the dispute must stand until a person has ended it.
    if (result.kind !== 'dispute') await savePurse(sql, { meterId, bucket, at: now }, reading)
    if (result.kind === 'charge') {
      const { amount } = result
      const charge = {
        template: 'wallet-charge',
        accountId,
        meterId,
        agreementId,
        pricePlanId,
        amount,
        at: now,
      } as const
      await post(sql, ids, { now, accountIds: [accountId], postings: [charge] })
    }
    if (result.kind === 'dispute') await openPurseDifference(sql, { meterId, accountId, reason: result.reason, now })
    else if (standing.disputed) await closePurseDifference(sql, meterId, now, 'purse-agrees')
    return result
  })
}

export type ReturnPurseInput = Asked &
  Readonly<{
    accountId: number
    meterId: number
    /** What the purse shows after the meter was emptied. */
    emptied: PurseReading
  }>

/**
 * Takes what is in a meter's purse back to the account, e.g. before it is closed: the purse was read and reconciled, then
 * emptied in the meter, and shows nothing now.
 */
export const createReturnPurse =
  (context: MoneyContext) =>
  async ({
    accountId,
    meterId,
    emptied,
    ...asked
  }: ReturnPurseInput): Promise<Operated<{ returned: MicroYuan; balance: MicroYuan }, ReturnRefusal>> => {
    const input = { meterId, emptied: { ...emptied } }
    const request = { ...asked, kind: 'return-purse', accountIds: [accountId], input } as const
    return operate(context, request, async ({ sql, standing, post: postHere, now: at }) => {
      const purse = await purseStanding(sql, meterId)
      if (purse === null || purse.accountId !== accountId) return { ok: false, code: 'meter-not-of-account' }
      if (purse.open) return { ok: false, code: 'purchase-already-open' }
      if (purse.disputed) return { ok: false, code: 'purse-disputed' }
      const { shown, booked } = await purseOfAccount(sql, meterId, accountId)
      if (booked === 0n) return { ok: false, code: 'nothing-to-return' }
      if (shown !== booked) return { ok: false, code: 'purse-not-reconciled' }
      if (emptied.balance !== 0n) return { ok: false, code: 'purse-not-empty' }
      await postHere([{ template: 'wallet-return', accountId, meterId, amount: booked, at }])
      const { bucket, prepayment } = standing(accountId)
      await savePurse(sql, { meterId, bucket, at }, emptied)
      return { ok: true, result: { returned: booked, balance: addMoney(prepayment, booked) } }
    })
  }

export type AcceptPurseInput = Asked & Readonly<{ accountId: number; meterId: number; reading: PurseReading }>
export type AcceptRefusal = 'meter-not-of-account' | 'purchase-already-open' | 'reason-missing'

/**
 * A person who has looked into a disputed purse says that it is right, and why: what is more than was bought here was
 * bought elsewhere and is brought in, what is less was used, and its count counts from now on.
 */
export const createAcceptPurse =
  (context: OperateContext) =>
  async ({
    accountId,
    meterId,
    reading,
    ...asked
  }: AcceptPurseInput): Promise<Operated<{ before: MicroYuan; now: MicroYuan }, AcceptRefusal>> => {
    const input = { meterId, reading: { ...reading } }
    const request = { ...asked, kind: 'accept-purse', accountIds: [accountId], input } as const
    return operate(context, request, async ({ sql, standing, post: postHere, now: at }) => {
      if (asked.reason.trim() === '') return { ok: false, code: 'reason-missing' }
      const owner = await purseOwner(sql, meterId)
      if (owner === null || owner.accountId !== accountId) return { ok: false, code: 'meter-not-of-account' }
      if ((await purseStanding(sql, meterId))?.open !== false) return { ok: false, code: 'purchase-already-open' }
      const { booked } = await purseOfAccount(sql, meterId, accountId)
      const { agreementId, pricePlanId } = owner
      const amount = subtractMoney(reading.balance, booked)
      if (amount > 0n) await postHere(broughtIn({ accountId, meterId, amount, at }))
      const used = { accountId, meterId, agreementId, pricePlanId, amount: subtractMoney(booked, reading.balance), at }
      if (amount < 0n) await postHere([{ ...used, template: 'wallet-charge' }])
      await savePurse(sql, { meterId, bucket: standing(accountId).bucket, at }, reading)
      await disputePurse(sql, meterId, null, at)
      await closePurseDifference(sql, meterId, at, 'settled-by-a-person')
      return { ok: true, result: { before: booked, now: reading.balance } }
    })
  }

export type SettlePurchaseInput = Asked & Readonly<{ accountId: number; purchaseId: string; as: 'posted' | 'voided' }>
export type SettlePurchaseRefusal = 'unknown-purchase' | 'not-disputed' | 'reason-missing'

/** A person who has looked into a disputed purchase says whether it is in the meter, and why. */
export const createSettlePurchase =
  (context: OperateContext) =>
  async ({
    accountId,
    purchaseId,
    as,
    ...asked
  }: SettlePurchaseInput): Promise<Operated<{ as: string }, SettlePurchaseRefusal>> => {
    const input = { purchaseId, as }
    const request = { ...asked, kind: 'settle-purchase', accountIds: [accountId], input } as const
    return operate(context, request, async ({ sql, now, operationId }) => {
      if (asked.reason.trim() === '') return { ok: false, code: 'reason-missing' }
      const purchase = await findPurchase(sql, purchaseId)
      if (purchase === null || purchase.accountId !== accountId) return { ok: false, code: 'unknown-purchase' }
      if (purchase.state !== 'disputed') return { ok: false, code: 'not-disputed' }
      await finish(sql, context, purchase, as, now, { operationId, reason: 'settled-by-a-person' })
      await disputePurse(sql, purchase.meterId, null, now)
      await closePurseDifference(sql, purchase.meterId, now, 'settled-by-a-person')
      return { ok: true, result: { as } }
    })
  }
