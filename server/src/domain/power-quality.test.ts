import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Measured } from './measurement.ts'
import { boundsOf, limitsOf, mergeQuality, qualification, qualityOf } from './power-quality.ts'

const volts = (a: number | null, b: number | null = null, c: number | null = null): Measured => ({
  ...(a === null ? {} : { voltageA: Math.round(a * 1_000) }),
  ...(b === null ? {} : { voltageB: Math.round(b * 1_000) }),
  ...(c === null ? {} : { voltageC: Math.round(c * 1_000) }),
})
const moments = (all: readonly Measured[]) => all.map((measured, at) => ({ at, measured }))

describe('the limits that a voltage has', () => {
  test.each([
    ['single-phase', [volts(231)], 220, 198, 235.4, '4.3'],
    ['single-phase, phases that it does not have told as 0', [volts(231, 0, 0)], 220, 198, 235.4, '4.3'],
    ['three phases to a neutral', [volts(230, 229, 231)], 220, 204.6, 235.4, '4.2'],
    ['a phase lost for a while', [volts(230, 0, 231), volts(230, 230, 231)], 220, 204.6, 235.4, '4.2'],
    ['phase B lost all the time', [volts(230, 0, 231)], 220, 204.6, 235.4, '4.2'],
    ['three wires', [volts(391, 0, 389)], 380, 353.4, 406.6, '4.2'],
    ['three wires behind a transformer', [volts(101, 0, 100)], 100, 93, 107, '4.2'],
    ['four wires behind a transformer', [volts(58, 57, 58)], 57.735, 53.69355, 61.77645, '4.2'],
  ])('%s', (_, measured, nominal, lowest, highest, clause) => {
    const limits = limitsOf(measured)
    expect(limits?.nominalMillivolts).toBe(nominal * 1_000)
    expect(limits?.clause).toBe(`GB/T 12325-2008 ${clause}`)
    const bounds = limits === null ? null : boundsOf(limits)
    expect(bounds?.lowest).toBeCloseTo(lowest * 1_000)
    expect(bounds?.highest).toBeCloseTo(highest * 1_000)
  })

  test.each([
    ['nothing was told', []],
    ['no voltage at all', [volts(0, 0, 0)]],
    ['single-phase at 110 V', [volts(110)]],
    ['the primary side of a 10 kV line', [volts(10_200, 0, 10_100)]],
  ])('none when %s', (_, measured) => expect(limitsOf(measured)).toBeNull())
})

describe('voltage qualification', () => {
  test.each([
    // The limits themselves are good.
    [[198, 235.4], { judged: 2, above: 0, below: 0 }, 10_000],
    [[197.9, 235.5, 220, 220], { judged: 4, above: 1, below: 1 }, 5_000],
    [[220, 220, 190], { judged: 3, above: 0, below: 1 }, 6_667],
    // Below 60 % the phase is lost, which is no quality of a voltage.
    [[220, 131.9], { judged: 1, above: 0, below: 0 }, 10_000],
    [[220, 132], { judged: 2, above: 0, below: 1 }, 5_000],
  ])('of single-phase voltages %j', (values, counted, share) => {
    const measured = values.map((value) => volts(value))
    const { phases } = qualityOf(moments(measured), limitsOf([volts(220)]))
    expect(phases).toEqual({ a: counted, b: null, c: null })
    expect(qualification([phases.a, phases.b, phases.c])).toBe(share)
  })

  test('of three phases is that of all their voltages', () => {
    const measured = [volts(220, 220, 236), volts(220, 204, 220)]
    const { phases } = qualityOf(moments(measured), limitsOf(measured))
    expect(phases.b).toEqual({ judged: 2, above: 0, below: 1 })
    expect(qualification([phases.a, phases.b, phases.c])).toBe(6_667)
  })

  test('of nothing is not known', () => {
    const { phases } = qualityOf([], null)
    expect(qualification([phases.a, phases.b, phases.c])).toBeNull()
  })
})

describe('imbalance', () => {
  const amperes = (a: number, b: number, c: number): Measured => ({
    ...volts(220, 220, 220),
    currentA: a * 1_000,
    currentB: b * 1_000,
    currentC: c * 1_000,
  })
  test.each([
    ['equal', [amperes(10, 10, 10)], 0, 0],
    ['greatest less least by the greatest', [amperes(10, 8, 9)], 200, 200],
    ['mean and greatest of several', [amperes(10, 10, 10), amperes(10, 5, 10)], 250, 500],
    ['a phase without load', [amperes(2, 0, 0)], 1_000, 1_000],
    ['the direction of the flow does not matter', [amperes(-10, 10, -10)], 0, 0],
  ])('of currents: %s', (_, measured, meanPerMille, greatestPerMille) => {
    const { current } = qualityOf(moments(measured), limitsOf(measured))
    expect(current).toEqual({ count: measured.length, meanPerMille, greatestPerMille })
  })

  test('of currents says nothing below an ampere, nor of a single phase', () => {
    const weak = [amperes(0.9, 0.1, 0.2)]
    expect(qualityOf(moments(weak), limitsOf(weak)).current).toBeNull()
    const single = [{ ...volts(220), currentA: 5_000 }]
    expect(qualityOf(moments(single), limitsOf(single)).current).toBeNull()
  })

  test('of voltages is the farthest from their mean; a lost phase has none', () => {
    const measured = [volts(220, 220, 232), volts(220, 220, 0)]
    expect(qualityOf(moments(measured), limitsOf(measured)).voltage).toEqual({
      count: 1,
      // 8 V of a mean of 224 V.
      meanPerMille: 36,
      greatestPerMille: 36,
    })
  })
})

test('days put together count what the whole span counts', () => {
  const limits = limitsOf([volts(220, 220, 220)])
  const moment = fc.tuple(
    fc.integer({ min: 100, max: 260 }),
    fc.integer({ min: 100, max: 260 }),
    fc.integer({ min: 0, max: 60 }),
  )
  fc.assert(
    fc.property(fc.array(fc.array(moment, { maxLength: 8 }), { maxLength: 6 }), (given) => {
      const days = given.map((day) =>
        moments(
          day.map(([a, b, amps]) => ({
            ...volts(a, b, 220),
            currentA: amps * 1_000,
            currentB: 5_000,
            currentC: 4_000,
          })),
        ),
      )
      const merged = mergeQuality(days.map((day) => qualityOf(day, limits)))
      const whole = qualityOf(days.flat(), limits)
      expect(merged.phases).toEqual(whole.phases)
      expect(merged.current?.count).toBe(whole.current?.count)
      expect(merged.current?.greatestPerMille).toBe(whole.current?.greatestPerMille)
      // The means of days are rounded, so theirs is right to one thousandth.
      expect(Math.abs((merged.current?.meanPerMille ?? 0) - (whole.current?.meanPerMille ?? 0))).toBeLessThanOrEqual(1)
    }),
  )
})
