import {
  addMoney,
  amountOfMoney,
  energyFor,
  microYuan,
  roundAmount,
  scaleAmount,
  subtractMoney,
  wattHours,
  zeroMoney,
  type ExactAmount,
  type MicroYuan,
  type Price,
  type WattHours,
} from '../quantity.ts'
import type { PurchaseRule } from './plan.ts'

/** The rules of buying: what is refused, what goes to old debt, and how much energy money is. */

export type PurchaseFacts = Readonly<{ amount: MicroYuan; balance: MicroYuan; debt: MicroYuan }>

export type PurchaseRefusal = 'not-positive' | 'below-minimum' | 'above-hoard-limit'

export type PurchaseDecision = Readonly<
  { ok: true; toDebt: MicroYuan; toBalance: MicroYuan } | { ok: false; code: PurchaseRefusal; limit: MicroYuan }
>

const fen = microYuan(10_000n)
const least = (a: MicroYuan, b: MicroYuan): MicroYuan => (a < b ? a : b)

/** How much money of the account may stand there after a purchase, whichever limit is lower; null: as much as one likes. */
export const hoardLimitOf = (
  { hoardLimit, hoardEnergy }: PurchaseRule,
  costOfEnergy: (energy: WattHours) => ExactAmount | null,
): MicroYuan | null => {
  const cost = hoardEnergy === null ? null : costOfEnergy(hoardEnergy)
  const worth = cost === null ? zeroMoney : roundAmount(cost, 'up', fen)
  // Energy that costs nothing limits nothing.
  if (worth === zeroMoney) return hoardLimit
  return hoardLimit === null ? worth : least(hoardLimit, worth)
}

/** The minimum never stands in the way of paying off a debt; the hoard limit is checked before any card is written. */
export const decidePurchase = (rule: PurchaseRule, { amount, balance, debt }: PurchaseFacts): PurchaseDecision => {
  if (amount <= 0n) return { ok: false, code: 'not-positive', limit: zeroMoney }
  if (rule.minimum !== null && amount < rule.minimum && debt <= 0n)
    return { ok: false, code: 'below-minimum', limit: rule.minimum }
  const { toDebt, toBalance } = splitPurchase(rule, { amount, debt })
  if (rule.hoardLimit !== null && addMoney(balance, toBalance) > rule.hoardLimit)
    return { ok: false, code: 'above-hoard-limit', limit: rule.hoardLimit }
  return { ok: true, toDebt, toBalance }
}

/** Which part of a purchase goes to old debt, and what is left for the balance. */
export const splitPurchase = (
  rule: Pick<PurchaseRule, 'debtShare'>,
  { amount, debt }: Pick<PurchaseFacts, 'amount' | 'debt'>,
): Readonly<{ toDebt: MicroYuan; toBalance: MicroYuan }> => {
  const toDebt = debtPart(rule, amount, debt)
  return { toDebt, toBalance: subtractMoney(amount, toDebt) }
}

/** The agreed part of the purchase, in fen and rounded down, but no more than the debt. */
const debtPart = (rule: Pick<PurchaseRule, 'debtShare'>, amount: MicroYuan, debt: MicroYuan): MicroYuan => {
  if (debt <= 0n || rule.debtShare === null) return zeroMoney
  const share = roundAmount(scaleAmount(amountOfMoney(amount), rule.debtShare), 'down', fen)
  return least(least(share, debt), amount)
}

/** Debts in the order in which money pays them off: late fees, then by age, as the configured list says. */
export type Debt = Readonly<{ kind: string; since: number; amount: MicroYuan }>

export const payOff = (
  money: MicroYuan,
  debts: readonly Debt[],
  order: readonly string[],
): Readonly<{ paid: readonly Readonly<{ debt: Debt; amount: MicroYuan }>[]; left: MicroYuan }> => {
  const rank = (kind: string): number => (order.includes(kind) ? order.indexOf(kind) : order.length)
  let left = money
  const paid: Readonly<{ debt: Debt; amount: MicroYuan }>[] = []
  for (const debt of debts.toSorted((a, b) => rank(a.kind) - rank(b.kind) || a.since - b.since)) {
    const amount = debt.amount < left ? debt.amount : left
    if (amount <= 0n) continue
    paid.push({ debt, amount })
    left = subtractMoney(left, amount)
  }
  return { paid, left }
}

/** Meters that count energy take hundredths of a kilowatt-hour. */
const registerStep = wattHours(10n)

/** Money as energy for such a meter: rounded down, the rest stays on the account. */
export const energyForMoney = (amount: MicroYuan, price: Price): Readonly<{ energy: WattHours; left: ExactAmount }> =>
  energyFor(amount, price, registerStep)

/** How far balance and credit reach at the price of the next kilowatt-hour. */
export const energyLeft = (balance: MicroYuan, credit: MicroYuan, marginalPrice: Price): WattHours =>
  energyFor(addMoney(balance, credit), marginalPrice, registerStep).energy
