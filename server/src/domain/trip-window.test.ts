import { describe, expect, test } from 'vitest'
import { isInside } from './trip-window.ts'

const zone = 'Asia/Shanghai'
const officeHours = { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] }

describe('a window of office hours: Monday to Friday, 9:00 to 16:00 of the site', () => {
  test.each([
    ['2026-11-25T01:00:00Z', true, 'Wednesday 9:00'],
    ['2026-11-25T00:59:59Z', false, 'Wednesday 8:59:59'],
    ['2026-11-25T07:59:59Z', true, 'Wednesday 15:59:59'],
    ['2026-11-25T08:00:00Z', false, 'Wednesday 16:00'],
    ['2026-11-28T03:00:00Z', false, 'Saturday 11:00'],
    ['2026-11-29T03:00:00Z', false, 'Sunday 11:00'],
    ['2026-11-30T03:00:00Z', true, 'Monday 11:00'],
    // Sunday in Greenwich is Monday in Shanghai.
    ['2026-11-29T23:00:00Z', false, 'Monday 7:00'],
  ])('%s is inside: %s (%s)', (instant, expected) => {
    expect(isInside(officeHours, Date.parse(instant), zone)).toBe(expected)
  })
})

test('a window that ends at midnight', () => {
  const evening = { fromMinute: 18 * 60, toMinute: 24 * 60, weekdays: [3] }
  expect(isInside(evening, Date.parse('2026-11-25T15:59:00Z'), zone)).toBe(true)
  expect(isInside(evening, Date.parse('2026-11-25T16:00:00Z'), zone)).toBe(false)
})
