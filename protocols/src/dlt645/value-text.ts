import { toHex } from '../hex.ts'
import { identifierText } from './data-identifier.ts'
import type { Field } from './fields.ts'

/** What people say for base units, and how many of these it is. */
const spoken: Readonly<Record<string, readonly [unit: string, size: number]>> = Object.freeze({
  Wh: ['kWh', 1000],
  varh: ['kvarh', 1000],
  VAh: ['kVAh', 1000],
  mAh: ['Ah', 1000],
  mV: ['V', 1000],
  mA: ['A', 1000],
  mW: ['kW', 1_000_000],
  mvar: ['kvar', 1_000_000],
  mVA: ['kVA', 1_000_000],
  mHz: ['Hz', 1000],
  fen: ['CNY', 100],
  '1/1000': ['', 1000],
  '1/100 %': ['%', 100],
  '1/10 °': ['°', 10],
  '1/10 °C': ['°C', 10],
  '1/10000 CNY/kWh': ['CNY/kWh', 10_000],
})

/**
 * A number of base units as people write it, with as many decimals as the register has.
 *
 * @example
 * quantityText(260, 'Wh', 10) // '0.26 kWh'
 */
export function quantityText(value: number, unit: string, scale: number): string {
  const [name, size] = spoken[unit] ?? [unit, 1]
  const decimals = Math.max(0, Math.round(Math.log10(size / scale)))
  const steps = String(Math.round((Math.abs(value) * 10 ** decimals) / size)).padStart(decimals + 1, '0')
  const digits = decimals === 0 ? steps : `${steps.slice(0, -decimals)}.${steps.slice(-decimals)}`
  return `${value < 0 ? '-' : ''}${digits}${name === '' ? '' : ` ${name}`}`
}

const two = (number: number): string => String(number).padStart(2, '0')

type Parts = Readonly<Partial<Record<string, unknown>>>
const numberIn = (value: Parts, part: string): number | null => {
  const number = value[part]
  return typeof number === 'number' ? number : null
}

/** Dates with strokes, times with colons, whatever of them there is: `2025-08-05 12:30`, `22:30, no. 2`. */
export function momentText(value: Parts): string {
  const join = (parts: readonly string[], separator: string): string =>
    parts
      .flatMap((part) => {
        const number = numberIn(value, part)
        return number === null ? [] : [two(number)]
      })
      .join(separator)
  const weekday = numberIn(value, 'weekday')
  const number = numberIn(value, 'number')
  return [
    join(['year', 'month', 'day'], '-'),
    join(['hour', 'minute', 'second'], ':'),
    weekday === null ? '' : `weekday ${weekday}`,
    number === null ? '' : `no. ${number}`,
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const isParts = (value: unknown): value is Parts => typeof value === 'object' && value !== null

/** The value of a field in words; empty where its parts tell it. */
export function fieldText({ value, unit, scale, quality, bytes, fields }: Field): string {
  if (quality === 'absent') return 'none'
  if (quality === 'missing') return 'missing'
  if (quality === 'surplus' || quality === 'invalid') return fields.length > 0 ? '' : `? ${toHex(bytes)}`
  if (typeof value === 'number')
    return unit === identifierUnit ? identifierText(value) : quantityText(value, unit, scale)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return toHex(value)
  if (!isParts(value) || Array.isArray(value)) return ''
  if (Array.isArray(value['set'])) return value['set'].length === 0 ? 'nothing set' : value['set'].join(', ')
  if ('relay' in value) return `relay ${String(value['relay'])}, relay command ${String(value['relayCommand'])}`
  return fields.length > 0 ? '' : momentText(value)
}

/** Stands as the unit of numbers that are identifiers. */
const identifierUnit = 'DI'
