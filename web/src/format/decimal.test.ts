import { describe, expect, it } from 'vitest'
import { kilowattHours, kilowatts, microOf, moneyOf, roundDecimal, yuan } from './decimal.ts'

describe('money is shown with two decimals, half away from zero', () => {
  it.each([
    ['0', '0.00'],
    ['12', '12.00'],
    ['12.3', '12.30'],
    ['12.344999', '12.34'],
    ['12.345', '12.35'],
    ['-12.345', '-12.35'],
    ['-0.004999', '0.00'],
    ['-0.005', '-0.01'],
    ['0.999999', '1.00'],
    ['999999999999.994999', '999999999999.99'],
    ['999999999999.995', '1000000000000.00'],
    ['1.005', '1.01'],
  ])('%s → %s', (money, shown) => {
    expect(yuan(money)).toBe(shown)
  })
})

describe('energy and power', () => {
  it.each([
    ['0', '0.00'],
    ['4', '0.00'],
    ['5', '0.01'],
    ['1234', '1.23'],
    ['1235', '1.24'],
    ['-1235', '-1.24'],
    ['123456789012345', '123456789012.35'],
  ])('%s Wh → %s kWh', (energyWh, shown) => {
    expect(kilowattHours(energyWh)).toBe(shown)
  })

  it.each([
    ['1500000', '1.500'],
    ['499', '0.000'],
    ['500', '0.001'],
  ])('%s mW → %s kW', (milliwatts, shown) => {
    expect(kilowatts(milliwatts)).toBe(shown)
  })
})

describe('decimals', () => {
  it('rounds to whole numbers and multiplies when the exponent is below zero', () => {
    expect(roundDecimal('2.5', 0, 0)).toBe('3')
    expect(roundDecimal('2.5', -2, 0)).toBe('250')
  })

  it('refuses what is not a decimal', () => {
    for (const text of ['', 'x', '1e3', '.5', '1.', '+1', 'NaN']) expect(() => yuan(text)).toThrow(RangeError)
  })

  it.each(['0.000000', '-0.000001', '12.340000', '-7.000000'])('%s survives micro-yuan and back', (money) => {
    expect(moneyOf(microOf(money))).toBe(money)
  })
})
