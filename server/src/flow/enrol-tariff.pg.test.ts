import { expect, test } from 'vitest'
import { createTown } from './testing/town.ts'

const plan = (rest: object) => ({
  code: 'T',
  version: 1,
  validFrom: '2026-01-01',
  energy: { kind: 'flat', price: '1' },
  ...rest,
})

test.each<[string, object, object | undefined, RegExp]>([
  ['a plan with a fault', plan({ energy: { kind: 'flat', price: 1 } }), undefined, /tariff A: energy\.price/u],
  ['supply terms with a fault', plan({}), { persons: 'four' }, /70001: persons/u],
  [
    'a plan by capacity without any',
    plan({ basic: { kind: 'capacity', price: '30' } }),
    undefined,
    /70001: capacity.+is missing: the plan charges capacity/u,
  ],
])('%s is refused before anything is written, and its place is named', async (_, tariff, supplyTerms, words) => {
  const account = { place: 'A', tariff, ...(supplyTerms === undefined ? {} : { supplyTerms }) }
  await expect(createTown([account])).rejects.toThrow(words)
})
