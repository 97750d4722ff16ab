import { describe, expect, test } from 'vitest'
import { createLab } from '../lab/create-lab.ts'
import { control, number, read } from '../lab/frames.test-support.ts'

/** 2026-03-02 08:00 in Shanghai. */
const now = Date.UTC(2026, 2, 2)
const minuteMs = 60_000
const hourMs = 60 * minuteMs

const lab = (meter: object) =>
  createLab({ now, line: { timing: 'none' }, meters: [{ constantWatts: 1_000, ...meter }] })
const relay = ({ meters }: ReturnType<typeof lab>) => {
  const { actual, cause } = meters[0]?.look().relay ?? {}
  return `${String(actual)} ${String(cause)}`
}

describe('overload', () => {
  const overload = { watts: 5_000, afterMs: 10_000, recloseAfterMs: 60_000, reclosings: 2 }

  test('shorter than allowed trips nobody', () => {
    const bench = lab({ overload })
    bench.meters[0]?.change({ constantWatts: 6_000 })
    bench.clock.pass(9_000)
    bench.meters[0]?.change({ constantWatts: 1_000 })
    bench.clock.pass(hourMs)
    expect(relay(bench)).toBe('closed null')
    expect(number(bench.ask(read(0x030f_0100)), 3)).toBe(1)
  })

  test('trips, closes again a limited number of times, and then waits for a person', () => {
    const bench = lab({ overload, relay: { button: true, delayMs: 0 } })
    bench.meters[0]?.change({ constantWatts: 6_000 })
    bench.clock.pass(10_000)
    expect(relay(bench)).toBe('open overload')
    bench.clock.pass(60_000)
    expect(relay(bench)).toBe('closed null')
    bench.clock.pass(hourMs)
    expect(relay(bench)).toBe('open overload')
    expect(bench.meters[0]?.look().overload).toEqual({ trips: 3, reclosingsLeft: 0 })
    bench.meters[0]?.change({ constantWatts: 1_000 })
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(hourMs)
    expect(relay(bench)).toBe('closed null')
    expect(bench.meters[0]?.look().overload).toEqual({ trips: 3, reclosingsLeft: 2 })
  })

  test('is allowed under keep-power', () => {
    const bench = lab({ overload })
    bench.ask(control(0x3a))
    bench.meters[0]?.change({ constantWatts: 6_000 })
    bench.clock.pass(hourMs)
    expect(relay(bench)).toBe('closed null')
  })

  test('does not close what was tripped by command meanwhile', () => {
    const bench = lab({ overload })
    bench.meters[0]?.change({ constantWatts: 6_000 })
    bench.clock.pass(20_000)
    bench.ask(control(0x1a))
    bench.clock.pass(hourMs)
    expect(relay(bench)).toBe('open remote')
  })
})

describe('malignant load', () => {
  const dormitory = { malignantLoad: { stepWatts: 800 }, constantWatts: 200, relay: { button: true, delayMs: 0 } }

  test('is a jump, not a rise in small steps, and not the return of supply', () => {
    const bench = lab(dormitory)
    for (const constantWatts of [900, 1_600, 2_300]) {
      bench.meters[0]?.change({ constantWatts })
      bench.clock.pass(minuteMs)
      expect(relay(bench)).toBe('closed null')
    }
    bench.ask(control(0x1a))
    bench.clock.pass(minuteMs)
    bench.ask(control(0x1c))
    bench.clock.pass(minuteMs)
    expect(relay(bench)).toBe('closed null')
  })

  test('trips at once, and waits for the button', () => {
    const bench = lab(dormitory)
    bench.clock.pass(minuteMs)
    bench.meters[0]?.change({ constantWatts: 1_200 })
    bench.clock.pass(1)
    expect(relay(bench)).toBe('open malignant-load')
    bench.clock.pass(hourMs)
    bench.meters[0]?.change({ constantWatts: 200 })
    bench.meters[0]?.change({ pressButton: true })
    bench.clock.pass(minuteMs)
    expect(relay(bench)).toBe('closed null')
    expect(bench.meters[0]?.look().malignantTrips).toBe(1)
  })
})

describe('time control', () => {
  const timeControl = {
    off: [
      { from: '12:00', to: '13:30' },
      { from: '22:07', to: '24:00' },
    ],
  }

  test('takes supply away and gives it back by the minute', () => {
    const bench = lab({ timeControl, relay: { delayMs: 0 } })
    bench.clock.pass(4 * hourMs - 1)
    expect(relay(bench)).toBe('closed null')
    bench.clock.pass(1)
    expect(relay(bench)).toBe('open time')
    bench.clock.pass(90 * minuteMs)
    expect(relay(bench)).toBe('closed null')
    bench.clock.pass(14 * hourMs + 30 * minuteMs)
    // 16 h on the grid a day less 1:53 in the evening: 08:00–12:00, 13:30–22:07, 00:00–04:00.
    expect(bench.meters[0]?.look().totalWh).toBe(String(Math.floor((240 + 517 + 240) * (1_000 / 60))))
  })

  test('leaves a trip by command alone', () => {
    const bench = lab({ timeControl })
    bench.ask(control(0x1a))
    bench.clock.pass(24 * hourMs)
    expect(relay(bench)).toBe('open remote')
  })
})

test('a single run ends when its time is over, and begins again with the button', () => {
  const bench = lab({ singleRunMinutes: 45, relay: { delayMs: 0, button: true } })
  bench.ask(control(0x1a))
  bench.ask(control(0x1b))
  bench.meters[0]?.change({ pressButton: true })
  bench.clock.pass(45 * minuteMs - 1)
  expect(relay(bench)).toBe('closed null')
  bench.clock.pass(1)
  expect(relay(bench)).toBe('open run-over')
  bench.meters[0]?.change({ pressButton: true })
  bench.clock.pass(10 * minuteMs)
  expect(relay(bench)).toBe('closed null')
  bench.clock.pass(35 * minuteMs)
  expect(relay(bench)).toBe('open run-over')
})
