import { expect, it } from 'vitest'
import { consoleSearchOf, sameSearch } from './console-search.ts'

it.each([
  [{}, {}],
  [
    { show: 'cut-off', q: '1-101' },
    { show: 'cut-off', q: '1-101' },
  ],
  // The router reads a number out of `?q=10009`.
  [{ q: 10_009 }, { q: '10009' }],
  [{ show: 'all', q: '' }, {}],
  [{ show: 'nonsense', q: ['a'], more: 1 }, {}],
] as const)('%j → %j', (search, kept) => {
  expect(consoleSearchOf(search)).toEqual(kept)
})

it.each([
  [{}, {}, true],
  [{ show: 'held' }, { show: 'held' }, true],
  [{ q: 'a' }, { q: 'ab' }, false],
  [{ show: 'held', q: 'a' }, { q: 'a' }, false],
] as const)('%j and %j are the same: %s', (a, b, same) => {
  expect(sameSearch(a, b)).toBe(same)
})
