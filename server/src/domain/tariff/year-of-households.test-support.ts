import { readFileSync } from 'node:fs'
import type { Registers } from '../price-plan.ts'
import { wattHours } from '../quantity.ts'
import type { Mark } from './usage.ts'

/**
 * The real half-hours of three households in 2013 (simulator/villages/loads), as the simulator's meters use them too.
 * They are local standard time without daylight saving; the tests place them at UTC+8.
 */
const file = new URL('../../../../simulator/villages/loads/household-half-hours-2013.csv', import.meta.url)
export const households = ['H06414', 'H17936', 'H18250'] as const
export type Household = (typeof households)[number]

const msPerSlot = 1_800_000
const offsetMs = 8 * 3_600_000

const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1)
export const slotCount = rows.length
const columns = rows.map((row) => row.split(','))

/** Local start of each half hour as text, and its energy in Wh. */
export const slotsOf = (household: Household): readonly Readonly<{ start: string; wh: bigint }>[] =>
  columns.map((cells) => ({ start: cells[0] ?? '', wh: BigInt(cells[households.indexOf(household) + 1] ?? '0') }))

export const slotInstant = (slot: number): number => Date.UTC(2013, 0, 1) - offsetMs + slot * msPerSlot

/** What a meter shows at the 17 521 half-hours of the year; the first stands at `start`. */
export const marksOf = (household: Household, start = 1_234_560n): readonly Mark[] => {
  let total = start
  const registers = (): Registers => ({ totalWh: wattHours(total), ratesWh: [] })
  const marks: Mark[] = [{ at: slotInstant(0), registers: registers() }]
  for (const [slot, { wh }] of slotsOf(household).entries()) {
    total += wh
    marks.push({ at: slotInstant(slot + 1), registers: registers() })
  }
  return marks
}

/** A small generator of the linear congruential kind: a seed says which disturbance a failing run had. */
export const chanceFrom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
}

/**
 * The order in which the field delivers: 5 % come late by up to two days, 5 % come twice, and 5 % are missing until the
 * load profile is read, a few weeks later.
 */
export const disturbed = (marks: readonly Mark[], seed: number): readonly Mark[] => {
  const chance = chanceFrom(seed)
  const [first, ...rest] = marks
  const deliveries = rest.flatMap((mark, index) => {
    const dice = chance()
    if (dice < 0.05) return [{ mark, when: index + 1 + chance() * 96 }]
    if (dice < 0.1)
      return [
        { mark, when: index },
        { mark, when: index + chance() * 500 },
      ]
    if (dice < 0.15) return [{ mark, when: index + 500 + chance() * 1_000 }]
    return [{ mark, when: index }]
  })
  deliveries.sort((a, b) => a.when - b.when)
  return first === undefined ? [] : [first, ...deliveries.map(({ mark }) => mark)]
}
