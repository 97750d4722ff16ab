import { describe, expect, it } from 'vitest'
import { boundsOf, extentOf, linesOf, percentOf, type Measurements } from './measurement-data.ts'

const hour = 3_600_000
const point = (at: number, values: readonly (number | null)[]) => ({
  at,
  measurements: 1,
  values: [...values],
  least: null,
  greatest: null,
})
const measurements = (changes: Partial<Measurements>): Measurements => ({
  quantity: 'voltage',
  unit: 'mV',
  resolution: 'moment',
  parts: ['a', 'b'],
  points: [],
  limits: null,
  measurements: 0,
  figures: {
    qualification: null,
    phases: { a: null, b: null, c: null },
    voltageImbalance: null,
    currentImbalance: null,
  },
  ...changes,
})

describe('the lines of measurements', () => {
  it('are one for each part, in the unit that is shown', () => {
    const lines = linesOf(measurements({ points: [point(0, [220_100, null]), point(hour, [221_000, 219_500])] }))
    expect(lines.map(({ part }) => part)).toEqual(['a', 'b'])
    expect(lines[0]?.points).toEqual([
      [0, 220.1],
      [hour, 221],
    ])
    expect(lines[1]?.points[0]).toEqual([0, null])
    expect(extentOf(lines)).toEqual({ least: 219.5, greatest: 221 })
  })

  it('end where nothing was measured for a while', () => {
    const points = [0, 1, 2, 9, 10].map((hours) => point(hours * hour, [220_000]))
    const [line] = linesOf(measurements({ parts: ['a'], points }))
    expect(line?.points.filter(([, value]) => value === null)).toEqual([[2 * hour + 1, null]])
  })

  it('of days have a band from the least to the greatest', () => {
    const day = { ...point(0, [5_000_000]), least: [-1_000_000], greatest: [9_000_000] }
    const lines = linesOf(
      measurements({ quantity: 'active-power', unit: 'mW', resolution: 'day', parts: ['total'], points: [day] }),
    )
    expect(lines[0]?.band).toEqual([[0, -1, 10]])
    expect(extentOf(lines)).toEqual({ least: -1, greatest: 9 })
  })

  it('of a single phase are its total, told once', () => {
    const told = measurements({
      quantity: 'active-power',
      unit: 'mW',
      parts: ['total', 'a'],
      points: [point(0, [5, 5])],
    })
    expect(linesOf(told).map(({ part }) => part)).toEqual(['total'])
  })

  it('of nothing are none', () => {
    expect(extentOf(linesOf(measurements({})))).toBeNull()
  })
})

it.each([
  ['day', 0, 9 * 24, 10 * 24],
  ['day', 2, 7 * 24, 8 * 24],
  ['week', 1, -4 * 24, 3 * 24],
] as const)('a %s, %i back', (span, back, from, to) => {
  expect(boundsOf(span, back, 240 * hour)).toEqual({ from: from * hour, to: to * hour })
})

it('per cent', () => {
  expect([percentOf(9_987, 'hundredths'), percentOf(36, 'thousandths')]).toEqual(['99.87', '3.6'])
})
