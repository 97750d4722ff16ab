import { expect, it } from 'vitest'
import { detailLines, lostIn } from './event-detail.ts'

it.each([
  [null, []],
  ['68AA', ['68AA']],
  [{ lost: 5 }, ['lost 5']],
  [
    { start: { year: 2026, month: 3, day: 2, hour: 8, minute: 0, second: 5 }, end: null, a: { voltage: 228_000 } },
    ['start 2026-03-02 08:00:05', 'a.voltage 228000'],
  ],
  [{ events: ['04000101', '04000102'] }, ['events.0 04000101', 'events.1 04000102']],
])('%j → %j', (detail, lines) => {
  expect(detailLines(detail)).toEqual(lines)
})

it('a long record is cut', () => {
  expect(detailLines(Array.from({ length: 500 }, (_, index) => index))).toHaveLength(60)
})

it.each([
  [null, null],
  [{ lost: 5 }, 5],
  [{ lost: '5' }, null],
  [{ from: 1, to: 2 }, null],
])('%j has lost %j', (detail, lost) => {
  expect(lostIn(detail)).toBe(lost)
})
