import type { Language } from '../desk.ts'

/** What people say for the base units of the identifier tables; `decimals` is the least that is shown. */
type Spoken = Readonly<{ unit: string; zh?: string; baseUnits: number; decimals: number }>

const spoken: Readonly<Record<string, Spoken>> = Object.freeze({
  Wh: { unit: 'kWh', baseUnits: 1_000, decimals: 2 },
  varh: { unit: 'kvarh', baseUnits: 1_000, decimals: 2 },
  VAh: { unit: 'kVAh', baseUnits: 1_000, decimals: 2 },
  mAh: { unit: 'Ah', baseUnits: 1_000, decimals: 2 },
  mV: { unit: 'V', baseUnits: 1_000, decimals: 1 },
  mA: { unit: 'A', baseUnits: 1_000, decimals: 3 },
  mW: { unit: 'kW', baseUnits: 1_000_000, decimals: 4 },
  mvar: { unit: 'kvar', baseUnits: 1_000_000, decimals: 4 },
  mVA: { unit: 'kVA', baseUnits: 1_000_000, decimals: 4 },
  mHz: { unit: 'Hz', baseUnits: 1_000, decimals: 2 },
  '1/1000': { unit: '', baseUnits: 1_000, decimals: 3 },
  '1/10 °': { unit: '°', baseUnits: 10, decimals: 1 },
  '1/10 °C': { unit: '°C', baseUnits: 10, decimals: 1 },
  '1/100 %': { unit: '%', baseUnits: 100, decimals: 2 },
  fen: { unit: 'yuan', zh: '元', baseUnits: 100, decimals: 2 },
  '1/10000 CNY/kWh': { unit: 'yuan/kWh', zh: '元/kWh', baseUnits: 10_000, decimals: 4 },
})

const spokenOf = (unit: string): Spoken => spoken[unit] ?? { unit, baseUnits: 1, decimals: 0 }

export const spokenUnit = (unit: string, language: Language): string => {
  const { unit: en, zh } = spokenOf(unit)
  return language === 'zh' ? (zh ?? en) : en
}

/** An integer of base units as an exact decimal with the unit that people say: 12340 Wh is `12.34 kWh`. */
export const quantityText = (value: number, unit: string, language: Language): string => {
  const { baseUnits, decimals } = spokenOf(unit)
  const places = String(baseUnits).length - 1
  const digits = String(Math.abs(value)).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const exact = digits.slice(digits.length - places).replace(/0+$/u, '')
  const fraction = exact.padEnd(decimals, '0')
  const said = spokenUnit(unit, language)
  return `${value < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${said === '' ? '' : ` ${said}`}`
}

/** The other way: null when the text is no such quantity, or finer than the base unit. */
export const quantityFromText = (text: string, unit: string): number | null => {
  const { baseUnits, unit: en, zh } = spokenOf(unit)
  const match = /^(-?)(\d+)(?:\.(\d+))?\s*(\D.*)?$/u.exec(text.trim())
  if (match === null) return null
  const [, sign, whole = '', fraction = '', named] = match
  if (named !== undefined && named !== '' && named !== en && named !== zh) return null
  const places = String(baseUnits).length - 1
  const kept = fraction.replace(/0+$/u, '')
  if (kept.length > places) return null
  const value = Number(whole + kept.padEnd(places, '0'))
  return Number.isSafeInteger(value) ? (sign === '-' && value !== 0 ? -value : value) : null
}
