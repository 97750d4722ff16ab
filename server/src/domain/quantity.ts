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

const costPerFen = 100_000_000_000n

/** The whole fen that cover a cost: for what is bought ahead, never for a charge. */
export const roundUpToFen = (cost: ExactCost): MicroYuan =>
  (((cost + costPerFen - 1n) / costPerFen) * 10_000n) as MicroYuan
