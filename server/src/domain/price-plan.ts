import { addCost, costOf, noCost, subtractEnergy, type ExactCost, type Price, type WattHours } from './quantity.ts'

/** What a meter's registers show: the total and the meter's own rates (1 sharp 尖, 2 peak 峰, 3 flat 平, 4 valley 谷). */
export type Registers = Readonly<{ totalWh: WattHours; ratesWh: readonly WattHours[] }>

/** One version of a price plan; it never changes, a new price is a new version. */
export type PricePlan = Readonly<
  { kind: 'flat'; price: Price } | { kind: 'four-rate'; prices: readonly [Price, Price, Price, Price] }
>

/** A plan of any other kind (domain/tariff), by the number of rate registers that it prices. */
export type TariffNeeds = Readonly<{ kind: 'tariff'; rates: number }>

/** Whether these registers carry what the plan prices by. */
export const isPriceable = (plan: PricePlan | TariffNeeds, registers: Registers): boolean => {
  switch (plan.kind) {
    case 'flat':
      return true
    case 'four-rate':
      return registers.ratesWh.length >= plan.prices.length
    case 'tariff':
      return registers.ratesWh.length >= plan.rates
  }
}

/**
 * The exact, unrounded price of all energy between two register readings. The four-rate plan prices each rate register
 * of the meter by its own price (meter-rate time of use: bound to the timetable in the meter).
 */
export const priceBetween = (plan: PricePlan, opening: Registers, latest: Registers): ExactCost => {
  switch (plan.kind) {
    case 'flat':
      return costOf(subtractEnergy(latest.totalWh, opening.totalWh), plan.price)
    case 'four-rate':
      return plan.prices.reduce((cost, ratePrice, rate) => {
        const [from, to] = [opening.ratesWh[rate], latest.ratesWh[rate]]
        if (from === undefined || to === undefined) throw new RangeError(`rate register ${String(rate + 1)} is missing`)
        return addCost(cost, costOf(subtractEnergy(to, from), ratePrice))
      }, noCost)
  }
}
