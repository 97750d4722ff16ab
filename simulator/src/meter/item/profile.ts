import type { RequestOf } from '@xianfu/protocols'
import { minuteMs } from '../../time/local-time.ts'
import { bcd, joined, nothing } from '../bytes.ts'
import { profileColumn } from '../duty/memories.ts'
import { instantOfMeterTime } from '../meter-clock.ts'
import type { Meter } from '../state.ts'
import { minuteTimeBytes } from './demand.ts'

/** Class 06 (A.7): records of the load profile, oldest, newest or from a given time on, all classes or one. */

type ProfileClass = Readonly<{ bytes: readonly number[] }>
const voltages = [2, 2, 2] as const
const currents = [3, 3, 3] as const
const powers = [3, 3, 3, 3, 3, 3, 3, 3] as const
/** Bytes of each value, class by class, in the order of the columns. */
const classes: readonly ProfileClass[] = Object.freeze([
  { bytes: [...voltages, ...currents, 2] },
  { bytes: powers },
  { bytes: [2, 2, 2, 2] },
  { bytes: [4, 4, 4, 4] },
  { bytes: [4, 4, 4, 4] },
  { bytes: [3, 3] },
])
const separator = Uint8Array.of(0xaa)
const mostBlocks = 99

export const profileItem = (meter: Meter, request: RequestOf<'read'>): Uint8Array | null => {
  const { identifier, blocks = 1 } = request
  const chosen = (identifier >>> 16) & 0xff
  const profile = meter.memories?.profile
  if (((identifier >>> 8) & 0xff) !== 0 || chosen > classes.length || blocks < 1 || profile === undefined) return null
  const rows = select(meter, profile.all(), request, Math.min(blocks, mostBlocks))
  return rows === null || rows.length === 0 ? null : joined(...rows.map((row) => recordBytes(meter, row, chosen)))
}

/** DI0: 00 the oldest, 01 from a time on, 02 the newest. */
const select = (
  meter: Meter,
  rows: readonly Int32Array[],
  { identifier, from }: RequestOf<'read'>,
  blocks: number,
): readonly Int32Array[] | null => {
  switch (identifier & 0xff) {
    case 0x00:
      return rows.slice(0, blocks)
    case 0x01: {
      if (from === undefined) return null
      const minute = instantOfMeterTime(meter, { ...from, second: 0 }) / minuteMs
      return rows.filter((row) => (row[profileColumn.minute] ?? 0) >= minute).slice(0, blocks)
    }
    case 0x02:
      return rows.slice(-blocks)
    default:
      return null
  }
}

const recordBytes = (meter: Meter, row: Int32Array, chosen: number): Uint8Array => {
  let column = profileColumn.first
  const parts: Uint8Array[] = []
  for (const [index, { bytes }] of classes.entries()) {
    const values = bytes.map((length, at) => bcd(row[column + at] ?? 0, length))
    column += bytes.length
    parts.push(chosen === 0 || chosen === index + 1 ? joined(...values) : nothing, separator)
  }
  const body = joined(minuteTimeBytes(meter, (row[profileColumn.minute] ?? 0) * minuteMs), ...parts)
  const record = joined(Uint8Array.of(0xa0, 0xa0, body.length), body)
  const sum = record.reduce((total, byte) => (total + byte) & 0xff, 0)
  return joined(record, Uint8Array.of(sum, 0xe5))
}
