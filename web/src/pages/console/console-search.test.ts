import { expect, it } from 'vitest'
import { consoleSearchOf } from './console-search.ts'

it.each([
  [{}, {}],
  [
    { show: 'cut-off', q: '1-101' },
    { show: 'cut-off', q: '1-101' },
  ],
  // The router reads a number out of `?q=10009`.
  [{ q: 10_009 }, { q: '10009' }],
  [{ show: 'all', q: '' }, {}],
  [
    { id: 7, show: 'held' },
    { id: '7', show: 'held' },
  ],
  [{ show: 'nonsense', q: ['a'], more: 1 }, {}],
] as const)('%j → %j', (search, kept) => {
  expect(consoleSearchOf(search)).toEqual(kept)
})
