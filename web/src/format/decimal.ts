/** Decimal text without floats: what is on the wire is exact, and stays exact until it is shown. */

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/u

const partsOf = (text: string): { negative: boolean; digits: bigint; scale: number } => {
  const found = DECIMAL.exec(text)
  if (found === null) throw new RangeError(`Not a decimal: ${text}`)
  const [, sign, whole = '', fraction = ''] = found
  return { negative: sign === '-', digits: BigInt(whole + fraction), scale: fraction.length }
}

/**
 * `text` × 10^-exponent with a fixed number of places, half away from zero. Nothing that rounds to zero keeps a minus.
 * @throws RangeError when the text is not a decimal
 */
export const roundDecimal = (text: string, exponent: number, places: number): string => {
  const { negative, digits, scale } = partsOf(text)
  const surplus = scale + exponent - places
  const divisor = 10n ** BigInt(Math.max(surplus, 0))
  const scaled = surplus <= 0 ? digits * 10n ** BigInt(-surplus) : (digits + divisor / 2n) / divisor
  const padded = scaled.toString().padStart(places + 1, '0')
  const at = padded.length - places
  const shown = places === 0 ? padded : `${padded.slice(0, at)}.${padded.slice(at)}`
  return negative && scaled !== 0n ? `-${shown}` : shown
}

/** Micro-yuan, to compare and to add. */
export const microOf = (money: string): bigint => {
  const { negative, digits, scale } = partsOf(money)
  if (scale > 6) throw new RangeError(`More than six decimals: ${money}`)
  const micro = digits * 10n ** BigInt(6 - scale)
  return negative ? -micro : micro
}

export const moneyOf = (micro: bigint): string => {
  const negative = micro < 0n
  const padded = (negative ? -micro : micro).toString().padStart(7, '0')
  return `${negative ? '-' : ''}${padded.slice(0, -6)}.${padded.slice(-6)}`
}

/** Yuan with two decimals. */
export const yuan = (money: string): string => roundDecimal(money, 0, 2)
/** Watt-hours to kilowatt-hours with two decimals. */
export const kilowattHours = (energyWh: string): string => roundDecimal(energyWh, 3, 2)
/** Milliwatts to kilowatts with three decimals. */
export const kilowatts = (milliwatts: string): string => roundDecimal(milliwatts, 6, 3)

/** Above zero, below a million yuan, with at most so many decimals. */
export const isAmount = (text: string, decimals: number): boolean =>
  /^\d{1,6}(\.\d+)?$/u.test(text) && (text.split('.')[1]?.length ?? 0) <= decimals && microOf(text) > 0n
