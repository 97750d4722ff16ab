import { costOfThousandths, exactAmount, scaleAmount, type ExactAmount, type Price, type Ratio } from '../quantity.ts'

/** How a line came about; the words for people are in `docs/pricing.md`. */
export type FormulaId =
  | 'energy-flat'
  | 'energy-rate'
  | 'energy-clock'
  | 'energy-tier'
  | 'ladder-adder'
  | 'free-quota'
  | 'basic-capacity'
  | 'basic-demand'
  | 'basic-demand-excess'
  | 'demand-discount'
  | 'power-factor'
  | 'surcharge'
  | 'surcharge-included'
  | 'fee'

export type LineUnit = 'kWh' | 'kVA' | 'kW' | 'day' | 'month' | 'yuan'

/**
 * One line of a bill. Its amount is `quantity × price × factor`, or `base × factor` where a percentage of other lines
 * is taken; `exact` is that product with nothing rounded.
 */
export type Line = Readonly<{
  /** What is charged: `energy.peak`, `ladder.2`, `basic.capacity`, `surcharge.CODE`, … */
  code: string
  formula: FormulaId
  quantity: Readonly<{ thousandths: bigint; unit: LineUnit }> | null
  price: Price | null
  base: ExactAmount | null
  factor: Ratio | null
  exact: ExactAmount
  /** Shown, but already contained in another line: not added up. */
  memo: boolean
  plan: Readonly<{ code: string; version: number; provisional: boolean }>
  /** The readings (or other records) that it was made from. */
  sources: readonly string[]
}>

export type LineOrigin = Pick<Line, 'plan' | 'sources'>

type PricedLine = Readonly<{
  code: string
  formula: FormulaId
  thousandths: bigint
  unit: LineUnit
  price: Price
  factor?: Ratio | null
  memo?: boolean
}>

/** `quantity × price × factor`. */
export const pricedLine = (origin: LineOrigin, input: PricedLine): Line => {
  const { code, formula, thousandths, unit, price, factor = null, memo = false } = input
  const whole = exactAmount(costOfThousandths(thousandths, price))
  const exact = factor === null ? whole : scaleAmount(whole, factor)
  return { code, formula, quantity: { thousandths, unit }, price, base: null, factor, exact, memo, ...origin }
}

/** `base × factor`. */
export const shareLine = (
  origin: LineOrigin,
  { code, formula, base, factor }: Pick<Line, 'code' | 'formula'> & Readonly<{ base: ExactAmount; factor: Ratio }>,
): Line => ({
  code,
  formula,
  quantity: null,
  price: null,
  base,
  factor,
  exact: scaleAmount(base, factor),
  memo: false,
  ...origin,
})
