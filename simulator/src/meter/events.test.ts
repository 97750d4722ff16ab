import type { Frame } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { credentials, frame, hex, number, read, write } from '../lab/frames.test-support.ts'
import { bcd, binary, joined } from './bytes.ts'

/** 2026-03-02 08:00 in Shanghai. */
const now = Date.UTC(2026, 2, 2)
const hourMs = 3_600_000

const lab = (meter: object = {}) =>
  createLab({ now, line: { timing: 'none' }, meters: [{ constantWatts: 1_000, powerFactor: 1, ...meter }] })
const data = (answer: Frame | null): string => (answer === null ? 'silence' : hex(answer.data.subarray(4)))

test('a power failure is silence, then a record of its beginning and end', () => {
  const bench = lab()
  bench.meters[0]?.change({ lostPhases: 7 })
  expect(bench.ask(read(0x0001_0000), 100)).toBeNull()
  expect(bench.meters[0]?.look().powered).toBe(false)
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ lostPhases: 0 })
  expect(data(bench.ask(read(0x0311_0000)))).toBe('010000')
  expect(data(bench.ask(read(0x0311_0001)))).toBe('000008020326000009020326')
  expect(data(bench.ask(read(0x0304_0000)))).toBe('0'.repeat(36))
})

test('a lost phase has no voltage, shows in status word 4, and is recorded with what was measured and used', () => {
  const bench = lab({ phases: [50, 30, 20] })
  bench.meters[0]?.change({ lostPhases: 0b001 })
  expect(number(bench.ask(read(0x0201_0100)), 2)).toBe(0)
  expect(number(bench.ask(read(0x0203_0100)), 3)).toBe(0)
  expect(data(bench.ask(read(0x0400_0504)))).toBe('8100')
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ lostPhases: 0 })
  expect(data(bench.ask(read(0x0304_0000))).slice(0, 12)).toBe('010000600000')
  const record = bench.ask(read(0x0304_0101))?.data.subarray(4) ?? new Uint8Array()
  expect(record.length).toBe(131)
  // Start, end, then the increments: 0.50 kWh on B and C, none on A.
  expect(hex(record.subarray(0, 12))).toBe('000008020326000009020326')
  expect(hex(record.subarray(12, 16))).toBe('50000000')
  const phase = (index: number): Uint8Array => record.subarray(28 + index * 29, 28 + (index + 1) * 29)
  expect([0, 1, 2].map((index) => hex(phase(index).subarray(0, 4)))).toEqual(['00000000', '30000000', '20000000'])
  // Before the loss 500 W flowed on A.
  expect(hex(phase(0).subarray(21, 24))).toBe('005000')
  expect(data(bench.ask(read(0x0400_0504)))).toBe('0000')
})

test('a reversed phase shows in status words 2 and 5 and is recorded', () => {
  const bench = lab()
  bench.meters[0]?.change({ reversedPhases: 0b010 })
  expect(data(bench.ask(read(0x0400_0502)))).toBe('0200')
  expect(data(bench.ask(read(0x0400_0505)))).toBe('4000')
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ reversedPhases: 0 })
  const record = bench.ask(read(0x030e_0201))?.data.subarray(4) ?? new Uint8Array()
  expect(record.length).toBe(76)
  // Forward of the total by 0.42 − 0.33 + 0.25 kWh, reverse of phase B by 0.33 kWh.
  expect(hex(record.subarray(12, 16))).toBe('34000000')
  expect(hex(record.subarray(12 + 32 + 4, 12 + 32 + 8))).toBe('33000000')
})

test('current that passes by a phase is not metered, shows in status word 5, and is recorded', () => {
  const bench = lab({ phases: [50, 30, 20] })
  bench.meters[0]?.change({ currentLossPhases: 0b010 })
  expect(data(bench.ask(read(0x0400_0505)))).toBe('0800')
  expect(number(bench.ask(read(0x0203_0200)), 3)).toBe(0)
  expect(number(bench.ask(read(0x0201_0200)), 2)).toBeGreaterThan(2_000)
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ currentLossPhases: 0 })
  expect(data(bench.ask(read(0x030b_0000))).slice(12, 24)).toBe('010000600000')
  const record = bench.ask(read(0x030b_0201))?.data.subarray(4) ?? new Uint8Array()
  expect(record.length).toBe(115)
  // 0.70 kWh were metered on A and C, none on B.
  expect([hex(record.subarray(12, 16)), hex(record.subarray(57, 61))]).toEqual(['70000000', '00000000'])
})

