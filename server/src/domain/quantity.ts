/**
 * Quantities as types: money and energy are branded integers in their smallest unit, and this is the only file that
 * multiplies, divides or rounds them (docs/decisions/0003-quantities.md).
 */

declare const unit: unique symbol

/** 10⁻⁶ of a yuan. */
export type MicroYuan = bigint & { readonly [unit]: 'micro-yuan' }
/** Watt-hours. */
export type WattHours = bigint & { readonly [unit]: 'watt-hours' }
/** 10⁻¹⁰ yuan per kilowatt-hour: published prices have up to ten decimals. */
export type Price = bigint & { readonly [unit]: '1e-10 yuan per kWh' }
/** A sum of energy × price, not yet rounded: 10⁻¹³ yuan. */
export type ExactCost = bigint & { readonly [unit]: '1e-13 yuan' }

export const microYuan = (value: bigint): MicroYuan => value as MicroYuan
export const wattHours = (value: bigint): WattHours => value as WattHours
export const price = (value: bigint): Price => value as Price

export const zeroMoney = microYuan(0n)
export const noCost = 0n as ExactCost

export const addMoney = (a: MicroYuan, b: MicroYuan): MicroYuan => (a + b) as MicroYuan
export const subtractMoney = (a: MicroYuan, b: MicroYuan): MicroYuan => (a - b) as MicroYuan
export const addEnergy = (a: WattHours, b: WattHours): WattHours => (a + b) as WattHours
export const subtractEnergy = (a: WattHours, b: WattHours): WattHours => (a - b) as WattHours

/** Exact: nothing is rounded here. */
export const costOf = (energy: WattHours, pricePerKwh: Price): ExactCost => (energy * pricePerKwh) as ExactCost
export const addCost = (a: ExactCost, b: ExactCost): ExactCost => (a + b) as ExactCost

const costPerMicroYuan = 10_000_000n

/** The one rounding of a charge: to micro-yuan, half away from zero. */
export const roundCost = (cost: ExactCost): MicroYuan => divideHalfAwayFromZero(cost, costPerMicroYuan) as MicroYuan

const divideHalfAwayFromZero = (dividend: bigint, divisor: bigint): bigint => {
  const magnitude = dividend < 0n ? -dividend : dividend
  const rounded = (magnitude + divisor / 2n) / divisor
  return dividend < 0n ? -rounded : rounded
}

/** How an amount is brought to a coarser unit: halves away from zero, halves to even, towards zero, away from zero. */
export const roundingModes = ['half-up', 'half-even', 'down', 'up'] as const
export type RoundingMode = (typeof roundingModes)[number]

/** Exact division for every mode; the divisor is above zero. */
const divideBy = (dividend: bigint, divisor: bigint, mode: RoundingMode): bigint => {
  const magnitude = dividend < 0n ? -dividend : dividend
  const whole = magnitude / divisor
  const rest = magnitude % divisor
  const rounded = rest !== 0n && roundsAway(whole, rest * 2n, divisor, mode) ? whole + 1n : whole
  return dividend < 0n ? -rounded : rounded
}

const roundsAway = (whole: bigint, twiceTheRest: bigint, divisor: bigint, mode: RoundingMode): boolean => {
  switch (mode) {
    case 'up':
      return true
    case 'down':
      return false
    case 'half-up':
      return twiceTheRest >= divisor
    case 'half-even':
      return twiceTheRest > divisor || (twiceTheRest === divisor && whole % 2n === 1n)
  }
}

/** A plain factor: 18/30 of a month, 50/100, −15/10000. The denominator is above zero. */
export type Ratio = Readonly<{ numerator: bigint; denominator: bigint }>

export const one: Ratio = { numerator: 1n, denominator: 1n }
export const ratio = (numerator: bigint, denominator: bigint): Ratio => {
  if (denominator === 0n) throw new RangeError('a ratio needs a denominator')
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator }
}
export const timesRatio = (a: Ratio, b: Ratio): Ratio => ({
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
})
export const minusOne = (a: Ratio): Ratio => ({ numerator: a.numerator - a.denominator, denominator: a.denominator })

/** Money that a division by days or by a percentage left between two units; nothing of it is lost. */
export type ExactAmount = Readonly<{ cost: ExactCost; divisor: bigint }>

