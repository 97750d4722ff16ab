import * as fc from 'fast-check'

/** A name that an object has without having been given it. */
const inherited = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'] as const

const deep = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

const atTheLimits: readonly number[] = [
  0,
  -0.5,
  -1,
  1,
  1.5,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 53 - 1,
  -(2 ** 53 - 1),
  2 ** 53,
  2 ** 63,
  1e21,
  1e308,
  5e-324,
  // The last instants of the year 9999 and of dates as such.
  253_402_300_799_999,
  253_402_300_800_000,
  8.64e15,
  8.64e15 + 1,
  -8.64e15,
]

const strangeTexts: readonly string[] = [
  '',
  ' ',
  '\t\n',
  '0',
  '-1',
  '-0',
  '0x10',
  '1e3',
  '1e309',
  'NaN',
  'Infinity',
  'null',
  'true',
  '9'.repeat(400),
  '0.0000000000000000001',
  '999999999999.999999',
  '2026-02-30',
  '2026-13-01',
  '0000-01-01',
  '9999-12-31',
  '9999-99-99',
  '2026-12-01T00:00',
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  'a\u0000b',
  '\u0007',
  '\ud842',
  '𠮷龑😀',
  '\u202e\u200b\ufeff',
  'x'.repeat(10_000),
  '龑'.repeat(201),
  "'; drop table meter; --",
  '%00%ff',
  '../../../../etc/passwd',
  '${7*7}{{7*7}}<script>',
  ...inherited,
]

/** Anything that JSON can say, and more often what programs stumble over. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...strangeTexts) },
  { weight: 3, arbitrary: fc.constantFrom(...atTheLimits) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      [],
      {},
      [[]],
      [null],
      [1, 1],
      deep(50),
      Array.from({ length: 3_000 }, (_, index) => index),
      { length: 1 },
      ...inherited.map((name) => ({ [name]: { polluted: true } })),
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
)

/** Text for an address. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...strangeTexts) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(...atTheLimits).map(String) },
)

/** Names for fields that nobody asked for. */
export const anyName: fc.Arbitrary<string> = fc.oneof(fc.constantFrom(...inherited, 'x', 'id', ''), fc.string())
