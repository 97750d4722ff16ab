import { minuteMs } from '../../time/local-time.ts'
import { bcd, joined } from '../bytes.ts'
import { freezeColumn, hourColumn, type FreezeKind } from '../duty/memories.ts'
import { quantities, ratesPerMeter, type Quantity } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { demandBytes, minuteTimeBytes } from './demand.ts'

/** Class 05 (A.6): `05 KK JJ NN`, the registers as they were frozen; NN = 01 is the newest. */

const kinds: Readonly<Record<number, FreezeKind>> = Object.freeze({
  0x00: 'timed',
  0x01: 'instant',
  0x06: 'daily',
})

const hourCode = 0x04

export const freezeItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const [code, which, nn] = [(identifier >>> 16) & 0xff, (identifier >>> 8) & 0xff, identifier & 0xff]
  const kind = code === hourCode ? 'hourly' : kinds[code]
  const row = kind === undefined || nn === 0 ? null : (meter.memories?.[kind].newest(nn - 1) ?? null)
  if (row === null) return null
  return kind === 'hourly' ? hourPart(meter, row, which) : part(meter, row, which)
}

const hourPart = (meter: Meter, row: Int32Array, which: number): Uint8Array | null => {
  const time = minuteTimeBytes(meter, (row[hourColumn.minute] ?? 0) * minuteMs)
  const [forward, reverse] = [bcd(row[hourColumn.forward] ?? 0, 4), bcd(row[hourColumn.reverse] ?? 0, 4)]
  switch (which) {
    case 0x00:
      return time
    case 0x01:
      return forward
    case 0x02:
      return reverse
    case 0xff:
      return joined(time, forward, reverse)
    default:
      return null
  }
}

const part = (meter: Meter, row: Int32Array, which: number): Uint8Array | null => {
  const energies = (quantity: Quantity): Uint8Array =>
    joined(
      ...Array.from({ length: 1 + ratesPerMeter }, (_, rate) =>
        bcd(row[freezeColumn.quantity(quantity) + rate] ?? 0, 4),
      ),
    )
  const sum = (one: Quantity, other: Quantity): Uint8Array =>
    joined(
      ...Array.from({ length: 1 + ratesPerMeter }, (_, rate) =>
        bcd((row[freezeColumn.quantity(one) + rate] ?? 0) + (row[freezeColumn.quantity(other) + rate] ?? 0), 4),
      ),
    )
  const demand = (column: number): Uint8Array => demandBytes(meter, row[column] ?? 0, (row[column + 1] ?? 0) * minuteMs)
  switch (which) {
    case 0x00:
      return minuteTimeBytes(meter, (row[freezeColumn.minute] ?? 0) * minuteMs)
    case 0x01:
    case 0x02:
      return energies(quantities[which - 1] ?? 'forward')
    case 0x03:
      return sum('quadrant1', 'quadrant4')
    case 0x04:
      return sum('quadrant2', 'quadrant3')
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x08:
      return energies(quantities[which - 3] ?? 'quadrant1')
    case 0x09:
      return demand(freezeColumn.demandForward)
    case 0x0a:
      return demand(freezeColumn.demandReverse)
    case 0x10:
      return joined(...Array.from(row.subarray(freezeColumn.active, freezeColumn.active + 8), (value) => bcd(value, 3)))
    case 0xff: {
      const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0x10].map((one) => part(meter, row, one))
      return joined(...all.filter((bytes) => bytes !== null))
    }
    default:
      return null
  }
}
