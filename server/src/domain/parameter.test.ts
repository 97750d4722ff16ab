import { describe, expect, test } from 'vitest'
import { inWritingOrder, parameterValue, problemOfParameters, type Parameter, type ParameterName } from './parameter.ts'

describe('a parameter as people write it', () => {
  test.each<[ParameterName, string, unknown]>([
    ['money-alarm-1', '20', { kind: 'money', fen: 2_000 }],
    ['money-alarm-1', '20.05', { kind: 'money', fen: 2_005 }],
    ['money-alarm-1', '20.005', null],
    ['money-alarm-1', '-1', null],
    ['money-overdraft-limit', '999999.99', { kind: 'money', fen: 99_999_999 }],
    ['money-overdraft-limit', '1000000', null],
    ['spare-rate-price-1', '0.5380', { kind: 'price', tenThousandths: 5_380 }],
    ['spare-rate-price-1', '0.53805', null],
    ['spare-rate-price-4', '10000', null],
    [
      'rate-price-switch-time',
      '2026-12-01T00:00',
      { kind: 'minute', year: 2026, month: 12, day: 1, hour: 0, minute: 0 },
    ],
    ['rate-price-switch-time', '2026-02-30T00:00', null],
    ['rate-price-switch-time', '2026-12-01T24:00', null],
    ['rate-price-switch-time', 'tomorrow', null],
  ])('%s %s', (item, value, expected) => {
    expect(parameterValue({ item, value })).toEqual(expected)
  })
})

describe('a list of parameters', () => {
  const alarm: Parameter = { item: 'money-alarm-1', value: '20' }
  test.each<[string, readonly Parameter[], string | null]>([
    ['one', [alarm], null],
    ['none', [], 'no-parameters'],
    ['one twice', [alarm, { ...alarm, value: '30' }], 'parameter-twice'],
    ['a bad one', [{ ...alarm, value: 'x' }], 'bad-parameter'],
    ['too many', Array.from({ length: 11 }, () => alarm), 'too-many-parameters'],
  ])('%s', (_, parameters, problem) => {
    expect(problemOfParameters(parameters)).toBe(problem)
  })

  test('the hour of the prices comes after the prices', () => {
    const list: readonly Parameter[] = [
      { item: 'rate-price-switch-time', value: '2026-12-01T00:00' },
      { item: 'spare-rate-price-2', value: '1' },
      { item: 'spare-rate-price-1', value: '1' },
    ]
    expect(inWritingOrder(list).map(({ item }) => item)).toEqual([
      'spare-rate-price-1',
      'spare-rate-price-2',
      'rate-price-switch-time',
    ])
  })
})
