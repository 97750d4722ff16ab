import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { joinBytes } from '../join-bytes.ts'
import { notBcd, readBcd, readDigits, writeBcd, writeDigits } from './bcd.ts'
import { partOf } from './bytes.ts'
import { readIdentifier, writeIdentifier } from './data-identifier.ts'
import {
  type BitsFormat,
  type BitsValue,
  type DateAndWeekday,
  type Format,
  isOpenEnded,
  type ListFormat,
  type Measured,
  mostRates,
  type NumberFormat,
  type NumbersFormat,
  type PhaseValues,
  type RatesFormat,
  type RecordFormat,
  shortestBytes,
  type StatusWords,
  type TimeOfDay,
  type TotalAndPhases,
  type TotalAndRates,
} from './format.ts'
import { decodeLoadRecords, encodeLoadRecords, type LoadRecords } from './load-record.ts'
import { firstYear, isDate, isTimeOfDay } from './meter-time.ts'
import { type Moment, readMoment, writeMoment } from './moment.ts'
import { readBinary, readNumber, writeBinary, writeNumber } from './number.ts'
import { type StatusWord3, statusWord3, statusWord3Raw } from './status-word-3.ts'

/**
 * The interpreter of the tables, strict: what it accepts is a whole value of the format. For what a meter sent instead,
 * see `fields.ts`.
 */
export function decodeFormat(format: Format, data: Uint8Array): Decoded<unknown> {
  switch (format.codec) {
    case 'number':
      return decodeNumber(format, data)
    case 'phases':
    case 'totalAndPhases':
    case 'totalAndRates':
      return decodeNumbers(format, data)
    case 'record':
      return decodeRecord(format, data)
    case 'list':
    case 'rates':
      return decodeMany(format, data)
    case 'bits':
      return data.length === format.bytes
        ? decoded(bitsOf(format, readBinary(data, 0, format.bytes)))
        : wrong(data, format)
    case 'moment':
      return data.length === format.bytes ? readMoment(format.pattern, data, 0) : wrong(data, format)
    case 'dateAndWeekday':
      return data.length === format.bytes ? decodeDate(data) : wrong(data, format)
    case 'timeOfDay':
      return data.length === format.bytes ? decodeTimeOfDay(data) : wrong(data, format)
    case 'digits':
      return data.length === format.bytes ? decodeDigits(data) : wrong(data, format)
    case 'text':
      return data.length === format.bytes ? decoded(textOf(data)) : wrong(data, format)
    case 'raw':
      return data.length === format.bytes ? decoded(data) : wrong(data, format)
    case 'rest':
      return decoded(data)
    case 'identifier':
      return data.length === format.bytes ? decoded(readIdentifier(data)) : wrong(data, format)
    case 'statusWord3':
      if (data.length !== format.bytes) return wrong(data, format)
      return decoded(statusWord3(readBinary(data, 0, 2), format.accountBits))
    case 'statusWords':
      return decodeStatusWords(data)
    case 'loadRecords':
    default:
      return decodeLoadRecords(data, format.asked)
  }
}

/**
 * The bytes of a value. That the value is of the format's type is the compiler's business, through `ValueOfFormat`.
 *
 * @throws ProtocolError when the value cannot stand there.
 */
