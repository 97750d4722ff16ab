import type { DayCompleteness } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { completePercent, gridCells, sumByDay } from './grid.ts'

const part = (change: Partial<DayCompleteness>): DayCompleteness => ({
  day: '2026-11-25',
  site: 'Site',
  gatewayId: 1,
  gateway: 'GW-1',
  expected: 480,
  read: 470,
  reRead: 8,
  estimated: 1,
  missing: 1,
  lost: 0,
  byReason: { 'gateway-away': 8, 'meter-silent': 2 },
  lostBySide: {},
  ...change,
})

describe('completeness in a table', () => {
  it('puts each interval at its day and time, with all its meters and the worst state', () => {
    const hour = 3_600_000
    const place = (at: number) => ({ day: at < 24 * hour ? 'one' : 'two', minute: (at / 60_000) % 1_440 })
    const cells = [
      { at: hour, state: 're-read', meters: 3 },
      { at: hour, state: 'open', meters: 2 },
      { at: 25.5 * hour, state: 'estimated', meters: 1 },
      { at: 25.5 * hour, state: 're-read', meters: 1 },
    ] as const
    expect(gridCells(cells, place, ['two', 'one'], 30)).toEqual([
      { column: 2, row: 1, meters: 5, state: 'open' },
      { column: 3, row: 0, meters: 2, state: 'estimated' },
    ])
  })

  it('leaves out what lies on no day of the table', () => {
    const cells = [{ at: 0, state: 'open', meters: 1 }] as const
    expect(gridCells(cells, () => ({ day: 'x', minute: 0 }), ['y'], 30)).toEqual([])
  })

  it('adds the gateways of a day', () => {
    const days = sumByDay([
      part({}),
      part({ gatewayId: 2, byReason: { 'gateway-away': 1 } }),
      part({ day: '2026-11-26' }),
    ])
    expect(days.map(({ day, expected, byReason }) => [day, expected, byReason])).toEqual([
      ['2026-11-26', 480, { 'gateway-away': 8, 'meter-silent': 2 }],
      ['2026-11-25', 960, { 'gateway-away': 9, 'meter-silent': 2 }],
    ])
  })

  it.each([
    [480, 478, 2, '100.00 %'],
    [1_000_000, 999_999, 0, '99.99 %'],
    [0, 0, 0, '–'],
  ])('of %i, %i read and %i found later are %s', (expected, read, reRead, percent) => {
    expect(completePercent({ expected, read, reRead })).toBe(percent)
  })
})
