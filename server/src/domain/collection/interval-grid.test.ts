import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalFacts } from '../completeness.ts'
import { intervalGrid } from './interval-grid.ts'
import { localDays, slotAt } from './slot.ts'

const at = (text: string): number => Date.parse(text)
const zones = [
  'Asia/Shanghai',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
]
const zone = fc.constantFrom(...zones)
const pace = fc.constantFrom(1, 5, 7, 15, 30, 45, 60, 90, 240, 420, 1_000, 1_440)
/** Both changes of the clock of every zone lie in it. */
const instant = fc.integer({ min: at('2026-03-01T00:00Z'), max: at('2026-11-20T00:00Z') })

/** The slots that a schedule goes through, one after the other, as the collector does. */
const slotsFrom = (begin: number, end: number, minutes: number, timeZone: string): number[] => {
  const days = localDays(timeZone)
  const starts: number[] = []
  for (let slot = slotAt(begin, minutes, 0, days); slot.start < end; slot = slotAt(slot.deadlineAt, minutes, 0, days))
    if (slot.start >= begin) starts.push(slot.start)
  return starts
}

describe('the intervals of completeness', () => {
  test('are exactly the slots of the schedule, in every zone and over changes of the clock', () => {
    fc.assert(
      fc.property(
        zone,
        pace,
        instant,
        fc.integer({ min: 0, max: 3 * 86_400_000 }),
        (timeZone, minutes, from, length) => {
          const span = { from, to: from + Math.min(length, minutes * 60_000 * 200) }
          const slots = slotsFrom(span.from, span.to, minutes, timeZone)
          const grid = intervalGrid(timeZone, minutes)
          expect(grid.beginningIn(span).map((one) => one.from)).toEqual(slots)
          expect(grid.countIn(span)).toBe(slots.length)
          const facts = intervalFacts(span, { since: 0, sweptTo: Infinity, grid }, [])
          expect(facts.map((fact) => fact.from)).toEqual(slots)
        },
      ),
    )
  })

  test('begin anew at local midnight and cover each day without a rest', () => {
    fc.assert(
      fc.property(zone, pace, instant, (timeZone, minutes, now) => {
        const { start, end } = localDays(timeZone).dayOf(now)
        const intervals = intervalGrid(timeZone, minutes).beginningIn({ from: start, to: end })
        expect(intervals[0]?.from).toBe(start)
        expect(intervals.at(-1)?.to).toBe(end)
        for (const [index, { to }] of intervals.entries()) expect(intervals[index + 1]?.from ?? end).toBe(to)
      }),
    )
  })

  test.each([
    [
      'half hours in Kathmandu begin at quarters past the UTC hour',
      'Asia/Kathmandu',
      30,
      '2026-03-02T00:20Z',
      '2026-03-02T00:15Z',
    ],
    ['hours in Kolkata begin at half past', 'Asia/Kolkata', 60, '2026-03-02T00:20Z', '2026-03-01T23:30Z'],
    ['seven hours are counted from midnight', 'Asia/Kolkata', 420, '2026-03-01T19:00Z', '2026-03-01T18:30Z'],
    [
      'the day on which clocks go back has a longer night',
      'Europe/Berlin',
      420,
      '2026-10-25T22:30Z',
      '2026-10-25T19:00Z',
    ],
  ])('%s', (_, timeZone, minutes, now, begins) => {
    expect(intervalGrid(timeZone, minutes).at(at(now)).from).toBe(at(begins))
  })

  test('of days with a change of the clock are as many as the day has', () => {
    const grid = intervalGrid('Europe/Berlin', 60)
    const count = (from: string, to: string): number => grid.countIn({ from: at(from), to: at(to) })
    expect(count('2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00')).toBe(23)
    expect(count('2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00')).toBe(25)
  })
})
