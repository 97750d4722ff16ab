import {
  addEnergy,
  addCost,
  costOf,
  exactAmount,
  noCost,
  noEnergy,
  noPrice,
  scaleThousandths,
  ratio,
  subtractEnergy,
  sumAmounts,
  sumEnergy,
  varHours,
  type ExactAmount,
  type ExactCost,
  type Price,
  type VarHours,
  type WattHours,
} from '../quantity.ts'
import { basicLines } from './basic-charge.ts'
import { personsOn, type SupplyContract } from './contract.ts'
import { energyLines, priceList } from './energy-lines.ts'
import { feeLines, powerFactorLine, surchargeLines } from './further-lines.ts'
import { limitsOn, splitByTier } from './ladder.ts'
import type { Line, LineOrigin } from './line.ts'
import { lossesOf, spreadOver, takeFrom } from './losses.ts'
import { partOfMonth } from './part-of-month.ts'
import type { PeriodToDate } from './period-to-date.ts'
import type { Ladder, TariffPlan } from './plan.ts'
import { powerFactorOf, reactiveSum, type Reactive } from './power-factor.ts'

/** A plan and a contract made ready to price any number of periods. */
export type CompiledTariff = Readonly<{
  plan: TariffPlan
  contract: SupplyContract
  /** Names of the parts that a period's energy comes in. */
  partNames: readonly string[]
  /** Every line of the bill to date, in the order of calculation (docs/pricing.md). */
  rate(period: PeriodToDate): Rated
  /** The exact price to date alone; the quick way for every reading. */
  price(period: PeriodToDate): ExactAmount
}>

export type Rated = Readonly<{
  lines: readonly Line[]
  total: ExactAmount
  /** What the ladder counts: energy after losses, shares and free energy. */
  billable: WattHours
  /** Free energy that was not used. */
  quotaLeft: WattHours
  /** Hundredths; null when it could not be told. */
  powerFactor: number | null
}>

export const compileTariff = (plan: TariffPlan, contract: SupplyContract): CompiledTariff => {
  const { names, prices } = priceList(plan.energy)
  const limitsFor = plan.ladder === null ? null : rememberLast(plan.ladder, contract)
  const rate = (period: PeriodToDate): Rated => rateLines(plan, contract, limitsFor, period)
  const quick = isEnergyOnly(plan, contract) ? quickPrice(plan, contract, prices, limitsFor) : null
  const price = quick ?? ((period: PeriodToDate) => rate(period).total)
  const checked =
    <T>(step: (period: PeriodToDate) => T) =>
    (period: PeriodToDate): T => {
      if (period.parts.length !== names.length)
        throw new RangeError(`${String(period.parts.length)} parts of energy for ${String(names.length)} prices`)
      return step(period)
    }
  return { plan, contract, partNames: names, rate: checked(rate), price: checked(price) }
}

type LimitsFor = (day: number) => readonly WattHours[]

/** Limits are asked for with the same day over and over. */
const rememberLast = (ladder: Ladder, contract: SupplyContract): LimitsFor => {
  let [known, limits]: [number, readonly WattHours[]] = [Number.NaN, []]
  return (day) => {
    if (day !== known) [known, limits] = [day, limitsOn(ladder, contract, day)]
    return limits
  }
}

