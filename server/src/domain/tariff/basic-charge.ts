import {
  negateAmount,
  ratio,
  scaleThousandths,
  sumAmounts,
  timesRatio,
  watts,
  type Ratio,
  type Watts,
  type WattHours,
} from '../quantity.ts'
import type { SupplyContract } from './contract.ts'
import { pricedLine, shareLine, type Line, type LineOrigin } from './line.ts'
import { partOfMonth, type RatedDays } from './part-of-month.ts'
import type { BasicCharge, DemandRule } from './plan.ts'

/**
 * The basic charge of a two-part tariff (基本电费), grown by the days to date. The demand discount is judged by the energy
 * per kVA of the same part of the month, so at the month's end it is the rule's own.
 */
export const basicLines = (
  basic: BasicCharge,
  contract: SupplyContract,
  days: RatedDays,
  measured: Readonly<{ energy: WattHours; demand: Watts | null }>,
  origin: LineOrigin,
): readonly Line[] => {
  if (basic.kind === 'capacity')
    return contract.capacity.flatMap((part) => {
      const within = { ...days, from: Math.max(days.from, part.from), to: Math.min(days.to, part.to) }
      const month = partOfMonth(within, basic.days)
      if (month.numerator === 0n) return []
      const factor = timesRatio(month, part.share)
      const priced = { thousandths: part.va, unit: 'kVA', price: basic.price, factor } as const
      return [pricedLine(origin, { code: 'basic.capacity', formula: 'basic-capacity', ...priced })]
    })
  const { demand } = measured
  const month = partOfMonth(days, basic.days)
  const { due, excess } = chargeableDemand(basic.rule, contract.demand, demand)
  const of = (code: string, formula: 'basic-demand' | 'basic-demand-excess', value: Watts): readonly Line[] =>
    value === 0n
      ? []
      : [pricedLine(origin, { code, formula, thousandths: value, unit: 'kW', price: basic.price, factor: month })]
  const lines = [
    ...of('basic.demand', 'basic-demand', due),
    ...of('basic.demand-excess', 'basic-demand-excess', excess),
  ]
  const { discount } = basic
  if (
    discount === null ||
    lines.length === 0 ||
    !earnsDiscount(discount.fromWhPerKva, contract, days, month, measured.energy)
  )
    return lines
  const base = negateAmount(sumAmounts(lines.map(({ exact }) => exact)))
  const less = { code: 'basic.demand-discount', formula: 'demand-discount', base, factor: discount.off } as const
  return [...lines, shareLine(origin, less)]
}

/** Which demand is charged, and what of it is charged once more. */
const chargeableDemand = (
  rule: DemandRule,
  agreed: Watts | null,
  measured: Watts | null,
): Readonly<{ due: Watts; excess: Watts }> => {
  const nothing = watts(0n)
  const shown = measured ?? nothing
  if (rule === 'actual' || agreed === null) return { due: shown, excess: nothing }
  const upper = scaleThousandths(agreed, ratio(105n, 100n))
  switch (rule) {
    case 'approved-band': {
      const lower = scaleThousandths(agreed, ratio(95n, 100n))
      if (shown > upper) return { due: agreed, excess: watts(2n * (shown - agreed)) }
      return { due: shown < lower ? lower : shown, excess: nothing }
    }
    case 'contract':
      return shown > upper ? { due: shown, excess: watts(shown - upper) } : { due: agreed, excess: nothing }
  }
}

/** Energy ≥ limit × capacity, each over the same part of the month. */
const earnsDiscount = (
  fromWhPerKva: WattHours,
  contract: SupplyContract,
  days: RatedDays,
  month: Ratio,
  energy: WattHours,
): boolean => {
  const last = Math.max(days.from, days.to - 1)
  const va = contract.capacity.reduce((sum, part) => (part.from <= last && last < part.to ? sum + part.va : sum), 0n)
  return va > 0n && energy * 1_000n * month.denominator >= fromWhPerKva * va * month.numerator
}
