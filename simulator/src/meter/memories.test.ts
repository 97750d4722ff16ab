import { standardDictionary, type Frame } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab, type LabOptions } from '../lab/create-lab.ts'
import { credentials, frame, hex, number, read, write } from '../lab/frames.test-support.ts'
import { bcd, binary, joined } from './bytes.ts'
import { RecordRing } from './duty/record-ring.ts'

/** 2026-03-02 00:00 in Shanghai. */
const midnight = Date.UTC(2026, 2, 1, 16)
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const lab = (meter: object = {}, options: Partial<LabOptions> = {}) =>
  createLab({ now: midnight, line: { timing: 'none' }, meters: [{ constantWatts: 1_000, ...meter }], ...options })
type Bench = ReturnType<typeof lab>
const data = (answer: Frame | null): string => (answer === null ? 'silence' : hex(answer.data.subarray(4)))
/** Register steps of 0.01 kWh: total, then rates. */
const energies = (bench: Bench, identifier: number): number[] => {
  const answer = bench.ask(read(identifier))
  return [0, 1, 2, 3, 4].map((at) => number(answer, 4, 4 + 4 * at))
}

describe('a daily freeze', () => {
  test('is what the registers showed at midnight, though nobody looked', () => {
    const bench = lab()
    bench.clock.pass(2 * dayMs + 5 * hourMs)
    expect(data(bench.ask(read(0x0506_0001)))).toBe('0000040326')
    expect(energies(bench, 0x0506_0101)).toEqual([4_800, 0, 0, 4_800, 0])
    expect(data(bench.ask(read(0x0506_0002)))).toBe('0000030326')
    expect(energies(bench, 0x0506_0102)).toEqual([2_400, 0, 0, 2_400, 0])
    expect(bench.ask(read(0x0506_0003))?.control).toBe(0xd1)
  })

  test('has 62 days and forgets the 63rd', () => {
    const bench = lab({ livedDays: 80 })
    expect(energies(bench, 0x0506_0101)[0]).toBe(80 * 2_400)
    expect(energies(bench, 0x0506_013e)[0]).toBe(19 * 2_400)
    expect(bench.ask(read(0x0506_013f))?.control).toBe(0xd1)
  })

  test('is made by the own clock of the meter', () => {
    const bench = lab({ clockOffsetMs: 30 * minuteMs })
    bench.clock.pass(dayMs)
    expect(energies(bench, 0x0506_0101)[0]).toBe(2_350)
  })

  test('can be switched off, and costs nothing then', () => {
    const bench = lab({ memory: { daily: false, settlement: false }, livedDays: 3 })
    expect(bench.ask(read(0x0506_0101))?.control).toBe(0xd1)
    expect(bench.meters[0]?.save().memories).toBeNull()
  })

  test('in one block decodes by the table of the protocol', () => {
    const bench = lab({ livedDays: 2 })
    const first = bench.ask(read(0x0506_ff01))
    expect(first?.control).toBe(0xb1)
    const rest = bench.ask(frame(0x12, joined(binary(0x0506_ff01, 4), Uint8Array.of(1))))
    expect(rest?.control).toBe(0x92)
    // 5 + 8 × 20 + 2 × 8 + 24 = 205 bytes.
    expect((first?.data.length ?? 0) - 4 + (rest?.data.length ?? 0) - 5).toBe(205)
  })
})

