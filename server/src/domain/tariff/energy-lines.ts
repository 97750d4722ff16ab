import { noEnergy, noPrice, type Price, type WattHours } from '../quantity.ts'
import { pricedLine, type FormulaId, type Line, type LineOrigin } from './line.ts'
import type { EnergyPrices, TariffPlan } from './plan.ts'

/** Names and prices of the parts that a period's energy is split into, in their order. */
export const priceList = (energy: EnergyPrices): Readonly<{ names: readonly string[]; prices: readonly Price[] }> => {
  switch (energy.kind) {
    case 'flat':
      return { names: ['energy'], prices: [energy.price] }
    case 'tiers':
      return { names: ['energy'], prices: energy.prices }
    case 'rates':
      return { names: energy.prices.map((_, rate) => `energy.rate-${String(rate + 1)}`), prices: energy.prices }
    case 'clock':
      return {
        names: energy.prices.map(({ period }) => `energy.${period}`),
        prices: energy.prices.map((entry) => entry.price),
      }
  }
}

const formulaOf = {
  flat: 'energy-flat',
  rates: 'energy-rate',
  clock: 'energy-clock',
  tiers: 'energy-tier',
} as const satisfies Record<EnergyPrices['kind'], FormulaId>

/** Free energy at nothing, each part at its price, and what each tier of the ladder adds. */
export const energyLines = (
  plan: TariffPlan,
  { parts, tiers, taken }: Readonly<{ parts: readonly WattHours[]; tiers: readonly WattHours[]; taken: WattHours }>,
  origin: LineOrigin,
): readonly Line[] => {
  const line = (code: string, formula: FormulaId, energy: WattHours, perKwh: Price): readonly Line[] =>
    energy === 0n ? [] : [pricedLine(origin, { code, formula, thousandths: energy, unit: 'kWh', price: perKwh })]
  const free = line('free-quota', 'free-quota', taken, noPrice)
  const formula = formulaOf[plan.energy.kind]
  if (plan.energy.kind === 'tiers') {
    const perTier = plan.energy.prices.flatMap((perKwh, tier) =>
      line(`energy.tier-${String(tier + 1)}`, formula, tiers[tier] ?? noEnergy, perKwh),
    )
    return [...free, ...perTier]
  }
  const { names, prices } = priceList(plan.energy)
  const perPart = prices.flatMap((perKwh, part) =>
    line(names[part] ?? 'energy', formula, parts[part] ?? noEnergy, perKwh),
  )
  const adders = (plan.ladder?.adders ?? []).flatMap((adder, tier) =>
    line(`ladder.tier-${String(tier + 2)}`, 'ladder-adder', tiers[tier + 1] ?? noEnergy, adder),
  )
  return [...free, ...perPart, ...adders]
}
