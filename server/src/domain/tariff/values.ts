import {
  microYuan,
  one,
  parseKwh,
  parseMoney,
  parsePercent,
  parsePrice,
  parseThousandths,
  price,
  ratio,
  voltAmperes,
  wattHours,
  watts,
  type MicroYuan,
  type Price,
  type Ratio,
  type VoltAmperes,
  type Watts,
  type WattHours,
} from '../quantity.ts'
import { parseDay } from './day-number.ts'
import { readParsed, type Place } from './document.ts'

/** The quantities of plan and contract files, all written as text. */

const notBelowZero =
  <T extends bigint>(parse: (text: string) => T | null) =>
  (text: string): T | null => {
    const value = parse(text)
    return value === null || value < 0n ? null : value
  }

export const readPrice = (place: Place): Price =>
  readParsed(place, notBelowZero(parsePrice), 'a price like "0.5380", up to ten decimals', price(0n))

/** Tiers may get cheaper: an adder may be below zero. */
export const readAdder = (place: Place): Price =>
  readParsed(place, parsePrice, 'a difference of price like "0.05", up to ten decimals', price(0n))

export const readMoney = (place: Place): MicroYuan =>
  readParsed(place, notBelowZero(parseMoney), 'an amount like "5.00", up to six decimals', microYuan(0n))

export const readKwh = (place: Place, optional: 'optional' | 'required' = 'required'): WattHours =>
  readParsed(place, notBelowZero(parseKwh), 'kilowatt-hours like "240", up to three decimals', wattHours(0n), optional)

export const readKilo = (place: Place, words: string): bigint =>
  readParsed(place, notBelowZero(parseThousandths), words, 0n)

export const readKva = (place: Place): VoltAmperes =>
  voltAmperes(readKilo(place, 'kVA like "315", up to three decimals'))
export const readKw = (place: Place): Watts => watts(readKilo(place, 'kilowatts like "1000", up to three decimals'))

const percentFrom =
  (most: bigint | null) =>
  (text: string): Ratio | null => {
    const value = parsePercent(text)
    if (value === null || value.numerator < 0n) return null
    return most !== null && value.numerator > most * (value.denominator / 100n) ? null : value
  }

export const readPercent = (place: Place, fallback: Ratio = ratio(0n, 1n)): Ratio =>
  readParsed(place, percentFrom(100n), 'per cent like "13", from 0 to 100', fallback)

export const readShare = (place: Place): Ratio =>
  readParsed(place, percentFrom(100n), 'per cent like "50", from 0 to 100', one, 'optional')

export const readDay = (place: Place, fallback: number, optional: 'optional' | 'required' = 'required'): number =>
  readParsed(place, parseDay, 'a day like "2024-07-01"', fallback, optional)

/** `07-01` → 701. */
export const readDayOfYear = (place: Place, fallback: number, optional: 'optional' | 'required' = 'required'): number =>
  readParsed(place, parseDayOfYear, 'month and day like "07-01"', fallback, optional)

const parseDayOfYear = (text: string): number | null => {
  // A leap year knows 29 February as well.
  if (!/^\d{2}-\d{2}$/u.test(text) || parseDay(`2024-${text}`) === null) return null
  return Number(text.slice(0, 2)) * 100 + Number(text.slice(3))
}

/** `2000/5` or a plain factor like `20`. */
export const readTransformerRatio = (place: Place): Ratio =>
  readParsed(place, parseTransformerRatio, 'a ratio like "50/5" or a factor like "20"', one, 'optional')

const parseTransformerRatio = (text: string): Ratio | null => {
  const [first = '', second = '1', more] = text.split('/')
  const [numerator, denominator] = [parseThousandths(first), parseThousandths(second)]
  if (more !== undefined || numerator === null || denominator === null) return null
  return numerator <= 0n || denominator <= 0n ? null : ratio(numerator, denominator)
}
