import { assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listSearchOf, oneOf, sameSearch } from './list-search.ts'

const read = listSearchOf('state', 'kind')

describe('the address of a list', () => {
  it.each([
    [{}, {}],
    [
      { q: '1-101', id: 'a7', state: 'open' },
      { q: '1-101', id: 'a7', state: 'open' },
    ],
    [
      { q: 10_009, id: 7 },
      { q: '10009', id: '7' },
    ],
    [{ q: '', id: null, kind: ['a'], more: 1, state: { x: 1 } }, {}],
    [{ q: 'x'.repeat(200) }, { q: 'x'.repeat(100) }],
  ])('%j is read as %j', (search, kept) => {
    expect(read(search)).toEqual(kept)
  })
})

it.each([
  [{}, {}, true],
  [{ state: 'held' }, { state: 'held' }, true],
  [{ q: 'a' }, { q: 'ab' }, false],
  [{ state: 'held', q: 'a' }, { q: 'a' }, false],
  [{ q: '' }, {}, true],
] as const)('%j and %j are the same: %s', (a, b, same) => {
  expect(sameSearch(a, b)).toBe(same)
})

it('takes a filter only when it is one of those there are', () => {
  const known = ['open', 'closed'] as const
  assert(
    property(constantFrom(...known), (one) => {
      expect(oneOf(known, one)).toBe(one)
    }),
  )
  for (const text of [undefined, '', 'Open', 'nonsense']) expect(oneOf(known, text)).toBeNull()
})
