import { bigInt, constantFrom, property, assert, array, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Posting } from './ledger.ts'
import { parsePercent, parseMoney, microYuan, zeroMoney, type MicroYuan } from './quantity.ts'
import {
  addParts,
  movedComponents,
  partPostings,
  partsOf,
  partsRow,
  revenueParts,
  type RevenueParts,
} from './revenue-parts.ts'

const yuan = (text: string): MicroYuan => parseMoney(text) ?? microYuan(-1n)
const line = (formula: Parameters<typeof revenueParts>[0][number]['formula'], amount: string) => ({
  formula,
  amount: yuan(amount),
})

describe('what of a bill is revenue of something else than energy', () => {
  const lines = [
    line('energy-flat', '500'),
    line('ladder-adder', '20'),
    line('basic-demand', '1000'),
    line('basic-demand-excess', '130'),
    line('demand-discount', '-113'),
    line('power-factor', '-11.30'),
    line('surcharge', '2.26'),
    line('surcharge-included', '1.13'),
    line('fee', '5.65'),
  ]

  test('each part by itself', () => {
    expect(revenueParts(lines, null)).toEqual({
      demand: yuan('1017'),
      'power-factor': yuan('-11.30'),
      surcharge: yuan('3.39'),
      fee: yuan('5.65'),
    })
  })

  test('without the tax in it', () => {
    expect(revenueParts(lines, parsePercent('13'))).toEqual({
      demand: yuan('900'),
      'power-factor': yuan('-10'),
      surcharge: yuan('3'),
      fee: yuan('5'),
    })
  })
})

const parts = array(
  record({ component: constantFrom(...movedComponents), amount: bigInt({ min: -1_000_000n, max: 1_000_000n }) }),
).map((all) => addParts(all.map(({ component, amount }): RevenueParts => ({ [component]: microYuan(amount) }))))

/** What the postings leave on each component's revenue. */
const applied = (before: RevenueParts, postings: readonly Posting[]): RevenueParts =>
  addParts([
    before,
    ...postings.map((posting): RevenueParts => {
      if (!('component' in posting) || posting.component === undefined || posting.component === 'energy') return {}
      const sign = posting.template === 'revenue-in' ? 1n : -1n
      return { [posting.component]: microYuan(sign * posting.amount) }
    }),
  ])

test('what is posted leads from any parts to any others, in amounts above zero, and nothing stays between', () => {
  assert(
    property(parts, parts, (before, after) => {
      const postings = partPostings(before, after, { accountId: 1, at: 0 })
      expect(applied(before, postings)).toEqual(after)
      expect(postings.every(({ amount }) => amount > zeroMoney)).toBe(true)
      const total = (template: string) =>
        postings.filter((posting) => posting.template === template).reduce((sum, { amount }) => sum + amount, 0n)
      expect(total('revenue-in')).toBe(total('revenue-out'))
    }),
  )
})

test('parts are kept as text and come back', () => {
  assert(
    property(parts, (some) => {
      expect(partsOf(partsRow(some))).toEqual(some)
    }),
  )
})
