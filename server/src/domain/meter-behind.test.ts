import { describe, expect, test } from 'vitest'
import { partWithin, problemsOfBehind } from './meter-behind.ts'

describe('the part of a span in which a relation held', () => {
  test.each([
    [0, null, { from: 10, to: 20 }],
    [12, null, { from: 12, to: 20 }],
    [0, 15, { from: 10, to: 15 }],
    [12, 15, { from: 12, to: 15 }],
    [0, 10, null],
    [20, null, null],
  ])('from %s to %s: %j', (from, to, part) => {
    expect(partWithin({ from, to }, { from: 10, to: 20 })).toEqual(part)
  })
})

test('masters that a list names among itself are there once, and nobody is behind himself', () => {
  const found = problemsOfBehind([
    { address: 'a', behind: 'b' },
    { address: 'b', behind: 'c' },
    { address: 'c', behind: 'a' },
    { address: 'd', behind: 'x' },
    { address: 'e', behind: 'f' },
    { address: 'f' },
    { address: 'g', behind: 't' },
    { address: 't' },
    { address: 't' },
    { address: 'h', behind: 'h' },
  ])
  expect(found.map(({ address, words }) => `${address} ${words}`)).toEqual([
    'a is behind itself',
    'b is behind itself',
    'c is behind itself',
    'd there is no meter x',
    'g t stands there twice',
    'h is behind itself',
  ])
})
