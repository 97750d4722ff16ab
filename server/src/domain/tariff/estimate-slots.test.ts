import { expect, test } from 'vitest'
import { wattHours } from '../quantity.ts'
import { estimateSlots, type Slot } from './estimate-slots.ts'

const week = (day: number) => (day % 7 >= 5 ? 'weekend' : 'workday')
const slot = (day: number, energy: bigint | null, at = 0): Slot => ({
  day,
  slot: at,
  energy: energy === null ? null : wattHours(energy),
})

test.each<[string, readonly Slot[], readonly (bigint | null)[]]>([
  ['from the last day of its type', [slot(0, 10n), slot(1, 20n), slot(2, null)], [10n, 20n, 20n]],
  ['not from a day of another type', [slot(4, 40n), slot(5, 50n), slot(6, 60n), slot(7, null)], [40n, 50n, 60n, 40n]],
  ['from the next one where there is none before', [slot(0, null), slot(5, 50n), slot(7, 70n)], [70n, 50n, 70n]],
  ['never from a guess', [slot(0, 10n), slot(1, null), slot(2, null)], [10n, 10n, 10n]],
  ['not from another half hour', [slot(0, 10n, 1), slot(1, null, 2)], [10n, null]],
  ['not from too far away', [slot(0, 10n), slot(42, null)], [10n, null]],
])('a missing half hour is filled %s', (_, slots, expected) => {
  const filled = estimateSlots(slots, week)
  expect(filled.map((found) => found?.energy ?? null)).toEqual(expected)
  expect(filled.map((found) => found?.estimated ?? true)).toEqual(slots.map(({ energy }) => energy === null))
})
