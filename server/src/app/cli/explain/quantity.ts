import { quantityText as exactText } from '@xianfu/protocols'
import type { Language } from '../desk.ts'

/** Yuan is written in three ways. */
const yuan = /CNY|yuan|元/u

/** An integer of base units as an exact decimal with the unit that people say: 12340 Wh is `12.34 kWh`. */
export const quantityText = (value: number, unit: string, scale: number, language: Language): string => {
  const text = exactText(value, unit, scale)
  return language === 'zh' ? text.replace(yuan, '元') : text
}

/** What the package says for one base unit tells both: how many decimals there are to it, and the unit people say. */
const spokenOf = (unit: string): Readonly<{ places: number; said: string }> => {
  const [number = '', ...words] = exactText(1, unit, 1).split(' ')
  return { places: number.split('.')[1]?.length ?? 0, said: words.join(' ') }
}

export const spokenUnit = (unit: string): string => spokenOf(unit).said

/** The other way: null when the text is no such quantity, or finer than the base unit. */
export const quantityFromText = (text: string, unit: string): number | null => {
  const { places, said } = spokenOf(unit)
  const match = /^(-?)(\d+)(?:\.(\d+))?\s*(\D.*)?$/u.exec(text.trim())
  if (match === null) return null
  const [, sign, whole = '', fraction = '', named = ''] = match
  if (named !== '' && named.replace(yuan, 'CNY') !== said) return null
  const kept = fraction.replace(/0+$/u, '')
  if (kept.length > places) return null
  const value = Number(whole + kept.padEnd(places, '0'))
  return Number.isSafeInteger(value) ? (sign === '-' && value !== 0 ? -value : value) : null
}
