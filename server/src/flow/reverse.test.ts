import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFreeze } from './freeze.ts'
import type { Asked } from './operate.ts'
import { createPay } from './pay.ts'
import { createMovePayment } from './move-payment.ts'
import { createReverse } from './reverse.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'
import { createTransferMoney } from './transfer-money.ts'

describe('a mistake', () => {
  let bench: MoneyBench
  let [one, two] = [0, 0]
  const ask = (reason = 'a slip'): Asked => ({ key: randomUUID(), reason, operatorId: bench.cashierId })
  const pay = async (accountId: number, amount: number): Promise<string> => {
    const input = { accountId, key: randomUUID(), amount: yuan(amount), channel: 'cash-counter' } as const
    const paid = await createPay(bench.database, bench.clock, bench.ids)({ ...input, operatorId: bench.cashierId })
    if (!paid.ok) throw new Error(paid.code)
    return paid.paymentId
  }
  /** Debits and credits of every ledger account, net. */
  const books = async () =>
    bench.database.query(
      'select id, credits - debits as balance from ledger_account where credits <> debits order by id',
    )
  const reverse = async (operationId: string, more: object = {}) =>
    createReverse(bench.context)({ ...ask(), operationId, ...more })

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 3, opening: yuan(50) })
    one = bench.accountIds[0] ?? 0
    two = bench.accountIds[1] ?? 0
  })
  afterAll(async () => bench.drop())

  test('in a payment, a freeze, a transfer is undone to the last unit', async () => {
    await pay(two, 1)
    const before = await books()
    const payment = await pay(one, 13)
    const freeze = await createFreeze(bench.context)({ ...ask(), accountId: one, amount: yuan(8) })
    const moved = { fromAccountId: one, toAccountId: two, amount: yuan(21) }
    const transfer = await createTransferMoney(bench.context)({ ...ask(), ...moved })
    if (!freeze.ok || !transfer.ok) throw new Error('both were to be done')
    expect(await books()).not.toEqual(before)
    for (const id of [payment, freeze.operationId, transfer.operationId])
      expect(await reverse(id)).toMatchObject({ ok: true })
    expect(await books()).toEqual(before)
  })

  test('is undone once, also by two at the same time', async () => {
    const payment = await pay(one, 5)
    const before = await bench.prepayment(one)
    const both = await Promise.all([reverse(payment), reverse(payment)])
    expect(both.map((result) => (result.ok ? 'done' : result.code)).toSorted()).toEqual(['done', 'reversed-already'])
    expect(await bench.prepayment(one)).toBe(before - yuan(5))
  })

  test('in a reversal is undone only by whoever names it as one', async () => {
    const payment = await pay(one, 6)
    const before = await bench.prepayment(one)
    const reversal = await reverse(payment)
    if (!reversal.ok) throw new Error(reversal.code)
    const { operationId } = reversal
    expect(await reverse(operationId)).toEqual({ ok: false, code: 'is-a-reversal' })
    expect(await reverse(payment, { ofReversal: true })).toEqual({ ok: false, code: 'reversed-already' })
    expect(await reverse(operationId, { ofReversal: true })).toMatchObject({ ok: true })
    expect(await bench.prepayment(one)).toBe(before)
    expect(await reverse(operationId, { ofReversal: true })).toEqual({ ok: false, code: 'reversed-already' })
  })

  test('is undone with a reason or not at all', async () => {
    const payment = await pay(one, 5)
    expect(await reverse(payment, { reason: '  ' })).toEqual({ ok: false, code: 'reason-missing' })
    expect(await reverse(randomUUID())).toEqual({ ok: false, code: 'unknown-operation' })
  })

  test('may leave an account owing: what was wrongly credited was never there', async () => {
    const third = bench.accountIds[2] ?? 0
    const payment = await pay(third, 30)
    const moved = { fromAccountId: third, toAccountId: two, amount: yuan(70) }
    await createTransferMoney(bench.context)({ ...ask(), ...moved })
    expect(await reverse(payment)).toMatchObject({ ok: true })
    expect(await bench.prepayment(third)).toBe(yuan(-20))
    const [{ stage } = { stage: '' }] = await bench.database.query<{ stage: string }>(
      'select stage from account where id = $1',
      [third],
    )
    expect(stage).not.toBe('normal')
  })

  test('in the room is moved to the right one, with the cash in the same drawer, and logged on both', async () => {
    const [before, drawer] = [await bench.prepayment(one), await bench.standing('cash-drawer')]
    const wrong = await pay(one, 17)
    const other = await bench.prepayment(two)
    const asked = ask('room 1 taken for room 2')
    const moved = await createMovePayment(bench.context)({ ...asked, paymentId: wrong, toAccountId: two })
    expect(moved).toMatchObject({ ok: true, result: { fromAccountId: one, balance: other + yuan(17) } })
    expect(await bench.prepayment(one)).toBe(before)
    expect(await bench.prepayment(two)).toBe(other + yuan(17))
    expect(await bench.standing('cash-drawer')).toBe(drawer + yuan(17))
    const logged = await bench.database.query<{ subject: string }>(
      "select subject from audit_log where action = 'ledger:move-payment' order by subject",
    )
    expect(logged.map(({ subject }) => subject)).toEqual([`account:${String(one)}`, `account:${String(two)}`])
    const again = await createMovePayment(bench.context)({ ...ask(), paymentId: wrong, toAccountId: two })
    expect(again).toEqual({ ok: false, code: 'reversed-already' })
    if (!moved.ok) throw new Error(moved.code)
    // The payment that was moved is a payment like any other.
    expect(await reverse(moved.result.paymentId)).toMatchObject({ ok: true })
    expect(await bench.prepayment(two)).toBe(other)
  })

  test('undone leaves the books right', async () => {
    expect(await bench.wrong()).toEqual([])
  })
})