describe('freezing on demand', () => {
  test('at once is obeyed by all and answered by none when broadcast', () => {
    const bench = lab()
    bench.clock.pass(90 * minuteMs)
    expect(bench.ask(frame(0x16, new Uint8Array(4).fill(0x99), '999999999999'), 10)).toBeNull()
    bench.clock.pass(hourMs)
    expect(data(bench.ask(read(0x0501_0001)))).toBe('3001020326')
    expect(energies(bench, 0x0501_0101)[0]).toBe(150)
  })

  test('every day at a minute that is no quarter hour', () => {
    const bench = lab()
    // mm hh DD MM
    expect(bench.ask(frame(0x16, Uint8Array.from([0x07, 0x03, 0x99, 0x99])))?.control).toBe(0x96)
    bench.clock.pass(3 * dayMs)
    expect(data(bench.ask(read(0x0500_0001)))).toBe('0703040326')
    expect(data(bench.ask(read(0x0500_0003)))).toBe('0703020326')
    expect(energies(bench, 0x0500_0103)[0]).toBe(311)
    expect(bench.ask(read(0x0500_0004))?.control).toBe(0xd1)
  })

  test('every hour; every month', () => {
    const hourly = lab()
    hourly.ask(frame(0x16, Uint8Array.from([0x59, 0x99, 0x99, 0x99])))
    hourly.clock.pass(20 * hourMs)
    expect(data(hourly.ask(read(0x0500_000c)))).toBe('5908020326')
    const monthly = lab()
    monthly.ask(frame(0x16, Uint8Array.from([0x00, 0x12, 0x15, 0x99])))
    monthly.clock.pass(62 * dayMs)
    expect(data(monthly.ask(read(0x0500_0001)))).toBe('0012150426')
    expect(data(monthly.ask(read(0x0500_0002)))).toBe('0012150326')
  })

  test('at a time that does not exist is refused', () => {
    expect(lab().ask(frame(0x16, Uint8Array.from([0x61, 0x03, 0x99, 0x99])))?.control).toBe(0xd6)
  })
})

test('hourly freezes come every half hour if so configured', () => {
  const bench = lab({ memory: { hourlyMinutes: 30 } })
  bench.clock.pass(2 * hourMs)
  expect(data(bench.ask(read(0x0504_0001)))).toBe('0002020326')
  expect(number(bench.ask(read(0x0504_0104)), 4)).toBe(50)
  expect(data(bench.ask(read(0x0504_ff01)))).toBe('00020203260002000000000000')
})

describe('settlement days', () => {
  test('keep what the registers showed on the first of the month', () => {
    const bench = lab({ livedDays: 45 })
    // 45 days before 2 March is 16 January; to 1 February 16 days, to 1 March 44.
    expect(number(bench.ask(read(0x0001_0001)), 4)).toBe(44 * 2_400)
    expect(number(bench.ask(read(0x0001_0002)), 4)).toBe(16 * 2_400)
    expect(number(bench.ask(read(0x0001_0003)), 4)).toBe(0)
    expect(number(bench.ask(read(0x000b_0000)), 4)).toBe(2_400)
    expect(number(bench.ask(read(0x000b_0001)), 4)).toBe(28 * 2_400)
  })

  test('can be moved', () => {
    const bench = lab()
    expect(bench.ask(write(0x0400_0b01, bcd(306, 2)))?.control).toBe(0x94)
    bench.clock.pass(2 * dayMs)
    expect(number(bench.ask(read(0x0001_0001)), 4)).toBe(3_000)
  })
})

describe('the load profile', () => {
  const profiled = () => {
    const bench = lab({ memory: { profileMinutes: 15, profileRecords: 40 }, powerFactor: 1 })
    bench.clock.pass(11 * hourMs)
    return bench
  }
  const ask = (bench: Bench, identifier: number, ...rest: number[]): Frame | null =>
    bench.ask(frame(0x11, joined(binary(identifier, 4), ...rest.map((part) => bcd(part, 1)))))

  test('has a record for every quarter hour, the oldest forgotten', () => {
    const bench = profiled()
    const oldest = ask(bench, 0x0600_0000, 1)?.data ?? new Uint8Array()
    expect(hex(oldest.subarray(4, 12))).toBe('a0a0621501020326')
    const newest = ask(bench, 0x0600_0002, 1)?.data ?? new Uint8Array()
    expect(hex(newest.subarray(7, 12))).toBe('0011020326')
  })

  test('is 103 bytes a record, which the protocol understands', () => {
    const bench = profiled()
    const answer = ask(bench, 0x0600_0002, 1)
    const bytes = answer?.data.subarray(4) ?? new Uint8Array()
    expect(bytes.length).toBe(103)
    const decoded = standardDictionary.decode(0x0600_0002, bytes)
    expect(decoded).toMatchObject({
      ok: true,
      value: {
        records: [
          {
            at: { year: 2026, month: 3, day: 2, hour: 11, minute: 0 },
            damaged: false,
            power: { active: { total: 1_000_000, a: 420_000, b: 330_000, c: 250_000 }, reactive: { total: 0 } },
            powerFactor: { total: 1_000 },
            energy: { forwardActive: 11_000, reverseActive: 0 },
            demand: { active: 1_000_000, reactive: 0 },
          },
        ],
      },
    })
  })

  test('can be read class by class', () => {
    const bench = profiled()
    // A0 A0, length, time, 3 AA, 4 energies of 4 bytes, 3 AA, sum, E5.
    const energy = ask(bench, 0x0604_0002, 1)?.data.subarray(4) ?? new Uint8Array()
    expect(energy.length).toBe(3 + 5 + 6 + 16 + 2)
    expect(hex(energy.subarray(11, 15))).toBe('00110000')
  })

  test('from a time on, over several frames', () => {
    const bench = profiled()
    const first = ask(bench, 0x0600_0001, 3, 30, 8, 2, 3, 26)
    expect(first?.control).toBe(0xb1)
    const second = bench.ask(frame(0x12, joined(binary(0x0600_0001, 4), Uint8Array.of(1))))
    expect(second?.control).toBe(0x92)
    const all = joined(first?.data.subarray(4) ?? new Uint8Array(), second?.data.subarray(4, -1) ?? new Uint8Array())
    expect(all.length).toBe(3 * 103)
    expect([0, 1, 2].map((record) => hex(all.subarray(record * 103 + 3, record * 103 + 5)))).toEqual([
      '3008',
      '4508',
      '0009',
    ])
  })

  test('before there is any, there is no data', () => {
    expect(ask(lab(), 0x0600_0002, 1)?.control).toBe(0xd1)
  })
})

