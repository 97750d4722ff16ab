import { expect, test } from 'vitest'
import { isPace } from './data-set.ts'

test.each([
  ['energy', 1, true],
  ['energy', 1_440, true],
  ['energy', 2_880, false],
  ['energy', 0, false],
  ['energy', 1.5, false],
  ['parameters', 10_080, true],
  ['parameters', 1_441, false],
  ['parameters', 31 * 1_440, true],
  ['parameters', 32 * 1_440, false],
] as const)('%s every %s minutes: %s', (dataSet, minutes, allowed) => {
  expect(isPace(dataSet, minutes)).toBe(allowed)
})
