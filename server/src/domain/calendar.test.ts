import { describe, expect, test } from 'vitest'
import {
  instantOfLocal,
  localDayText,
  localTime,
  monthOf,
  startOfLocalDay,
  startOfToday,
  zoneOffsetMs,
} from './calendar.ts'

const at = (text: string): number => Date.parse(text)
const iso = (instant: number): string => new Date(instant).toISOString()

describe('a site lives by its own clock', () => {
  test('fields of an instant', () => {
    expect(localTime(at('2026-11-24T16:30:05Z'), 'Asia/Shanghai')).toEqual({
      year: 2026,
      month: 11,
      day: 25,
      hour: 0,
      minute: 30,
      second: 5,
      weekday: 3,
    })
    expect(localDayText(at('2026-11-24T16:30:05Z'), 'Asia/Shanghai')).toBe('2026-11-25')
  })

  test.each([
    ['Asia/Shanghai', '2026-07-01T00:00:00Z', 8],
    ['Asia/Kathmandu', '2026-07-01T00:00:00Z', 5.75],
    ['Europe/Berlin', '2026-07-01T00:00:00Z', 2],
    ['Europe/Berlin', '2026-01-01T00:00:00Z', 1],
    ['America/St_Johns', '2026-01-01T00:00:00Z', -3.5],
  ])('%s is ahead by hours at %s: %s', (zone, instant, hours) => {
    expect(zoneOffsetMs(at(instant), zone)).toBe(hours * 3_600_000)
  })

  test.each(['Asia/Shanghai', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'Africa/Casablanca'])(
    'every ten minutes of a year in %s is what the runtime itself says',
    (zone) => {
      const plain = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
      const start = at('2026-01-01T00:00:07Z')
      const wrong = Array.from({ length: 52_560 }, (_, index) => start + index * 600_000).filter((instant) => {
        const { hour, minute, second } = localTime(instant, zone)
        const clock = [hour, minute, second].map((field) => String(field).padStart(2, '0')).join(':')
        return plain.format(instant) !== `${localDayText(instant, zone)} ${clock}`
      })
      expect(wrong).toEqual([])
    },
  )
})

describe('a month', () => {
  test.each([
    ['Asia/Shanghai', '2026-11-24T12:00:00Z', '2026-10-31T16:00:00.000Z', '2026-11-30T16:00:00.000Z'],
    ['Asia/Shanghai', '2026-12-31T16:00:00Z', '2026-12-31T16:00:00.000Z', '2027-01-31T16:00:00.000Z'],
    ['Asia/Shanghai', '2026-12-31T15:59:59Z', '2026-11-30T16:00:00.000Z', '2026-12-31T16:00:00.000Z'],
    // Summer time ends on 25 October: the month is an hour longer.
    ['Europe/Berlin', '2026-10-20T00:00:00Z', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
    ['Europe/Berlin', '2028-02-29T12:00:00Z', '2028-01-31T23:00:00.000Z', '2028-02-29T23:00:00.000Z'],
  ])('%s at %s runs from %s to %s', (zone, instant, start, end) => {
    const month = monthOf(at(instant), zone)
    expect([iso(month.start), iso(month.end)]).toEqual([start, end])
  })

  test('follows without a gap over thirty years', () => {
    for (const zone of ['Asia/Shanghai', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe']) {
      let { end } = monthOf(at('2020-01-15T00:00:00Z'), zone)
      for (let month = 0; month < 360; month += 1) {
        const next = monthOf(end, zone)
        expect(next.start).toBe(end)
        expect(localTime(next.start, zone)).toMatchObject({ day: 1, hour: 0, minute: 0, second: 0 })
        ;({ end } = next)
      }
    }
  })
})

describe('midnight', () => {
  test('on days on which clocks change', () => {
    expect(iso(startOfLocalDay(2026, 3, 29, 'Europe/Berlin'))).toBe('2026-03-28T23:00:00.000Z')
    expect(iso(startOfLocalDay(2026, 3, 30, 'Europe/Berlin'))).toBe('2026-03-29T22:00:00.000Z')
  })

  test('is at or before now, and less than 25 hours away', () => {
    for (let hour = 0; hour < 24 * 370; hour += 1) {
      const now = at('2026-01-01T00:30:00Z') + hour * 3_600_000
      const midnight = startOfToday(now, 'Europe/Berlin')
      expect(midnight <= now && now - midnight < 25 * 3_600_000).toBe(true)
    }
  })
})

describe('the instant of a local time', () => {
  test.each([
    ['an ordinary one', 'Asia/Shanghai', [2026, 11, 25, 10, 30], '2026-11-25T02:30:00.000Z'],
    ['in summer', 'Europe/Berlin', [2026, 7, 1, 10, 0], '2026-07-01T08:00:00.000Z'],
    ['one that comes twice: the first', 'Europe/Berlin', [2026, 10, 25, 2, 30], '2026-10-25T00:30:00.000Z'],
    ['one that is left out', 'Europe/Berlin', [2026, 3, 29, 2, 30], '2026-03-29T01:30:00.000Z'],
  ])('%s', (_, timeZone, [year = 0, month = 0, day = 0, hour = 0, minute = 0], expected) => {
    expect(iso(instantOfLocal({ year, month, day, hour, minute }, timeZone))).toBe(expected)
  })
})
