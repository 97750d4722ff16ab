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
  /** Old debt, and which part of a purchase pays it, in per cent; null when the plan takes none. */
  debt?: string
  debtPercent?: string | null
}>

const fen = 10_000n

/** What a payment leaves for the balance: the debt's part is in whole fen, rounded down, and never more than the debt. */
const toBalance = (amount: bigint, { debt = '0', debtPercent = null }: TopUpFacts): bigint => {
  if (debtPercent === null) return amount
  const share = ((amount * microOf(debtPercent)) / (100n * 1_000_000n) / fen) * fen
  const owed = microOf(debt)
  const part = share < owed ? share : owed
  return amount - (part > amount ? amount : part)
}

/** The least payment that leaves more than `missing`; what is left never falls with what is paid, so it is searched for. */
const payingFor = (missing: bigint, facts: TopUpFacts): bigint => {
  let [low, high] = [1n, (missing + microOf(facts.debt ?? '0')) / fen + 1n]
  while (low < high) {
    const middle = (low + high) / 2n
    if (toBalance(middle * fen, facts) > missing) high = middle
    else low = middle + 1n
  }
  return low * fen
}

/** Supply comes back, or stays, only *above* a threshold: what is missing to it, in whole fen, and at least one fen. */
export const planTopUp = (facts: TopUpFacts, amount: string | null): TopUpPlan => {
  const { balance, state, cutOff, restore } = facts
  const after = amount === null ? balance : moneyOf(microOf(balance) + toBalance(microOf(amount), facts))
  if (state === 'on') return { after, effect: 'adds', needed: null }
  const threshold = state === 'off' ? restore : cutOff
  const missing = microOf(threshold) - microOf(balance)
  const enough = microOf(after) > microOf(threshold)
  return {
    after,
    effect: state === 'off' ? (enough ? 'restores' : 'stays-off') : enough ? 'keeps-supply' : 'still-due',
    needed: missing < 0n ? null : moneyOf(payingFor(missing, facts)),
  }
}

const usual = ['10', '20', '50', '100', '200', '500'] as const

/**
 * Amounts at one key: what just restores supply, rounded up to whole yuan, and the usual notes; none below the least
 * purchase of the plan.
 */
export const quickAmounts = (restoring: string | null, minimum: string | null = null): readonly string[] => {
  const needed = minimum !== null && microOf(minimum) > microOf(restoring ?? '0') ? minimum : restoring
  if (needed === null) return usual
  const yuan = String((microOf(needed) + 999_999n) / 1_000_000n)
  return [yuan, ...usual.filter((amount) => amount !== yuan && microOf(amount) >= microOf(needed))].slice(0, 6)
}
