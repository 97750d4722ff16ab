import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../error.ts'
import { fromHex, toHex } from '../hex.ts'
import {
  bitMask,
  decodeRegister,
  encodeRegister,
  registersOf,
  stepRange,
  type Register,
  type RegisterTable,
} from './register.ts'
import { acrelAdf } from './table/acrel-adf.table.ts'
import { acrelDdsy1352 } from './table/acrel-ddsy1352.table.ts'
import { acrelDtsy1352 } from './table/acrel-dtsy1352.table.ts'
import { genericMeter } from './table/generic.table.ts'

const tables: readonly RegisterTable[] = [acrelDdsy1352, acrelDtsy1352, acrelAdf, genericMeter]

const rows = tables.flatMap(({ name, registers }) =>
  Object.entries(registers).map(([register, row]) => [`${name} ${register}`, row] as const),
)

const registerValue = (row: Register): fc.Arbitrary<number | string | Uint8Array> => {
  const bytes = 2 * registersOf(row)
  if (row.type === 'bytes') return fc.uint8Array({ minLength: bytes, maxLength: bytes })
  if (row.type === 'bcd') return fc.stringMatching(new RegExp(`^\\d{${String(2 * bytes)}}$`))
  const [least, most] = stepRange(row.type) ?? [0, 0]
  return fc.integer({ min: least, max: most }).map((steps) => (steps * row.scale[0]) / row.scale[1])
}

test.each(rows)('%s: every value it can hold comes back as it was', (_, row) => {
  fc.assert(
    fc.property(registerValue(row), (value) => {
      expect(decodeRegister(row, encodeRegister(row, value))).toEqual({ ok: true, value })
    }),
    { numRuns: 30 },
  )
})

test.each(rows)('%s: every bit pattern is read without a throw, and exactly', (_, row) => {
  const bytes = 2 * registersOf(row)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: bytes, maxLength: bytes }), (data) => {
      const decoded = decodeRegister(row, data)
      const again = decoded.ok ? toHex(encodeRegister(row, decoded.value)) : decoded.code
      expect(again).toBe(decoded.ok ? toHex(data) : 'not-bcd')
      expect(decoded.ok && typeof decoded.value === 'number' ? Number.isSafeInteger(decoded.value) : true).toBe(true)
    }),
    { numRuns: 30 },
  )
})

test.each(tables)('$name: addresses exist, scales are ratios of whole numbers, nothing can be changed', (table) => {
  expect(Object.isFrozen(table) && Object.isFrozen(table.registers)).toBe(true)
  for (const row of Object.values(table.registers)) {
    expect(row.at + registersOf(row)).toBeLessThanOrEqual(0x1_0000)
    expect(row.scale.every((part) => Number.isSafeInteger(part) && part > 0)).toBe(true)
    // Base units are chosen so that no step is cut.
    expect(row.scale[0] % row.scale[1]).toBe(0)
    expect(Object.isFrozen(row) && Object.isFrozen(row.scale)).toBe(true)
    const bits = Object.values(row.bits ?? {})
    expect(new Set(bits).size).toBe(bits.length)
    expect(row.type === 'bits').toBe(row.bits !== undefined)
    expect(row.source).not.toBe('')
  }
})

test.each(tables)('$name: registers overlap only where one is said to begin inside the other', (table) => {
  const allowed = new Set(['clock maximumDemand'])
  const sorted = Object.entries(table.registers).sort(([, a], [, b]) => a.at - b.at)
  const overlaps = sorted.flatMap(([name, row], index) =>
    sorted
      .slice(index + 1)
      .filter(([, next]) => next.at < row.at + registersOf(row))
      .map(([next]) => `${name} ${next}`),
  )
  expect(overlaps.filter((pair) => !allowed.has(pair))).toEqual([])
})

const { registers } = acrelDdsy1352
test.each<[string, Register, string, number | string]>([
  ['0.01 kWh steps', registers.energyTotal, '00 01 E2 40', 1_234_560],
  ['0.1 V steps', registers.voltageA, '08 9D', 220_500],
  ['0.01 A steps', registers.currentA, '01 F4', 5_000],
  ['a feeding-in watt', registers.activePowerTotal, 'FF FF', -1_000],
  ['the largest energy', registers.energyTotal, 'FF FF FF FF', 42_949_672_950],
  ['a balance below zero', registers.balance, 'FF FF FF 9C', -1_000_000],
  ['a meter number', registers.meterNumber, '20 26 11 01 01 01', '202611010101'],
])('worked by hand: %s', (_, row, hex, value) => {
  expect(decodeRegister(row, fromHex(hex))).toEqual({ ok: true, value })
  expect(toHex(encodeRegister(row, value))).toBe(hex)
})

const whole = { at: 0, scale: [1, 1], unit: '', access: 'r', certainty: 'I', source: 'test' } as const
test('words may stand the other way round, and steps may be fractions of the unit', () => {
  const swapped = { ...whole, type: 'u32', lowWordFirst: true } as const
  expect(decodeRegister(swapped, fromHex('00 02 00 01'))).toEqual({ ok: true, value: 0x0001_0002 })
  expect(toHex(encodeRegister(swapped, 0x0001_0002))).toBe('00 02 00 01')
  const tenths = { ...whole, type: 'i16', scale: [1, 10] } as const
  // Cut towards zero, never rounded up.
  expect(decodeRegister(tenths, fromHex('00 13'))).toEqual({ ok: true, value: 1 })
  expect(decodeRegister(tenths, fromHex('FF ED'))).toEqual({ ok: true, value: -1 })
})

test('what does not fit is refused', () => {
  expect(decodeRegister(registers.energyTotal, fromHex('00 01'))).toMatchObject({ ok: false, code: 'wrong-length' })
  expect(decodeRegister(registers.meterNumber, fromHex('20 26 1A 01 01 01'))).toMatchObject({ code: 'not-bcd' })
  expect(() => encodeRegister(registers.voltageA, 10_000_000)).toThrow(ProtocolError)
  expect(() => encodeRegister(registers.energyTotal, -10)).toThrow(ProtocolError)
  expect(() => encodeRegister(registers.meterNumber, '12')).toThrow(ProtocolError)
  expect(() => bitMask(registers.relayStatus, ['nothing'])).toThrow(ProtocolError)
})

test('named bits of the relay status', () => {
  expect(bitMask(registers.relayStatus, ['relayClosedA', 'forced'])).toBe(0x2008)
})
