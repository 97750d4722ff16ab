import { assert, bigInt, property } from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addAmounts,
  addEnergy,
  formatAmount,
  parseKwh,
  wattHours,
  type ExactAmount,
  type WattHours,
} from '../quantity.ts'
import { plainContract, type SupplyContract } from './contract.ts'
import { dayNumber } from './day-number.ts'
import type { TariffPlan } from './plan.ts'
import { priceAhead } from './price-ahead.ts'
import { readContract } from './read-contract.ts'
import { readPlan } from './read-plan.ts'

const planOf = (rest: object): TariffPlan => {
  const read = readPlan({ code: 'A', version: 1, validFrom: '2024-01-01', ...rest })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.value
}
const contractOf = (document: object): SupplyContract => {
  const read = readContract(document)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.value
}
const kwh = (text: string): WattHours => parseKwh(text) ?? wattHours(-1n)
const day = dayNumber(2024, 6, 15)
const flat = { energy: { kind: 'flat', price: '0.538' } }
const ladder = { scope: 'year', limits: ['2760', '4800'], adders: ['0.05', '0.30'] }
const tiers = {
  energy: { kind: 'tiers', prices: ['0.4883', '0.5383', '0.7883'] },
  ladder: { scope: 'month', limits: ['240', '400'] },
}
const fund = {
  surcharges: [
    { code: 'fund', price: '0.01' },
    { code: 'inside', price: '0.02', how: 'included' },
  ],
}

describe('what energy costs when it is bought ahead', () => {
  test.each<[string, object, object, string, string, string | null]>([
    ['flat', flat, {}, '0', '236', '126.968'],
    // Worked example 6 of the reference: 2700 kWh before, 260 more.
    ['a ladder of the year from where it stands', { ...flat, ladder }, {}, '2700', '260', '149.88'],
    ['a ladder of the year over both limits', { ...flat, ladder }, {}, '0', '5000', '2852.00'],
    // Worked example 9.
    ['whole prices of tiers', tiers, {}, '0', '450', '242.735'],
    [
      'more persons',
      { ...flat, ladder: { ...ladder, households: [{ fromPersons: 5, limits: ['1200', '1200'] }] } },
      { persons: 6 },
      '0',
      '5000',
      '2742.00',
    ],
    ['a surcharge on top, but none that the price contains', { ...flat, ...fund }, {}, '0', '100', '54.80'],
    ['a customer who is exempt', { ...flat, ...fund }, { exempt: ['fund'] }, '0', '100', '53.80'],
    ['rates', { energy: { kind: 'rates', prices: ['1', '2'] } }, {}, '0', '100', null],
    ['losses', flat, { losses: { linePercent: '3' } }, '0', '100', null],
    [
      'a power factor with the energy in its base',
      { ...flat, powerFactor: { standard: '0.90' } },
      {},
      '0',
      '100',
      null,
    ],
    [
      'a power factor of the basic charge alone',
      { ...flat, powerFactor: { standard: '0.90', energyInBase: false } },
      {},
      '0',
      '100',
      '53.80',
    ],
  ])('%s', (_, plan, contract, used, energy, cost) => {
    const found = priceAhead(planOf(plan), contractOf(contract), { day, used: kwh(used), energy: kwh(energy) })
    expect(found === null ? null : formatAmount(found)).toBe(cost)
  })

  test('in two purchases it costs what it costs in one', () => {
    const plans = [planOf({ ...flat, ladder, ...fund }), planOf(tiers)]
    const some = bigInt({ min: 0n, max: 6_000_000n }).map(wattHours)
    const cost = (plan: TariffPlan, used: WattHours, energy: WattHours): ExactAmount => {
      const found = priceAhead(plan, plainContract, { day, used, energy })
      if (found === null) throw new Error('it has one price')
      return found
    }
    assert(
      property(some, some, some, (used, first, second) => {
        for (const plan of plans) {
          const once = cost(plan, used, addEnergy(first, second))
          const twice = addAmounts(cost(plan, used, first), cost(plan, addEnergy(used, first), second))
          expect(twice).toEqual(once)
        }
      }),
    )
  })
})
