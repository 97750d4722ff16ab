import { addAmounts, costOf, exactAmount, noAmount, noEnergy, type ExactAmount, type WattHours } from '../quantity.ts'
import type { SupplyContract } from './contract.ts'
import { limitsOn, splitByTier } from './ladder.ts'
import type { TariffPlan } from './plan.ts'

/**
 * What so much energy will cost when it is bought ahead: energy price, ladder and surcharges, from what has been used in
 * the ladder's cycle. Null where a kilowatt-hour has no one price: it depends on the hour, on losses, or on the power
 * factor of the month.
 */
export const priceAhead = (
  plan: TariffPlan,
  contract: SupplyContract,
  { day, used, energy }: Readonly<{ day: number; used: WattHours; energy: WattHours }>,
): ExactAmount | null => {
  if (contract.losses !== null || plan.powerFactor?.energyInBase === true) return null
  const perKwh = pricesOf(plan)
  if (perKwh === null) return null
  const tiers = plan.ladder === null ? [energy] : splitByTier(limitsOn(plan.ladder, contract, day), used, energy)
  const added = plan.surcharges.filter(({ how, code }) => how === 'added' && !contract.exempt.includes(code))
  return [
    ...tiers.map((part, tier) => perKwh.tier(part, tier)),
    ...added.map(({ price }) => exactAmount(costOf(energy, price))),
  ].reduce(addAmounts, noAmount)
}

/** Whether a plan says beforehand what a kilowatt-hour costs. */
export const hasOnePrice = ({ energy }: Pick<TariffPlan, 'energy'>): boolean =>
  energy.kind === 'flat' || energy.kind === 'tiers'

const pricesOf = ({
  energy: prices,
  ladder,
}: TariffPlan): Readonly<{ tier(energy: WattHours, tier: number): ExactAmount }> | null => {
  switch (prices.kind) {
    case 'rates':
    case 'clock':
      return null
    case 'tiers':
      return {
        tier: (energy, tier) => {
          const price = prices.prices[tier]
          if (price === undefined) throw new RangeError(`tier ${String(tier + 1)} has no price`)
          return exactAmount(costOf(energy, price))
        },
      }
    case 'flat':
      return {
        tier: (energy, tier) => {
          const adder = tier === 0 ? undefined : ladder?.adders[tier - 1]
          const base = exactAmount(costOf(energy, prices.price))
          return adder === undefined || energy === noEnergy
            ? base
            : addAmounts(base, exactAmount(costOf(energy, adder)))
        },
      }
  }
}
