import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultMalignantLoadRule as rule, halfHourFigures, malignantStep, type LoadSample } from './malignant-load.ts'

const at = (seconds: number, watts: number, powerFactor: number | null): LoadSample => ({
  at: seconds * 1_000,
  watts,
  powerFactor,
})

describe('a malignant step', () => {
  test.each<[string, LoadSample, LoadSample, number | null]>([
    ['a kettle from nothing', at(0, 0, null), at(60, 1_500, 1_000), 1_000],
    ['a heating coil beside a refrigerator', at(0, 120, 700), at(60, 1_320, 995), 1_000],
    ['a laptop and lamps: too small', at(0, 60, 900), at(60, 300, 950), null],
    ['an air conditioner: as big, but no coil', at(0, 60, 1_000), at(60, 1_260, 900), null],
    ['just below the step', at(0, 100, 1_000), at(60, 899, 1_000), null],
    ['two samples too far apart', at(0, 0, null), at(121, 1_500, 1_000), null],
    ['the same moment', at(60, 0, null), at(60, 1_500, 1_000), null],
    ['a fall', at(0, 1_500, 1_000), at(60, 100, 1_000), null],
    ['no power factor told: no evidence', at(0, 200, null), at(60, 1_500, null), null],
  ])('%s', (_, before, after, powerFactor) => {
    expect(malignantStep(before, after, rule)?.powerFactor ?? null).toBe(powerFactor)
  })

  test('the rise alone, where the rule says so', () => {
    const step = malignantStep(at(0, 200, null), at(60, 1_500, null), { ...rule, stepAlone: true })
    expect(step).toEqual({ at: 60_000, watts: 1_300, powerFactor: null })
  })

  test('a purely resistive addition is found beside any other load', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 500, max: 999 }),
        fc.integer({ min: 900, max: 6_000 }),
        (watts, factor, added) => {
          // The power factor of all together, as an honest meter shows it: whole thousandths.
          const reactive = watts * Math.sqrt((1_000 / factor) ** 2 - 1)
          const total = watts + added
          const together = Math.round((1_000 * total) / Math.hypot(total, reactive))
          const step = malignantStep(at(0, watts, factor), at(60, total, together), { ...rule, leastPowerFactor: 900 })
          expect(step?.watts).toBe(added)
        },
      ),
    )
  })
})

describe('figures of half hours', () => {
  test('counts the steps of ordinary life and what a kettle would add', () => {
    // 100 W, then an oven of 2 kW for a whole half hour, then 100 W.
    const day = [50, 50, 1_050, 50, 50]
    expect(halfHourFigures(day, 1_000, { watts: 1_500, minutes: 5 })).toEqual({
      steps: 1,
      days: 1,
      daysWithSteps: 1,
      // A kettle of five minutes is 250 W of a half hour: seen only where the oven is seen anyway.
      seen: 1,
      halfHours: 4,
    })
    expect(halfHourFigures(day, 1_000, { watts: 1_500, minutes: 30 }).seen).toBe(3)
    expect(halfHourFigures([], 1_000, { watts: 1, minutes: 1 })).toMatchObject({ steps: 0, halfHours: 0 })
  })
})
