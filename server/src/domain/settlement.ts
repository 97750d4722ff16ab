import { monthOf } from './calendar.ts'
import { priceBetween, type PricePlan, type Registers } from './price-plan.ts'
import { roundCost, subtractEnergy, subtractMoney, zeroMoney, type MicroYuan, type WattHours } from './quantity.ts'

/**
 * Rate the period, charge the difference. A period knows the registers it opened with and what has been charged in it;
 * each reading is charged price(period to date), rounded once, minus that. So a day settled in one run or in
 * forty-eight costs the same, and settling the same registers again charges nothing.
 */
export type SettlementPeriod = Readonly<{
  /** Wall time; a reading at `end` still belongs to this period, one at `start` to the period before. */
  start: number
  end: number
  plan: PricePlan
  opening: Registers
  latest: Registers
  charged: MicroYuan
}>

export type Settled = Readonly<{ period: SettlementPeriod; charge: MicroYuan; used: WattHours }>

/** Charges `registers`, which the reading gate has let pass. A charge is never below zero: registers do not fall. */
export const settle = (period: SettlementPeriod, registers: Registers): Settled => {
  const toDate = roundCost(priceBetween(period.plan, period.opening, registers))
  const charge = subtractMoney(toDate, period.charged)
  if (charge < 0n) throw new RangeError('the price of a period fell although its registers did not')
  return {
    period: { ...period, latest: registers, charged: toDate },
    charge,
    used: subtractEnergy(registers.totalWh, period.latest.totalWh),
  }
}

/** The period that a reading at `at` belongs to: the calendar month in the site's zone, `(start, end]`. */
export const periodAt = (at: number, timeZone: string): Readonly<{ start: number; end: number }> =>
  monthOf(at - 1, timeZone)

/** A fresh period that carries on from the registers at which the one before stopped, so no unit of energy is lost. */
export const openPeriod = (at: number, timeZone: string, plan: PricePlan, opening: Registers): SettlementPeriod => ({
  ...periodAt(at, timeZone),
  plan,
  opening,
  latest: opening,
  charged: zeroMoney,
})
