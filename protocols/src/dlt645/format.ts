import { momentBytes, type MomentOf } from './moment.ts'
import type { LoadRecords } from './load-record.ts'
import type { AccountBits, StatusWord3 } from './status-word-3.ts'

/** A number in base units, or null when the meter filled the item with FFH or EEH: it has no value for it. */
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
/** A word of conditions: the names of the bits that are set; bits without a name are in `raw` alone. */
export type BitsValue = Readonly<{ raw: number; set: readonly string[] }>

/** The names of the bits of a word, lowest first, English and Chinese; null where a bit has no meaning. */
export type BitTable = readonly (readonly [name: string, zh: string] | null)[]

/** `bytes` is the length of one value, or of the shortest one where lengths differ. */
type Sized<C extends string> = Readonly<{ codec: C; bytes: number; signed: boolean; scale: number; unit: string }>

/** BCD, unless said otherwise; `scale` is what one step of its last digit is in `unit`. */
export type NumberFormat = Sized<'number'> & Readonly<{ base?: 'binary' }>
/** Several numbers of one format, one after the other; `bytes` is the length of one of them. */
export type NumbersFormat = Sized<'phases' | 'totalAndPhases' | 'totalAndRates'>
export type RecordFormat = Sized<'record'> & Readonly<{ fields: Readonly<Record<string, Format>> }>
export type ListFormat = Sized<'list'> & Readonly<{ of: Format; least: number; most: number }>
export type RatesFormat = Sized<'rates'> & Readonly<{ of: Format }>
export type BitsFormat = Sized<'bits'> & Readonly<{ bits: BitTable }>
export type MomentFormat = Sized<'moment'> & Readonly<{ pattern: string }>
/** `asked` is the class (1 to 6) that the identifier names, 0 for all. */
export type LoadRecordsFormat = Sized<'loadRecords'> & Readonly<{ asked: number }>
export type StatusWord3Format = Sized<'statusWord3'> & Readonly<{ accountBits?: AccountBits }>

/**
 * How bytes become a value, as data: the one language of all tables. `record` is fields one after the other, `list` as
 * many of one kind as there are bytes for, `rates` a total and then one for each rate.
 */
export type Format =
  | NumberFormat
  | NumbersFormat
  | RecordFormat
  | ListFormat
  | RatesFormat
  | BitsFormat
  | MomentFormat
  | StatusWord3Format
  | Sized<'dateAndWeekday'>
  | Sized<'timeOfDay'>
  | Sized<'digits'>
  | Sized<'text'>
  | Sized<'raw'>
  | Sized<'rest'>
  | Sized<'identifier'>
  | Sized<'statusWords'>
  | LoadRecordsFormat

/** The value that a format makes of bytes. */
export type ValueOfFormat<F> = F extends { codec: 'record'; fields: infer R }
  ? Readonly<{ [K in keyof R]: ValueOfFormat<R[K]> }>
  : F extends { codec: 'list'; of: infer O }
    ? readonly ValueOfFormat<O>[]
    : F extends { codec: 'rates'; of: infer O }
      ? Readonly<{ total: ValueOfFormat<O>; rates: readonly ValueOfFormat<O>[] }>
      : F extends { codec: 'moment'; pattern: infer P extends string }
        ? MomentOf<P> | null
        : F extends { codec: infer C extends keyof PlainValues }
          ? PlainValues[C]
          : unknown

type PlainValues = {
  number: Measured
  phases: PhaseValues
  totalAndPhases: TotalAndPhases
  totalAndRates: TotalAndRates
  dateAndWeekday: DateAndWeekday
  timeOfDay: TimeOfDay
  digits: string
  /** Characters in reading order; filling blanks and zeros at the end are left out. */
  text: string
  raw: Uint8Array
  rest: Uint8Array
  identifier: number
  bits: BitsValue
  statusWord3: StatusWord3
  statusWords: StatusWords
  loadRecords: LoadRecords
}

const plain = { signed: false, scale: 1, unit: '' } as const

/** Whether values of the format differ in length. */
export const isOpenEnded = (format: Format): boolean => {
  switch (format.codec) {
    case 'phases':
    case 'totalAndPhases':
    case 'totalAndRates':
    case 'rates':
    case 'rest':
    case 'statusWords':
    case 'loadRecords':
      return true
    case 'list':
      return format.least !== format.most
    case 'record':
      return Object.values(format.fields).some((field) => isOpenEnded(field))
    default:
      return false
  }
}

/** The shortest length of a value, in bytes. */
export const shortestBytes = (format: Format): number => {
  switch (format.codec) {
    case 'phases':
      return 3 * format.bytes
    case 'totalAndPhases':
      return 4 * format.bytes
    default:
      return format.bytes
  }
}

/** A counter or setting in decimal digits; minutes, times and the like by `unit`. */
export const bcd = <U extends string = ''>(bytes: number, unit: U = '' as U, scale = 1) =>
  ({ codec: 'number', bytes, signed: false, scale, unit }) as const
export const binary = <U extends string = ''>(bytes: number, unit: U = '' as U, scale = 1) =>
  ({ codec: 'number', base: 'binary', bytes, signed: false, scale, unit }) as const

export const digits = (bytes: number) => ({ codec: 'digits', bytes, ...plain }) as const
export const text = (bytes: number) => ({ codec: 'text', bytes, ...plain }) as const
/** Bytes whose meaning is not ours: ciphers, random numbers, what no source explains. */
export const raw = (bytes: number) => ({ codec: 'raw', bytes, ...plain }) as const
/** The same, whatever is left. */
export const rest = { codec: 'rest', bytes: 0, ...plain } as const
export const identifierFormat = { codec: 'identifier', bytes: 4, ...plain, unit: 'DI' } as const
export const bits = (bytes: number, table: BitTable) => ({ codec: 'bits', bytes, bits: table, ...plain }) as const
/** A time as the standard writes it, e.g. `YYMMDDhhmm`; on the wire the last pair comes first. */
export const moment = <P extends string>(pattern: P) =>
  ({ codec: 'moment', pattern, bytes: momentBytes(pattern), ...plain }) as const

export const record = <const R extends Readonly<Record<string, Format>>>(fields: R) =>
  ({
    codec: 'record',
    fields,
    bytes: Object.values(fields).reduce((sum, field) => sum + shortestBytes(field), 0),
    ...plain,
  }) as const

export const list = <const F extends Format>(of: F, least: number, most: number) =>
  ({ codec: 'list', of, least, most, bytes: least * of.bytes, ...plain }) as const
export const rates = <const F extends Format>(of: F) => ({ codec: 'rates', of, bytes: of.bytes, ...plain }) as const
export const loadRecords = (asked: number) => ({ codec: 'loadRecords', asked, bytes: 0, ...plain }) as const
export const mostRates = 63

/** The ways to say a format, for the lines of a meter profile. */
export const formats = Object.freeze({
  bcd,
  binary,
  bits,
  digits,
  identifier: identifierFormat,
  list,
  moment,
  rates,
  raw,
  record,
  rest,
  text,
})
