import { expect, it } from 'vitest'
import { fieldColumns } from './field-data.ts'

const day = (name: string, good: number, failed: number, alarms: Record<string, number> = {}) => ({
  day: name,
  good,
  held: 0,
  failed,
  onlinePercent: null,
  alarms: Object.entries(alarms).map(([kind, count]) => ({ kind, count })),
})

it('a day without reads has no rate, and a kind has a column on every day', () => {
  expect(
    fieldColumns([
      day('2026-11-24', 95, 5, { 'theft-sign': 2 }),
      day('2026-11-25', 0, 0, { 'meter-silent': 1 }),
      { ...day('2026-11-26', 0, 0), held: 4, onlinePercent: 99.5 },
    ]),
  ).toEqual({
    labels: ['11-24', '11-25', '11-26'],
    percent: [95, null, 100],
    online: [null, null, 99.5],
    lowestPercent: 90,
    alarms: [
      { kind: 'meter-silent', counts: [0, 1, 0] },
      { kind: 'theft-sign', counts: [2, 0, 0] },
    ],
    answeredPercent: '95.2',
    alarmsInAll: 3,
  })
})

it.each([
  [[], 90],
  [[day('2026-11-24', 8, 2)], 50],
  [[day('2026-11-24', 1, 9)], 0],
  [[{ ...day('2026-11-24', 10, 0), onlinePercent: 70 }], 50],
])('the axis begins below the lowest rate: %#', (days, lowest) => {
  expect(fieldColumns(days).lowestPercent).toBe(lowest)
})
