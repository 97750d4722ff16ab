import { microOf, moneyOf } from '../format/decimal.ts'

/** What a payment will bring about, said before it is taken. */
export type TopUpPlan = Readonly<{
  /** Balance after the payment, or now when nothing valid is typed yet. */
  after: string
  effect:
    | 'restores'
    /** Credited, but supply stays off. */
    | 'stays-off'
    /** A trip that is under way or due will not happen. */
    | 'keeps-supply'
    | 'still-due'
    | 'adds'
  /** What must be paid at least for supply to come back or to stay; null when nothing must. */
  needed: string | null
}>

export type TopUpFacts = Readonly<{
  balance: string
  /** Supply is off because of the balance, or is about to be. */
  state: 'off' | 'due' | 'on'
  cutOff: string
  restore: string
}>

const fen = 10_000n

/** Supply comes back, or stays, only *above* a threshold: what is missing to it, in whole fen, and at least one fen. */
export const amountAbove = (balance: string, threshold: string): string | null => {
  const missing = microOf(threshold) - microOf(balance)
  return missing < 0n ? null : moneyOf((missing / fen + 1n) * fen)
}

export const planTopUp = (facts: TopUpFacts, amount: string | null): TopUpPlan => {
  const { balance, state, cutOff, restore } = facts
  const after = amount === null ? balance : moneyOf(microOf(balance) + microOf(amount))
  if (state === 'on') return { after, effect: 'adds', needed: null }
  const threshold = state === 'off' ? restore : cutOff
  const enough = microOf(after) > microOf(threshold)
  return {
    after,
    effect: state === 'off' ? (enough ? 'restores' : 'stays-off') : enough ? 'keeps-supply' : 'still-due',
    needed: amountAbove(balance, threshold),
  }
}

const usual = ['10', '20', '50', '100', '200', '500'] as const

/** Amounts at one key: what just restores supply, rounded up to whole yuan, and the usual notes. */
export const quickAmounts = (needed: string | null): readonly string[] => {
  if (needed === null) return usual
  const yuan = String((microOf(needed) + 999_999n) / 1_000_000n)
  return [yuan, ...usual.filter((amount) => amount !== yuan && microOf(amount) >= microOf(needed))].slice(0, 6)
}
