import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { frame, number, read } from '../lab/frames.test-support.ts'

const now = Date.UTC(2026, 2, 2)
const hourMs = 3_600_000
const lab = (meter: object) =>
  createLab({
    now,
    line: { timing: 'none' },
    timetable: [
      { fromMinute: 0, rate: 3 },
      { fromMinute: 600, rate: 2 },
      { fromMinute: 720, rate: 3 },
    ],
    meters: [meter],
  })

describe('active pulses', () => {
  test('are the energy times the constant, whatever the load and however long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 10 * hourMs }),
        fc.integer({ min: 1, max: 20_000 }),
        (constantWatts, ms, pulseConstant) => {
          const { clock, meters } = lab({ constantWatts, pulseConstant })
          clock.pass(ms)
          const exact = (BigInt(constantWatts) * BigInt(ms) * BigInt(pulseConstant)) / 3_600_000_000n
          expect(meters[0]?.pulses().active).toBe(String(exact))
        },
      ),
    )
  })

  test('verify a reading: so many counted are so much more on the register', () => {
    const { clock, meters, ask } = lab({ constantWatts: 2_000, pulseConstant: 1_600 })
    const before = [Number(meters[0]?.pulses().active), number(ask(read(0x0001_0000)), 4)] as const
    clock.pass(3 * hourMs)
    const pulses = Number(meters[0]?.pulses().active) - before[0]
    const constant = number(ask(read(0x0400_0409)), 3)
    expect(pulses / constant).toBe((number(ask(read(0x0001_0000)), 4) - before[1]) / 100)
  })

  test('come for energy that is fed back too', () => {
    const { clock, meters } = lab({ constantWatts: -1_000, pulseConstant: 800 })
    clock.pass(hourMs)
    expect(meters[0]?.pulses().active).toBe('800')
  })
})

describe('the multi-function terminal', () => {
  test.each([
    ['clock-second', 0x00, 7_200],
    ['demand-period', 0x01, 8],
    // 10:00 and 12:00, two and four hours after the beginning at 08:00.
    ['tariff-switch', 0x02, 1],
  ] as const)('puts out %s', (output, kind, pulses) => {
    const { clock, meters, ask } = lab({})
    expect(ask(frame(0x1d, Uint8Array.of(kind)))?.control).toBe(0x9d)
    clock.pass(2 * hourMs)
    expect(meters[0]?.pulses().terminal).toEqual({ output, pulses })
  })

  test('runs fast with a clock that runs fast: the test of a clock', () => {
    const { clock, meters, ask } = lab({ clockDriftPpm: 1_000 })
    ask(frame(0x1d, Uint8Array.of(0)))
    clock.pass(10_000_000)
    expect(meters[0]?.pulses().terminal.pulses).toBe(10_010)
  })

  test('knows no other output', () => {
    expect(lab({}).ask(frame(0x1d, Uint8Array.of(3)))?.control).toBe(0xdd)
  })
})
