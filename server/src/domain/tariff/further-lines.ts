import {
  addAmounts,
  negateAmount,
  noAmount,
  priceOfMoney,
  sumAmounts,
  type ExactAmount,
  type Price,
  type WattHours,
} from '../quantity.ts'
import type { SupplyContract } from './contract.ts'
import { pricedLine, shareLine, type Line, type LineOrigin } from './line.ts'
import { partOfMonth } from './part-of-month.ts'
import type { PeriodToDate } from './period-to-date.ts'
import type { Fee, TariffPlan } from './plan.ts'
import { powerFactorRate } from './power-factor.ts'

/** Funds and surcharges on the billable energy, and the parts that the energy price already contains. */
export const surchargeLines = (
  plan: TariffPlan,
  contract: SupplyContract,
  billable: WattHours,
  origin: LineOrigin,
): readonly Line[] =>
  billable === 0n
    ? []
    : plan.surcharges
        .filter(({ code }) => !contract.exempt.includes(code))
        .map(({ code, how, price: perKwh }) =>
          pricedLine(origin, {
            code: `surcharge.${code}`,
            formula: how === 'added' ? 'surcharge' : 'surcharge-included',
            thousandths: billable,
            unit: 'kWh',
            price: perKwh,
            memo: how === 'included',
          }),
        )

type AdjustedLines = Readonly<{ energy: readonly Line[]; basic: readonly Line[]; surcharges: readonly Line[] }>

/** The power-factor adjustment; its base is what the plan's switches say, component by component. */
export const powerFactorLine = (
  plan: TariffPlan,
  contract: SupplyContract,
  { energy, basic, surcharges }: AdjustedLines,
  factor: number | null,
  origin: LineOrigin,
): readonly Line[] => {
  if (plan.powerFactor === null || factor === null) return []
  const rate = powerFactorRate(contract.powerFactorStandard ?? plan.powerFactor.standard, factor)
  if (rate.numerator === 0n) return []
  const base = [
    plan.powerFactor.energyInBase ? exactSum(energy) : noAmount,
    plan.basic?.inPowerFactorBase === true ? exactSum(basic) : noAmount,
    ...surcharges.map((line) => surchargeInBase(plan, line)),
  ].reduce(addAmounts)
  return [shareLine(origin, { code: 'power-factor', formula: 'power-factor', base, factor: rate })]
}

const exactSum = (lines: readonly Line[]): ExactAmount => sumAmounts(lines.map(({ exact }) => exact))

/** An added surcharge joins the base when it is switched on; an included one leaves it when it is switched off. */
const surchargeInBase = (plan: TariffPlan, line: Line): ExactAmount => {
  const surcharge = plan.surcharges.find(({ code }) => line.code === `surcharge.${code}`)
  if (surcharge === undefined) return noAmount
  if (surcharge.how === 'added') return surcharge.inPowerFactorBase ? line.exact : noAmount
  const takesPart = surcharge.inPowerFactorBase || plan.powerFactor?.energyInBase !== true
  return takesPart ? noAmount : negateAmount(line.exact)
}

/** Fixed and daily fees, to date. */
export const feeLines = (plan: TariffPlan, period: PeriodToDate, origin: LineOrigin): readonly Line[] =>
  plan.fees.flatMap((fee) => {
    const line = feeLine(fee, period, origin)
    return line.exact.cost === 0n ? [] : [line]
  })

const feeLine = (fee: Fee, { days, opensMonth }: PeriodToDate, origin: LineOrigin): Line => {
  const priced = { code: `fee.${fee.code}`, formula: 'fee', price: perUnit(fee) } as const
  if (fee.per === 'day')
    return pricedLine(origin, { ...priced, thousandths: BigInt(days.to - days.from) * 1_000n, unit: 'day' })
  if (fee.due === 'daily')
    return pricedLine(origin, { ...priced, thousandths: 1_000n, unit: 'month', factor: partOfMonth(days, 'calendar') })
  return pricedLine(origin, { ...priced, thousandths: opensMonth ? 1_000n : 0n, unit: 'month' })
}

const perUnit = ({ amount }: Fee): Price => priceOfMoney(amount)
