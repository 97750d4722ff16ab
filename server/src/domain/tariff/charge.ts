import { roundAmountOnce, subtractMoney, zeroMoney, type MicroYuan } from '../quantity.ts'
import type { CompiledTariff } from './compile-tariff.ts'
import type { PeriodToDate } from './period-to-date.ts'

/**
 * Rate the period, charge the difference. What a period has been charged, at which facts and under which version.
 */
export type ChargeState = Readonly<{
  charged: MicroYuan
  /** The facts of the last charge; null before the first. */
  at: PeriodToDate | null
  version: number | null
}>

export const nothingCharged: ChargeState = { charged: zeroMoney, at: null, version: null }

export type Charge = Readonly<{
  state: ChargeState
  /** For what has been used, or has accrued by the day, since the last charge. */
  usage: MicroYuan
  /**
   * For what was charged before: another price for the same energy, a corrected or back-filled reading. It may be below
   * zero, and it alone must never stop anybody's supply.
   */
  trueUp: MicroYuan
  /** Whether the price is one that will be replaced. */
  provisional: boolean
}>

/** Charges the period to date. The same facts again charge nothing; facts that have shrunk are refunded. */
export const charge = (state: ChargeState, tariff: CompiledTariff, period: PeriodToDate): Charge => {
  const toDate = roundAmountOnce(tariff.price(period))
  const { version, provisional } = tariff.plan
  const next: ChargeState = { charged: toDate, at: period, version }
  const { at } = state
  if (at === null) return { state: next, usage: toDate, trueUp: zeroMoney, provisional }
  const whole = subtractMoney(toDate, state.charged)
  if (!hasMovedOn(at, period)) return { state: next, usage: zeroMoney, trueUp: whole, provisional }
  if (version === state.version) return { state: next, usage: whole, trueUp: zeroMoney, provisional }
  const trueUp = subtractMoney(roundAmountOnce(tariff.price(at)), state.charged)
  return { state: next, usage: subtractMoney(whole, trueUp), trueUp, provisional }
}

const total = ({ parts }: PeriodToDate): bigint => parts.reduce<bigint>((sum, part) => sum + part, 0n)

/** New energy or a new day; a change of anything else concerns what was charged already. */
const hasMovedOn = (before: PeriodToDate, now: PeriodToDate): boolean =>
  total(now) > total(before) || now.days.to > before.days.to
