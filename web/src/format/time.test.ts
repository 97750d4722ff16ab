import { describe, expect, it } from 'vitest'
import { ageOf, dayOrClock, formatInstant, secondsText, zoneOffsetMs } from './time.ts'

const at = Date.UTC(2026, 1, 28, 16, 5, 9, 250)

describe('instants are shown in the zone of the site', () => {
  it.each([
    ['Asia/Shanghai', 'second', '2026-03-01 00:05:09'],
    ['Asia/Shanghai', 'minute', '2026-03-01 00:05'],
    ['Asia/Shanghai', 'short', '03-01 00:05'],
    ['Asia/Shanghai', 'clock', '00:05:09'],
    ['UTC', 'second', '2026-02-28 16:05:09'],
    ['Asia/Kathmandu', 'short', '02-28 21:50'],
  ] as const)('%s %s → %s', (zone, detail, shown) => {
    expect(formatInstant(at, zone, detail)).toBe(shown)
  })

  it.each([
    ['Asia/Shanghai', at, '00:05'],
    ['Asia/Shanghai', at - 3_600_000, '02-28 23:05'],
    ['UTC', at - 3_600_000, '15:05'],
  ])('%s: today by its clock, another day by its date', (zone, instant, shown) => {
    expect(dayOrClock(instant, at, zone)).toBe(shown)
  })

  it('tells the offset of a zone at an instant', () => {
    expect(zoneOffsetMs(at, 'Asia/Shanghai')).toBe(8 * 3_600_000)
    expect(zoneOffsetMs(Date.UTC(2026, 6, 1), 'Europe/Berlin')).toBe(2 * 3_600_000)
    expect(zoneOffsetMs(Date.UTC(2026, 0, 1), 'Europe/Berlin')).toBe(3_600_000)
  })
})

describe('ages', () => {
  it.each([
    [-5_000, 'seconds', 0],
    [59_999, 'seconds', 59],
    [60_000, 'minutes', 1],
    [7_199_999, 'minutes', 119],
    [7_200_000, 'hours', 2],
    [172_800_000, 'days', 2],
  ] as const)('%d ms → %s %d', (passedMs, unit, count) => {
    expect(ageOf(at, at + passedMs)).toEqual({ unit, count })
  })

  it('shows durations in seconds', () => {
    expect([0, 49, 2_350, 61_400].map((ms) => secondsText(ms))).toEqual(['0.0', '0.0', '2.4', '61'])
  })
})
