import { expect, test } from 'vitest'
import { zoneOf } from '../time/local-time.ts'
import { halfHourOfYear, parseLoadProfile, readLoadProfile, shippedLoadsPath, wattsAt } from './load-profile.ts'

const zone = zoneOf('Asia/Shanghai')
const at = (text: string): number => Date.parse(`${text}+08:00`)

test('the shipped households are as they were measured', async () => {
  const loads = await readLoadProfile(shippedLoadsPath)
  const kwh = loads.households.map((name) => loads.halfHours(name).reduce((sum, wh) => sum + wh, 0) / 1_000)
  // The totals that the source states.
  expect(Object.fromEntries(loads.households.map((name, index) => [name, kwh[index]]))).toEqual({
    H06414: 3_243.745,
    H17936: 6_170.358,
    H18250: 4_257.584,
  })
})

test.each([
  ['2026-01-01T00:00:00', { day: 0, halfHour: 0 }],
  ['2026-01-01T00:29:59', { day: 0, halfHour: 0 }],
  ['2026-01-01T00:30:00', { day: 0, halfHour: 1 }],
  ['2024-02-29T12:00:00', { day: 58, halfHour: 24 }],
  ['2024-03-01T12:00:00', { day: 59, halfHour: 24 }],
  ['2026-12-31T23:59:59', { day: 364, halfHour: 47 }],
])('%s is the half hour of the year that it is', (text, expected) => {
  expect(halfHourOfYear(zone)(at(text))).toEqual(expected)
})

test('days are shifted round the year', () => {
  const values = Uint32Array.from({ length: 17_520 }, (_, index) => index)
  const watts = (day: number, shift: number): number => wattsAt(values, { day, halfHour: 3 }, shift)
  expect([watts(0, 0), watts(364, 1), watts(0, -1), watts(10, 365), watts(10, -730)]).toEqual([6, 6, 34_950, 966, 966])
})

const rows = (cell: (index: number) => string): string =>
  ['start,A', ...Array.from({ length: 17_520 }, (_, index) => `x,${cell(index)}`)].join('\n')

test.each([
  ['a row too few', rows(() => '1').replace(/\n[^\n]*$/u, ''), /17520 half hours, not 17519/u],
  ['a fraction', rows((index) => (index === 7 ? '1.5' : '1')), /row 9: A has no whole number/u],
  ['an empty cell', rows((index) => (index === 0 ? 'x' : '1')), /row 2: A/u],
  ['less than nothing', rows((index) => (index === 1 ? '-1' : '1')), /row 3: A/u],
])('a file with %s is refused', (_, csv, problem) => {
  expect(() => parseLoadProfile(csv)).toThrow(problem)
})

test('a household that is none is refused', () => {
  expect(() => parseLoadProfile(rows(() => '1')).halfHours('B')).toThrow(/no load of household B/u)
})
