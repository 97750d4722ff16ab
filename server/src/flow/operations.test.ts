import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHandOverCash, createResolveSuspense, createSettleChannel, createTakeSuspense } from './cash.ts'
import { createFreeze, createUnfreeze } from './freeze.ts'
import type { Asked } from './operate.ts'
import { createChargeFee, createCollectDebt, createWriteOff } from './owed-money.ts'
import { createOpenAccount } from './open-account.ts'
import { createPay } from './pay.ts'
import { createConfirmRefund, createRefund } from './refund.ts'
import { createReverse } from './reverse.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'
import { createTransferMoney } from './transfer-money.ts'

/** What holds for every way of asking the ledger for something. */
describe('every operation', () => {
  let bench: MoneyBench
  let [one, two, indebted] = [0, 0, 0]
  const ask = (): Asked => ({ key: randomUUID(), reason: 'because', operatorId: bench.cashierId })
  const journal = async () => {
    const [row] = await bench.database.query<{ transfers: bigint; operations: bigint; logged: bigint }>(
      `select (select count(*) from transfer) as transfers, (select count(*) from operation) as operations,
              (select count(*) from audit_log) as logged`,
    )
    return row
  }
  const payCash = async () =>
    createPay(
      bench.database,
      bench.clock,
      bench.ids,
    )({
      accountId: one,
      key: randomUUID(),
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: bench.cashierId,
    })

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 2, opening: yuan(100) })
    one = bench.accountIds[0] ?? 0
    two = bench.accountIds[1] ?? 0
    const opened = await createOpenAccount(bench.context)({
      ...ask(),
      number: 'OLD-1',
      siteId: 1,
      customer: 1,
      protected: false,
      meterIds: [],
      oldBalance: yuan(30),
      oldDebt: yuan(40),
    })
    if (!opened.ok) throw new Error(opened.code)
    indebted = opened.result.accountId
  })
  afterAll(async () => bench.drop())

  /** Each asked with an amount, under a key. What it needs beforehand is done by itself. */
  type Doing = (asked: Asked, amount: number) => Promise<{ ok: boolean }>
  const doings: Readonly<Record<string, () => Promise<Doing>>> = {
    refund: async () => {
      await payCash()
      return async (asked, amount) =>
        createRefund(bench.context)({ ...asked, accountId: one, amount: yuan(amount), channel: 'cash-counter' })
    },
    'refund by a channel': async () => async (asked, amount) =>
      createRefund(bench.context)({ ...asked, accountId: one, amount: yuan(amount), channel: 'alipay' }),
    transfer: async () => async (asked, amount) =>
      createTransferMoney(bench.context)({ ...asked, fromAccountId: one, toAccountId: two, amount: yuan(amount) }),
    freeze: async () => async (asked, amount) =>
      createFreeze(bench.context)({ ...asked, accountId: one, amount: yuan(amount) }),
    unfreeze: async () => {
      await createFreeze(bench.context)({ ...ask(), accountId: two, amount: yuan(20) })
      return async (asked, amount) => createUnfreeze(bench.context)({ ...asked, accountId: two, amount: yuan(amount) })
    },
    fee: async () => async (asked, amount) =>
      createChargeFee(bench.context)({ ...asked, accountId: one, amount: yuan(amount) }),
    'collecting debt': async () => async (asked, amount) =>
      createCollectDebt(bench.context)({ ...asked, accountId: indebted, amount: yuan(amount) }),
    'writing off': async () => async (asked, amount) =>
      createWriteOff(bench.context)({ ...asked, accountId: indebted, amount: yuan(amount), of: 'debt' }),
    'handing over cash': async () => async (asked, amount) =>
      createHandOverCash(bench.context)({ ...asked, cashierId: bench.cashierId, counted: yuan(amount) }),
    'settling a channel': async () => async (asked, amount) =>
      createSettleChannel(bench.context)({ ...asked, channel: 'alipay', amount: yuan(amount) }),
    'taking into suspense': async () => async (asked, amount) =>
      createTakeSuspense(bench.context)({ ...asked, amount: yuan(amount), channel: 'bank-transfer' }),
  }

  test.each(Object.keys(doings))('%s is done once per key, and says the same again', async (name) => {
    const doing = await doings[name]?.()
    if (doing === undefined) throw new Error(name)
    const asked = ask()
    const first = await doing(asked, 3)
    expect(first).toMatchObject({ ok: true, fresh: true })
    const after = await journal()
    const again = await Promise.all([doing(asked, 3), doing(asked, 3)])
    for (const result of again) expect(result).toEqual({ ...first, fresh: false })
    expect(await doing(asked, 2)).toEqual({ ok: false, code: 'same-key-other-input' })
    expect(await journal()).toEqual(after)
  })

  test.each(Object.keys(doings).filter((name) => name !== 'handing over cash'))(
    '%s of nothing is refused and leaves its key free',
    async (name) => {
      const doing = await doings[name]?.()
      if (doing === undefined) throw new Error(name)
      const [asked, before] = [ask(), await journal()]
      expect(await doing(asked, 0)).toEqual({ ok: false, code: 'amount-not-above-zero' })
      expect(await doing(asked, -1)).toEqual({ ok: false, code: 'amount-not-above-zero' })
      expect(await journal()).toEqual(before)
      expect(await doing(asked, 1)).toMatchObject({ ok: true, fresh: true })
    },
  )

  test.each([
    ['refund', 'not-enough-money'],
    ['transfer', 'not-enough-money'],
    ['freeze', 'not-enough-money'],
    ['unfreeze', 'not-so-much-frozen'],
    ['collecting debt', 'not-enough-money'],
    ['writing off', 'not-so-much-owed'],
  ])('%s of more than there is, is refused as %s', async (name, code) => {
    const doing = await doings[name]?.()
    const before = await journal()
    expect(await doing?.(ask(), 100_000)).toEqual({ ok: false, code })
    expect(await journal()).toEqual(before)
  })

  test('of one account knows its keys across all kinds', async () => {
    const asked = ask()
    await createChargeFee(bench.context)({ ...asked, accountId: one, amount: yuan(1) })
    const refused = { ok: false, code: 'same-key-other-input' }
    expect(await createFreeze(bench.context)({ ...asked, accountId: one, amount: yuan(1) })).toEqual(refused)
    const pay = createPay(bench.database, bench.clock, bench.ids)
    const payment = { accountId: one, key: asked.key, amount: yuan(1), channel: 'alipay', operatorId: null } as const
    expect(await pay(payment)).toEqual(refused)
  })

  test('of nobody’s account is refused', async () => {
    expect(await createFreeze(bench.context)({ ...ask(), accountId: 999, amount: yuan(1) })).toEqual({
      ok: false,
      code: 'unknown-account',
    })
  })

  test('cash refunds end with the drawer, and say so', async () => {
    const code = 'would-overdraw'
    const refund = createRefund(bench.context)
    await createHandOverCash(bench.context)({ ...ask(), cashierId: bench.cashierId, counted: yuan(0) })
    expect(await refund({ ...ask(), accountId: one, amount: yuan(1), channel: 'cash-counter' })).toEqual({
      ok: false,
      code,
    })
  })

  test('a refund by a channel is owed until it is paid, once, and cannot be undone then', async () => {
    const asked = ask()
    const refund = await createRefund(bench.context)({
      ...asked,
      accountId: one,
      amount: yuan(7),
      channel: 'wechat-pay',
    })
    if (!refund.ok) throw new Error(refund.code)
    const owed = await bench.standing('refunds-payable')
    const confirm = createConfirmRefund(bench.context)
    const { operationId: refundId } = refund
    expect(await confirm({ ...ask(), accountId: one, refundId })).toMatchObject({
      ok: true,
      result: { amount: yuan(7) },
    })
    expect(await bench.standing('refunds-payable')).toBe(owed + yuan(7))
    expect(await confirm({ ...ask(), accountId: one, refundId })).toEqual({ ok: false, code: 'paid-already' })
    expect(await confirm({ ...ask(), accountId: two, refundId })).toEqual({ ok: false, code: 'unknown-refund' })
    const reversed = await createReverse(bench.context)({ ...ask(), operationId: refundId })
    expect(reversed).toEqual({ ok: false, code: 'completed-already' })
  })

  test('money in suspense finds its account once, also when two know whose it is', async () => {
    const kept = await createTakeSuspense(bench.context)({ ...ask(), amount: yuan(9), channel: 'bank-transfer' })
    if (!kept.ok) throw new Error(kept.code)
    const resolve = createResolveSuspense(bench.context)
    const before = (await bench.prepayment(one)) + (await bench.prepayment(two))
    const { operationId: suspenseId } = kept
    const both = await Promise.all([
      resolve({ ...ask(), accountId: one, suspenseId }),
      resolve({ ...ask(), accountId: two, suspenseId }),
    ])
    expect(both.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await bench.prepayment(one)) + (await bench.prepayment(two))).toBe(before + yuan(9))
  })

  test('leaves the books right', async () => {
    expect(await bench.wrong()).toEqual([])
  })
})