export const noAmount: ExactAmount = { cost: noCost, divisor: 1n }
export const exactAmount = (cost: ExactCost): ExactAmount => ({ cost, divisor: 1n })
export const amountOfMoney = (money: MicroYuan): ExactAmount => exactAmount((money * costPerMicroYuan) as ExactCost)
export const scaleAmount = ({ cost, divisor }: ExactAmount, by: Ratio): ExactAmount => ({
  cost: (cost * by.numerator) as ExactCost,
  divisor: divisor * by.denominator,
})
export const addAmounts = (a: ExactAmount, b: ExactAmount): ExactAmount =>
  a.divisor === b.divisor
    ? { cost: (a.cost + b.cost) as ExactCost, divisor: a.divisor }
    : { cost: (a.cost * b.divisor + b.cost * a.divisor) as ExactCost, divisor: a.divisor * b.divisor }
export const negateAmount = ({ cost, divisor }: ExactAmount): ExactAmount => ({
  cost: (0n - cost) as ExactCost,
  divisor,
})
export const sumAmounts = (amounts: readonly ExactAmount[]): ExactAmount => amounts.reduce(addAmounts, noAmount)

/** Rounds an exact amount to a multiple of `unit` (10 000 micro-yuan: a fen). */
export const roundAmount = (amount: ExactAmount, mode: RoundingMode, unit: MicroYuan): MicroYuan =>
  (divideBy(amount.cost, amount.divisor * unit * costPerMicroYuan, mode) * unit) as MicroYuan

const oneMicroYuan = 1n as MicroYuan
/** The one rounding of a charge, for amounts that divisions have left in between. */
export const roundAmountOnce = (amount: ExactAmount): MicroYuan => roundAmount(amount, 'half-up', oneMicroYuan)

export const sameAmount = (a: ExactAmount, b: ExactAmount): boolean => a.cost * b.divisor === b.cost * a.divisor

/** Gross with tax inside, split: the net is rounded to `unit`, the tax is the rest, so both add up. */
export const splitTax = (
  gross: MicroYuan,
  rate: Ratio,
  unit: MicroYuan,
): Readonly<{ net: MicroYuan; tax: MicroYuan }> => {
  const inclusive = { numerator: rate.denominator, denominator: rate.denominator + rate.numerator }
  const net = roundAmount(scaleAmount(amountOfMoney(gross), inclusive), 'half-up', unit)
  return { net, tax: subtractMoney(gross, net) }
}

/** What is priced other than energy, in thousandths of the priced unit, as watt-hours are of a kilowatt-hour. */
export type VoltAmperes = bigint & { readonly [unit]: 'volt-amperes' }
export type Watts = bigint & { readonly [unit]: 'watts' }
export type VarHours = bigint & { readonly [unit]: 'var-hours' }

export const voltAmperes = (value: bigint): VoltAmperes => value as VoltAmperes
export const watts = (value: bigint): Watts => value as Watts
export const varHours = (value: bigint): VarHours => value as VarHours
export const noEnergy = wattHours(0n)
export const noPrice = price(0n)

/** Thousandths of a unit × the price of one unit; exact. */
export const costOfThousandths = (thousandths: bigint, pricePerUnit: Price): ExactCost =>
  (thousandths * pricePerUnit) as ExactCost

/** An amount for one unit as a price of it. */
export const priceOfMoney = (amount: MicroYuan): Price => (amount * 10_000n) as Price

export const sumEnergy = (parts: readonly WattHours[]): WattHours =>
  parts.reduce((sum, part) => (sum + part) as WattHours, noEnergy)
export const leastEnergy = (a: WattHours, b: WattHours): WattHours => (a < b ? a : b)
export const mostEnergy = (a: WattHours, b: WattHours): WattHours => (a > b ? a : b)

/** A quantity in thousandths times a factor, to the nearest thousandth or the nearest multiple of `step`. */
export const scaleThousandths = <Q extends bigint>(quantity: Q, by: Ratio, step = 1n): Q =>
  (divideHalfAwayFromZero(quantity * by.numerator, by.denominator * step) * step) as Q

/** The part of an energy that a register had counted at a moment in between; rounded down, so it never runs ahead. */
export const energyUntil = (energy: WattHours, elapsedMs: number, wholeMs: number): WattHours =>
  ((energy * BigInt(elapsedMs)) / BigInt(wholeMs)) as WattHours

/** How much energy an amount buys at a price, rounded down to a multiple of `step`, and what it leaves over. */
export const energyFor = (
  amount: MicroYuan,
  pricePerKwh: Price,
  step: WattHours,
): Readonly<{ energy: WattHours; left: ExactAmount }> => {
  const cost = (amount * costPerMicroYuan) as ExactCost
  const energy = amount <= 0n ? noEnergy : (((cost / (pricePerKwh * step)) * step) as WattHours)
  return { energy, left: exactAmount((cost - energy * pricePerKwh) as ExactCost) }
}

