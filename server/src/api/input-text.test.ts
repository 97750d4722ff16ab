import { expect, test } from 'vitest'
import { hasUnusableText } from './input-text.ts'

test.each([
  ['plain', false],
  ['龑家 3-101, 𠮷野家 😀', false],
  ['two\r\nlines\tand a tab', false],
  ['nul \u0000', true],
  ['bell \u0007', true],
  ['delete \u007f', true],
  ['half a character \ud842', true],
  ['the other half \udfb7', true],
  [{ a: ['b', { c: 'd\u0000' }] }, true],
  [{ 'a\u0000': 1 }, true],
  [null, false],
  [undefined, false],
  [7, false],
])('%j: %s', (input, unusable) => {
  expect(hasUnusableText(input)).toBe(unusable)
})

test('as deep as a body can be', () => {
  const depth = 32_000
  expect(hasUnusableText(JSON.parse('['.repeat(depth) + ']'.repeat(depth)))).toBe(false)
})
