import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { notBcd, readBcd, writeBcd } from './bcd.ts'

/** When function 16H freezes: at once, or again and again at a time whose open places are 99. */
export type FreezeTime = Readonly<
  | { every: 'now' }
  | { every: 'hour'; minute: number }
  | { every: 'day'; hour: number; minute: number }
  | { every: 'month'; day: number; hour: number; minute: number }
  /** A month is named as well; that this means once a year, no source says. */
  | { every: 'year'; month: number; day: number; hour: number; minute: number }
>

/** mm hh DD MM. */
export const freezeTimeBytes = 4
const open = 99

/** What may stand in month, day, hour and minute. */
const limits = [
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
] as const

export function readFreezeTime(data: Uint8Array): Decoded<FreezeTime> {
  const parts = [3, 2, 1, 0].map((index) => readBcd(data, index, 1))
  if (parts.includes(notBcd)) return refused('not-bcd', 'the time of freezing is not BCD')
  const fixed = parts.findIndex((part) => part !== open)
  const isTime = parts.every((part, index) => index < fixed || within(part, index))
  if (fixed >= 0 && !isTime) return refused('out-of-range', 'there is no such time of freezing')
  const [month = open, day = open, hour = open, minute = open] = parts
  switch (fixed) {
    case 0:
      return decoded({ every: 'year', month, day, hour, minute })
    case 1:
      return decoded({ every: 'month', day, hour, minute })
    case 2:
      return decoded({ every: 'day', hour, minute })
    case 3:
      return decoded({ every: 'hour', minute })
    default:
      return decoded({ every: 'now' })
  }
}

const within = (part: number, index: number): boolean => {
  const [lowest, highest] = limits[index] ?? [0, 0]
  return Number.isInteger(part) && part >= lowest && part <= highest
}

/** @throws ProtocolError `out-of-range` when there is no such time. */
export function freezeTimeData(time: FreezeTime): Uint8Array {
  const parts = {
    now: [],
    hour: ['minute'],
    day: ['hour', 'minute'],
    month: ['day', 'hour', 'minute'],
    year: ['month', 'day', 'hour', 'minute'],
  } as const
  const values = parts[time.every].map((part) => (time as Readonly<Record<string, unknown>>)[part] as number)
  const data = new Uint8Array(freezeTimeBytes).fill(0x99)
  for (const [index, value] of values.entries()) {
    const place = freezeTimeBytes - values.length + index
    if (!within(value, place)) throw new ProtocolError('out-of-range', 'there is no such time of freezing')
    writeBcd(data, freezeTimeBytes - 1 - place, 1, value)
  }
  return data
}
