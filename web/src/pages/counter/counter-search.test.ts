import { describe, expect, it } from 'vitest'
import { counterSearchOf } from './counter-search.ts'

describe('the address', () => {
  it.each([
    [{ account: '5' }, { account: 5 }],
    [{ account: 5 }, { account: 5 }],
    [{ account: 'x' }, {}],
    [{ account: -1 }, {}],
    [{}, {}],
  ])('%j → %j', (search, found) => {
    expect(counterSearchOf(search)).toEqual(found)
  })
})
