import { wallAfter } from '../domain/clock.ts'
import { actOn, actUnread, type PurchaseAct, type PurseReading } from '../domain/meter-purchase.ts'
import type { Posting } from '../domain/ledger.ts'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { wholeField, type Reach } from '../store/headends.ts'
import {
  claimPurchases,
  disputePurse,
  findPurchase,
  purseMirror,
  savePurchase,
  savePurse,
  type StoredPurchase,
} from '../store/meter-purchases.ts'
import { notifyLive } from '../store/notify.ts'
import { ensurePartitions } from '../store/partitions.ts'
import type { MoneyContext } from './operate.ts'
import { post } from './post.ts'
import { openPurseDifference } from './purse-difference.ts'
import { createBell, loop, type FlowContext } from './process.ts'

/** Purchases carried on in one pass. */
const purchasesPerPass = 50
/** Purchases under way at once in a running server. */
const purchasesUnderWay = 200
/** A purchase that is being carried on is nobody else's for so long, elapsed time. */
const claimMs = 60_000
/** Pause before a meter that did not answer is asked again; and between two looks when nothing is due, elapsed time. */
const askAgainMs = 30_000
const lookEveryMs = 1_000

/**
 * Carries every due purchase one step on: read the purse, decide by its count, and write when that is what is to be done.
 * That a write may have left is committed before it leaves; so after any crash the count is read first. Returns how many
 * were due.
 */
export const stepPurchases = async (context: MoneyContext, writer: PurchaseWriter): Promise<number> => {
  const due = await claimDue(context, purchasesPerPass)
  // All at once: meters on other lines must not wait for a slow one, and each line orders its own exchanges.
  const carried = await Promise.allSettled(due.map(async (id) => carryOn(context, writer, id)))
  const failed = carried.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
  return due.length
}

/** Takes purchases that are due; nobody else has them until the claim runs out. */
const claimDue = async (
  { database, clock }: MoneyContext,
  limit: number,
  carried: Readonly<{ without?: readonly string[]; reach?: Reach }> = {},
): Promise<readonly string[]> => {
  const now = clock.now()
  await ensurePartitions(database, now, now)
  return claimPurchases(database, now, wallAfter(clock, claimMs), limit, carried)
}

const carryOn = async (context: MoneyContext, writer: PurchaseWriter, id: string): Promise<void> => {
  const { database, clock } = context
  const purchase = await findPurchase(database, id)
  if (purchase === null) throw new Error(`purchase ${id} has vanished`)
  const reading = await writer.readPurse(purchase.meterId)
  const act = await database.transaction(async (sql) => decideInside(sql, context, id, reading))
  if (act?.kind !== 'write') return
  const { meterId, amount } = purchase
  const outcome = await writer.write(meterId, { amount, purchaseCount: act.provingCount })
  // Whatever it said, the count has the last word: due again at once.
  await database.transaction(async (sql) => {
    const current = await lockPurchase(sql, id)
    if (current?.state !== 'written') return
    const lastAnswer = outcome.kind === 'unknown' ? null : outcome.kind
    const at = clock.now()
    const reason = outcome.kind === 'accepted' ? null : outcome.reason
    await savePurchase(sql, current, { lastAnswer, nextStepAt: at }, { step: lastAnswer ?? 'no-answer', at, reason })
    await notifyLive(sql, [`meter:${String(meterId)}`])
  })
}

/** Under the account's lock, on the purchase as it is now: what was read before the lock is a fact of the meter. */
const lockPurchase = async (sql: Sql, id: string): Promise<StoredPurchase | null> => {
  const found = await findPurchase(sql, id)
  if (found === null) return null
  await lockAccounts(sql, [found.accountId])
  return findPurchase(sql, id)
}

