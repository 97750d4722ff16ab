import { describe, expect, test } from 'vitest'
import { fromHex, toHex } from '../hex.ts'
import { standardDictionary } from './dictionary.ts'
import { decodeLoadRecords, encodeLoadRecords, type LoadRecord } from './load-record.ts'

const at = { year: 2025, month: 8, day: 5, hour: 12, minute: 30 }
const empty: LoadRecord = {
  at,
  damaged: false,
  voltageAndCurrent: null,
  power: null,
  powerFactor: null,
  energy: null,
  quadrants: null,
  demand: null,
}
const whole: LoadRecord = {
  at,
  damaged: false,
  voltageAndCurrent: {
    voltage: { a: 220_500, b: 221_000, c: null },
    current: { a: -1234, b: 0, c: 5000 },
    frequency: 49_980,
  },
  power: {
    active: { total: 543_200, a: 543_200, b: 0, c: 0 },
    reactive: { total: -100, a: -100, b: 0, c: 0 },
  },
  powerFactor: { total: 990, a: 990, b: 1000, c: 1000 },
  energy: { forwardActive: 123_450, reverseActive: 0, combinedReactive1: -20, combinedReactive2: 0 },
  quadrants: { quadrant1: 10, quadrant2: 20, quadrant3: 30, quadrant4: 40 },
  demand: { active: 1_234_500, reactive: 0 },
}

/** A record of its content: length and checksum are made to fit. */
const framed = (content: string, start = 'A0 A0'): Uint8Array => {
  const inner = fromHex(content)
  const head = Uint8Array.of(...fromHex(start), inner.length, ...inner)
  return Uint8Array.of(...head, head.reduce((sum, byte) => sum + byte, 0) & 0xff, 0xe5)
}
const time = '30 12 05 08 25'
const energies = '45 23 01 00 00 00 00 00 00 00 00 00 00 00 00 00'
const energyRecord = {
  ...empty,
  energy: { forwardActive: 123_450, reverseActive: 0, combinedReactive1: 0, combinedReactive2: 0 },
}

test('a record of all classes has 103 bytes and comes back', () => {
  const bytes = encodeLoadRecords({ records: [whole] })
  expect(bytes).toHaveLength(103)
  expect(decodeLoadRecords(bytes, 0)).toEqual({ ok: true, value: { records: [whole] } })
})

test('a record that a meter has sent: 239.9, 241.0 and 240.7 V without a load at 50 Hz', () => {
  const bytes = fromHex(
    'A0 A0 1C 05 00 01 01 17 99 23 10 24 07 24 00 00 00 00 00 00 00 00 00 00 50 AA AA AA AA AA AA E1 E5',
  )
  const record: LoadRecord = {
    ...empty,
    at: { year: 2017, month: 1, day: 1, hour: 0, minute: 5 },
    voltageAndCurrent: {
      voltage: { a: 239_900, b: 241_000, c: 240_700 },
      current: { a: 0, b: 0, c: 0 },
      frequency: 50_000,
    },
  }
  expect(decodeLoadRecords(bytes, 0)).toEqual({ ok: true, value: { records: [record] } })
  expect(toHex(encodeLoadRecords({ records: [record] }))).toBe(toHex(bytes))
})

test('newer meters put neutral current and apparent power behind the demands', () => {
  const bytes = framed(`${time} AA AA AA AA AA 45 23 01 00 00 00 34 12 80 06 50 00 AA`)
  const demand = { active: 1_234_500, reactive: 0, neutralCurrent: -1234, apparentPower: 500_600 }
  expect(decodeLoadRecords(bytes, 0)).toEqual({ ok: true, value: { records: [{ ...empty, demand }] } })
  expect(toHex(encodeLoadRecords({ records: [{ ...empty, demand }] }))).toBe(toHex(bytes))
})

test('one class, with the separators of the others, byte for byte', () => {
  const bytes = framed(`${time} AA AA AA ${energies} AA AA AA`)
  expect(decodeLoadRecords(bytes, 4)).toEqual({ ok: true, value: { records: [energyRecord] } })
  expect(toHex(encodeLoadRecords({ records: [energyRecord] }))).toBe(toHex(bytes))
})

describe('what meters do otherwise', () => {
  test.each([
    ['leaves out the separators of leading empty classes', `${time} ${energies} AA AA AA`],
    ['sends one separator less', `${time} AA AA AA ${energies} AA AA`],
    ['sends the group alone', `${time} ${energies} AA`],
    ['sends no separator at all', `${time} ${energies}`],
  ])('%s', (_, content) => {
    expect(decodeLoadRecords(framed(content), 4)).toEqual({ ok: true, value: { records: [energyRecord] } })
  })

  test('16 bytes are class 5 where class 5 was asked for', () => {
    const asked = decodeLoadRecords(framed(`${time} ${energies} AA`), 5)
    expect(asked.ok && asked.value.records[0]?.quadrants?.quadrant1).toBe(123_450)
    expect(asked.ok && asked.value.records[0]?.energy).toBeNull()
  })

  test('a damaged record says so', () => {
    const damaged = decodeLoadRecords(framed(`${time} AA AA AA ${energies} AA AA AA`, 'E0 E0'), 0)
    expect(damaged).toEqual({ ok: true, value: { records: [{ ...energyRecord, damaged: true }] } })
  })
})

test.each([
  ['another start', Uint8Array.of(0xa0, 0xe0, 5), 'out-of-range'],
  ['a start alone', Uint8Array.of(0xa0, 0xa0), 'out-of-range'],
  ['a record that is cut off', framed(`${time} AA AA AA AA AA AA`).subarray(0, -1), 'wrong-length'],
  ['a length without a time', framed('30 12'), 'wrong-length'],
  ['a group of no class', framed(`${time} 00 00 00 AA`), 'wrong-length'],
  ['a value that is not BCD', framed(`${time} AA AA AA ${energies.replace('45', '4F')} AA AA AA`), 'not-bcd'],
  [
    'a wrong checksum',
    framed(`${time} AA AA AA AA AA AA`).map((byte, at) => (at === 14 ? byte ^ 1 : byte)),
    'bad-checksum',
  ],
  ['a wrong end', framed(`${time} AA AA AA AA AA AA`).map((byte, at) => (at === 15 ? byte ^ 1 : byte)), 'no-end'],
])('%s is refused', (_, bytes, code) => {
  expect(decodeLoadRecords(bytes, 0)).toMatchObject({ ok: false, code })
})

test('its fields have names, units and what cannot be read behind them', () => {
  const bytes = Uint8Array.of(...framed(`${time} AA AA AA ${energies} AA AA AA`), 0x01)
  const fields = standardDictionary.fields(0x06040002, bytes)
  const [first, second] = fields.ok ? fields.value : []
  expect(first?.fields.map(({ name, value, unit }) => [name, value, unit])).toEqual([
    ['at', at, ''],
    ['forwardActiveEnergy', 123_450, 'Wh'],
    ['reverseActiveEnergy', 0, 'Wh'],
    ['combinedReactiveEnergy1', 0, 'varh'],
    ['combinedReactiveEnergy2', 0, 'varh'],
  ])
  expect(second).toMatchObject({ name: 'surplus', quality: 'surplus' })
})