export function encodeFormat(format: Format, value: unknown): Uint8Array {
  switch (format.codec) {
    case 'number': {
      const data = new Uint8Array(format.bytes)
      writeNumber(data, 0, format, value as Measured)
      return data
    }
    case 'phases': {
      const { a, b, c } = value as PhaseValues
      return encodeNumbers(format, [a, b, c])
    }
    case 'totalAndPhases': {
      const { total, a, b, c } = value as TotalAndPhases
      return encodeNumbers(format, [total, a, b, c])
    }
    case 'totalAndRates': {
      const { total, rates } = value as TotalAndRates
      return encodeNumbers(format, [total, ...checkedRates(rates)])
    }
    case 'record':
      return joinBytes(
        Object.entries(format.fields).map(([name, field]) =>
          encodeFormat(field, (value as Readonly<Record<string, unknown>>)[name]),
        ),
      )
    case 'list':
      return encodeList(format, value as readonly unknown[])
    case 'rates': {
      const { total, rates } = value as { total: unknown; rates: readonly unknown[] }
      return joinBytes([total, ...checkedRates(rates)].map((one) => encodeFormat(format.of, one)))
    }
    case 'bits':
      return binaryBytes(rawOfBits(format, value as BitsValue), format.bytes)
    case 'moment': {
      const data = new Uint8Array(format.bytes)
      writeMoment(format.pattern, data, 0, value as Moment | null)
      return data
    }
    case 'dateAndWeekday':
      return encodeDate(value as DateAndWeekday)
    case 'timeOfDay':
      return encodeTimeOfDay(value as TimeOfDay)
    case 'digits': {
      const data = new Uint8Array(format.bytes)
      writeDigits(data, 0, format.bytes, value as string)
      return data
    }
    case 'text':
      return bytesOfText(value as string, format.bytes)
    case 'raw':
      if ((value as Uint8Array).length !== format.bytes) {
        throw new ProtocolError('wrong-length', `${(value as Uint8Array).length} bytes instead of ${format.bytes}`)
      }
      return value as Uint8Array
    case 'rest':
      return value as Uint8Array
    case 'identifier': {
      const data = new Uint8Array(format.bytes)
      writeIdentifier(data, value as number)
      return data
    }
    case 'statusWord3':
      return binaryBytes(statusWord3Raw(value as StatusWord3, format.accountBits), 2)
    case 'statusWords':
      return encodeStatusWords(value as StatusWords)
    case 'loadRecords':
    default:
      return encodeLoadRecords(value as LoadRecords)
  }
}

