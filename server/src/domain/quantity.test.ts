import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addCost,
  costOf,
  energyOf,
  formatFen,
  formatKwh,
  formatMoney,
  formatPrice,
  microYuan,
  noCost,
  parseMoney,
  parsePrice,
  percentOf,
  price,
  roundCost,
  wattHours,
} from './quantity.ts'

describe('money as text', () => {
  test.each([
    ['0', 0n, '0.00'],
    ['12.34', 12_340_000n, '12.34'],
    ['-0.123456', -123_456n, '-0.123456'],
    ['5', 5_000_000n, '5.00'],
    ['0.000001', 1n, '0.000001'],
    ['-7.1', -7_100_000n, '-7.10'],
    ['999999999999999', 999_999_999_999_999_000_000n, '999999999999999.00'],
  ])('%s yuan is %s micro-yuan and is shown as %s', (text, micro, shown) => {
    expect(parseMoney(text)).toBe(micro)
    expect(formatMoney(microYuan(micro))).toBe(shown)
  })

  test.each(['', ' ', '1.', '.5', '1,5', '+1', '--1', '1e3', '0x10', '1.2345678', '١٢', '9999999999999999', '1 000'])(
    '%j is no amount',
    (text) => {
      expect(parseMoney(text)).toBeNull()
    },
  )

  test('whatever is shown is read back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (micro) => {
        expect(parseMoney(formatMoney(microYuan(micro)))).toBe(micro)
      }),
    )
  })

  test.each([
    [1_004_999n, '1.00'],
    [1_005_000n, '1.01'],
    [-1_004_999n, '-1.00'],
    [-1_005_000n, '-1.01'],
    [-4_999n, '0.00'],
  ])('%s micro-yuan are %s for people', (micro, shown) => {
    expect(formatFen(microYuan(micro))).toBe(shown)
  })
})

test('prices have up to ten decimals', () => {
  expect(parsePrice('0.5380')).toBe(5_380_000_000n)
  expect(parsePrice('0.0000000001')).toBe(1n)
  expect(parsePrice('0.00000000001')).toBeNull()
  expect(formatPrice(price(5_380_000_000n))).toBe('0.5380')
  expect(formatPrice(price(1n))).toBe('0.0000000001')
})

test('energy is shown in kWh with two decimals or three', () => {
  expect(formatKwh(wattHours(1_230n))).toBe('1.23')
  expect(formatKwh(wattHours(1_234n))).toBe('1.234')
  expect(formatKwh(wattHours(0n))).toBe('0.00')
})

describe('the one rounding', () => {
  test.each([
    // Reference, tariffs, example 1: 236 kWh × 0.5380 = 126.968.
    [236_000n, '0.5380', 126_968_000n],
    [1n, '0.0005', 1n],
    [1n, '0.0004', 0n],
    [1n, '0.0000', 0n],
    [3n, '0.3333333333', 1_000n],
  ])('%s Wh at %s yuan are %s micro-yuan', (energy, text, expected) => {
    expect(roundCost(costOf(wattHours(energy), parsePrice(text) ?? price(0n)))).toBe(expected)
  })

  test('is off by half a micro-yuan at most, and symmetric', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 11n }),
        (energy, tariff) => {
          const cost = costOf(wattHours(energy), price(tariff))
          const rounded = roundCost(cost)
          const error = rounded * 10_000_000n - cost
          expect(error <= 5_000_000n && error > -5_000_000n).toBe(true)
          expect(roundCost(costOf(wattHours(-energy), price(tariff)))).toBe(0n - rounded)
        },
      ),
    )
  })

  test('of a sum is not the sum of roundings: a period is rounded as a whole', () => {
    const half = costOf(wattHours(1n), price(5_000_000n))
    expect(roundCost(addCost(addCost(noCost, half), half))).toBe(1n)
    expect(roundCost(half) + roundCost(half)).toBe(2n)
  })
})

test('limits: hundredths are cut towards zero, energy of a load is rounded up', () => {
  expect(percentOf(microYuan(101n), 50n)).toBe(50n)
  expect(percentOf(microYuan(-101n), 50n)).toBe(-50n)
  expect(energyOf(1_000, 3_600_000)).toBe(1_000n)
  expect(energyOf(1, 1)).toBe(1n)
})
