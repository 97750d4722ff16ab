import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trialBalanceAt } from '../store/balance-history.ts'
import { explainAccount, type Explanation } from './explain-account.ts'
import { createFreeze } from './freeze.ts'
import { createPay } from './pay.ts'
import { createReverse } from './reverse.ts'
import { createMoneyBench, planName, yuan, type MoneyBench } from './testing/money-bench.ts'

describe('the balance of an account', () => {
  let bench: MoneyBench
  let account = 0
  const hour = 3_600_000
  /** Balance after each step, and when. */
  const known: { at: number; balance: bigint }[] = []
  const explain = async (at: number): Promise<Explanation> => {
    const result = await explainAccount(bench.database, 'A0001', at)
    if (!result.ok) throw new Error(result.code)
    return result.explanation
  }

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 2, opening: yuan(40) })
    account = bench.accountIds[0] ?? 0
    const meter = bench.meterIds[0] ?? 0
    const step = async (work: () => Promise<unknown>): Promise<void> => {
      await work()
      known.push({ at: bench.clock.now(), balance: await bench.prepayment(account) })
      bench.clock.pass(hour)
    }
    const asked = () => ({ key: randomUUID(), reason: 'disputed', operatorId: bench.cashierId })
    await step(async () => bench.read(meter, 1_000n))
    await step(async () => bench.read(meter, 11_000n))
    const pay = createPay(bench.database, bench.clock, bench.ids)
    const payment = { accountId: account, key: 'p', amount: yuan(9), channel: 'wechat-pay', operatorId: null } as const
    await step(async () => pay(payment))
    await step(async () => createFreeze(bench.context)({ ...asked(), accountId: account, amount: yuan(2) }))
    const paid = await pay(payment)
    await step(async () => createReverse(bench.context)({ ...asked(), operationId: paid.ok ? paid.paymentId : '' }))
    await step(async () => bench.read(meter, 12_000n))
  })
  afterAll(async () => bench.drop())

  test('is explained at every instant by its lines, to the last unit', async () => {
    expect(known.map(({ balance }) => balance)).toEqual([40, 35, 44, 42, 33, 32.5].map(yuan))
    for (const { at, balance } of known) {
      const { balance: explained, wrong, lines } = await explain(at)
      expect({ explained, wrong }).toEqual({ explained: balance, wrong: [] })
      expect(lines.reduce((sum, { effect }) => sum + effect, 0n)).toBe(balance)
    }
    expect((await explain(0)).lines).toEqual([])
  })

  test('names the payment, the reading, the plan and the agreement that each line rests on', async () => {
    const { lines, elsewhere } = await explain(bench.clock.now())
    expect(lines.map(({ kind }) => kind)).toEqual([
      'payment',
      'energy-charge',
      'payment',
      'freeze',
      'reversal',
      'energy-charge',
    ])
    expect(lines[1]?.charge).toEqual({
      place: 'room 1-1',
      address: '000000000001',
      used: 10_000n,
      registers: { totalWh: 11_000n, ratesWh: [] },
      plan: { name: planName, version: 1 },
      agreementVersion: 1,
    })
    expect(lines[2]?.payment?.channel).toBe('wechat-pay')
    expect(lines[3]?.operation).toMatchObject({ kind: 'freeze', reason: 'disputed', operator: 'cashier-1' })
    expect(lines[4]?.refersTo).toBe(lines[2]?.id)
    expect(elsewhere).toEqual([{ code: 'customer-frozen', owner: null, balance: yuan(2) }])
  })

  test('stands in a trial balance that is even at every instant', async () => {
    for (const { at } of known) {
      const lines = await trialBalanceAt(bench.database, at)
      expect(lines.reduce((sum, { debits, credits }) => sum + debits - credits, 0n)).toBe(0n)
    }
    const early = await trialBalanceAt(bench.database, known[0]?.at ?? 0)
    expect(early).toEqual([
      { code: 'channel-clearing', owner: 'cash-counter', debits: yuan(80), credits: 0n },
      { code: 'customer-prepayment', owner: null, debits: 0n, credits: yuan(80) },
    ])
  })

  test('of a number that nobody has is not explained', async () => {
    expect(await explainAccount(bench.database, 'nobody', 0)).toEqual({ ok: false, code: 'unknown-account' })
  })
})
