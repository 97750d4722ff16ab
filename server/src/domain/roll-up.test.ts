import { array, assert, integer, property, tuple } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { intervalGrid } from './collection/interval-grid.ts'
import { wattHours } from './quantity.ts'
import { markOf, registerOn, rollUpDay, stateOfMark, type RegisterAt } from './roll-up.ts'

const halfHour = 1_800_000
const from = Date.parse('2026-11-24T16:00:00Z')
const grid = intervalGrid('Asia/Shanghai', 30)
const day = { from, to: from + 48 * halfHour }
const at = (halfHours: number, total: number, rates: readonly number[] = []): RegisterAt => ({
  at: from + Math.round(halfHours * halfHour),
  totalWh: wattHours(BigInt(total)),
  ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
})

describe('a day of a meter', () => {
  test('registers at the boundaries lie between the readings', () => {
    const readings = Array.from({ length: 50 }, (_, slot) => at(slot - 0.5, slot * 100))
    const rolled = rollUpDay(day, grid, readings)
    expect(rolled.openingWh).toBe(50n)
    expect(rolled.closingWh).toBe(4_850n)
    expect(rolled.energiesWh).toEqual(Array.from({ length: 48 }, () => 100))
  })

  test('what is not known is zero, and its register null', () => {
    const rolled = rollUpDay(day, grid, [at(10, 1_000), at(12, 1_200)])
    expect([rolled.openingWh, rolled.closingWh]).toEqual([null, null])
    expect(rolled.energiesWh.filter((energy) => energy > 0)).toEqual([100, 100])
    expect(rollUpDay(day, grid, []).energiesWh).toHaveLength(48)
  })

  test('rates at the end come from the readings that have them', () => {
    const readings = [at(-1, 0, [0, 0]), at(47, 4_800, [800, 4_000]), at(47.5, 4_850), at(49, 5_000, [1_000, 4_000])]
    expect(rollUpDay(day, grid, readings).closingRatesWh).toEqual([900n, 4_000n])
  })

  const readingsOf = (steps: readonly (readonly [number, number])[]): RegisterAt[] => {
    let [minute, total] = [-120, 0]
    return steps.map(([pause, energy]) => {
      minute += pause
      total += energy
      return at(minute / 30, total)
    })
  }
  const steps = array(tuple(integer({ min: 1, max: 90 }), integer({ min: 0, max: 5_000 })), { minLength: 120 })

  test('the energies of a day are its closing less its opening, whatever the readings', () => {
    assert(
      property(steps, (given) => {
        const rolled = rollUpDay(day, grid, readingsOf(given))
        if (rolled.openingWh === null || rolled.closingWh === null) return
        const sum = rolled.energiesWh.reduce((total, energy) => total + energy, 0)
        expect(BigInt(sum)).toBe(rolled.closingWh - rolled.openingWh)
        expect(rolled.energiesWh.every((energy) => energy >= 0)).toBe(true)
      }),
    )
  })

  test('a day ends where the next one begins, and each boundary is the register on the line', () => {
    assert(
      property(steps, integer({ min: 1, max: 47 }), (given, cut) => {
        const readings = readingsOf(given)
        const middle = from + cut * halfHour
        const [first, second] = [
          rollUpDay({ from, to: middle }, grid, readings),
          rollUpDay({ from: middle, to: day.to }, grid, readings),
        ]
        expect(second.openingWh).toBe(first.closingWh)
        expect(first.closingWh).toBe(registerOn(readings, middle)?.totalWh ?? null)
        expect([...first.energiesWh, ...second.energiesWh]).toEqual(rollUpDay(day, grid, readings).energiesWh)
      }),
    )
  })

  test('marks say what became of an interval, and back', () => {
    for (const state of ['read', 're-read', 'estimated', 'missing', 'lost', 'unwatched'] as const)
      expect(stateOfMark(markOf(state))).toBe(state)
  })
})