test('a magnet, a battery and a clock at fault show until they are put right', () => {
  const bench = lab()
  bench.meters[0]?.change({ magneticField: true, clockBatteryLow: true, clockFault: true })
  expect(data(bench.ask(read(0x0400_0501)))).toBe('0480')
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ magneticField: false, clockBatteryLow: false, clockFault: false })
  expect(data(bench.ask(read(0x0400_0501)))).toBe('0000')
  expect(data(bench.ask(read(0x0335_0000)))).toBe('010000')
  expect(data(bench.ask(read(0x0335_0001)))).toBe('000008020326000009020326')
})

test.each([
  ['the meter cover', 'meterCover', 0x0330_0d00, '0002'],
  ['the terminal cover', 'terminalCover', 0x0330_0e00, '0004'],
] as const)('opening %s shows in status word 7 and is recorded with the registers', (_, cover, identifier, word) => {
  const bench = lab({ startWh: [0, 0, 5_000, 0] })
  bench.meters[0]?.change({ [cover]: 'open' })
  expect(data(bench.ask(read(0x0400_0507)))).toBe(word)
  bench.clock.pass(hourMs)
  bench.meters[0]?.change({ [cover]: 'closed' })
  expect(data(bench.ask(read(identifier)))).toBe('010000')
  const record = bench.ask(read(identifier + 1))?.data.subarray(4) ?? new Uint8Array()
  expect(record.length).toBe(60)
  expect([hex(record.subarray(12, 16)), hex(record.subarray(36, 40))]).toEqual(['00050000', '00060000'])
})

describe('programming', () => {
  test('is recorded with operator and identifier, the last ten times', () => {
    const bench = lab()
    for (let minutes = 1; minutes <= 11; minutes += 1) bench.ask(write(0x0400_1401, bcd(minutes, 2)))
    bench.ask(write(0x0400_1001, bcd(2_000, 4)))
    expect(data(bench.ask(read(0x0330_0000)))).toBe('120000')
    const newest = bench.ask(read(0x0330_0001))?.data.subarray(4) ?? new Uint8Array()
    expect(newest.length).toBe(50)
    expect(hex(newest.subarray(6, 18))).toBe('7856341201100004ffffffff')
    expect(bench.ask(read(0x0330_000a))?.control).toBe(0x91)
    expect(bench.ask(read(0x0330_000b))?.control).toBe(0xd1)
  })

  test.each([
    ['without the right password', write(0x0400_1401, bcd(1, 2), Uint8Array.from([2, 1, 1, 1, 0, 0, 0, 0])), '04'],
    ['of another class', write(0x0001_0000, bcd(1, 4)), '04'],
    ['of what cannot be written', write(0x0400_0409, bcd(1, 3)), '04'],
    ['of the address without the key', write(0x0400_0401, bcd(9, 6)), '04'],
    ['of what does not exist', write(0x0400_7777, bcd(1, 3)), '02'],
    ['of too few bytes', write(0x0400_1401, bcd(1, 1)), '01'],
    ['of what are no digits', write(0x0400_1401, Uint8Array.of(0xaa, 0x00)), '01'],
    ['of half a table entry', write(0x0402_0001, bcd(1, 4)), '01'],
  ])('%s is refused', (_, request, error) => {
    const bench = lab()
    const answer = bench.ask(request)
    expect([answer?.control, hex(answer?.data ?? new Uint8Array())]).toEqual([0xd4, error])
    expect(data(bench.ask(read(0x0330_0000)))).toBe('000000')
  })

  test('of a day table comes into force at its moment', () => {
    const bench = lab()
    // From noon peak, before that valley; from 10:00 of 2 March.
    bench.ask(write(0x0402_0001, Uint8Array.from([0x04, 0x00, 0x00, 0x02, 0x00, 0x12])))
    bench.ask(write(0x0400_0107, bcd(2_603_021_000, 5)))
    bench.clock.pass(6 * hourMs)
    expect(bench.meters[0]?.look().ratesWh).toEqual(['0', '2000', '2000', '2000'])
    expect(data(bench.ask(read(0x0401_0001)))).toBe('040000020012')
  })
})

