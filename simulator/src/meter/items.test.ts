import { identifiers, standardDictionary } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { hex, read } from '../lab/frames.test-support.ts'

/**
 * The meter lays out its data by itself; the tables of `protocols` read them. Two readings of one standard that agree
 * are worth more than one that is used twice.
 */
const bench = createLab({
  now: Date.UTC(2026, 2, 2, 0, 7),
  line: { timing: 'none' },
  meters: [
    {
      constantWatts: 4_321,
      livedDays: 70,
      powerFactor: 0.9,
      memory: { hourlyMinutes: 60, profileMinutes: 60 },
      prepayment: {
        prices: [1, 0.8, 0.6, 0.3],
        balance: 100_000,
        alarm1: 20,
        alarm2: 5,
        customerNumber: '000000004711',
      },
      security: { key: 'k' },
      overload: { watts: 60_000 },
    },
  ],
})
const meter = bench.meters[0]
// Something to remember of every kind.
bench.ask({ address: '000000000001', control: 0x16, data: new Uint8Array(4).fill(0x99) })
for (const lostPhases of [1, 0, 2, 0, 4, 0, 7, 0]) meter?.change({ lostPhases })
for (const reversedPhases of [7, 0]) meter?.change({ reversedPhases })
for (const position of ['open', 'closed'] as const) meter?.change({ meterCover: position, terminalCover: position })

const families: readonly (readonly [string, readonly number[]])[] = [
  [
    'energy',
    ids(
      0x00,
      [...range(0, 8), ...range(0x15, 0x1c), ...range(0x29, 0x30), ...range(0x3d, 0x44)],
      [0, 1, 2, 3, 4, 0xff],
      [0, 1, 2, 12],
    ),
  ],
  ['demand', ids(0x01, [1, 2], [0], [0, 1, 12])],
  ['measured values', ids(0x02, range(1, 7), [0, 1, 2, 3, 0xff], [0])],
  ['freezes', ids(0x05, [0, 1, 4, 6], [...range(0, 10), 0x10], [1, 2, 3])],
  ['all rows of the table', Object.values(identifiers).map(({ id }) => id)],
]

function ids(di3: number, di2: readonly number[], di1: readonly number[], di0: readonly number[]): number[] {
  return di2.flatMap((a) => di1.flatMap((b) => di0.map((c) => ((di3 << 24) | (a << 16) | (b << 8) | c) >>> 0)))
}
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}

describe.each(families)('%s', (_, list) => {
  test('decode as what the protocol says they are', () => {
    const answered = list.flatMap((identifier) => {
      const data = meter?.item(identifier) ?? null
      return data === null ? [] : [{ identifier, data }]
    })
    const wrong = answered.flatMap(({ identifier, data }) => {
      const value = standardDictionary.decode(identifier, data)
      return value.ok ? [] : [`${identifier.toString(16).padStart(8, '0')} ${hex(data)}: ${value.detail}`]
    })
    expect(wrong).toEqual([])
    expect(answered.length).toBeGreaterThan(5)
  })
})

test.each([
  [0x0000_0000, -1],
  [0x0001_0000, 4_321 * 24 * 70],
  [0x0203_0000, 4_321_000],
  [0x0206_0000, 900],
  [0x0400_0409, 800],
])('%i is the value that was lived', (identifier, value) => {
  const data = meter?.item(identifier) ?? new Uint8Array()
  const decoded = standardDictionary.decode(identifier, data)
  const register = Math.floor((4_321 * 24 * 70) / 10) * 10
  const expected = identifier <= 0x0001_0000 ? register : value
  expect(decoded).toEqual({ ok: true, value: expected })
})

test.each([
  0x0001_0500, 0x0001_000d, 0x0009_0000, 0x0103_0000, 0x0201_0400, 0x0208_0100, 0x0510_0001, 0x0700_00ff, 0xffff_ffff,
])('%i is nothing that the meter has', (identifier) => {
  expect(bench.ask(read(identifier))).toMatchObject({ control: 0xd1, data: Uint8Array.of(0x02) })
})

test('reads of a length that no read has are refused', () => {
  const short = bench.ask({ address: '000000000001', control: 0x11, data: Uint8Array.of(0, 0, 1) })
  expect(short).toMatchObject({ control: 0xd1, data: Uint8Array.of(0x01) })
})
