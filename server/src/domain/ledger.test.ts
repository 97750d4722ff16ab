import { describe, expect, test } from 'vitest'
import { chart } from './ledger/chart.ts'
import { routes, templates } from './ledger/templates.ts'
import { balancesAfter, effectOnCustomer, ownerOf, problemOf, sidesOf, type Posting } from './ledger.ts'
import { microYuan } from './quantity.ts'
import { objectionToReverse, reversalsOf } from './reversal.ts'

const amount = microYuan(3_000_000n)
const at = 1_000
const common = { accountId: 1, amount, at }

describe('a posting', () => {
  test.each<[string, Posting, string, string, bigint]>([
    [
      'cash of a cashier',
      { ...common, template: 'payment', channel: 'cash-counter', cashierId: 7, paymentId: 'p' },
      'cash-drawer',
      'customer-prepayment',
      3n,
    ],
    [
      'cash of nobody',
      { ...common, template: 'payment', channel: 'cash-counter', paymentId: 'p' },
      'channel-clearing',
      'customer-prepayment',
      3n,
    ],
    [
      'money of a channel, whoever is at the counter',
      { ...common, template: 'payment', channel: 'alipay', cashierId: 7, paymentId: 'p' },
      'channel-clearing',
      'customer-prepayment',
      3n,
    ],
    [
      'a refund in cash',
      { ...common, template: 'refund', channel: 'cash-counter', cashierId: 7 },
      'customer-prepayment',
      'cash-drawer',
      -3n,
    ],
    [
      'a refund by a channel',
      { ...common, template: 'refund', channel: 'alipay', cashierId: 7 },
      'customer-prepayment',
      'refunds-payable',
      -3n,
    ],
    ['a fee', { ...common, template: 'fee' }, 'customer-prepayment', 'revenue', -3n],
    ['frozen money', { ...common, template: 'freeze' }, 'customer-prepayment', 'customer-frozen', -3n],
    [
      'a purchase that arrived',
      { ...common, template: 'purchase-posted', meterId: 4 },
      'meter-purchase-pending',
      'meter-wallet',
      0n,
    ],
  ])('for %s has its two sides', (_, posting, debit, credit, effect) => {
    expect(sidesOf(posting)).toEqual({ debit, credit })
    expect(effectOnCustomer(posting)).toBe(effect * 1_000_000n)
    expect(balancesAfter(amount, [posting, posting])).toEqual([
      amount + effect * 1_000_000n,
      amount + effect * 2_000_000n,
    ])
    expect(problemOf(posting)).toBeNull()
  })

  test.each<[string, Posting, string]>([
    ['nothing', { ...common, template: 'fee', amount: microYuan(0n) }, 'nothing-to-move'],
    ['less than nothing', { ...common, template: 'fee', amount: microYuan(-1n) }, 'nothing-to-move'],
    [
      'more than there is in the world',
      { ...common, template: 'fee', amount: microYuan(10n ** 18n + 1n) },
      'amount-not-plausible',
    ],
    ['no time', { ...common, template: 'fee', at: Number.NaN }, 'time-not-plausible'],
    ['nobody', { ...common, template: 'suspense-resolved', accountId: null, channel: 'alipay' }, 'account-missing'],
  ])('of %s has a problem', (_, posting, problem) => {
    expect(problemOf(posting)).toBe(problem)
  })

  test('names the owner of each of its accounts, or is no posting', () => {
    const paid: Posting = { ...common, template: 'payment', channel: 'wechat-pay', paymentId: 'p' }
    expect(ownerOf(paid, 'channel-clearing')).toBe('wechat-pay')
    expect(ownerOf(paid, 'customer-prepayment')).toBeNull()
    expect(ownerOf({ ...common, template: 'fee' }, 'revenue')).toBe('fee')
    expect(ownerOf({ ...common, template: 'fee', component: 'capacity' }, 'revenue')).toBe('capacity')
    expect(() => ownerOf(paid, 'cash-drawer')).toThrow('must name its cashier')
  })
})

test('every template has a route, and every route an account on both sides', () => {
  expect(new Set(routes.map(({ kind }) => kind))).toEqual(new Set(Object.keys(templates)))
  for (const { debit, credit } of routes) expect(debit in chart && credit in chart && debit !== credit).toBe(true)
  // An account that no template touches would be a word without a meaning.
  const touched = new Set(routes.flatMap(({ debit, credit }) => [debit, credit]))
  expect(touched).toEqual(new Set(Object.keys(chart)))
})

describe('a reversal', () => {
  test('exchanges the sides of every line, the last one first', () => {
    const side = (id: number) => ({ id, code: 'customer-prepayment', owner: null }) as const
    const line = (id: string, debit: number, credit: number) =>
      ({ id, accountId: 1, amount, meterId: null, debit: side(debit), credit: side(credit) }) as const
    const reversed = reversalsOf([line('a', 1, 2), line('b', 2, 3)], at)
    expect(reversed.map(({ refersTo, debit, credit }) => [refersTo, debit.id, credit.id])).toEqual([
      ['b', 3, 2],
      ['a', 2, 1],
    ])
  })

  const payment = { kind: 'payment', reversedBy: null, completed: false } as const
  const because = { reason: 'a slip', ofReversal: false }
  test.each([
    ['of nothing known', null, because, 'unknown-operation'],
    ['without a reason', payment, { ...because, reason: '' }, 'reason-missing'],
    ['of what is reversed', { ...payment, reversedBy: 'x' }, because, 'reversed-already'],
    ['of a reversal that is not called one', { ...payment, kind: 'reverse' }, because, 'is-a-reversal'],
    ['of a payment that is called a reversal', payment, { ...because, ofReversal: true }, 'not-reversible'],
    ['of what others have built on', { ...payment, completed: true }, because, 'completed-already'],
    ['of a fact', { ...payment, kind: 'close-account' }, because, 'not-reversible'],
    ['of a payment', payment, because, null],
    ['of a reversal that is called one', { ...payment, kind: 'reverse' }, { ...because, ofReversal: true }, null],
  ] as const)('%s: %s', (_, operation, input, code) => {
    expect(objectionToReverse(operation, input)).toBe(code)
  })
})
