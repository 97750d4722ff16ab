import { expect, test } from 'vitest'
import { wirings, type Wiring } from './wiring.ts'

test.each<[Wiring, 'closed' | 'open', boolean]>([
  ['in-line', 'closed', true],
  ['contactor', 'closed', true],
  ['contactor-inverse', 'open', true],
  ['shunt-trip', 'open', false],
  ['external-breaker', 'closed', false],
])('%s: supply with contacts %s, by itself: %s', (wiring, supplyWhen, returnsByItself) => {
  expect(wirings[wiring]).toEqual({ supplyWhen, returnsByItself })
})