/** Divides a whole number by weights so that the parts add up: whole shares first, then one each by largest remainder. */
export const largestRemainder = (total: bigint, weights: readonly bigint[]): readonly bigint[] => {
  const sum = weights.reduce((a, b) => a + b, 0n)
  if (weights.some((weight) => weight < 0n)) throw new RangeError('a weight is below zero')
  if (sum === 0n) throw new RangeError('nothing to divide by: all weights are zero')
  const magnitude = total < 0n ? -total : total
  const shares = weights.map((weight, index) => ({
    index,
    whole: (magnitude * weight) / sum,
    rest: (magnitude * weight) % sum,
  }))
  const missing = Number(magnitude - shares.reduce((a, { whole }) => a + whole, 0n))
  const order = shares.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1))
  const lucky = new Set(order.slice(0, missing).map(({ index }) => index))
  return shares.map(({ whole, index }) => (total < 0n ? -1n : 1n) * (lucky.has(index) ? whole + 1n : whole))
}

/** cos φ in hundredths, its third decimal rounded half up, without a square root: exact for every pair. */
export const powerFactorHundredths = (active: WattHours, reactive: VarHours): number => {
  const [active2, apparent2] = [active * active, active * active + reactive * reactive]
  let [low, high] = [0n, 100n]
  while (low < high) {
    const middle = (low + high + 1n) / 2n
    const edge = 2n * middle - 1n
    if (40_000n * active2 >= edge * edge * apparent2) low = middle
    else high = middle - 1n
  }
  return Number(low)
}

/** `part` hundredths of an amount, rounded towards zero: for limits such as a hysteresis, never for charges. */
export const percentOf = (amount: MicroYuan, percent: bigint): MicroYuan => ((amount * percent) / 100n) as MicroYuan

/** Energy that a steady load takes in a time, rounded up: for plausibility limits. */
export const energyOf = (watts: number, milliseconds: number): WattHours =>
  ((BigInt(watts) * BigInt(Math.ceil(milliseconds)) + 3_599_999n) / 3_600_000n) as WattHours

const parseScaled = (text: string, decimals: number): bigint | null => {
  const match = /^(-?)(\d{1,15})(?:\.(\d+))?$/u.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > decimals) return null
  const value = BigInt(whole + fraction.padEnd(decimals, '0'))
  return sign === '-' ? -value : value
}

const formatScaled = (value: bigint, decimals: number, keep: number): string => {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, -decimals)
  const fraction = digits.slice(-decimals)
  const trimmed = fraction.slice(0, keep) + fraction.slice(keep).replace(/0+$/u, '')
  return `${value < 0n ? '-' : ''}${whole}${trimmed === '' ? '' : `.${trimmed}`}`
}

/** `12.34` → 12 340 000; null when it is no number or has more than six decimals. */
export const parseMoney = (text: string): MicroYuan | null => parseScaled(text, 6) as MicroYuan | null
/** At least two decimals, all that are not zero: `12.30`, `-0.123456`. */
export const formatMoney = (amount: MicroYuan): string => formatScaled(amount, 6, 2)
/** For people: rounded to fen, half away from zero. */
export const formatFen = (amount: MicroYuan): string =>
  formatMoney((divideHalfAwayFromZero(amount, 10_000n) * 10_000n) as MicroYuan)

/** `0.5380` yuan per kWh; null when it is no number or has more than ten decimals. */
export const parsePrice = (text: string): Price | null => parseScaled(text, 10) as Price | null
export const formatPrice = (value: Price): string => formatScaled(value, 10, 4)

/** `1.23` kWh from 1 230 Wh. */
export const formatKwh = (energy: WattHours): string => formatScaled(energy, 3, 2)

/** Kilowatt-hours, kilovolt-amperes, kilowatts, days as text → thousandths; null with more than three decimals. */
export const parseThousandths = (text: string): bigint | null => parseScaled(text, 3)
export const formatThousandths = (value: bigint): string => formatScaled(value, 3, 0)
export const parseKwh = (text: string): WattHours | null => parseScaled(text, 3) as WattHours | null

/** `13` (per cent) → 13/100, up to six decimals. */
export const parsePercent = (text: string): Ratio | null => {
  const value = parseScaled(text, 6)
  return value === null ? null : { numerator: value, denominator: 100_000_000n }
}
/** A factor as per cent with up to six decimals, cut: for people. */
export const formatPercent = ({ numerator, denominator }: Ratio): string =>
  formatScaled((numerator * 100_000_000n) / denominator, 6, 0)
/** An exact amount for people: rounded to micro-yuan. */
export const formatAmount = (amount: ExactAmount): string => formatMoney(roundAmountOnce(amount))
