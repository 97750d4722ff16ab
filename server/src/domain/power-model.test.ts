import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyCoverage, live, lives } from './testing/power-model.ts'

/** A few hundred lives; `npm run model:power -- --runs 100000` lives more of them. */
test('no life leads to a relay open in spite of money, a trip in a protected time, or two trips for one decision', () => {
  const counts = emptyCoverage()
  fc.assert(
    fc.property(lives(40), ([variant, life]) => live(variant, life, counts)),
    { numRuns: 400 },
  )
  // The lives must have been worth living: supply was stopped and given back.
  expect(counts.states.get('stopped')).toBeGreaterThan(0)
  expect([...counts.moves.keys()].filter((move) => move.startsWith('stopped → reconnect')).length).toBeGreaterThan(0)
})