const rateLines = (
  plan: TariffPlan,
  contract: SupplyContract,
  limitsFor: LimitsFor | null,
  period: PeriodToDate,
): Rated => {
  const { days } = period
  const origin: LineOrigin = {
    plan: { code: plan.code, version: plan.version, provisional: plan.provisional },
    sources: period.sources,
  }
  const measured = sumEnergy(period.parts)
  const lost = lossesOf(contract.losses, measured, period.reactive, {
    month: partOfMonth(days, 'thirty'),
    hours: BigInt(days.to - days.from) * 24n,
  })
  const spread = contract.losses?.spread ?? 'pro-rata'
  const flat = flatPart(plan)
  const withLosses = spreadOver(period.parts, lost.active, spread, flat)
  const shared = spreadOver(withLosses, addEnergy(period.publicShare, period.correction), 'pro-rata', flat)
  const quota = quotaOf(plan, contract, period)
  const { parts, taken } = takeFrom(shared, quota)
  const billable = sumEnergy(parts)
  const limits = limitsFor?.(days.from) ?? []
  const tiers = limitsFor === null ? [] : splitByTier(limits, period.ladderBefore, billable)
  const energy = energyLines(plan, { parts, tiers, taken }, origin)
  const supplied = addEnergy(measured, lost.active)
  const basic =
    plan.basic === null
      ? []
      : basicLines(plan.basic, contract, days, { energy: supplied, demand: period.maximumDemand }, origin)
  const surcharges = surchargeLines(plan, contract, billable, origin)
  const factor = factorOf(supplied, period.reactive, lost.reactive)
  const adjustment = powerFactorLine(plan, contract, { energy, basic, surcharges }, factor, origin)
  const lines = [...energy, ...basic, ...adjustment, ...surcharges, ...feeLines(plan, period, origin)]
  const total = sumAmounts(lines.flatMap(({ memo, exact }) => (memo ? [] : [exact])))
  return { lines, total, billable, quotaLeft: subtractEnergy(quota, taken), powerFactor: factor }
}

const quotaOf = (plan: TariffPlan, contract: SupplyContract, period: PeriodToDate): WattHours => {
  if (plan.freeQuota === null) return noEnergy
  if (!period.opensMonth) return period.quotaCarried
  const { perPersonWh, perAccountWh } = plan.freeQuota
  const persons = BigInt(personsOn(contract, period.days.from))
  const granted = addEnergy(perAccountWh, scaleThousandths(perPersonWh, ratio(persons, 1n)))
  return addEnergy(granted, period.quotaCarried)
}

const factorOf = (active: WattHours, reactive: Reactive | null, lost: VarHours): number | null =>
  reactive === null ? null : powerFactorOf(active, varHours(reactiveSum(reactive) + lost))

/** The part that losses go to when they are not spread: `flat`, or the only one. */
const flatPart = ({ energy }: TariffPlan): number => {
  if (energy.kind === 'rates') return energy.prices.length > 2 ? 2 : 0
  if (energy.kind === 'clock')
    return Math.max(
      0,
      energy.prices.findIndex(({ period }) => period === 'flat'),
    )
  return 0
}

/** Nothing but prices times energy: no losses, grants, days or percentages. */
const isEnergyOnly = (plan: TariffPlan, contract: SupplyContract): boolean =>
  contract.losses === null &&
  plan.freeQuota === null &&
  plan.basic === null &&
  plan.powerFactor === null &&
  plan.fees.length === 0

const quickPrice = (
  plan: TariffPlan,
  contract: SupplyContract,
  prices: readonly Price[],
  limitsFor: LimitsFor | null,
): CompiledTariff['price'] => {
  const onTop = plan.surcharges.reduce(
    (sum, { code, how, price }) => (how === 'added' && !contract.exempt.includes(code) ? sum + price : sum),
    0n,
  ) as Price
  const perPart = plan.energy.kind === 'tiers' ? [noPrice] : prices
  const flat = flatPart(plan)
  const perTier = plan.energy.kind === 'tiers' ? prices : [noPrice, ...(plan.ladder?.adders ?? [])]
  return (period) => {
    const { parts, publicShare, correction, ladderBefore, days } = period
    const extra = addEnergy(publicShare, correction)
    const billed = extra === 0n ? parts : spreadOver(parts, extra, 'pro-rata', flat)
    let [cost, energy]: [ExactCost, WattHours] = [noCost, noEnergy]
    for (let part = 0; part < billed.length; part += 1) {
      const wh = billed[part] ?? noEnergy
      energy = addEnergy(energy, wh)
      cost = addCost(cost, costOf(wh, perPart[part] ?? noPrice))
    }
    if (onTop !== 0n) cost = addCost(cost, costOf(energy, onTop))
    if (limitsFor === null) return exactAmount(cost)
    const tiers = splitByTier(limitsFor(days.from), ladderBefore, energy)
    for (let tier = 0; tier < tiers.length; tier += 1)
      cost = addCost(cost, costOf(tiers[tier] ?? noEnergy, perTier[tier] ?? noPrice))
    return exactAmount(cost)
  }
}
