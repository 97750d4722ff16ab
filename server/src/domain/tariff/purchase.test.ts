import { describe, expect, test } from 'vitest'
import {
  costOf,
  exactAmount,
  formatMoney,
  microYuan,
  parseKwh,
  parseMoney,
  parsePercent,
  parsePrice,
} from '../quantity.ts'
import { decidePurchase, hoardLimitOf, payOff, type Debt } from './purchase.ts'

const yuan = (text: string) => parseMoney(text) ?? microYuan(-1n)
const rule = { minimum: yuan('10'), hoardLimit: yuan('500'), hoardEnergy: null, debtShare: parsePercent('25') }

describe('a purchase', () => {
  test.each([
    ['0', '0', '0', 'not-positive'],
    ['9.99', '0', '0', 'below-minimum'],
    ['10', '0', '0', '10.00 + 0.00'],
    // The minimum never stands in the way of paying off a debt.
    ['5', '-20', '20', '3.75 + 1.25'],
    ['20', '0', '100', '15.00 + 5.00'],
    ['20', '0', '1.50', '18.50 + 1.50'],
    ['0.03', '0', '9', '0.03 + 0.00'],
    ['400', '100', '0', '400.00 + 0.00'],
    ['400.01', '100', '0', 'above-hoard-limit'],
    // What goes to the debt is not hoarded.
    ['500', '100', '300', '375.00 + 125.00'],
  ])('of %s with balance %s and debt %s: %s', (amount, balance, debt, expected) => {
    const decision = decidePurchase(rule, { amount: yuan(amount), balance: yuan(balance), debt: yuan(debt) })
    const words = decision.ok ? `${formatMoney(decision.toBalance)} + ${formatMoney(decision.toDebt)}` : decision.code
    expect(words).toBe(expected)
  })

  test('without rules everything above zero goes to the balance', () => {
    const free = { minimum: null, hoardLimit: null, hoardEnergy: null, debtShare: null }
    const decision = decidePurchase(free, { amount: yuan('0.01'), balance: yuan('0'), debt: yuan('5') })
    expect(decision).toEqual({ ok: true, toDebt: 0n, toBalance: yuan('0.01') })
  })
})

test.each([
  [null, null, '1', null],
  ['300', null, '1', '300.00'],
  [null, '100', '0.5', '50.00'],
  ['300', '100', '0.5', '50.00'],
  ['30', '100', '0.5', '30.00'],
  // A price of nothing, and none at all, limit nothing.
  ['30', '100', '0', '30.00'],
  [null, '100', '0', null],
  [null, '100', null, null],
])('at most %s yuan or %s kWh at %s a kWh: %s', (money, energy, price, limit) => {
  const hoarding = {
    ...rule,
    hoardLimit: money === null ? null : yuan(money),
    hoardEnergy: energy === null ? null : parseKwh(energy),
  }
  const perKwh = price === null ? null : parsePrice(price)
  const found = hoardLimitOf(hoarding, (wh) => (perKwh === null ? null : exactAmount(costOf(wh, perKwh))))
  expect(found === null ? null : formatMoney(found)).toBe(limit)
})

test('money pays late fees first, then the oldest debt, and leaves the rest', () => {
  const debts: readonly Debt[] = [
    { kind: 'energy', since: 2, amount: yuan('30') },
    { kind: 'energy', since: 1, amount: yuan('20') },
    { kind: 'late-fee', since: 3, amount: yuan('1') },
  ]
  const paid = (money: string) => {
    const { paid: parts, left } = payOff(yuan(money), debts, ['late-fee', 'energy'])
    return [
      ...parts.map(({ debt, amount }) => `${debt.kind} ${String(debt.since)}: ${formatMoney(amount)}`),
      formatMoney(left),
    ]
  }
  expect(paid('25')).toEqual(['late-fee 3: 1.00', 'energy 1: 20.00', 'energy 2: 4.00', '0.00'])
  expect(paid('60')).toEqual(['late-fee 3: 1.00', 'energy 1: 20.00', 'energy 2: 30.00', '9.00'])
})
