import { assert, bigInt, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microOf, moneyOf } from '../format/decimal.ts'
import { amountAbove, planTopUp, quickAmounts, type TopUpFacts } from './top-up-plan.ts'

const facts = (balance: string, state: TopUpFacts['state']): TopUpFacts => ({
  balance,
  state,
  cutOff: '0.00',
  restore: '1.00',
})

describe('what a payment will bring about', () => {
  it.each([
    ['-3.386', 'off', '4.39', 'restores', '4.390000'],
    ['-3.386', 'off', '4.38', 'stays-off', '4.390000'],
    ['-3.386', 'off', null, 'stays-off', '4.390000'],
    ['-3.39', 'off', '4.39', 'stays-off', '4.400000'],
    ['1.00', 'off', '0.01', 'restores', '0.010000'],
    ['1.01', 'off', null, 'restores', null],
    ['-0.5', 'due', '0.50', 'still-due', '0.510000'],
    ['-0.5', 'due', '0.51', 'keeps-supply', '0.510000'],
    ['40', 'on', '10', 'adds', null],
  ] as const)('%s yuan, supply %s, paid %s → %s', (balance, state, amount, effect, needed) => {
    expect(planTopUp(facts(balance, state), amount)).toMatchObject({ effect, needed })
  })

  it('names the least amount: it suffices, and a fen less does not', () => {
    const money = bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }).map((micro) => moneyOf(micro))
    assert(
      property(money, money, (balance, threshold) => {
        const missing = microOf(threshold) - microOf(balance)
        const needed = microOf(amountAbove(balance, threshold) ?? '0')
        expect(needed > missing && needed % 10_000n === 0n).toBe(true)
        expect(needed === 0n ? missing < 0n : needed - 10_000n <= missing).toBe(true)
      }),
    )
  })

  it.each([
    [null, ['10', '20', '50', '100', '200', '500']],
    ['4.390000', ['5', '10', '20', '50', '100', '200']],
    ['20.000000', ['20', '50', '100', '200', '500']],
    ['20.010000', ['21', '50', '100', '200', '500']],
    ['900.000000', ['900']],
  ] as const)('needed %s → %j', (needed, amounts) => {
    expect(quickAmounts(needed)).toEqual(amounts)
  })
})
