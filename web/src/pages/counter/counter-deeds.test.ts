import type { AccountFile, AccountOperation } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import {
  deedsOf,
  differenceOf,
  isCounted,
  isOff,
  lineDeedsOf,
  lineOperationOf,
  newestPayment,
  operationOf,
  wholeOf,
} from './counter-deeds.ts'

const file = (balance: Partial<AccountFile['balance']> = {}, closedAt: number | null = null) => ({
  closedAt,
  balance: { prepayment: '0.00', frozen: '0.00', debt: '0.00', pending: '0.00', wallet: '0.00', ...balance },
})
const line = (change: Partial<AccountOperation> = {}): AccountOperation => ({
  id: 'p',
  kind: 'payment',
  at: 0,
  by: null,
  reason: '',
  amount: '5.00',
  means: 'cash-counter',
  to: null,
  reversedBy: null,
  reversible: true,
  unpaid: false,
  ...change,
})

describe('what is offered', () => {
  it.each([
    [file({ prepayment: '5.00' }), ['refund', 'transfer', 'freeze', 'close-account']],
    [file({ prepayment: '-0.000001' }), ['write-off', 'close-account']],
    [file({ debt: '1.00', frozen: '1.00' }), ['unfreeze', 'write-off', 'close-account']],
    [file(), ['close-account']],
    [file({ prepayment: '5.00' }, 1), []],
  ])('%j → %j', (account, deeds) => {
    expect(deedsOf(account)).toEqual(deeds)
  })

  it.each([
    [line(), ['reverse', 'move-payment']],
    [line({ reversible: false, reversedBy: 'r' }), []],
    [line({ kind: 'refund', unpaid: true }), ['reverse', 'refund-paid']],
    [line({ kind: 'sign-agreement', reversible: false }), []],
  ] as const)('of %j → %j', (operation, deeds) => {
    expect(lineDeedsOf(operation)).toEqual(deeds)
  })

  it('the newest payment that stands is the one to reverse', () => {
    const lines = [line({ id: 'f', kind: 'freeze' }), line({ id: 'a', reversible: false }), line({ id: 'b' })]
    expect(newestPayment(lines)?.id).toBe('b')
    expect(newestPayment([])).toBeNull()
  })
})

describe('the whole of it', () => {
  it.each([
    ['refund', { prepayment: '12.345678' }, '12.34'],
    ['unfreeze', { frozen: '7.00' }, '7.00'],
    ['unfreeze', { frozen: '7.0000015'.slice(0, 8) }, '7.000001'],
    ['write-off', { prepayment: '-3.5' }, '3.50'],
    ['write-off', { debt: '9.00' }, '9.00'],
    ['transfer', { prepayment: '9.00' }, ''],
  ] as const)('%s of %j is %s', (name, balance, whole) => {
    expect(wholeOf(name, file(balance))).toBe(whole)
  })
})

describe('what is asked', () => {
  it.each([
    ['refund', { amount: ' 5 ', means: 'card-terminal' }, { kind: 'refund', amount: '5', channel: 'card-terminal' }],
    ['transfer', { amount: '5', to: '7' }, { kind: 'transfer', amount: '5', toAccountId: 7 }],
    ['freeze', { amount: '5' }, { kind: 'freeze', amount: '5' }],
    ['write-off', { amount: '5', of: 'debt' }, { kind: 'write-off', amount: '5', of: 'debt' }],
    ['close-account', {}, { kind: 'close-account', channel: 'cash-counter' }],
  ] as const)('%s %j', (name, values, operation) => {
    expect(operationOf(name, values)).toEqual(operation)
  })
  it('of one operation', () => {
    expect(lineOperationOf('reverse', 'x', {})).toEqual({ kind: 'reverse', operationId: 'x' })
    expect(lineOperationOf('move-payment', 'x', { to: '7' })).toEqual({
      kind: 'move-payment',
      paymentId: 'x',
      toAccountId: 7,
    })
    expect(lineOperationOf('refund-paid', 'x', {})).toEqual({ kind: 'refund-paid', refundId: 'x' })
  })
})

describe('counting', () => {
  it.each([
    ['0', true],
    ['12.30', true],
    ['12.345', false],
    ['-1', false],
    ['', false],
    ['1e3', false],
  ])('%s is counted: %s', (text, counted) => {
    expect(isCounted(text)).toBe(counted)
  })
  it.each([
    ['100', '102.50', '-2.500000'],
    ['103', '102.50', '0.500000'],
    ['', '1', null],
  ])('%s of %s leaves %s', (counted, expected, difference) => {
    expect(differenceOf(counted, expected)).toBe(difference)
  })
  it.each([
    ['0.009999', false],
    ['-0.009999', false],
    ['0.01', true],
    ['-0.01', true],
  ])('%s needs a note: %s', (difference, off) => {
    expect(isOff(difference)).toBe(off)
  })
})
