import { describe, expect, test } from 'vitest'
import { instantOf, isTimeZone, localTime, minuteOfDay, zoneOf } from './local-time.ts'

const show = (instant: number, name: string): string => {
  const { year, month, day, weekday, hour, minute, second } = localTime(instant, zoneOf(name))
  return `${[year, month, day].join('-')} ${String(weekday)} ${[hour, minute, second].join(':')}`
}

test.each([
  ['Asia/Shanghai', Date.UTC(2025, 11, 31, 16, 0, 1), '2026-1-1 4 0:0:1'],
  ['Asia/Kathmandu', Date.UTC(2026, 0, 1, 0, 0), '2026-1-1 4 5:45:0'],
  ['America/St_Johns', Date.UTC(2026, 0, 1, 0, 0), '2025-12-31 3 20:30:0'],
  ['UTC', Date.UTC(2024, 1, 29, 23, 59, 59), '2024-2-29 4 23:59:59'],
])('in %s a moment is what the wall shows', (name, instant, shown) => {
  expect(show(instant, name)).toBe(shown)
})

describe('where clocks are moved', () => {
  const berlin = zoneOf('Europe/Berlin')
  const spring = Date.UTC(2026, 2, 29, 1)

  test('an hour is missing in spring and twice in autumn', () => {
    expect(minuteOfDay(spring - 1, berlin)).toBe(119)
    expect(minuteOfDay(spring, berlin)).toBe(180)
    const autumn = Date.UTC(2026, 9, 25, 1)
    expect([minuteOfDay(autumn - 1, berlin), minuteOfDay(autumn, berlin)]).toEqual([179, 120])
  })

  test('a shown time comes back to its moment, all year round', () => {
    for (let hour = 0; hour < 365 * 24; hour += 5) {
      const instant = Date.UTC(2026, 0, 1, hour)
      const isTwice = minuteOfDay(instant + 3_600_000, berlin) === minuteOfDay(instant, berlin)
      const back = instantOf(localTime(instant, berlin), berlin)
      expect([instant, isTwice ? instant + 3_600_000 : instant]).toContain(back)
    }
  })
})

test('a zone that is none is told from one that is', () => {
  expect(['Asia/Shanghai', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false])
})