const decideInside = async (
  sql: Sql,
  context: MoneyContext,
  id: string,
  reading: PurseReading | null,
): Promise<PurchaseAct | null> => {
  const now = context.clock.now()
  const purchase = await lockPurchase(sql, id)
  if (purchase === null || (purchase.state !== 'waiting' && purchase.state !== 'written')) return null
  const { bucket, meterId } = purchase
  if (reading !== null) await adoptPurse(sql, context, purchase, reading, now)
  const known = (await purseMirror(sql, meterId))?.purchaseCount ?? null
  const act = reading === null ? actUnread(purchase, now) : actOn(purchase, reading, now, known)
  // A disputed count is not taken over: it must stay what was last trusted.
  if (reading !== null && (act?.kind === 'write' || act?.kind === 'post'))
    await savePurse(sql, { meterId, bucket, at: now }, reading)
  switch (act?.kind) {
    case undefined:
      await savePurchase(
        sql,
        purchase,
        { nextStepAt: wallAfter(context.clock, askAgainMs) },
        { step: 'unread', at: now },
      )
      await notifyLive(sql, [`meter:${String(meterId)}`])
      return null
    case 'write': {
      const { provingCount } = act
      const written = { state: 'written', provingCount, attempts: purchase.attempts + 1, lastAnswer: null } as const
      const nextStepAt = wallAfter(context.clock, claimMs)
      await savePurchase(sql, purchase, { ...written, nextStepAt }, { step: 'written', at: now })
      await notifyLive(sql, [`meter:${String(meterId)}`])
      return act
    }
    case 'dispute':
      await savePurchase(sql, purchase, { state: 'disputed' }, { step: 'disputed', at: now, reason: act.reason })
      await disputePurse(sql, meterId, act.reason, now)
      await openPurseDifference(sql, { ...purchase, reason: act.reason, now })
      return act
    case 'post':
      await finish(sql, context, purchase, 'posted', now)
      return act
    case 'void':
      await finish(sql, context, purchase, 'voided', now, { reason: act.reason })
      return act
    case 'expire':
      await finish(sql, context, purchase, 'expired', now)
      return act
  }
}

/**
 * A purse that is read for the first time comes with what was in it: brought into the books as an opening balance that was
 * bought for the meter before.
 */
export const adoptPurse = async (
  sql: Sql,
  { ids }: Pick<MoneyContext, 'ids'>,
  { accountId, meterId, bucket }: Readonly<{ accountId: number; meterId: number; bucket: number }>,
  reading: PurseReading,
  now: number,
): Promise<void> => {
  if ((await purseMirror(sql, meterId)) !== null) return
  await savePurse(sql, { meterId, bucket, at: now }, reading)
  if (reading.balance <= 0n) return
  const postings = broughtIn({ accountId, meterId, amount: reading.balance, at: now })
  await post(sql, ids, { now, accountIds: [accountId], postings })
}

/** Money that is in a meter and was not bought here, by the ways that a purchase takes. */
export const broughtIn = (
  common: Readonly<{ accountId: number; meterId: number; amount: MicroYuan; at: number }>,
): readonly Posting[] => [
  { ...common, template: 'opening-balance' },
  { ...common, template: 'purchase-pending' },
  { ...common, template: 'purchase-posted' },
]

const templateOf = {
  posted: 'purchase-posted',
  voided: 'purchase-voided',
  expired: 'purchase-expired',
} as const

/** Ends a purchase: its pending money goes into the meter's purse, or back to the account. */
export const finish = async (
  sql: Sql,
  { ids }: Pick<MoneyContext, 'ids'>,
  purchase: StoredPurchase,
  state: keyof typeof templateOf,
  now: number,
  { operationId = purchase.id, reason = null }: Readonly<{ operationId?: string; reason?: string | null }> = {},
): Promise<void> => {
  const { accountId, meterId, amount, pendingTransferId } = purchase
  if (pendingTransferId === null) throw new Error(`purchase ${purchase.id} has no pending transfer`)
  await savePurchase(sql, purchase, { state, finishedAt: now }, { step: state, at: now, reason })
  const posting = { template: templateOf[state], accountId, meterId, amount, refersTo: pendingTransferId, at: now }
  await post(sql, ids, { now, accountIds: [accountId], postings: [posting], operationId })
}

/**
 * Carries purchases on as they fall due, each by itself: a meter that is slow, or far back in the queue of its line, keeps
 * nobody else waiting. A purchase under way is not taken up again, whatever its claim says.
 */
export const runPurchases = async (
  context: FlowContext,
  writer: PurchaseWriter,
  signal: AbortSignal,
  reach: Reach = wholeField,
): Promise<void> => {
  const { clock, log } = context
  const underWay = new Map<string, Promise<void>>()
  const bell = createBell()
  const take = (id: string): void => {
    const carried = carryOn(context, writer, id)
      .catch((error: unknown) =>
        log({ level: 'error', what: 'a purchase failed and will be tried again', detail: error }),
      )
      .finally(() => {
        underWay.delete(id)
        bell.ring()
      })
    underWay.set(id, carried)
  }
  await loop(context, 'purchases', signal, async () => {
    const room = purchasesUnderWay - underWay.size
    if (room > 0) for (const id of await claimDue(context, room, { without: [...underWay.keys()], reach })) take(id)
    await bell.wait(clock, lookEveryMs, signal)
  })
  await Promise.all(underWay.values())
}
