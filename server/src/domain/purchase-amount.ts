import { microYuan, roundAmount, type ExactAmount, type MicroYuan, type WattHours } from './quantity.ts'

/** Three ways of saying how much one wants to buy (按金额、按电量、按时间购电). */
export type PurchaseWish = Readonly<
  { kind: 'amount'; amount: MicroYuan } | { kind: 'energy'; energy: WattHours } | { kind: 'time'; days: number }
>

/** What an account's plan and history must be able to say for it; null where they cannot. */
export type PurchaseQuote = Readonly<{
  /** Of so much energy, from where the account stands in its ladder today. */
  costOfEnergy(energy: WattHours): ExactAmount | null
  /** Of so many days as they have been of late. */
  costOfDays(days: number): ExactAmount | null
}>

/** `plan-has-no-such-price`: the price of a kWh depends on when it is used. `no-usual-day`: not a day of use is known. */
export type WishRefusal = 'plan-has-no-such-price' | 'no-usual-day' | 'nothing-to-pay'

export type WishedAmount = Readonly<{ ok: true; amount: MicroYuan } | { ok: false; code: WishRefusal }>

const fen = microYuan(10_000n)

/** The amount to pay for a wish: up to the next whole fen, so that what was wished for is always covered. */
export const amountOf = (wish: PurchaseWish, quote: PurchaseQuote): WishedAmount => {
  if (wish.kind === 'amount') return { ok: true, amount: wish.amount }
  const cost = wish.kind === 'energy' ? quote.costOfEnergy(wish.energy) : quote.costOfDays(wish.days)
  if (cost === null) return { ok: false, code: wish.kind === 'energy' ? 'plan-has-no-such-price' : 'no-usual-day' }
  const amount = roundAmount(cost, 'up', fen)
  return amount > 0n ? { ok: true, amount } : { ok: false, code: 'nothing-to-pay' }
}
