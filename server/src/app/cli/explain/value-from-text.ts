import { fromHex, type Format, type Item, type Moment } from '@xianfu/protocols'
import { quantityFromText, spokenUnit } from './quantity.ts'

/** A value as a person types it, or what it should look like. */
export type Typed = Readonly<{ ok: true; value: unknown } | { ok: false; example: string }>

const given = (value: unknown): Typed => ({ ok: true, value })
const wanted = (example: string): Typed => ({ ok: false, example })

/** The value of an item from words: what `fieldText` prints can be typed again. */
export const valueFromText = (item: Item, text: string): Typed => fromText(item, text.trim())

const fromText = (format: Format, text: string): Typed => {
  switch (format.codec) {
    case 'number':
      return numberFrom(format, text)
    case 'digits':
      return digitsFrom(format.bytes, text)
    case 'text':
      return text.length <= format.bytes ? given(text) : wanted(`a text of at most ${String(format.bytes)} letters`)
    case 'dateAndWeekday':
      return dateFrom(text)
    case 'timeOfDay':
      return timeFrom(text)
    case 'moment':
      return momentFrom(format.pattern, text)
    case 'bits':
      return wordFrom(format, text)
    case 'list':
      return listFrom(format, text)
    case 'identifier':
      return /^[0-9A-F]{8}$/iu.test(text) ? given(Number.parseInt(text, 16)) : wanted('eight digits, such as 00010000')
    case 'raw':
      return bytesFrom(format.bytes, text)
    default:
      return wanted('the bytes as they stand in the frame, as hex:01 02 …')
  }
}

const numberFrom = (format: Extract<Format, { codec: 'number' }>, text: string): Typed => {
  const value = quantityFromText(text, format.unit)
  if (value !== null && value % format.scale === 0) return given(value)
  const unit = spokenUnit(format.unit)
  return wanted(`a number${unit === '' ? '' : ` of ${unit}`} with as many decimals as the meter has`)
}

const digitsFrom = (bytes: number, text: string): Typed =>
  /^\d+$/u.test(text) && text.length <= 2 * bytes
    ? given(text.padStart(2 * bytes, '0'))
    : wanted(`up to ${String(2 * bytes)} digits`)

const dateFrom = (text: string): Typed => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text)
  if (match === null) return wanted('a date such as 2026-11-25')
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  return given({ year, month, day, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() })
}

const timeFrom = (text: string): Typed => {
  const match = /^(\d{2}):(\d{2}):(\d{2})$/u.exec(text)
  if (match === null) return wanted('a time such as 14:05:00')
  const [hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  return given({ hour, minute, second })
}

type Part = keyof Moment

const partOf: Readonly<Record<string, readonly [part: Part, digits: number, example: string]>> = Object.freeze({
  YY: ['year', 4, '2026'],
  MM: ['month', 2, '11'],
  DD: ['day', 2, '25'],
  WW: ['weekday', 1, '3'],
  hh: ['hour', 2, '14'],
  mm: ['minute', 2, '05'],
  ss: ['second', 2, '00'],
  NN: ['number', 2, '01'],
})

/** The numbers of the pattern in its order, whatever stands between them; `never` where the meter may have none. */
const momentFrom = (pattern: string, text: string): Typed => {
  const parts = (pattern.match(/../gu) ?? []).flatMap((pair) => partOf[pair] ?? [])
  if (/^(?:never|–|无)$/iu.test(text)) return given(null)
  const pairs = pattern.match(/../gu) ?? []
  const numbers = text.match(/\d+/gu) ?? []
  const example = pairs.map((pair) => partOf[pair]?.[2] ?? '').join('-')
  if (parts.length === 0 || numbers.length !== pairs.length) return wanted(`${pattern}, such as ${example}`)
  return given(Object.fromEntries(pairs.map((pair, index) => [partOf[pair]?.[0], Number(numbers[index])])))
}

/** The word in hexadecimal digits with an H behind it, or the names of the bits that shall be set. */
const wordFrom = (format: Extract<Format, { codec: 'bits' }>, text: string): Typed => {
  const names = format.bits.flatMap((bit) => (bit === null ? [] : [bit[0]]))
  const hex = /^([0-9A-F]{1,8})H$/iu.exec(text)
  if (hex?.[1] !== undefined) {
    const raw = Number.parseInt(hex[1], 16)
    const set = format.bits.flatMap((bit, index) =>
      bit !== null && Math.floor(raw / 2 ** index) % 2 === 1 ? [bit[0]] : [],
    )
    return given({ raw, set })
  }
  const set = text.split(/[\s,+]+/u).filter((name) => name !== '')
  if (set.every((name) => names.includes(name))) return given({ raw: 0, set })
  return wanted(`a word such as 3FH, or names of bits: ${names.join(', ')}`)
}

const listFrom = (format: Extract<Format, { codec: 'list' }>, text: string): Typed => {
  const values: unknown[] = []
  for (const part of text.split(',')) {
    const one = fromText(format.of, part.trim())
    if (!one.ok) return wanted(`${one.example}; several by commas`)
    values.push(one.value)
  }
  return values.length >= format.least && values.length <= format.most
    ? given(values)
    : wanted(`${String(format.least)} to ${String(format.most)} values by commas`)
}

const bytesFrom = (bytes: number, text: string): Typed => {
  try {
    const data = fromHex(text)
    if (data.length === bytes) return given(data)
  } catch {
    // Said below.
  }
  return wanted(`${String(bytes)} bytes in hexadecimal digits`)
}
