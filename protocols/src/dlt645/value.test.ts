import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { valueOfFormat } from './values.test-support.ts'
import type { Row } from './item.ts'
import { type IdentifierName, identifiers, type ValueOf } from './identifiers.table.ts'
import { statusWord3 } from './status-word-3.ts'
import { decodeValue, encodeValue, identifierName } from './value.ts'

const names = Object.keys(identifiers) as IdentifierName[]

describe.each(names)('%s', (name) => {
  const item: Row = identifiers[name]

  test('every value decodes to what was encoded', () => {
    fc.assert(
      fc.property(valueOfFormat(item), (value) => {
        expect(decodeValue(name, encodeValue(name, value as ValueOf<typeof name>))).toEqual({ ok: true, value })
      }),
    )
  })

  test('no bytes make the decoder throw, and what it understands encodes again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
        const decoded = decodeValue(name, bytes)
        expect(decoded.ok ? decodeValue(name, encodeValue(name, decoded.value)) : decoded).toEqual(decoded)
      }),
    )
  })

  test('its number finds its name', () => {
    expect(identifierName(item.id)).toBe(name)
  })

  test('nothing is no value, but for bytes that nobody explains', () => {
    const refused = { ok: false, code: 'wrong-length' }
    expect(decodeValue(name, new Uint8Array())).toMatchObject(item.codec === 'rest' ? { ok: true } : refused)
  })
})

test('an unknown number has no name', () => {
  expect(identifierName(0x00440000)).toBeNull()
})

test('the table cannot be changed', () => {
  expect(Object.isFrozen(identifiers) && Object.values(identifiers).every((row) => Object.isFrozen(row))).toBe(true)
})

test.each([
  ['forwardActiveEnergyTotal', '99 99 99 99', 999_999_990],
  ['combinedActiveEnergyTotal', '01 00 00 80', -10],
  ['combinedActiveEnergyTotal', '99 99 99 F9', -799_999_990],
  ['voltageA', 'FF FF', null],
  ['currentA', 'FF FF FF', null],
  ['currentC', '99 99 79', 799_999],
  ['activePowerTotal', '32 54 00', 543_200],
  ['activePowerTotal', '32 54 80', -543_200],
  ['reactivePowerTotal', '31 43 00', 433_100],
  ['apparentPowerTotal', '06 50 00', 500_600],
  ['powerFactorTotal', '00 90', -1000],
  ['frequency', '98 49', 49_980],
  ['voltageBlock', '05 22 FF FF 98 21', { a: 220_500, b: null, c: 219_800 }],
  ['currentBlock', '34 12 80 00 00 00 FF FF FF', { a: -1234, b: 0, c: null }],
  ['activePowerBlock', '32 54 80 01 00 00 00 00 00 FF FF FF', { total: -543_200, a: 100, b: 0, c: null }],
  ['forwardActiveEnergyBlock', '26 00 00 00', { total: 260, rates: [] }],
  ['forwardActiveEnergyBlock', '26 00 00 00 FF FF FF FF 26 00 00 00', { total: 260, rates: [null, 260] }],
  ['time', '59 30 12', { hour: 12, minute: 30, second: 59 }],
  ['communicationAddress', '61 01 00 00 00 00', '000000000161'],
  ['statusWordBlock', '01 00 00 00 50 02 00 00 00 00 00 00 00 80', { words: [1, 0, 0x0250, 0, 0, 0, 0x8000] }],
] as const)('%s: %s', (name, hex, value) => {
  expect(decodeValue(name, fromHex(hex))).toEqual({ ok: true, value })
  expect(toHex(encodeValue(name, value))).toBe(hex)
})

test.each([
  ['voltageA', 'EE EE', null],
  ['voltageBlock', '05 22', { a: 220_500, b: null, c: null }],
  ['voltageBlock', '05 22 AA 10 22 AA 98 21', { a: 220_500, b: 221_000, c: 219_800 }],
  ['voltageBlock', '05 22 AA 10 22 AA 98 21 AA', { a: 220_500, b: 221_000, c: 219_800 }],
  ['forwardActiveEnergyBlock', '26 00 00 00 AA 26 00 00 00 AA EE EE EE EE', { total: 260, rates: [260, null] }],
  ['ratePriceSwitchTime', '00 00 00 00 00', null],
  ['ratedVoltage', '20 20 56 30 32 32', '220V'],
] as const)('%s: %s is accepted, though we would not say it like this', (name, hex, value) => {
  expect(decodeValue(name, fromHex(hex))).toEqual({ ok: true, value })
})

