import { localTime } from '../../domain/calendar.ts'
import type { Language } from '../../domain/notice.ts'
import { formatKwh, wattHours } from '../../domain/quantity.ts'
import { lineWords, moveWords } from './paper-words.table.ts'

/** Instants, energies and codes as papers show them. */

const two = (value: number): string => String(value).padStart(2, '0')

export const timeText = (at: number, timeZone: string): string => {
  const { year, month, day, hour, minute } = localTime(at, timeZone)
  return `${String(year)}-${two(month)}-${two(day)} ${two(hour)}:${two(minute)}`
}

/** A month's end is the last moment of its last day, not the first one of the next. */
export const periodText = (start: number, end: number, timeZone: string): string => {
  const day = (at: number): string => timeText(at, timeZone).slice(0, 10)
  return `${day(start)} – ${day(end - 1)}`
}

export const kwhText = (wh: string): string => formatKwh(wattHours(BigInt(wh)))

export const lineText = (code: string, language: Language): string => {
  const words = lineWords[language]
  if (words[code] !== undefined) return words[code].replace(' *', '')
  const filled = (name: string | undefined, rest: string | undefined): string | null => {
    const pattern = name === undefined ? undefined : words[name]
    return pattern?.includes('*') === true ? pattern.replace('*', rest ?? '') : null
  }
  const numbered = /^(.+)-(\d+)$/u.exec(code)
  const named = /^([a-z]+)\.(.+)$/u.exec(code)
  return filled(numbered?.[1], numbered?.[2]) ?? filled(named?.[1], named?.[2]) ?? code
}

export const moveText = (kind: string, reverses: string | null, language: Language): string => {
  const words = moveWords[language]
  const name = words[kind] ?? kind
  if (reverses === null) return name
  const undone = words[reverses] ?? reverses
  return language === 'zh' ? `${name}${undone}` : `${name} of a ${undone}`
}