const wrong = (data: Uint8Array, format: Format): DecodeRefusal => wrongLength(data, shortestBytes(format))
const wrongLength = (data: Uint8Array, expected: number | string): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes instead of ${expected}`)
const notDecimal = refused('not-bcd', 'a nibble is no decimal digit')

function decodeNumber(format: NumberFormat, data: Uint8Array): Decoded<Measured> {
  if (data.length !== format.bytes) return wrong(data, format)
  const value = readNumber(data, 0, format)
  // The only number that is not equal to itself is `invalidNumber`.
  return value === value ? decoded(value) : notDecimal
}

export const separatorByte = 0xaa
/** Whether AAH between values is a separator: where values are BCD throughout, since other bytes may be AAH themselves. */
export const hasSeparators = (format: Format): boolean =>
  format.codec === 'number'
    ? format.base === undefined
    : format.codec === 'record'
      ? Object.values(format.fields).every((field) => hasSeparators(field))
      : format.codec === 'moment' || format.codec === 'digits'

/**
 * Test software and some meters put AAH between the values of a block, or behind each. BCD never contains it, so where
 * it stands in every place of a separator it is one; the data without them are given back.
 */
export function withoutSeparators(data: Uint8Array, bytes: number): Uint8Array {
  if (data.length <= bytes || data[bytes] !== separatorByte) return data
  const count = Math.floor((data.length + 1) / (bytes + 1))
  if (data.length !== count * (bytes + 1) && data.length !== count * (bytes + 1) - 1) return data
  const values = new Uint8Array(count * bytes)
  for (let index = 0; index < count; index++) {
    const from = index * (bytes + 1)
    if (from + bytes < data.length && data[from + bytes] !== separatorByte) return data
    values.set(data.subarray(from, from + bytes), index * bytes)
  }
  return values
}

/** How many numbers a block may have. Single-phase meters answer for phase A alone. */
const countsOf = Object.freeze({
  phases: [1, 3],
  totalAndPhases: [1, 4],
  totalAndRates: [1, 1 + mostRates],
} as const satisfies Record<NumbersFormat['codec'], readonly [least: number, most: number]>)

function decodeNumbers(format: NumbersFormat, block: Uint8Array): Decoded<unknown> {
  const data = withoutSeparators(block, format.bytes)
  const count = data.length / format.bytes
  const [least, most] = countsOf[format.codec]
  if (!Number.isInteger(count) || count < least || count > most) {
    return wrongLength(data, `${format.bytes} for each of ${least} to ${most} values`)
  }
  const values: Measured[] = []
  for (let index = 0; index < count; index++) {
    const value = readNumber(data, index * format.bytes, format)
    if (Number.isNaN(value)) return notDecimal
    values.push(value)
  }
  const [first = null, second = null, third = null, fourth = null] = values
  switch (format.codec) {
    case 'phases':
      return decoded({ a: first, b: second, c: third })
    case 'totalAndPhases':
      return decoded({ total: first, a: second, b: third, c: fourth })
    case 'totalAndRates':
    default:
      return decoded({ total: first, rates: values.slice(1) })
  }
}

function encodeNumbers(format: NumbersFormat, values: readonly Measured[]): Uint8Array {
  const data = new Uint8Array(values.length * format.bytes)
  for (const [index, value] of values.entries()) writeNumber(data, index * format.bytes, format, value)
  return data
}

function checkedRates<T>(rates: readonly T[]): readonly T[] {
  if (rates.length > mostRates) throw new ProtocolError('wrong-length', `${rates.length} rates, ${mostRates} exist`)
  return rates
}

function decodeRecord(format: RecordFormat, data: Uint8Array): Decoded<unknown> {
  if (isOpenEnded(format) ? data.length < format.bytes : data.length !== format.bytes) return wrong(data, format)
  const value: Record<string, unknown> = {}
  let offset = 0
  for (const [name, field] of Object.entries(format.fields)) {
    const end = isOpenEnded(field) ? data.length : offset + field.bytes
    const part = decodeFormat(field, partOf(data, offset, end))
    if (!part.ok) return part
    value[name] = part.value
    offset = end
  }
  return decoded(value)
}

function decodeMany(format: ListFormat | RatesFormat, block: Uint8Array): Decoded<unknown> {
  const size = format.of.bytes
  const data = hasSeparators(format.of) ? withoutSeparators(block, size) : block
  const [least, most] = format.codec === 'list' ? [format.least, format.most] : [1, 1 + mostRates]
  const count = data.length / size
  if (!Number.isInteger(count) || count < least || count > most) {
    return wrongLength(data, `${size} for each of ${least} to ${most} values`)
  }
  const values: unknown[] = []
  for (let offset = 0; offset < data.length; offset += size) {
    const one = decodeFormat(format.of, partOf(data, offset, offset + size))
    if (!one.ok) return one
    values.push(one.value)
  }
  if (format.codec === 'list') return decoded(values)
  const [total, ...rates] = values
  return decoded({ total, rates })
}

function encodeList(format: ListFormat, values: readonly unknown[]): Uint8Array {
  if (values.length < format.least || values.length > format.most) {
    throw new ProtocolError('wrong-length', `${values.length} values where ${format.least} to ${format.most} can stand`)
  }
  return joinBytes(values.map((one) => encodeFormat(format.of, one)))
}

/** The named conditions of a word. */
export function bitsOf({ bits }: BitsFormat, raw: number): BitsValue {
  const set: string[] = []
  for (const [index, bit] of bits.entries()) if (bit !== null && hasBit(raw, index)) set.push(bit[0])
  return { raw, set }
}

// Words of up to 6 bytes: the 32 bits of shift operators do not reach.
const hasBit = (raw: number, index: number): boolean => Math.floor(raw / 2 ** index) % 2 === 1

/** The names decide their bits, `raw` the others, as with status word 3. */
function rawOfBits({ bits, bytes }: BitsFormat, { raw, set }: BitsValue): number {
  if (!Number.isInteger(raw) || raw < 0 || raw >= 256 ** bytes) {
    throw new ProtocolError('out-of-range', `a word of ${bytes} bytes was expected`)
  }
  let result = raw
  for (const [index, bit] of bits.entries()) {
    if (bit !== null) result += (Number(set.includes(bit[0])) - Number(hasBit(raw, index))) * 2 ** index
  }
  const stranger = set.find((name) => !bits.some((bit) => bit?.[0] === name))
  if (stranger !== undefined) throw new ProtocolError('out-of-range', `${stranger} is no bit of this word`)
  return result
}

function binaryBytes(value: number, length: number): Uint8Array {
  const data = new Uint8Array(length)
  writeBinary(data, 0, length, value)
  return data
}

/** WW DD MM YY. */
function decodeDate(data: Uint8Array): Decoded<DateAndWeekday> {
  const [weekday, day, month, shortYear] = [0, 1, 2, 3].map((index) => readBcd(data, index, 1)) as Quadruple
  if (Math.min(weekday, day, month, shortYear) === notBcd) return notDecimal
  const year = firstYear + shortYear
  if (!isDate(year, month, day) || weekday > 6) return refused('out-of-range', 'there is no such date')
  return decoded({ year, month, day, weekday })
}
type Quadruple = [number, number, number, number]

function encodeDate({ year, month, day, weekday }: DateAndWeekday): Uint8Array {
  if (!isDate(year, month, day) || !Number.isInteger(weekday) || weekday < 0 || weekday > 6) {
    throw new ProtocolError('out-of-range', 'there is no such date between 2000 and 2099')
  }
  return bcdBytes([weekday, day, month, year - firstYear])
}

/** ss mm hh. */
function decodeTimeOfDay(data: Uint8Array): Decoded<TimeOfDay> {
  const [second, minute, hour] = [readBcd(data, 0, 1), readBcd(data, 1, 1), readBcd(data, 2, 1)]
  if (Math.min(second, minute, hour) === notBcd) return notDecimal
  if (!isTimeOfDay(hour, minute, second)) return refused('out-of-range', 'there is no such time of day')
  return decoded({ hour, minute, second })
}

function encodeTimeOfDay({ hour, minute, second }: TimeOfDay): Uint8Array {
  if (!isTimeOfDay(hour, minute, second)) throw new ProtocolError('out-of-range', 'there is no such time of day')
  return bcdBytes([second, minute, hour])
}

function bcdBytes(parts: readonly number[]): Uint8Array {
  const data = new Uint8Array(parts.length)
  for (const [index, part] of parts.entries()) writeBcd(data, index, 1, part)
  return data
}

function decodeDigits(data: Uint8Array): Decoded<string> {
  const text = readDigits(data, 0, data.length)
  return text === null ? notDecimal : decoded(text)
}

/**
 * Characters are sent last one first; places not used are blanks, zeros or FFH at either end. Latin-1, so that any byte
 * has a character.
 */
export function textOf(data: Uint8Array): string {
  let text = ''
  for (let index = data.length - 1; index >= 0; index--) text += String.fromCharCode(data[index] ?? 0)
  let [begin, end] = [0, text.length]
  while (begin < end && isFilling(text.charCodeAt(begin))) begin++
  while (end > begin && isFilling(text.charCodeAt(end - 1))) end--
  return text.slice(begin, end)
}
const isFilling = (code: number): boolean => code === 0x00 || code === 0x20 || code === 0xff

/** In reading order from the first place on, filled up with zero bytes. */
function bytesOfText(text: string, length: number): Uint8Array {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0)
  if (codes.length > length) throw new ProtocolError('wrong-length', `${codes.length} characters, ${length} fit`)
  const [first = 1, last = 1] = [codes.at(0), codes.at(-1)]
  if (codes.some((code) => code > 0xff) || isFilling(first) || isFilling(last)) {
    throw new ProtocolError('out-of-range', 'a text of a meter has Latin letters and no blanks at its ends')
  }
  const data = new Uint8Array(length)
  // A short text fills the places that are sent last, as "220V" in six bytes: 00 00 56 30 32 32.
  for (const [index, code] of codes.entries()) data[length - 1 - index] = code
  return data
}

/** The standard has 7 words; newer grid meters send up to 14. */
const mostStatusWords = 14
/**
 * Grid meters with a security chip add the key word (04000508, 4 bytes): words 1 to 3 and it on single-phase meters,
 * words 1 to 7 and it on others. It is no status word, so it is left out.
 */
const keyWordBytes = 4
const bytesWithKeyWord: readonly number[] = Object.freeze([3 * 2 + keyWordBytes, 7 * 2 + keyWordBytes])

/** The bytes of the status words in a block, without a key word behind them. */
export const statusWordsEnd = (data: Uint8Array): number =>
  bytesWithKeyWord.includes(data.length) ? data.length - keyWordBytes : data.length

function decodeStatusWords(data: Uint8Array): Decoded<StatusWords> {
  if (data.length === 0 || data.length % 2 !== 0 || data.length > 2 * mostStatusWords) {
    return wrongLength(data, `2 for each of at most ${mostStatusWords} words`)
  }
  const words: number[] = []
  for (let offset = 0; offset < statusWordsEnd(data); offset += 2) words.push(readBinary(data, offset, 2))
  return decoded({ words })
}

function encodeStatusWords({ words }: StatusWords): Uint8Array {
  if (words.length === 0 || words.length > mostStatusWords || bytesWithKeyWord.includes(2 * words.length)) {
    throw new ProtocolError('wrong-length', `a block of ${words.length} status words does not exist`)
  }
  const data = new Uint8Array(2 * words.length)
  for (const [index, word] of words.entries()) {
    if (!Number.isInteger(word) || word < 0 || word > 0xffff) {
      throw new ProtocolError('out-of-range', 'a status word has 16 bits')
    }
    writeBinary(data, 2 * index, 2, word)
  }
  return data
}