describe('follow-up frames', () => {
  test('come in their order and once', () => {
    const bench = lab({ livedDays: 1 })
    const followUp = (sequence: number, identifier = 0x0506_ff01): number | undefined =>
      bench.ask(frame(0x12, joined(binary(identifier, 4), Uint8Array.of(sequence))))?.control
    expect(followUp(1)).toBe(0xd2)
    bench.ask(read(0x0506_ff01))
    expect(followUp(2)).toBe(0xd2)
    expect(followUp(1, 0x0506_ff02)).toBe(0xd2)
    expect(followUp(1)).toBe(0x92)
    expect(followUp(1)).toBe(0xd2)
    bench.ask(read(0x0506_ff01))
    bench.ask(read(0x0001_0000))
    expect(followUp(1)).toBe(0xd2)
  })
})

describe('demand', () => {
  test('is the greatest mean power of a quarter hour, with the end of that quarter hour', () => {
    const bench = lab()
    bench.clock.pass(20 * minuteMs)
    bench.meters[0]?.change({ constantWatts: 4_000 })
    bench.clock.pass(30 * minuteMs)
    bench.meters[0]?.change({ constantWatts: 500 })
    bench.clock.pass(5 * hourMs)
    expect(data(bench.ask(read(0x0101_0000)))).toBe('0000044500020326')
    expect(data(bench.ask(read(0x0102_0000)))).toBe('0000000000000000')
    expect(bench.ask(frame(0x19, credentials))?.control).toBe(0x99)
    expect(data(bench.ask(read(0x0101_0000)))).toBe('0000000000000000')
    // The record keeps what was cleared: time, operator, then the first demand.
    expect(data(bench.ask(read(0x0330_0201))).slice(20, 36)).toBe('0000044500020326')
    bench.clock.pass(hourMs)
    expect(data(bench.ask(read(0x0101_0000))).slice(0, 6)).toBe('005000')
  })
})

describe('a record ring', () => {
  test('keeps the newest rows and grows only as they come', () => {
    const ring = new RecordRing(2, 6)
    expect(ring.newest(0)).toBeNull()
    for (let row = 1; row <= 20; row += 1) ring.push([row, -row])
    expect(ring.count).toBe(6)
    expect(ring.all().map(([first, second]) => [first, second])).toEqual(
      [15, 16, 17, 18, 19, 20].map((row) => [row, -row]),
    )
    expect([...(ring.newest(0) ?? [])]).toEqual([20, -20])
    expect(ring.newest(6)).toBeNull()
  })

  test.each([1, 3, 4, 5, 7, 8, 9])('of %i rows has them all in order', (capacity) => {
    const ring = new RecordRing(1, capacity)
    for (let row = 0; row < capacity; row += 1) {
      ring.push([row])
      expect(ring.all().map(([value]) => value)).toEqual(Array.from({ length: row + 1 }, (_, index) => index))
    }
  })
})
