import { toHex, type Field, type Moment, type StatusWord3 } from '@xianfu/protocols'
import type { Language } from '../desk.ts'
import { quantityText } from './quantity.ts'

/** Eight digits, as people write an identifier. */
export const identifierText = (identifier: number): string => identifier.toString(16).toUpperCase().padStart(8, '0')

/**
 * What a meter's data say, in words: exact decimals with their unit, a dash where the meter has no value, and the bytes
 * where they cannot be understood.
 */
export const fieldsText = (fields: readonly Field[], language: Language): string => {
  const [only] = fields
  if (fields.length === 1 && only !== undefined && only.name === 'value') return fieldText(only, language)
  return fields.map((field) => `${labelOf(field, language)} ${nested(field, language)}`).join(', ')
}

export const labelOf = ({ en, zh }: Field, language: Language): string => (language === 'zh' ? zh : en)

const nested = (field: Field, language: Language): string => {
  const text = fieldText(field, language)
  return isGroup(field) ? `(${text})` : text
}

/** Fields that have their parts inside; the bits of a word are told as one. */
const isGroup = ({ fields }: Field): boolean => fields.length > 0 && !fields.every(isBit)

const isBit = ({ value }: Field): boolean => typeof value === 'boolean'

export const fieldText = (field: Field, language: Language): string => {
  switch (field.quality) {
    case 'absent':
      return '–'
    case 'missing':
      return language === 'zh' ? '缺' : 'missing'
    case 'surplus':
      return toHex(field.bytes)
    case 'invalid':
      return `${language === 'zh' ? '无法解析' : 'not understood'}: ${toHex(field.bytes)}`
    case 'good':
      return isGroup(field) ? fieldsText(field.fields, language) : valueText(field, language)
  }
}

const valueText = (field: Field, language: Language): string => {
  const { value, unit, scale } = field
  if (typeof value === 'number')
    return unit === 'DI' ? identifierText(value) : quantityText(value, unit, scale, language)
  if (typeof value === 'string') return value === '' ? '–' : value
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (value instanceof Uint8Array) return value.length === 0 ? '–' : toHex(value)
  if (isStatusWord3(value)) return statusText(value, language)
  if (isWord(value)) return wordText(field, value.raw, language)
  return isMoment(value) ? momentText(value) : JSON.stringify(value)
}

const isStatusWord3 = (value: unknown): value is StatusWord3 =>
  typeof value === 'object' && value !== null && 'relayCommand' in value

const isWord = (value: unknown): value is { raw: number } =>
  typeof value === 'object' && value !== null && 'raw' in value && 'set' in value

const isMoment = (value: unknown): value is Moment & { weekday?: number } =>
  typeof value === 'object' && value !== null && Object.values(value).every((part) => typeof part === 'number')

/** The conditions that are set, and the word itself. */
const wordText = ({ fields, bytes }: Field, raw: number, language: Language): string => {
  const set = fields.filter(({ value }) => value === true).map((field) => labelOf(field, language))
  const hex = `(${raw
    .toString(16)
    .toUpperCase()
    .padStart(2 * bytes.length, '0')}H)`
  return `${set.length === 0 ? (language === 'zh' ? '无' : 'nothing') : set.join(', ')} ${hex}`
}

type Words = Readonly<Record<Language, string>>
const say = (en: string, zh: string): Words => ({ en, zh })

const positions = { closed: say('closed', '合'), open: say('open', '断') }
const switches = { true: say('on', '开'), false: say('off', '关') }
const payers = {
  none: say('the master', '主站'),
  energy: say('energy', '电量'),
  money: say('money', '电费'),
  reserved: say('reserved', '保留'),
}
const supplies = {
  main: say('main', '主电源'),
  auxiliary: say('auxiliary', '辅助电源'),
  battery: say('battery', '电池'),
  reserved: say('reserved', '保留'),
}

const statusText = (status: StatusWord3, language: Language): string => {
  const parts: readonly (readonly [Words, Words])[] = [
    [say('relay', '继电器'), positions[status.relay]],
    [say('relay command', '继电器命令'), positions[status.relayCommand]],
    [say('keep power', '保电'), switches[`${status.keepPower}`]],
    [say('alarm', '报警'), switches[`${status.preTripAlarm}`]],
    [say('prepaid by', '预付费'), payers[status.meterType]],
    [say('supply', '供电'), supplies[status.supply]],
  ]
  const hex = status.raw.toString(16).toUpperCase().padStart(4, '0')
  return `${parts.map(([name, state]) => `${name[language]} ${state[language]}`).join(', ')}, (${hex}H)`
}

const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/** Dates and times as far as they go: `2026-11-25 14:05:00`, `14:05`, `11-25`; weekday and number behind. */
export const momentText = (value: Moment): string => {
  const { year, month, day, hour, minute, second, weekday, number } = value
  const two = (part: number): string => String(part).padStart(2, '0')
  const date = [
    year === undefined ? [] : [String(year)],
    month === undefined ? [] : [two(month)],
    day === undefined ? [] : [two(day)],
  ]
  const time = [hour, minute, second].filter((part) => part !== undefined).map(two)
  const ofHour = hour !== undefined && minute === undefined ? `${two(hour)} h` : time.join(':')
  const parts = [
    date.flat().join('-'),
    weekday === undefined ? '' : (weekdays[weekday] ?? ''),
    ofHour,
    number === undefined ? '' : `→ ${String(number)}`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
