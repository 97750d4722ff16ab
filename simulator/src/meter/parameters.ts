import { ascii, bcd, binary, nothing, readBcd, writeBcd } from './bytes.ts'
import type { Meter } from './state.ts'

/**
 * Class 04: what a meter is set to. One line each: how many bytes, what they are before anybody writes them, and
 * whether that is allowed. `key` may be written with the programming key alone. Values are raw bytes as in a frame.
 */
export type Parameter = Readonly<{
  bytes: number
  initial: (meter: Meter) => number | Uint8Array
  write: 'never' | 'password' | 'key'
}>

const fixed = (bytes: number, value: number | Uint8Array): Parameter => ({
  bytes,
  initial: () => value,
  write: 'never',
})
const set = (bytes: number, value: number): Parameter => ({ bytes, initial: () => value, write: 'password' })
const money = (of: 'alarm1' | 'alarm2' | 'overdraft' | 'hoarding' | 'closeFrom'): Parameter => ({
  bytes: 4,
  initial: ({ model }) => model.prepayment?.[of] ?? 0,
  write: 'password',
})
const priceOf = (rate: number, write: Parameter['write']): Parameter => ({
  bytes: 4,
  initial: ({ model }) => model.prepayment?.prices[rate - 1] ?? 0,
  write,
})
/** hhmmNN, fourteen times, the last repeated. */
const dayTable = (write: Parameter['write']): Parameter => ({
  bytes: 42,
  initial: ({ timetable }) => {
    const data = new Uint8Array(42)
    for (let slot = 0; slot < 14; slot += 1) {
      const { fromMinute = 0, rate = 1 } = timetable[Math.min(slot, timetable.length - 1)] ?? {}
      writeBcd(data, slot * 3, rate, 1)
      writeBcd(data, slot * 3 + 1, Math.floor(fromMinute / 60) * 100 + (fromMinute % 60), 2)
    }
    return data
  },
  write,
})
/** One year zone from 1 January with day table 1, fourteen times. */
const zoneTable = Uint8Array.from(Array.from({ length: 14 }, () => [0x01, 0x01, 0x01]).flat())

