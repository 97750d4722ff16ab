import { priceBetween, type PricePlan, type Registers } from './price-plan.ts'
import {
  addAmounts,
  costOf,
  exactAmount,
  formatMoney,
  microYuan,
  noAmount,
  noEnergy,
  percentOf,
  roundAmountOnce,
  subtractEnergy,
  subtractMoney,
  zeroMoney,
  type ExactAmount,
  type MicroYuan,
} from './quantity.ts'
import type { SupplyContract } from './tariff/contract.ts'
import type { TariffPlan } from './tariff/plan.ts'
import { priceAhead } from './tariff/price-ahead.ts'

/**
 * A month of a meter that keeps its own balance (本地费控): what came into its purse, what the meter took by itself, and
 * what the same energy costs at the prices of the books. The meter's own prices are what it was programmed with: where
 * they differ from the plan, only this comparison shows it.
 */
export type PurseMonth = Readonly<{
  meterId: number
  /** In the books at both ends of the month. */
  opening: MicroYuan
  closing: MicroYuan
  /** Bought and proven to be in it. */
  bought: MicroYuan
  /** In it when it was first read, or found by a person: not bought here. */
  broughtIn: MicroYuan
  deducted: MicroYuan
  returned: MicroYuan
}>

export type PurseRegisters = Readonly<{
  from: Readonly<{ at: number; registers: Registers }>
  to: Readonly<{ at: number; registers: Registers }>
}>

/** What the energy between two readings costs; null where registers alone do not tell. */
export type PurseRating =
  | Readonly<{ kind: 'registers'; plan: PricePlan }>
  | Readonly<{ kind: 'tariff'; plan: TariffPlan; contract: SupplyContract; day: number }>

/** As it is kept and printed: money and energy as text. */
export type DocumentPurse = Readonly<{
  meterId: number
  address: string
  place: string
  opening: string
  bought: string
  broughtIn: string
  deducted: string
  returned: string
  closing: string
  /** Between these readings; null where there are none on both ends. */
  usedWh: string | null
  from: number | null
  to: number | null
  /** The energy at the prices of the books; null where they need more than registers. */
  calculated: string | null
  /** What the meter has taken more than that; below zero: less. */
  difference: string | null
}>

const rateRegisters = (rating: PurseRating, { from, to }: PurseRegisters): ExactAmount | null => {
  if (rating.kind === 'registers') return exactAmount(priceBetween(rating.plan, from.registers, to.registers))
  const { plan, contract, day } = rating
  // A ladder of the year, and a clock, need more than the registers of one month.
  if (plan.energy.kind === 'clock' || plan.ladder?.scope === 'year') return null
  if (plan.energy.kind !== 'rates')
    return priceAhead(plan, contract, {
      day,
      used: noEnergy,
      energy: subtractEnergy(to.registers.totalWh, from.registers.totalWh),
    })
  if (plan.ladder !== null || contract.losses !== null || plan.powerFactor !== null) return null
  return plan.energy.prices
    .map((price, rate) =>
      exactAmount(
        costOf(subtractEnergy(to.registers.ratesWh[rate] ?? noEnergy, from.registers.ratesWh[rate] ?? noEnergy), price),
      ),
    )
    .reduce(addAmounts, noAmount)
}

type Place = Readonly<{ address: string; place: string }>

export type PurseFacts = Readonly<{
  month: PurseMonth
  at: Place
  registers: PurseRegisters | null
  rating: PurseRating | null
}>

export const pursesOnStatement = (facts: PurseFacts): DocumentPurse => {
  const { month, at, registers } = facts
  const calculated = calculatedOf(facts)
  return {
    meterId: month.meterId,
    ...at,
    opening: formatMoney(month.opening),
    bought: formatMoney(month.bought),
    broughtIn: formatMoney(month.broughtIn),
    deducted: formatMoney(month.deducted),
    returned: formatMoney(month.returned),
    closing: formatMoney(month.closing),
    usedWh:
      registers === null
        ? null
        : subtractEnergy(registers.to.registers.totalWh, registers.from.registers.totalWh).toString(),
    from: registers?.from.at ?? null,
    to: registers?.to.at ?? null,
    calculated: calculated === null ? null : formatMoney(calculated),
    difference: calculated === null ? null : formatMoney(subtractMoney(month.deducted, calculated)),
  }
}

const calculatedOf = ({ registers, rating }: PurseFacts): MicroYuan | null => {
  if (registers === null || rating === null) return null
  const exact = rateRegisters(rating, registers)
  return exact === null ? null : roundAmountOnce(exact)
}

/** A meter's fen are whole and its readings half an hour apart: so much says nothing. */
const leastDifference = microYuan(1_000_000n)
const leastPercent = 1n

/** Whether a person should look: more than a yuan and more than one per cent of what the energy costs. */
export const isWorthALook = (facts: PurseFacts): boolean => {
  const calculated = calculatedOf(facts)
  if (calculated === null) return false
  const difference = magnitude(subtractMoney(facts.month.deducted, calculated))
  return difference > leastDifference && difference > percentOf(magnitude(calculated), leastPercent)
}

const magnitude = (amount: MicroYuan): MicroYuan => (amount < 0n ? subtractMoney(zeroMoney, amount) : amount)
