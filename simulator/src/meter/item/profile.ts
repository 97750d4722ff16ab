import { minuteMs } from '../../time/local-time.ts'
import { bcd, joined, nothing, readBcd } from '../bytes.ts'
import { profileColumn } from '../duty/memories.ts'
import type { Meter } from '../state.ts'
import { readTime } from '../time-bytes.ts'
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

/** `data` is the request's: identifier, number of blocks, and for DI0 = 01 the time mm hh DD MM YY. */
export const profileItem = (meter: Meter, data: Uint8Array): Uint8Array | null => {
  const [which = 0, zero = 0, chosen = 0] = data
  const profile = meter.memories?.profile
  const blocks = data.length > 4 ? readBcd(data, 4, 1) : 1
  if (zero !== 0 || chosen > classes.length || blocks === null || blocks < 1 || profile === undefined) return null
  const rows = select(meter, profile.all(), which, Math.min(blocks, mostBlocks), data)
  return rows === null || rows.length === 0 ? null : joined(...rows.map((row) => recordBytes(meter, row, chosen)))
}

const select = (
  meter: Meter,
  rows: readonly Int32Array[],
  which: number,
  blocks: number,
  data: Uint8Array,
): readonly Int32Array[] | null => {
  if (which === 0x00) return rows.slice(0, blocks)
  if (which === 0x02) return rows.slice(-blocks)
  if (which !== 0x01 || data.length !== 10) return null
  const from = readTime(meter, joined(Uint8Array.of(0), data.subarray(5)), 0)
  if (from === null) return null
  return rows.filter((row) => (row[profileColumn.minute] ?? 0) >= from / minuteMs).slice(0, blocks)
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
