import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalText, revive, type Plain } from './operation.ts'

const plain = fc.letrec<{ value: Plain }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string().filter((text) => !/^-?\d+n$/u.test(text)),
    fc.bigInt(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

describe('the canonical text of an input', () => {
  test('is JSON that gives the input back, money as money', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(revive(JSON.parse(canonicalText(value)))).toEqual(value)
      }),
    )
  })

  test('does not depend on the order of names, and on nothing else it says', () => {
    expect(canonicalText({ b: 1n, a: 'x' })).toBe('{"a":"x","b":"1n"}')
    expect(canonicalText({ a: 'x', b: 1n })).toBe(canonicalText({ b: 1n, a: 'x' }))
    expect(canonicalText({ a: 'x', b: 1 })).not.toBe(canonicalText({ a: 'x', b: 1n }))
  })
})
