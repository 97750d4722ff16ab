import { addCost, noCost, roundUpToFen, type ExactCost, type MicroYuan, type WattHours } from './quantity.ts'

/** Three ways of saying how much one wants to buy (按金额、按电量、按时间购电). */
export type PurchaseWish = Readonly<
  { kind: 'amount'; amount: MicroYuan } | { kind: 'energy'; energy: WattHours } | { kind: 'time'; days: number }
>

/** What a price plan must be able to say for it. A plan without one price for it says null. */
export type PurchaseQuote = Readonly<{
  /** Of so much energy, from where the account stands in its ladder today. */
  costOfEnergy(energy: WattHours): ExactCost | null
  /** Of one day: a fixed fee, a rent, or the energy that is used on a usual day. */
  costOfDay(): ExactCost | null
}>

export type WishedAmount = Readonly<{ ok: true; amount: MicroYuan } | { ok: false; code: 'plan-has-no-such-price' }>

/** The amount to pay for a wish: up to the next whole fen, so that what was wished for is always covered. */
export const amountOf = (wish: PurchaseWish, quote: PurchaseQuote): WishedAmount => {
  if (wish.kind === 'amount') return { ok: true, amount: wish.amount }
  const cost = wish.kind === 'energy' ? quote.costOfEnergy(wish.energy) : costOfDays(quote.costOfDay(), wish.days)
  return cost === null ? { ok: false, code: 'plan-has-no-such-price' } : { ok: true, amount: roundUpToFen(cost) }
}

const costOfDays = (day: ExactCost | null, days: number): ExactCost | null =>
  day === null ? null : Array.from({ length: days }, () => day).reduce(addCost, noCost)
