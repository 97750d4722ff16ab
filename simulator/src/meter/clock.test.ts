import { broadcastAddress } from '@xianfu/protocols'
import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { address, frame, hex, read, write } from '../lab/frames.test-support.ts'
import { bcd } from './bytes.ts'

/** 2026-03-02 10:00:00 in Shanghai. */
const start = Date.UTC(2026, 2, 2, 2)
const minuteMs = 60_000
const dayMs = 86_400_000
const untimed = { timing: 'none' } as const

const lab = (meter: object = {}, now = start) => createLab({ now, line: untimed, meters: [meter] })
const parts = (...values: number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [...bcd(value, 1)]))
/** ss mm hh DD MM YY of a Shanghai time on 2 March 2026. */
const timeFrame = (hour: number, minute: number, second: number, to = address, day = 2) =>
  frame(0x08, parts(second, minute, hour, day, 3, 26), to)
const offset = ({ clock, meters }: ReturnType<typeof lab>): number => (meters[0]?.look().clock ?? 0) - clock.now()

describe('broadcast time', () => {
  test('moves the clock by less than five minutes and is answered only when addressed singly', () => {
    const bench = lab({ clockOffsetMs: -4 * minuteMs })
    expect(bench.ask(timeFrame(10, 0, 0, broadcastAddress), 100)).toBeNull()
    expect(offset(bench)).toBe(0)
    const single = lab({ clockOffsetMs: -4 * minuteMs })
    expect(single.ask(timeFrame(10, 0, 0))?.control).toBe(0x88)
  })

  test('does not move it by five minutes or more', () => {
    const bench = lab({ clockOffsetMs: 5 * minuteMs })
    expect(bench.ask(timeFrame(10, 0, 0), 100)).toBeNull()
    expect(offset(bench)).toBe(5 * minuteMs)
  })

  test('moves it once a day', () => {
    const bench = lab()
    bench.ask(timeFrame(10, 1, 0), 100)
    bench.ask(timeFrame(10, 3, 0), 100)
    expect(offset(bench)).toBe(minuteMs)
    bench.clock.pass(dayMs)
    bench.ask(timeFrame(10, 3, 0, address, 3), 100)
    // 100 ms of waiting for the silence before.
    expect(Math.round(offset(bench) / minuteMs)).toBe(3)
  })

  test.each([
    [23, 56],
    [0, 4],
  ])('does not move it at %i:%i, around midnight', (hour, minute) => {
    const bench = lab({}, Date.UTC(2026, 2, 1, 16 + hour, minute))
    bench.ask(frame(0x08, parts(30, minute, hour, 2, 3, 26)), 100)
    expect(offset(bench)).toBe(0)
  })

  test.each([
    ['a month 13', parts(0, 0, 10, 2, 13, 26)],
    ['30 February', parts(0, 0, 10, 30, 2, 26)],
    ['a minute 61', parts(0, 61, 10, 2, 3, 26)],
    ['no digits', new Uint8Array(6).fill(0xaa)],
    ['five bytes', parts(0, 0, 10, 2, 3)],
  ])('of %s is not believed', (_, data) => {
    const bench = lab({ clockOffsetMs: 1_000 })
    expect(bench.ask(frame(0x08, data), 100)).toBeNull()
    expect(offset(bench)).toBe(1_000)
  })
})

describe('a written time', () => {
  test('is believed whatever the difference, and leaves a record of before and after', () => {
    const bench = lab()
    expect(bench.ask(write(0x0400_0101, parts(5, 31, 12, 27)))?.control).toBe(0x94)
    expect(bench.ask(write(0x0400_0102, parts(59, 58, 23)))?.control).toBe(0x94)
    expect(hex(bench.ask(read(0x0400_0101))?.data ?? new Uint8Array())).toBe('0101000405311227')
    expect(hex(bench.ask(read(0x0400_0102))?.data ?? new Uint8Array())).toBe('02010004595823')
    expect(hex(bench.ask(read(0x0330_0400))?.data ?? new Uint8Array())).toBe('00043003020000')
    const record = hex(bench.ask(read(0x0330_0401))?.data ?? new Uint8Array())
    expect(record).toBe('0104300378563412000010311227595823311227')
  })

  test('in one piece', () => {
    const bench = lab()
    expect(bench.ask(write(0x0400_010c, parts(1, 2, 3, 1, 4, 5, 26)))?.control).toBe(0x94)
    expect(hex(bench.ask(read(0x0400_010c))?.data ?? new Uint8Array())).toBe('0c01000401020301040526')
  })

  test.each([
    ['31 April', 0x0400_0101, parts(5, 31, 4, 26)],
    ['25 hours', 0x0400_0102, parts(0, 0, 25)],
    ['too many bytes', 0x0400_0102, parts(0, 0, 2, 0)],
  ])('of %s is refused', (_, identifier, data) => {
    const bench = lab()
    expect(hex(bench.ask(write(identifier, data))?.data ?? new Uint8Array())).toBe('01')
    expect(offset(bench)).toBe(0)
  })
})

describe('drift', () => {
  test('moves the clock by so many millionths, and a correction begins it anew', () => {
    const bench = lab({ clockDriftPpm: 100 })
    bench.clock.pass(dayMs)
    expect(offset(bench)).toBe(8_640)
    bench.ask(timeFrame(10, 0, 0, address, 3))
    expect(offset(bench)).toBe(0)
    bench.clock.pass(dayMs / 2)
    expect(offset(bench)).toBe(4_320)
  })

  test.each([-5_000, -73, 0, 42, 5_000])(
    'of %i ppm switches rates by the own clock, not by the wall',
    (clockDriftPpm) => {
      const bench = createLab({
        now: start,
        timetable: [
          { fromMinute: 0, rate: 3 },
          { fromMinute: 12 * 60, rate: 2 },
        ],
        meters: [{ clockDriftPpm, constantWatts: 3_600_000 }],
      })
      bench.clock.pass(3 * 60 * minuteMs)
      // One Wh is one millisecond; the own clock needs 7 200 000 ms of its own to noon.
      const untilNoon = Math.ceil(7_200_000 / (1 + clockDriftPpm / 1_000_000))
      expect(Math.abs(Number(bench.meters[0]?.look().ratesWh[2]) - untilNoon)).toBeLessThanOrEqual(1)
      expect(bench.meters[0]?.look().totalWh).toBe('10800000')
    },
  )
})
