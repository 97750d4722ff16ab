import { decoded, refused, type Decoded } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { notBcd, readBcd, writeBcd } from './bcd.ts'

/** The meter's local time; it knows no zone. The wire has two digits of the year, always of this century. */
export type MeterTime = Readonly<{
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
}>

/** ss mm hh DD MM YY. */
export const meterTimeBytes = 6
export const firstYear = 2000
const lastYear = 2099

const within = (value: number, lowest: number, highest: number): boolean =>
  Number.isInteger(value) && value >= lowest && value <= highest

export function daysInMonth(year: number, month: number): number {
  // 2000 to 2099: every fourth year is a leap year, without exception.
  if (month === 2) return year % 4 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

export const isDate = (year: number, month: number, day: number): boolean =>
  within(year, firstYear, lastYear) && within(month, 1, 12) && within(day, 1, daysInMonth(year, month))

export const isTimeOfDay = (hour: number, minute: number, second: number): boolean =>
  within(hour, 0, 23) && within(minute, 0, 59) && within(second, 0, 59)

/** Six bytes at `offset` as a time that exists. */
export function readMeterTime(bytes: Uint8Array, offset: number): Decoded<MeterTime> {
  const at = (index: number): number => readBcd(bytes, offset + index, 1)
  const [second, minute, hour, day, month, shortYear] = [at(0), at(1), at(2), at(3), at(4), at(5)]
  if (Math.min(second, minute, hour, day, month, shortYear) === notBcd) return refused('not-bcd', 'the time is not BCD')
  const year = firstYear + shortYear
  if (!isDate(year, month, day) || !isTimeOfDay(hour, minute, second)) {
    return refused('out-of-range', 'there is no such time')
  }
  return decoded({ year, month, day, hour, minute, second })
}

/** @throws ProtocolError `out-of-range` when there is no such time between 2000 and 2099. */
export function writeMeterTime(bytes: Uint8Array, offset: number, time: MeterTime): void {
  const { year, month, day, hour, minute, second } = time
  if (!isDate(year, month, day) || !isTimeOfDay(hour, minute, second)) {
    throw new ProtocolError('out-of-range', 'there is no such time between 2000 and 2099')
  }
  ;[second, minute, hour, day, month, year - firstYear].forEach((part, index) =>
    writeBcd(bytes, offset + index, 1, part),
  )
}
