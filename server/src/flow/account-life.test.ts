import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgreementTerms } from '../domain/agreement.ts'
import { createChargeFee } from './owed-money.ts'
import { createCloseAccount } from './close-account.ts'
import { createFreeze, createUnfreeze } from './freeze.ts'
import { createOpenAccount, type OpenAccountInput } from './open-account.ts'
import type { Asked } from './operate.ts'
import { createPay } from './pay.ts'
import { createSignAgreement } from './sign-agreement.ts'
import { createMoneyBench, readingAt, terms, yuan, type MoneyBench } from './testing/money-bench.ts'

describe('an account', () => {
  let bench: MoneyBench
  const ask = (): Asked => ({ key: randomUUID(), reason: '', operatorId: bench.cashierId })
  const opening = (changes: Partial<OpenAccountInput> = {}): OpenAccountInput => ({
    ...ask(),
    number: `N-${randomUUID().slice(0, 8)}`,
    siteId: 1,
    customer: { name: 'somebody', phone: '1', language: 'zh' },
    protected: false,
    meterIds: [],
    oldBalance: yuan(0),
    oldDebt: yuan(0),
    ...changes,
  })
  const open = async (changes: Partial<OpenAccountInput> = {}) => createOpenAccount(bench.context)(opening(changes))
  const signed: AgreementTerms = {
    ...terms,
    pricePlanId: 1,
    settlementMode: 'remote',
    legalPath: 'agreement',
    supplyContract: 'S-1',
  }

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 2, metersEach: 2, opening: yuan(100) })
  })
  afterAll(async () => bench.drop())

  test('is opened with what was prepaid and owed before, for a customer who may have others', async () => {
    const once = opening({ customer: 1, oldBalance: yuan(12), oldDebt: yuan(30) })
    const first = await createOpenAccount(bench.context)(once)
    if (!first.ok) throw new Error(first.code)
    expect(first.result).toMatchObject({ balance: yuan(12), debt: yuan(30) })
    expect(await createOpenAccount(bench.context)(once)).toEqual({ ...first, fresh: false })
    const accounts = await bench.database.query('select id from account where customer_id = 1')
    expect(accounts).toHaveLength(2)
    expect(await bench.standing('opening-balances')).toBe(yuan(12 - 30))
  })

  test('is not opened twice, nor where it cannot be', async () => {
    const number = 'TWICE'
    const both = await Promise.all([open({ number }), open({ number })])
    expect(both.map((result) => (result.ok ? 'open' : result.code)).toSorted()).toEqual(['number-taken', 'open'])
    expect(await open({ siteId: 99 })).toEqual({ ok: false, code: 'unknown-site' })
    expect(await open({ customer: 99_999 })).toEqual({ ok: false, code: 'unknown-customer' })
    expect(await open({ meterIds: [bench.meterIds[0] ?? 0] })).toEqual({ ok: false, code: 'meter-not-free' })
    expect(await open({ oldDebt: yuan(-1) })).toEqual({ ok: false, code: 'amount-below-zero' })
  })

  test('has many meters, which all charge it', async () => {
    const account = bench.accountIds[0] ?? 0
    const meters = await bench.database.query<{ id: number }>('select id from meter where account_id = $1', [account])
    expect(meters).toHaveLength(2)
    for (const { id } of meters) await bench.read(id, 1_000n)
    bench.clock.pass(30 * 60_000)
    for (const { id } of meters) await bench.read(id, 4_000n)
    expect(await bench.prepayment(account)).toBe(yuan(100 - 2 * 3 * 0.5))
  })

  test('is not closed while anything of it is open', async () => {
    const account = bench.accountIds[0] ?? 0
    const close = createCloseAccount(bench.context)
    const input = () => ({ ...ask(), accountId: account, lastReadings: [], channel: 'bank-transfer' }) as const
    await createFreeze(bench.context)({ ...ask(), accountId: account, amount: yuan(5) })
    expect(await close(input())).toEqual({ ok: false, code: 'money-is-frozen' })
    await createUnfreeze(bench.context)({ ...ask(), accountId: account, amount: yuan(5) })
    bench.clock.pass(3 * 3_600_000)
    expect(await close(input())).toEqual({ ok: false, code: 'last-reading-missing' })
    const owing = await open({ oldDebt: yuan(1) })
    if (!owing.ok) throw new Error(owing.code)
    const { accountId } = owing.result
    expect(await close({ ...input(), accountId })).toEqual({ ok: false, code: 'debt-is-open' })
    await createChargeFee(bench.context)({ ...ask(), accountId: bench.accountIds[1] ?? 0, amount: yuan(101) })
    const below = { ...input(), accountId: bench.accountIds[1] ?? 0 }
    expect(await close(below)).toEqual({ ok: false, code: 'owes-money' })
  })

  test('is closed with its last readings settled and the rest returned, and takes nothing after', async () => {
    const account = bench.accountIds[0] ?? 0
    const meters = await bench.database.query<{ id: number }>(
      'select id from meter where account_id = $1 order by id',
      [account],
    )
    const lastReadings = meters.map(({ id }) => readingAt(id, bench.clock.now(), 6_000n))
    const other = readingAt(bench.meterIds[1] ?? 0, bench.clock.now(), 5n)
    const all = [...lastReadings, other]
    const input = { ...ask(), accountId: account, lastReadings: all, channel: 'bank-transfer' } as const
    const closed = await createCloseAccount(bench.context)(input)
    const rest = yuan(100 - 2 * 5 * 0.5)
    expect(closed).toMatchObject({ ok: true, fresh: true, result: { returned: rest } })
    expect(await createCloseAccount(bench.context)(input)).toEqual({ ...closed, fresh: false })
    expect(await bench.standing('refunds-payable')).toBe(0n - rest)
    expect(await bench.database.query('select from reading where meter_id = $1', [other.meterId])).toEqual([])
    const pay = createPay(bench.database, bench.clock, bench.ids)
    const payment = { accountId: account, key: 'late', amount: yuan(1), channel: 'alipay', operatorId: null } as const
    const refused = { ok: false, code: 'account-closed' }
    expect(await pay(payment)).toEqual(refused)
    expect(await createChargeFee(bench.context)({ ...ask(), accountId: account, amount: yuan(1) })).toEqual(refused)
    const sign = createSignAgreement(bench.context)
    expect(await sign({ ...ask(), accountId: account, terms: signed, effectiveFrom: null })).toEqual(refused)
    const messages = await bench.database.query('select notice from message where account_id = $1', [account])
    expect(messages).toEqual([])
  })

  test('that takes over a meter in the same month pays from the very register it took over', async () => {
    const meterIds = [bench.meterIds[0] ?? 0]
    const opened = await open({ meterIds, oldBalance: yuan(50) })
    if (!opened.ok) throw new Error(opened.code)
    const { accountId } = opened.result
    await createSignAgreement(bench.context)({ ...ask(), accountId, terms: signed, effectiveFrom: null })
    bench.clock.pass(30 * 60_000)
    await bench.read(meterIds[0] ?? 0, 8_000n)
    expect(await bench.prepayment(accountId)).toBe(yuan(50 - 2 * 0.5))
    bench.clock.pass(30 * 60_000)
    await bench.read(meterIds[0] ?? 0, 9_000n)
    expect(await bench.prepayment(accountId)).toBe(yuan(50 - 3 * 0.5))
  })

  test('leaves the books right', async () => {
    expect(await bench.wrong()).toEqual([])
  })
})
