import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Standing } from './account.ts'
import { aloneAtMost, needsSecondPerson, objectionToAsking, type CounterOperation } from './counter-operation.ts'
import { microYuan, zeroMoney } from './quantity.ts'

const yuan = (amount: number) => microYuan(BigInt(amount) * 1_000_000n)
const standing = (change: Partial<Standing> = {}): Standing => ({
  accountId: 1,
  bucket: 0,
  number: 'A1',
  customerId: 1,
  closed: false,
  agreementId: null,
  prepayment: yuan(100),
  frozen: zeroMoney,
  receivable: zeroMoney,
  pending: zeroMoney,
  wallet: zeroMoney,
  ...change,
})

describe('a second person', () => {
  test.each([
    ['refund', 1000, true, false],
    ['refund', 1001, true, true],
    ['refund', 1, false, true],
    ['reverse', 1000, true, false],
    ['reverse', 1001, true, true],
    ['transfer', 1001, true, true],
    ['close-account', 1001, true, true],
    ['close-account', 0, true, false],
    ['write-off', 1, true, true],
    ['move-payment', 5000, true, false],
    ['move-payment', 1, false, true],
    ['freeze', 5000, true, false],
    ['freeze', 1, false, true],
    ['unfreeze', 5000, true, false],
    ['refund-paid', 5000, true, false],
  ] as const)('%s of %d yuan by one who may refund: %s → %s', (kind, amount, mayRefund, needed) => {
    expect(needsSecondPerson(kind, yuan(amount), mayRefund)).toBe(needed)
  })

  test('is never needed for less and not for more', () => {
    const kinds = ['refund', 'reverse', 'transfer', 'close-account', 'write-off', 'freeze'] as const
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.bigInt(0n, aloneAtMost * 2n),
        fc.bigInt(0n, aloneAtMost),
        (kind, less, more) => {
          const needed = needsSecondPerson(kind, microYuan(less), true)
          expect(!needed || needsSecondPerson(kind, microYuan(less + more), true)).toBe(true)
        },
      ),
    )
  })
})

describe('asking is refused', () => {
  const other = standing({ accountId: 2 })
  const cases: readonly (readonly [CounterOperation, Standing, Standing | null, string | null])[] = [
    [{ kind: 'refund', amount: yuan(101), channel: 'cash-counter' }, standing(), null, 'not-enough-money'],
    [{ kind: 'refund', amount: yuan(100), channel: 'cash-counter' }, standing(), null, null],
    [{ kind: 'freeze', amount: yuan(1) }, standing({ closed: true }), null, 'account-closed'],
    [{ kind: 'unfreeze', amount: yuan(1) }, standing(), null, 'not-so-much-frozen'],
    [{ kind: 'transfer', amount: yuan(1), toAccountId: 2 }, standing(), null, 'unknown-account'],
    [{ kind: 'transfer', amount: yuan(1), toAccountId: 1 }, standing(), standing(), 'same-account'],
    [{ kind: 'transfer', amount: yuan(1), toAccountId: 2 }, standing(), other, null],
    [{ kind: 'write-off', amount: yuan(1), of: 'debt' }, standing(), null, 'not-so-much-owed'],
    [{ kind: 'write-off', amount: yuan(1), of: 'overdraft' }, standing({ prepayment: yuan(-1) }), null, null],
    [{ kind: 'close-account', channel: 'cash-counter' }, standing({ frozen: yuan(1) }), null, 'money-is-frozen'],
    [{ kind: 'move-payment', paymentId: 'x', toAccountId: 1 }, standing(), standing(), 'same-account'],
    [
      { kind: 'move-payment', paymentId: 'x', toAccountId: 2 },
      standing(),
      { ...other, closed: true },
      'account-closed',
    ],
    [{ kind: 'reverse', operationId: 'x' }, standing(), null, null],
  ]
  test.each(cases)('%o', (operation, own, second, code) => {
    expect(objectionToAsking(operation, own, second)).toBe(code)
  })
})