test('minus zero is zero', () => {
  const decoded = decodeValue('currentA', fromHex('00 00 80'))
  expect(decoded.ok && Object.is(decoded.value, 0)).toBe(true)
})

test('a key word after status words 1 to 3 or 1 to 7 is left out', () => {
  expect(decodeValue('statusWordBlock', fromHex('01 00 02 00 03 00 FF FF 01 00'))).toEqual({
    ok: true,
    value: { words: [1, 2, 3] },
  })
  const seven = decodeValue('statusWordBlock', fromHex('01 00 02 00 03 00 04 00 05 00 06 00 07 00 FF FF 01 00'))
  expect(seven).toEqual({ ok: true, value: { words: [1, 2, 3, 4, 5, 6, 7] } })
})

test.each([
  ['forwardActiveEnergyTotal', '26 00 00', 'wrong-length'],
  ['forwardActiveEnergyTotal', '26 00 00 0A', 'not-bcd'],
  ['forwardActiveEnergyTotal', '26 00 00 FF', 'not-bcd'],
  ['voltageA', 'EE FF', 'not-bcd'],
  ['voltageBlock', '05 22 0A 22 98 21', 'not-bcd'],
  ['voltageBlock', '05 22 10', 'wrong-length'],
  ['voltageBlock', '05 22 10 22 98 21 05 22', 'wrong-length'],
  ['forwardActiveEnergyBlock', '26 00 00 00 00', 'wrong-length'],
  ['dateAndWeekday', '07 05 08 25', 'out-of-range'],
  ['dateAndWeekday', '00 29 02 25', 'out-of-range'],
  ['dateAndWeekday', 'FF FF FF FF', 'not-bcd'],
  ['time', '60 00 00', 'out-of-range'],
  ['meterNumber', 'FF FF FF FF FF FF', 'not-bcd'],
  ['statusWordBlock', '01 00 02', 'wrong-length'],
] as const)('%s: %s is no value', (name, hex, code) => {
  expect(decodeValue(name, fromHex(hex))).toMatchObject({ ok: false, code })
})

test.each([
  ['forwardActiveEnergyTotal', 269, '26 00 00 00'],
  ['combinedActiveEnergyTotal', -269, '26 00 00 80'],
  ['combinedActiveEnergyTotal', -9, '00 00 00 00'],
  ['voltageA', 220_599, '05 22'],
] as const)('%s cuts %i off at its last digit', (name, value, hex) => {
  expect(toHex(encodeValue(name, value))).toBe(hex)
})

test.each([
  ['forwardActiveEnergyTotal', -10, 'out-of-range'],
  ['forwardActiveEnergyTotal', 1_000_000_000, 'out-of-range'],
  ['forwardActiveEnergyTotal', 0.5, 'out-of-range'],
  ['forwardActiveEnergyTotal', Number.NaN, 'out-of-range'],
  ['combinedActiveEnergyTotal', 800_000_000, 'out-of-range'],
  ['currentA', -800_000, 'out-of-range'],
  ['dateAndWeekday', { year: 2025, month: 8, day: 5, weekday: 7 }, 'out-of-range'],
  ['time', { hour: 24, minute: 0, second: 0 }, 'out-of-range'],
  ['meterNumber', '12345', 'out-of-range'],
  ['forwardActiveEnergyBlock', { total: 0, rates: Array<number>(64).fill(0) }, 'wrong-length'],
  ['statusWordBlock', { words: [0x10000] }, 'out-of-range'],
  ['statusWordBlock', { words: [1, 2, 3, 4, 5] }, 'wrong-length'],
] as const)('%s cannot show %j', (name, value, code) => {
  expect(() => encodeValue(name, value)).toThrow(expect.objectContaining({ name: 'ProtocolError', code }))
})

test('status word 3: the fields win over raw, raw keeps the bits without a field', () => {
  const closed = statusWord3(0b0000_1100_0010_0001)
  expect(toHex(encodeValue('statusWord3', { ...closed, relay: 'open', keepPower: true }))).toBe('31 1C')
})
