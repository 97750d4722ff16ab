import { microYuan, type MicroYuan } from './quantity.ts'

/**
 * The life of a purchase for a meter that keeps its own purse (本地费控). Its money is pending from the moment it is bought.
 * The meter counts its purchases and takes only the next number, so the count proves everything: whether a write whose
 * answer was lost has arrived, and that a repetition cannot credit twice.
 *
 *     waiting → written → posted      the count has moved on by one: it is in the meter
 *                       → voided      refused, or tried in vain; the count proves that it is not in the meter
 *                       → expired     its time is over; the count proves that it is not in the meter
 *                       → disputed    the count is what it can not be: a person must look
 */
export type PurchaseState = 'waiting' | 'written' | 'posted' | 'voided' | 'expired' | 'disputed'

export type MeterPurchase = Readonly<{
  state: PurchaseState
  amount: MicroYuan
  /** The meter's count that proves it; null before the count was ever read for it. */
  provingCount: number | null
  /** Writes that may have left for the meter. */
  attempts: number
  /** What the meter said to the last write; null when nothing was heard. */
  lastAnswer: 'accepted' | 'refused' | null
  expiresAt: number
}>

/** What a meter's purse shows. `lastPurchase` is null where the meter keeps no record of it. */
export type PurseReading = Readonly<{ purchaseCount: number; balance: MicroYuan; lastPurchase: MicroYuan | null }>

export type PurchaseDispute = 'count-went-back' | 'count-ran-ahead' | 'another-amount'

export type PurchaseAct = Readonly<
  | { kind: 'write'; provingCount: number }
  | { kind: 'post' }
  | { kind: 'void'; reason: 'refused' | 'tried-in-vain' }
  | { kind: 'expire' }
  | { kind: 'dispute'; reason: PurchaseDispute }
>

/** Writes of one purchase; each further one only after the count has proven that the one before did not arrive. */
export const maximumWrites = 3

/**
 * Decides by what the purse shows now. A purchase that may be in the meter is never given up without the count.
 * `knownCount` is the count after the last purchase that we know of; null when the purse was never read before.
 */
export const actOn = (
  purchase: MeterPurchase,
  reading: PurseReading,
  now: number,
  knownCount: number | null = null,
): PurchaseAct => {
  const { provingCount, attempts, amount } = purchase
  if (provingCount === null || attempts === 0) {
    if (now >= purchase.expiresAt) return { kind: 'expire' }
    const known = knownCount ?? reading.purchaseCount
    if (reading.purchaseCount > known) return { kind: 'dispute', reason: 'count-ran-ahead' }
    if (reading.purchaseCount < known) return { kind: 'dispute', reason: 'count-went-back' }
    return { kind: 'write', provingCount: reading.purchaseCount + 1 }
  }
  if (reading.purchaseCount > provingCount) return { kind: 'dispute', reason: 'count-ran-ahead' }
  if (reading.purchaseCount < provingCount - 1) return { kind: 'dispute', reason: 'count-went-back' }
  if (reading.purchaseCount === provingCount) {
    const other = reading.lastPurchase !== null && reading.lastPurchase !== amount
    return other ? { kind: 'dispute', reason: 'another-amount' } : { kind: 'post' }
  }
  if (purchase.lastAnswer === 'refused') return { kind: 'void', reason: 'refused' }
  if (now >= purchase.expiresAt) return { kind: 'expire' }
  return attempts < maximumWrites ? { kind: 'write', provingCount } : { kind: 'void', reason: 'tried-in-vain' }
}

/** Without an answer of the meter only a purchase that never left may end. */
export const actUnread = ({ attempts, expiresAt }: MeterPurchase, now: number): PurchaseAct | null =>
  attempts === 0 && now >= expiresAt ? { kind: 'expire' } : null

/** A meter's purse counts whole fen. */
export const fen = microYuan(10_000n)

export type BuyRefusal =
  | 'not-whole-fen'
  | 'meter-not-of-account'
  | 'not-local-mode'
  | 'purchase-already-open'
  | 'purse-disputed'
  /** With it the purse would hold more than the plan lets anybody buy ahead. */
  | 'above-hoard-limit'

export type ReturnRefusal =
  | 'meter-not-of-account'
  | 'purchase-already-open'
  | 'purse-disputed'
  | 'purse-not-reconciled'
  | 'purse-not-empty'
  | 'nothing-to-return'

export type PurseDispute = 'more-than-was-bought' | 'purchases-of-others'

export type PurseReconciled = Readonly<
  { kind: 'even' } | { kind: 'charge'; amount: MicroYuan } | { kind: 'dispute'; reason: PurseDispute }
>

/**
 * Holds the meter's purse against the ledger's mirror of it: what is missing, the meter has charged; what is too much was
 * never bought here.
 */
export const reconcile = (
  mirror: Readonly<{ purchaseCount: number; balance: MicroYuan }>,
  reading: Omit<PurseReading, 'lastPurchase'>,
): PurseReconciled => {
  if (reading.purchaseCount !== mirror.purchaseCount) return { kind: 'dispute', reason: 'purchases-of-others' }
  if (reading.balance > mirror.balance) return { kind: 'dispute', reason: 'more-than-was-bought' }
  if (reading.balance === mirror.balance) return { kind: 'even' }
  return { kind: 'charge', amount: microYuan(mirror.balance - reading.balance) }
}
