import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { notBcd, readBcd, writeBcd } from './bcd.ts'
import { daysInMonth, firstYear } from './meter-time.ts'

// Times of every shape that the standard uses, by pattern: two letters a byte, highest byte first, e.g. `MMDDhhmm`.

/** The part that each pair of letters stands for. NN is a number that belongs to the time: a table, a rate, minutes. */
type PartOfPair = {
  YY: 'year'
  MM: 'month'
  DD: 'day'
  WW: 'weekday'
  hh: 'hour'
  mm: 'minute'
  ss: 'second'
  NN: 'number'
}
type Part = PartOfPair[keyof PartOfPair]

type PartsOf<P extends string> = P extends `${infer A}${infer B}${infer R}`
  ? (`${A}${B}` extends keyof PartOfPair ? PartOfPair[`${A}${B}`] : never) | PartsOf<R>
  : never

/** The value of a pattern: `MomentOf<'hhmm'>` is `{ hour, minute }`. */
export type MomentOf<P extends string> = Readonly<Record<PartsOf<P>, number>>
export type Moment = Readonly<Partial<Record<Part, number>>>

const partOfPair: ReadonlyMap<string, Part> = new Map([
  ['YY', 'year'],
  ['MM', 'month'],
  ['DD', 'day'],
  ['WW', 'weekday'],
  ['hh', 'hour'],
  ['mm', 'minute'],
  ['ss', 'second'],
  ['NN', 'number'],
])

const range: Readonly<Record<Part, readonly [lowest: number, highest: number]>> = Object.freeze({
  year: [firstYear, firstYear + 99],
  month: [1, 12],
  day: [1, 31],
  weekday: [0, 6],
  hour: [0, 23],
  minute: [0, 59],
  second: [0, 59],
  number: [0, 99],
})

export const momentBytes = (pattern: string): number => pattern.length / 2

/** Parts in the order of the wire, lowest byte first. There are a dozen patterns. */
const partsByPattern = new Map<string, readonly Part[]>()
export function partsOf(pattern: string): readonly Part[] {
  const known = partsByPattern.get(pattern)
  if (known !== undefined) return known
  const parts: Part[] = []
  for (let end = pattern.length; end > 0; end -= 2) {
    const part = partOfPair.get(pattern.slice(end - 2, end))
    if (part === undefined) throw new ProtocolError('out-of-range', `${pattern} is no pattern of a time`)
    parts.push(part)
  }
  partsByPattern.set(pattern, parts)
  return parts
}

const filledWith = (data: Uint8Array, offset: number, length: number, byte: number): boolean => {
  for (let index = offset; index < offset + length; index++) if (data[index] !== byte) return false
  return true
}

/**
 * Whether a meter says "never" or "not used": FFH or EEH in every place; 99H (settlement days); 00H where a day or a
 * month is asked for, because there is none of number 0 (empty records, a switch-over that is not planned).
 */
const isNever = (pattern: string, data: Uint8Array, offset: number): boolean => {
  const length = momentBytes(pattern)
  const [first] = data.subarray(offset, offset + 1)
  if (first !== 0xff && first !== 0xee && first !== 0x99 && first !== 0x00) return false
  if (!filledWith(data, offset, length, first)) return false
  return first === 0x00 ? /MM|DD/.test(pattern) : true
}

export function readMoment(pattern: string, data: Uint8Array, offset: number): Decoded<Moment | null> {
  if (isNever(pattern, data, offset)) return decoded(null)
  const value: Partial<Record<Part, number>> = {}
  for (const [index, part] of partsOf(pattern).entries()) {
    const number = readBcd(data, offset + index, 1)
    if (number === notBcd) return refused('not-bcd', 'the time is not BCD')
    value[part] = part === 'year' ? firstYear + number : number
  }
  return isMoment(value) ? decoded(value) : refused('out-of-range', 'there is no such time')
}

/** @throws ProtocolError `out-of-range` when there is no such time. Null is written as FFH. */
export function writeMoment(pattern: string, data: Uint8Array, offset: number, value: Moment | null): void {
  if (value === null) {
    data.fill(0xff, offset, offset + momentBytes(pattern))
    return
  }
  if (!isMoment(value)) throw new ProtocolError('out-of-range', 'there is no such time')
  for (const [index, part] of partsOf(pattern).entries()) {
    const number = value[part]
    if (number === undefined) throw new ProtocolError('out-of-range', `the ${part} is missing`)
    writeBcd(data, offset + index, 1, part === 'year' ? number - firstYear : number)
  }
  // 99 in every place would be read as "never"; only patterns of free numbers can come to that.
  if (isNever(pattern, data, offset)) throw new ProtocolError('out-of-range', 'the time means that there is none')
}

function isMoment(value: Moment): boolean {
  for (const [part, number] of Object.entries(value) as [Part, number][]) {
    const [lowest, highest] = range[part]
    if (!Number.isInteger(number) || number < lowest || number > highest) return false
  }
  const { year, month, day } = value
  // Without a year, 29 February exists.
  return month === undefined || day === undefined || day <= daysInMonth(year ?? firstYear, month)
}
