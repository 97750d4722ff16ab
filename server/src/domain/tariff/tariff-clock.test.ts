import { describe, expect, test } from 'vitest'
import { localTime } from '../calendar.ts'
import {
  calendarDay,
  dayNumber,
  formatDay,
  monthOfDay,
  monthsBetween,
  parseDay,
  yearStartBefore,
} from './day-number.ts'
import type { TariffCalendar } from './plan.ts'
import { readPlan } from './read-plan.ts'
import { dayTypeOf, tariffClock, zoneDays } from './tariff-clock.ts'

const calendarOf = (calendar: object): TariffCalendar => {
  const read = readPlan({
    code: 'C',
    version: 1,
    validFrom: '2024-01-01',
    energy: { kind: 'clock', prices: { peak: '1', flat: '1', valley: '1' }, calendar },
  })
  if (!read.ok || read.value.energy.kind !== 'clock') throw new Error(JSON.stringify(read))
  return read.value.energy.calendar
}

const calendar = calendarOf({
  seasons: [
    {
      from: '07-01',
      to: '08-31',
      workday: [
        ['00:00', 'valley'],
        ['02:30', 'flat'],
        ['08:00', 'peak'],
      ],
      weekend: [['00:00', 'flat']],
    },
    {
      from: '09-01',
      to: '06-30',
      workday: [
        ['00:00', 'valley'],
        ['01:00', 'peak'],
        ['03:00', 'flat'],
      ],
    },
  ],
  holidays: ['2024-10-01'],
  workdays: ['2024-09-29'],
})

test.each([
  ['2024-10-01', 'holiday'],
  ['2024-09-29', 'workday'],
  ['2024-09-28', 'weekend'],
  ['2024-09-30', 'workday'],
])('%s is a %s', (day, type) => {
  expect(dayTypeOf(calendar, parseDay(day) ?? 0)).toBe(type)
})

describe.each(['Asia/Shanghai', 'Australia/Sydney', 'America/New_York', 'Asia/Kolkata', 'UTC'])('%s', (timeZone) => {
  const days = zoneDays(timeZone)
  const clock = tariffClock(calendar, days)
  const minute = 60_000

  test('the cell at every half hour of a year is what the clock on the wall says', () => {
    const wrong: string[] = []
    for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2025, 0, 1); at += 30 * minute) {
      const { year, month, day, hour, minute: minutes, weekday } = localTime(at, timeZone)
      const minuteOfDay = hour * 60 + minutes
      const isSummer = month === 7 || month === 8
      const isWeekend = weekday === 0 || weekday === 6
      const summer = isWeekend ? 1 : minuteOfDay < 150 ? 2 : minuteOfDay < 480 ? 1 : 0
      const other = minuteOfDay < 60 ? 2 : minuteOfDay < 180 ? 0 : 1
      const right = days.dayAt(at) === dayNumber(year, month, day) && clock.cellAt(at) === (isSummer ? summer : other)
      if (!right) wrong.push(`${new Date(at).toISOString()}: ${String(clock.cellAt(at))}`)
    }
    expect(wrong).toEqual([])
  })

  test('a cell lasts as long as it says, and one day follows the other, through changes of the clock', () => {
    for (let at = Date.UTC(2024, 0, 1); at < Date.UTC(2025, 0, 1);) {
      const until = clock.until(at)
      const cell = clock.cellAt(at)
      expect(until).toBeGreaterThan(at)
      expect(until - at).toBeLessThanOrEqual(26 * 3_600_000)
      const inside = Array.from(
        { length: Math.ceil((until - at) / (30 * minute)) },
        (_, slot) => at + slot * 30 * minute,
      )
      expect(new Set([...inside, until - 1].map(clock.cellAt))).toEqual(new Set([cell]))
      at = until
    }
    for (let day = dayNumber(2024, 1, 1); day < dayNumber(2025, 1, 1); day += 1) {
      expect(days.dayAt(days.startOf(day))).toBe(day)
      expect(days.dayAt(days.startOf(day) - 1)).toBe(day - 1)
    }
  })
})

test('days as numbers', () => {
  expect([parseDay('2023-02-29'), parseDay('2024-2-1'), parseDay('2024-02-29')].map((day) => day !== null)).toEqual([
    false,
    false,
    true,
  ])
  expect(formatDay(dayNumber(2024, 13, 1))).toBe('2025-01-01')
  expect(calendarDay(dayNumber(2024, 2, 29))).toEqual({ year: 2024, month: 2, day: 29, weekday: 4 })
  const month = monthOfDay(dayNumber(2024, 12, 31))
  expect([month.start, month.end].map(formatDay)).toEqual(['2024-12-01', '2025-01-01'])
  expect(formatDay(yearStartBefore(dayNumber(2024, 4, 30), 501))).toBe('2023-05-01')
  expect(formatDay(yearStartBefore(dayNumber(2024, 5, 1), 501))).toBe('2024-05-01')
  expect(monthsBetween(dayNumber(2023, 5, 1), dayNumber(2024, 2, 29))).toBe(9)
})