const rows: Readonly<Record<number, Parameter>> = Object.freeze({
  0x0400_0103: set(1, 15),
  0x0400_0104: set(1, 15),
  0x0400_0105: set(2, 80),
  0x0400_0106: set(5, 0),
  0x0400_0107: set(5, 0),
  0x0400_0108: set(5, 0),
  0x0400_0109: set(5, 0),
  0x0400_0201: set(1, 1),
  0x0400_0202: set(1, 1),
  0x0400_0203: { bytes: 1, initial: ({ timetable }) => timetable.length, write: 'password' },
  0x0400_0204: set(1, 4),
  0x0400_0205: set(2, 0),
  0x0400_0206: set(1, 0),
  0x0400_0301: set(1, 8),
  0x0400_0302: set(1, 5),
  0x0400_0303: set(1, 2),
  0x0400_0304: set(1, 4),
  0x0400_0305: set(1, 8),
  0x0400_0306: set(3, 1),
  0x0400_0307: set(3, 1),
  0x0400_0401: { bytes: 6, initial: ({ address }) => bcd(Number(address), 6), write: 'key' },
  0x0400_0402: { bytes: 6, initial: ({ address }) => bcd(Number(address), 6), write: 'password' },
  0x0400_0403: { ...fixed(32, ascii('', 32)), write: 'password' },
  0x0400_0404: fixed(6, ascii('220V', 6)),
  0x0400_0405: fixed(6, ascii('5A', 6)),
  0x0400_0406: fixed(6, ascii('60A', 6)),
  0x0400_0407: fixed(4, ascii('1.0', 4)),
  0x0400_0408: fixed(4, ascii('2.0', 4)),
  0x0400_0409: { bytes: 3, initial: ({ model }) => model.pulseConstant, write: 'never' },
  0x0400_040a: { bytes: 3, initial: ({ model }) => model.pulseConstant, write: 'never' },
  0x0400_040b: fixed(10, ascii('XF-VIRTUAL', 10)),
  0x0400_040c: fixed(10, ascii('2026-01-01', 10)),
  0x0400_040d: fixed(16, ascii('DL/T645-2007', 16)),
  0x0400_040e: {
    bytes: 6,
    initial: ({ model }) => bcd(Number(model.prepayment?.customerNumber ?? 0), 6),
    write: 'password',
  },
  0x0400_0601: { ...fixed(1, binary(0x05, 1)), write: 'password' },
  0x0400_0602: { ...fixed(1, binary(0x05, 1)), write: 'password' },
  0x0400_0603: { ...fixed(1, binary(0x50, 1)), write: 'password' },
  0x0400_0703: { ...fixed(1, binary(0x08, 1)), write: 'password' },
  0x0400_0801: { ...fixed(1, binary(0x7f, 1)), write: 'password' },
  0x0400_0802: set(1, 1),
  0x0400_0901: {
    bytes: 1,
    initial: ({ model }) => binary(model.memory.profileMinutes === 0 ? 0 : 0x3f, 1),
    write: 'never',
  },
  0x0400_0b01: set(2, 100),
  0x0400_0b02: set(2, 9_999),
  0x0400_0b03: set(2, 9_999),
  0x0400_0f01: set(4, 0),
  0x0400_0f02: set(4, 0),
  0x0400_0f03: set(4, 0),
  0x0400_0f04: set(4, 0),
  0x0400_1001: money('alarm1'),
  0x0400_1002: money('alarm2'),
  0x0400_1003: money('overdraft'),
  0x0400_1004: money('hoarding'),
  0x0400_1005: money('closeFrom'),
  0x0400_1101: { ...fixed(1, binary(0, 1)), write: 'password' },
  0x0400_1201: set(5, 0),
  0x0400_1202: { bytes: 1, initial: ({ model }) => model.memory.hourlyMinutes, write: 'never' },
  0x0400_1203: fixed(2, 0),
  0x0400_1401: { bytes: 2, initial: ({ model }) => model.relay.tripDelayMinutes, write: 'password' },
  0x0400_1402: {
    bytes: 3,
    initial: ({ model }) => Math.round(model.relay.tripCurrentLimitAmperes * 1_000),
    write: 'password',
  },
  0x0400_1403: { bytes: 2, initial: ({ model }) => model.relay.tripCurrentDelayMinutes, write: 'password' },
  0x0401_0000: fixed(42, zoneTable),
  0x0401_0001: dayTable('never'),
  0x0402_0000: { ...fixed(42, zoneTable), write: 'password' },
  0x0402_0001: dayTable('password'),
  0x0405_0101: priceOf(1, 'never'),
  0x0405_0102: priceOf(2, 'never'),
  0x0405_0103: priceOf(3, 'never'),
  0x0405_0104: priceOf(4, 'never'),
  0x0405_0201: priceOf(1, 'password'),
  0x0405_0202: priceOf(2, 'password'),
  0x0405_0203: priceOf(3, 'password'),
  0x0405_0204: priceOf(4, 'password'),
  0x0480_0001: fixed(32, ascii('xianfu virtual meter', 32)),
  0x0480_0002: fixed(32, ascii('none', 32)),
  0x0480_0003: fixed(32, ascii('XIANFU', 32)),
})

const table: ReadonlyMap<number, Parameter> = new Map(
  Object.entries(rows).map(([identifier, row]) => [Number(identifier), Object.freeze(row)]),
)

export const parameter = (identifier: number): Parameter | undefined => table.get(identifier)

/** The bytes as a frame carries them; null when the meter has no such parameter. */
export const parameterBytes = (meter: Meter, identifier: number): Uint8Array | null => {
  const written = meter.parameters?.get(identifier)
  if (written !== undefined) return written
  const row = table.get(identifier)
  if (row === undefined) return null
  const initial = row.initial(meter)
  return typeof initial === 'number' ? bcd(initial, row.bytes) : initial
}

/** A parameter made of decimal digits, in steps of its last digit. */
export const parameterNumber = (meter: Meter, identifier: number): number => {
  const written = meter.parameters?.get(identifier)
  if (written !== undefined) return readBcd(written, 0, written.length) ?? 0
  const initial = table.get(identifier)?.initial(meter) ?? 0
  return typeof initial === 'number' ? initial : (readBcd(initial, 0, initial.length) ?? 0)
}

export const setParameter = (meter: Meter, identifier: number, data: Uint8Array): void => {
  meter.parameters ??= new Map()
  meter.parameters.set(identifier, Uint8Array.from(data))
}

/** A block of consecutive parameters: `xxxxxxFF`. */
export const parameterBlock = (meter: Meter, identifier: number, from: number, to: number): Uint8Array => {
  const parts: Uint8Array[] = []
  for (let last = from; last <= to; last += 1) {
    const bytes = parameterBytes(meter, ((identifier & ~0xff) | last) >>> 0)
    if (bytes !== null) parts.push(bytes)
  }
  return parts.length === 0 ? nothing : Uint8Array.from(parts.flatMap((part) => [...part]))
}
