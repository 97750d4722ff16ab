import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { localTime } from '../calendar.ts'
import { dataSets, isPace } from './data-set.ts'
import { localDays, offsetOf, slotAt } from './slot.ts'

const shanghai = localDays('Asia/Shanghai')
const at = (text: string): number => Date.parse(text)

test.each([
  [
    'half hours stand on the clock',
    '2026-03-02T08:44:59+08:00',
    30,
    0,
    '2026-03-02T08:30:00+08:00',
    '2026-03-02T09:00:00+08:00',
  ],
  [
    'a moment that begins a slot is in it',
    '2026-03-02T08:30:00+08:00',
    30,
    0,
    '2026-03-02T08:30:00+08:00',
    '2026-03-02T09:00:00+08:00',
  ],
  [
    'before the offset is over the slot before still stands',
    '2026-03-02T08:30:19+08:00',
    30,
    20_000,
    '2026-03-02T08:00:00+08:00',
    '2026-03-02T08:30:00+08:00',
  ],
  [
    'days begin at local midnight',
    '2026-03-02T03:00:00+08:00',
    1_440,
    0,
    '2026-03-02T00:00:00+08:00',
    '2026-03-03T00:00:00+08:00',
  ],
  [
    'the last slot of a day is cut',
    '2026-03-02T23:30:00+08:00',
    420,
    0,
    '2026-03-02T21:00:00+08:00',
    '2026-03-03T00:00:00+08:00',
  ],
  [
    'weeks are counted from 1970-01-01',
    '2026-03-02T03:00:00+08:00',
    10_080,
    0,
    '2026-02-26T00:00:00+08:00',
    '2026-03-05T00:00:00+08:00',
  ],
])('%s', (_, now, minutes, offsetMs, start, end) => {
  expect(slotAt(at(now), minutes, offsetMs, shanghai)).toEqual({
    start: at(start),
    dueAt: at(start) + offsetMs,
    deadlineAt: at(end) + offsetMs,
  })
})

describe('the slots of a schedule', () => {
  const zones = ['Asia/Shanghai', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu']
  const pace = fc.constantFrom(1, 5, 15, 30, 60, 240, 1_440, 4_320, 10_080)

  test('follow one another without gap or overlap, through changes of the clock', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        pace,
        fc.integer({ min: at('2026-03-20T00:00Z'), max: at('2026-11-10T00:00Z') }),
        fc.integer({ min: 0, max: 60_000 }),
        (zone, minutes, now, offset) => {
          const days = localDays(zone)
          const offsetMs = offset % (minutes * 3_000)
          let slot = slotAt(now, minutes, offsetMs, days)
          expect(slot.dueAt <= now && now < slot.deadlineAt).toBe(true)
          for (let index = 0; index < 10; index += 1) {
            const next = slotAt(slot.deadlineAt, minutes, offsetMs, days)
            expect(next.dueAt).toBe(slot.deadlineAt)
            expect(slotAt(slot.deadlineAt - 1, minutes, offsetMs, days)).toEqual(slot)
            slot = next
          }
        },
      ),
    )
  })

  test('of a day have so many as the day has half hours', () => {
    const days = localDays('Europe/Berlin')
    const count = (from: string, to: string): number => {
      const starts = new Set<number>()
      for (let now = at(from); now < at(to); now += 60_000) starts.add(slotAt(now, 30, 0, days).start)
      return starts.size
    }
    expect(count('2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00')).toBe(46)
    expect(count('2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00')).toBe(50)
  })

  test('of a day begin on the clock of the zone', () => {
    const days = localDays('Asia/Kathmandu')
    const { hour, minute } = localTime(slotAt(at('2026-03-02T03:00:00Z'), 30, 0, days).start, 'Asia/Kathmandu')
    expect([hour, minute]).toEqual([8, 30])
  })
})

test('offsets are the same every time, stay inside their spread, and differ between lines and meters', () => {
  const id = fc.integer({ min: 1, max: 2_000_000 })
  fc.assert(
    fc.property(
      fc.constantFrom(...dataSets),
      fc.integer({ min: 1, max: 10_080 }),
      id,
      id,
      (dataSet, minutes, gatewayId, meterId) => {
        fc.pre(isPace(dataSet, minutes))
        const offset = offsetOf(dataSet, minutes, { gatewayId, meterId })
        expect(offset).toBe(offsetOf(dataSet, minutes, { gatewayId, meterId }))
        expect(offset >= 0 && offset < minutes * 6_000).toBe(true)
        expect(offset < 1_800_000).toBe(true)
      },
    ),
  )
  const seconds = new Set(
    Array.from({ length: 600 }, (_, gatewayId) =>
      Math.floor(offsetOf('energy', 30, { gatewayId, meterId: 1 }) / 1_000),
    ),
  )
  expect(seconds.size).toBeGreaterThan(55)
})
