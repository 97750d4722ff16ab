import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PayInput } from './abilities.ts'
import { createPay } from './pay.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'

describe('a payment', () => {
  let bench: MoneyBench
  let pay: ReturnType<typeof createPay>
  const input = (changes: Partial<PayInput> = {}): PayInput => ({
    accountId: bench.accountIds[0] ?? 0,
    key: randomUUID(),
    amount: yuan(20),
    channel: 'cash-counter',
    operatorId: bench.cashierId,
    ...changes,
  })
  const transfers = async (paymentId: string) =>
    bench.database.query<{ kind: string; amount: bigint; debit: string; credit: string; operation_id: string }>(
      `select t.kind, t.amount, d.code as debit, c.code as credit, t.operation_id from transfer t
       join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id where t.payment_id = $1`,
      [paymentId],
    )

  beforeAll(async () => {
    bench = await createMoneyBench()
    pay = createPay(bench.database, bench.clock, bench.ids)
  })
  afterAll(async () => bench.drop())

  test('is credited once, however often it is sent', async () => {
    const once = input()
    const first = await pay(once)
    expect(first).toMatchObject({ ok: true, fresh: true, balance: yuan(20), stage: 'normal' })
    const again = await Promise.all([pay(once), pay(once), pay(once)])
    for (const result of again) expect(result).toEqual({ ...first, fresh: false })
    expect(await bench.prepayment(once.accountId)).toBe(yuan(20))
  })

  test('sent eight times at once for the first time is credited once', async () => {
    const once = input({ accountId: bench.accountIds[1] ?? 0 })
    const results = await Promise.all(Array.from({ length: 8 }, async () => pay(once)))
    expect(results.filter((result) => result.ok && result.fresh)).toHaveLength(1)
    expect(await bench.prepayment(once.accountId)).toBe(yuan(20))
  })

  test('with a key that was used for another is refused and moves nothing', async () => {
    const once = input()
    await pay(once)
    const before = await bench.prepayment(once.accountId)
    const refused = { ok: false, code: 'same-key-other-input' }
    expect(await pay({ ...once, amount: yuan(21) })).toEqual(refused)
    expect(await pay({ ...once, channel: 'alipay' })).toEqual(refused)
    expect(await bench.prepayment(once.accountId)).toBe(before)
  })

  test('to nobody is refused', async () => {
    expect(await pay(input({ accountId: 999_999 }))).toEqual({ ok: false, code: 'unknown-account' })
  })

  test('in cash stands in the drawer of its cashier, and without a cashier with the channel', async () => {
    const [byCashier, byNobody] = [await pay(input()), await pay(input({ operatorId: null }))]
    if (!byCashier.ok || !byNobody.ok) throw new Error('both were to be paid')
    const line = { kind: 'payment', amount: yuan(20), credit: 'customer-prepayment' }
    const { paymentId: first } = byCashier
    const { paymentId: second } = byNobody
    expect(await transfers(first)).toEqual([{ ...line, debit: 'cash-drawer', operation_id: first }])
    expect(await transfers(second)).toEqual([{ ...line, debit: 'channel-clearing', operation_id: second }])
  })

  test('is written into the audit log with its operator', async () => {
    const result = await pay(input())
    if (!result.ok) throw new Error('it was to be paid')
    expect(
      await bench.database.query("select operator_id, action, subject from audit_log where detail->>'operation' = $1", [
        result.paymentId,
      ]),
    ).toEqual([
      {
        operator_id: bench.cashierId,
        action: 'ledger:payment',
        subject: `account:${String(bench.accountIds[0])}`,
      },
    ])
  })

  test('and after all that the books are right', async () => {
    expect(await bench.wrong()).toEqual([])
  })
})