describe('clearing', () => {
  test('a meter leaves a record of what it had', () => {
    const bench = lab({ startWh: [0, 0, 12_340, 0] })
    bench.clock.pass(hourMs)
    expect(bench.ask(frame(0x1a, credentials))?.control).toBe(0x9a)
    expect(bench.meters[0]?.look().totalWh).toBe('0')
    const record = bench.ask(read(0x0330_0101))?.data.subarray(4) ?? new Uint8Array()
    expect(record.length).toBe(106)
    expect(hex(record.subarray(10, 14))).toBe('34130000')
  })

  test('events of one kind or all, but never the records of clearing', () => {
    const bench = lab()
    bench.ask(write(0x0400_1401, bcd(1, 2)))
    bench.meters[0]?.change({ meterCover: 'open' })
    bench.meters[0]?.change({ meterCover: 'closed' })
    const clear = (identifier: number): number | undefined =>
      bench.ask(frame(0x1b, joined(credentials, binary(identifier, 4))))?.control
    expect(clear(0x0330_00ff)).toBe(0x9b)
    expect(data(bench.ask(read(0x0330_0000)))).toBe('000000')
    expect(data(bench.ask(read(0x0330_0d00)))).toBe('010000')
    expect(clear(0x0330_0d00)).toBe(0xdb)
    expect(clear(0xffff_ffff)).toBe(0x9b)
    expect(data(bench.ask(read(0x0330_0d00)))).toBe('000000')
    expect(data(bench.ask(read(0x0330_0300)))).toBe('020000')
  })

  test('needs the password', () => {
    const bench = lab()
    const wrong = Uint8Array.from([2, 9, 9, 9, 0, 0, 0, 0])
    expect([0x19, 0x1a].map((code) => bench.ask(frame(code, wrong))?.control)).toEqual([0xd9, 0xda])
  })
})

describe('addresses and passwords', () => {
  test('an address is given with the programming key alone, and the meter answers to it', () => {
    const bench = lab()
    const give = frame(0x15, bcd(777, 6), 'AAAAAAAAAAAA')
    expect(bench.ask(give, 100)).toBeNull()
    bench.meters[0]?.change({ programmingKey: true })
    expect(bench.ask(give)?.control).toBe(0x95)
    expect(bench.ask(read(0x0001_0000), 100)).toBeNull()
    expect(bench.ask(read(0x0001_0000, '000000000777'))?.address).toBe('000000000777')
  })

  test('a password is changed by one of its level or a higher one', () => {
    const bench = lab()
    const change = (level: number, by: number[], to: number[]): number | undefined =>
      bench.ask(frame(0x18, joined(binary(0x0400_0c01 + level, 4), Uint8Array.from(by), Uint8Array.from(to))))?.control
    expect(change(2, [2, 0x11, 0, 0], [2, 0x56, 0x34, 0x12])).toBe(0xd8)
    expect(change(1, [2, 0, 0, 0], [1, 0x56, 0x34, 0x12])).toBe(0xd8)
    expect(change(2, [2, 0, 0, 0], [3, 0x56, 0x34, 0x12])).toBe(0xd8)
    expect(change(2, [2, 0, 0, 0], [2, 0x56, 0x34, 0x12])).toBe(0x98)
    expect(bench.ask(write(0x0400_1401, bcd(1, 2)))?.control).toBe(0xd4)
    const changed = Uint8Array.from([2, 0x56, 0x34, 0x12, 0, 0, 0, 0])
    expect(bench.ask(write(0x0400_1401, bcd(1, 2), changed))?.control).toBe(0x94)
    expect(change(4, [2, 0x56, 0x34, 0x12], [4, 0, 0, 0])).toBe(0x98)
  })

  test('passwords cannot be read', () => {
    expect(lab().ask(read(0x0400_0c03))?.control).toBe(0xd1)
  })

  test('a bit rate that the standard does not have is refused', () => {
    expect(lab().ask(frame(0x17, Uint8Array.of(0x03)))?.control).toBe(0xd7)
  })
})
