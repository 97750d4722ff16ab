import { assert, bigInt, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { microOf, moneyOf } from '../format/decimal.ts'
import { planTopUp, quickAmounts, type TopUpFacts } from './top-up-plan.ts'

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

  it.each([
    // A quarter of the payment goes to the debt: 5.85 leaves 4.39, a fen less does not.
    ['100', '25', '5.85', 'restores', '5.850000'],
    ['100', '25', '5.84', 'stays-off', '5.850000'],
    // Only so much of it is owed.
    ['0.50', '25', '4.89', 'restores', '4.890000'],
    ['0.50', '100', '4.89', 'restores', '4.890000'],
    ['0', '25', '4.39', 'restores', '4.390000'],
    ['100', null, '4.39', 'restores', '4.390000'],
  ] as const)('owing %s with a share of %s %%: paid %s → %s', (debt, debtPercent, amount, effect, needed) => {
    expect(planTopUp({ ...facts('-3.386', 'off'), debt, debtPercent }, amount)).toMatchObject({ effect, needed })
  })

  it('with a debt names the least amount too', () => {
    const money = bigInt({ min: 0n, max: 1_000_000_000n }).map((micro) => moneyOf(micro))
    const percent = bigInt({ min: 0n, max: 100n }).map(String)
    assert(
      property(money, money, percent, (owed, debt, debtPercent) => {
        const off = { ...facts(`-${owed}`, 'off'), debt, debtPercent }
        const { needed } = planTopUp(off, null)
        if (needed === null) throw new Error('it is below the threshold')
        expect(planTopUp(off, needed).effect).toBe('restores')
        expect(planTopUp(off, moneyOf(microOf(needed) - 10_000n)).effect).toBe('stays-off')
      }),
    )
  })

  it('names the least amount: it suffices, and a fen less does not', () => {
    const money = bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }).map((micro) => moneyOf(micro))
    assert(
      property(money, money, (balance, threshold) => {
        const missing = microOf(threshold) - microOf(balance)
        const needed = microOf(planTopUp({ ...facts(balance, 'off'), restore: threshold }, null).needed ?? '0')
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

  it.each([
    [null, '15.00', ['15', '20', '50', '100', '200', '500']],
    ['4.390000', '10.00', ['10', '20', '50', '100', '200', '500']],
    ['60.000000', '10.00', ['60', '100', '200', '500']],
  ] as const)('needed %s, least purchase %s → %j', (needed, minimum, amounts) => {
    expect(quickAmounts(needed, minimum)).toEqual(amounts)
  })
})
