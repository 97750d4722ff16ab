import { decoded, type Decoded, type DecodeRefusal, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { fillAbsent, isAbsent, notBcd, readBcd, readDigits, writeBcd, writeDigits } from './bcd.ts'
import { firstYear, isDate, isTimeOfDay } from './meter-time.ts'
import { type StatusWord3, statusWord3, statusWord3Raw } from './status-word-3.ts'

/** A number in base units, or null when the meter filled the item with FFH: it does not have it. */
export type Measured = number | null
export type PhaseValues = Readonly<{ a: Measured; b: Measured; c: Measured }>
export type TotalAndPhases = Readonly<{ total: Measured; a: Measured; b: Measured; c: Measured }>
/** `rates` has as many entries as the meter has rates configured, 0 to 63. */
export type TotalAndRates = Readonly<{ total: Measured; rates: readonly Measured[] }>
/** `weekday` 0 is Sunday. */
export type DateAndWeekday = Readonly<{ year: number; month: number; day: number; weekday: number }>
export type TimeOfDay = Readonly<{ hour: number; minute: number; second: number }>
/** Status words from number 1 on, 16 bits each. */
export type StatusWords = Readonly<{ words: readonly number[] }>

/** What each codec makes of bytes; the type of an identifier's value follows from its codec. */
export type ValueByCodec = {
  number: Measured
  phases: PhaseValues
  totalAndPhases: TotalAndPhases
  totalAndRates: TotalAndRates
  dateAndWeekday: DateAndWeekday
  timeOfDay: TimeOfDay
  digits: string
  statusWord3: StatusWord3
  statusWords: StatusWords
}
export type CodecName = keyof ValueByCodec

/**
 * One data identifier: how its bytes become a value. `bytes` is the length of one number in it, `scale` what one step
 * of its last digit is in `unit`, `clause` the table of DL/T 645-2007, appendix A, that lists it.
 */
export type Item = Readonly<{
  id: number
  codec: CodecName
  bytes: number
  signed: boolean
  scale: number
  unit: string
  clause: string
}>

type Codec<T> = Readonly<{
  decode: (data: Uint8Array, item: Item) => Decoded<T>
  /** @throws ProtocolError when the value cannot stand in the item. */
  encode: (value: T, item: Item) => Uint8Array
  /** Bytes of the shortest value. */
  shortest: (item: Item) => number
}>

const mostRates = 63
const signBit = 0x80
const belowSignBit = 0x7f

/** Not an integer and not `null`, so it can never be confused with a measured value. */
const invalid = Number.NaN

/** The number at `offset`: a value, null for "not there", or `invalid` when it is not BCD. */
function readNumber(data: Uint8Array, offset: number, item: Item): Measured {
  if (isAbsent(data, offset, item.bytes)) return null
  const negative = item.signed && ((data[offset + item.bytes - 1] ?? 0) & signBit) !== 0
  const steps = readBcd(data, offset, item.bytes, negative ? belowSignBit : 0xff)
  if (steps === notBcd) return invalid
  // Some meters send minus zero.
  return negative && steps !== 0 ? -steps * item.scale : steps * item.scale
}

/** Shows a value as the register does: digits below its last one are cut off, as a meter does, never rounded up. */
function writeNumber(data: Uint8Array, offset: number, item: Item, value: Measured): void {
  if (value === null) return fillAbsent(data, offset, item.bytes)
  if (!Number.isSafeInteger(value)) throw new ProtocolError('out-of-range', `${value} is no integer of ${item.unit}`)
  const steps = Math.floor(Math.abs(value) / item.scale)
  // The sign takes the place of the highest bit of the highest digit: 0 to 7 remain.
  const limit = 10 ** (2 * item.bytes - 1) * (item.signed ? 8 : 10)
  if (steps >= limit || (value < 0 && !item.signed)) {
    throw new ProtocolError('out-of-range', `${value} ${item.unit} does not fit the register`)
  }
  writeBcd(data, offset, item.bytes, steps)
  if (value < 0 && steps > 0) {
    const top = offset + item.bytes - 1
    data[top] = (data[top] ?? 0) | signBit
  }
}

function readNumbers(data: Uint8Array, item: Item): Measured[] | null {
  const values: Measured[] = []
  for (let offset = 0; offset < data.length; offset += item.bytes) {
    const value = readNumber(data, offset, item)
    if (Number.isNaN(value)) return null
    values.push(value)
  }
  return values
}

function writeNumbers(values: readonly Measured[], item: Item): Uint8Array {
  const data = new Uint8Array(values.length * item.bytes)
  values.forEach((value, index) => writeNumber(data, index * item.bytes, item, value))
  return data
}

const wrongLength = (data: Uint8Array, expected: number | string): DecodeRefusal =>
  refused('wrong-length', `${data.length} bytes instead of ${expected}`)
const notDecimal = refused('not-bcd', 'a nibble is no decimal digit')

/** A codec of always the same number of bytes. */
const fixed = <T>(
  length: (item: Item) => number,
  decode: (data: Uint8Array, item: Item) => Decoded<T>,
  encode: (value: T, item: Item) => Uint8Array,
): Codec<T> => ({
  decode: (data, item) => (data.length === length(item) ? decode(data, item) : wrongLength(data, length(item))),
  encode,
  shortest: length,
})

const one = (item: Item): number => item.bytes

const number = fixed<Measured>(
  one,
  (data, item) => {
    const value = readNumber(data, 0, item)
    return Number.isNaN(value) ? notDecimal : decoded(value)
  },
  (value, item) => writeNumbers([value], item),
)

const phases = fixed<PhaseValues>(
  (item) => 3 * item.bytes,
  (data, item) => {
    const values = readNumbers(data, item)
    if (values === null) return notDecimal
    const [a = null, b = null, c = null] = values
    return decoded({ a, b, c })
  },
  ({ a, b, c }, item) => writeNumbers([a, b, c], item),
)

const totalAndPhases = fixed<TotalAndPhases>(
  (item) => 4 * item.bytes,
  (data, item) => {
    const values = readNumbers(data, item)
    if (values === null) return notDecimal
    const [total = null, a = null, b = null, c = null] = values
    return decoded({ total, a, b, c })
  },
  ({ total, a, b, c }, item) => writeNumbers([total, a, b, c], item),
)

const totalAndRates: Codec<TotalAndRates> = {
  decode: (data, item) => {
    const count = data.length / item.bytes
    if (!Number.isInteger(count) || count < 1 || count > 1 + mostRates) {
      return wrongLength(data, `${item.bytes} for the total and each of at most ${mostRates} rates`)
    }
    const values = readNumbers(data, item)
    if (values === null) return notDecimal
    const [total = null, ...rates] = values
    return decoded({ total, rates })
  },
  encode: ({ total, rates }, item) => {
    if (rates.length > mostRates) throw new ProtocolError('wrong-length', `${rates.length} rates, ${mostRates} exist`)
    return writeNumbers([total, ...rates], item)
  },
  shortest: one,
}

/** WW DD MM YY. */
const dateAndWeekday = fixed<DateAndWeekday>(
  one,
  (data) => {
    const [weekday, day, month, shortYear] = [0, 1, 2, 3].map((index) => readBcd(data, index, 1)) as Quadruple
    if (Math.min(weekday, day, month, shortYear) === notBcd) return notDecimal
    const year = firstYear + shortYear
    if (!isDate(year, month, day) || weekday > 6) return refused('out-of-range', 'there is no such date')
    return decoded({ year, month, day, weekday })
  },
  ({ year, month, day, weekday }) => {
    if (!isDate(year, month, day) || !Number.isInteger(weekday) || weekday < 0 || weekday > 6) {
      throw new ProtocolError('out-of-range', 'there is no such date between 2000 and 2099')
    }
    return bcdBytes([weekday, day, month, year - firstYear])
  },
)
type Quadruple = [number, number, number, number]

/** ss mm hh. */
const timeOfDay = fixed<TimeOfDay>(
  one,
  (data) => {
    const [second, minute, hour] = [readBcd(data, 0, 1), readBcd(data, 1, 1), readBcd(data, 2, 1)]
    if (Math.min(second, minute, hour) === notBcd) return notDecimal
    if (!isTimeOfDay(hour, minute, second)) return refused('out-of-range', 'there is no such time of day')
    return decoded({ hour, minute, second })
  },
  ({ hour, minute, second }) => {
    if (!isTimeOfDay(hour, minute, second)) throw new ProtocolError('out-of-range', 'there is no such time of day')
    return bcdBytes([second, minute, hour])
  },
)

function bcdBytes(parts: readonly number[]): Uint8Array {
  const data = new Uint8Array(parts.length)
  parts.forEach((part, index) => writeBcd(data, index, 1, part))
  return data
}

const digits = fixed<string>(
  one,
  (data, item) => {
    const text = readDigits(data, 0, item.bytes)
    return text === null ? notDecimal : decoded(text)
  },
  (text, item) => {
    const data = new Uint8Array(item.bytes)
    writeDigits(data, 0, item.bytes, text)
    return data
  },
)

const readWord = (data: Uint8Array, offset: number): number => (data[offset] ?? 0) | ((data[offset + 1] ?? 0) << 8)

const word3 = fixed<StatusWord3>(
  one,
  (data) => decoded(statusWord3(readWord(data, 0))),
  (word) => {
    const raw = statusWord3Raw(word)
    return Uint8Array.of(raw, raw >> 8)
  },
)

/** The standard has 7 words; newer grid meters send up to 14. */
const mostStatusWords = 14
/**
 * Grid meters with a security chip add the key word (04000508, 4 bytes): words 1 to 3 and it on single-phase meters,
 * words 1 to 7 and it on others. It is no status word, so it is left out.
 */
const keyWordBytes = 4
const bytesWithKeyWord: readonly number[] = Object.freeze([3 * 2 + keyWordBytes, 7 * 2 + keyWordBytes])

const statusWords: Codec<StatusWords> = {
  decode: (data) => {
    if (data.length === 0 || data.length % 2 !== 0 || data.length > 2 * mostStatusWords) {
      return wrongLength(data, `2 for each of at most ${mostStatusWords} words`)
    }
    const end = bytesWithKeyWord.includes(data.length) ? data.length - keyWordBytes : data.length
    const words: number[] = []
    for (let offset = 0; offset < end; offset += 2) words.push(readWord(data, offset))
    return decoded({ words })
  },
  encode: ({ words }) => {
    if (words.length === 0 || words.length > mostStatusWords || bytesWithKeyWord.includes(2 * words.length)) {
      throw new ProtocolError('wrong-length', `a block of ${words.length} status words does not exist`)
    }
    const data = new Uint8Array(2 * words.length)
    words.forEach((word, index) => {
      if (!Number.isInteger(word) || word < 0 || word > 0xffff) {
        throw new ProtocolError('out-of-range', 'a status word has 16 bits')
      }
      data[2 * index] = word
      data[2 * index + 1] = word >> 8
    })
    return data
  },
  shortest: one,
}

/** The interpreter of the table, one entry for each kind of value. */
export const codecs: { readonly [C in CodecName]: Codec<ValueByCodec[C]> } = Object.freeze({
  number,
  phases,
  totalAndPhases,
  totalAndRates,
  dateAndWeekday,
  timeOfDay,
  digits,
  statusWord3: word3,
  statusWords,
})
