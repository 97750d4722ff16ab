import { bcd, joined } from '../bytes.ts'
import { ownLocalTime } from '../meter-clock.ts'
import { parameterBlock, parameterBytes } from '../parameters.ts'
import type { Meter } from '../state.ts'
import { statusItem } from './status-words.ts'

/** Class 04 (A.5): the clock, the status words, and what the meter is set to. Passwords cannot be read. */

const block = 0xff

export const parameterItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const group = identifier >>> 8
  const last = identifier & 0xff
  if (group === 0x04_0005) return statusItem(meter, last)
  if (group === 0x04_000c) return null
  if (identifier === 0x0400_0101) return dateBytes(meter)
  if (identifier === 0x0400_0102) return timeBytes(meter)
  if (identifier === 0x0400_010c) return joined(timeBytes(meter), dateBytes(meter))
  if (last !== block) return parameterBytes(meter, identifier)
  // Only prices are sent as a block; other groups mix lengths.
  return group === 0x04_0501 || group === 0x04_0502 ? parameterBlock(meter, identifier, 1, 4) : null
}

/** WW DD MM YY. */
const dateBytes = (meter: Meter): Uint8Array => {
  const { year, month, day, weekday } = ownLocalTime(meter)
  return joined(...[weekday, day, month, year % 100].map((part) => bcd(part, 1)))
}

/** ss mm hh. */
const timeBytes = (meter: Meter): Uint8Array => {
  const { hour, minute, second } = ownLocalTime(meter)
  return joined(...[second, minute, hour].map((part) => bcd(part, 1)))
}
