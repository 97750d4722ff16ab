import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCloseAccount } from './close-account.ts'
import { createBuyForMeter, purchaseLifetimeMs } from './buy-for-meter.ts'
import type { Asked } from './operate.ts'
import { stepPurchases } from './run-purchases.ts'
import { createAcceptPurse, createReturnPurse, createSettlePurchase, reconcilePurse } from './settle-purse.ts'
import { createSignAgreement } from './sign-agreement.ts'
import { viewPurchases } from '../store/view/purse.ts'
import { createHandMadePurse, type HandMadePurse } from './testing/hand-made-purse.ts'
import { createMoneyBench, terms, yuan, type MoneyBench } from './testing/money-bench.ts'

describe('a purchase for a meter with a purse of its own', () => {
  let bench: MoneyBench
  let purse: HandMadePurse
  let [accountId, meterId] = [0, 0]
  const ask = (): Asked => ({ key: randomUUID(), reason: 'looked at the display', operatorId: bench.cashierId })
  const buy = async (amount = 50, key = randomUUID()) =>
    createBuyForMeter(bench.context)({ ...ask(), key, accountId, meterId, amount: yuan(amount) })
  const step = async () => stepPurchases(bench.context, purse.writer)
  const state = async () => {
    const [row] = await bench.database.query<{ state: string }>(
      'select state from meter_purchase order by at desc limit 1',
    )
    return row?.state
  }
  /** The newest purchase's life, step by step. */
  const life = async () => (await viewPurchases(bench.database, meterId))[0]?.life.map(({ step: kind }) => kind)
  const items = async () =>
    bench.database.query<{ subject: string; detail: object; open: boolean; because: string | null }>(
      `select subject, detail, closed_at is null as open, closed_because as because from work_item
       where kind = 'purse-difference' order by id`,
    )
  const books = async () => ({
    prepayment: await bench.prepayment(accountId),
    pending: -(await bench.standing('meter-purchase-pending')),
    wallet: -(await bench.standing('meter-wallet')),
  })

  beforeEach(async () => {
    bench = await createMoneyBench({ accounts: 1, opening: yuan(200) })
    accountId = bench.accountIds[0] ?? 0
    meterId = bench.meterIds[0] ?? 0
    purse = createHandMadePurse(7)
    bench.clock.pass(1_000)
    const local = {
      ...terms,
      pricePlanId: 1,
      legalPath: 'agreement',
      supplyContract: 'S',
      settlementMode: 'local',
    } as const
    await createSignAgreement(bench.context)({ ...ask(), accountId, terms: local, effectiveFrom: null })
  })
  afterEach(async () => {
    const wrong = await bench.wrong()
    await bench.drop()
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
  })

  test('is pending, written, and posted when the count proves it', async () => {
    expect(await buy()).toMatchObject({ ok: true, result: { balance: yuan(150) } })
    expect(await books()).toEqual({ prepayment: yuan(150), pending: yuan(50), wallet: 0n })
    expect(await step()).toBe(1)
    expect(await state()).toBe('written')
    await step()
    expect(await state()).toBe('posted')
    expect(await books()).toEqual({ prepayment: yuan(150), pending: 0n, wallet: yuan(50) })
    expect(await step()).toBe(0)
    expect(purse.writes()).toBe(1)
    expect(await life()).toEqual(['written', 'accepted', 'posted'])
  })

  test('whose answer was lost is found by the count and not written again', async () => {
    purse.fate.writes.push('answer-lost')
    await buy()
    await step()
    await step()
    expect(await state()).toBe('posted')
    expect({ writes: purse.writes(), balance: purse.shows().balance }).toEqual({ writes: 1, balance: yuan(50) })
  })

  test('that did not arrive is written again, and credited once', async () => {
    purse.fate.writes.push('lost', 'lost')
    await buy()
    for (let pass = 0; pass < 4; pass += 1) await step()
    expect(await state()).toBe('posted')
    expect({ writes: purse.writes(), balance: purse.shows().balance }).toEqual({ writes: 3, balance: yuan(50) })
  })

  test('that the meter refuses comes back to the account', async () => {
    purse.fate.writes.push('refused')
    await buy()
    await step()
    await step()
    expect(await state()).toBe('voided')
    expect(await books()).toEqual({ prepayment: yuan(200), pending: 0n, wallet: 0n })
  })

  test('of a meter that does not answer stays pending as long as it may be in it', async () => {
    purse.fate.writes.push('answer-lost')
    purse.fate.reads.push('well', 'silent', 'silent')
    await buy()
    await step()
    await step()
    bench.clock.pass(purchaseLifetimeMs)
    await step()
    expect(await state()).toBe('written')
    expect((await books()).pending).toBe(yuan(50))
    bench.clock.pass(60_000)
    await step()
    expect(await state()).toBe('posted')
    // Asked twice in vain, told once.
    expect(await life()).toEqual(['written', 'no-answer', 'unread', 'posted'])
  })

  test('that never left expires', async () => {
    purse.fate.reads.push('silent', 'silent')
    await buy()
    await step()
    bench.clock.pass(purchaseLifetimeMs)
    await step()
    expect(await state()).toBe('expired')
    expect({ writes: purse.writes(), ...(await books()) }).toEqual({
      writes: 0,
      prepayment: yuan(200),
      pending: 0n,
      wallet: 0n,
    })
  })

  test('interrupted while the write was leaving is decided by the count alone', async () => {
    await buy()
    const dies = { ...purse.writer, write: async () => Promise.reject(new Error('killed')) }
    await expect(stepPurchases(bench.context, dies)).rejects.toThrow('killed')
    expect(await state()).toBe('written')
    bench.clock.pass(120_000)
    await step()
    await step()
    expect({ state: await state(), balance: purse.shows().balance }).toEqual({ state: 'posted', balance: yuan(50) })
  })

  test('that finds a count it cannot explain waits for a person', async () => {
    purse.fate.writes.push('lost')
    await buy()
    await step()
    purse.buyByCard(yuan(5))
    await step()
    expect(await state()).toBe('disputed')
    expect(await step()).toBe(0)
    const subject = `meter:${String(meterId)}`
    expect(await items()).toEqual([{ subject, detail: { reason: 'another-amount' }, open: true, because: null }])
    const settle = createSettlePurchase(bench.context)
    const [row] = await bench.database.query<{ id: string }>('select id from meter_purchase')
    const input = { ...ask(), accountId, purchaseId: row?.id ?? '', as: 'voided' } as const
    expect(await settle({ ...input, reason: '' })).toEqual({ ok: false, code: 'reason-missing' })
    expect(await settle(input)).toMatchObject({ ok: true })
    expect(await settle({ ...input, key: 'again' })).toEqual({ ok: false, code: 'not-disputed' })
    expect(await items()).toMatchObject([{ open: false, because: 'settled-by-a-person' }])
    expect(await life()).toEqual(['written', 'no-answer', 'disputed', 'voided'])
    expect(await books()).toEqual({ prepayment: yuan(200), pending: 0n, wallet: 0n })
  })

  test('is one at a time, in whole fen, for a meter of the account, in local mode', async () => {
    const key = randomUUID()
    const first = await buy(50, key)
    expect(await buy(50, key)).toEqual({ ...first, fresh: false })
    expect(await buy(1)).toEqual({ ok: false, code: 'purchase-already-open' })
    expect(await buy(0.000001)).toEqual({ ok: false, code: 'not-whole-fen' })
    expect(await buy(151)).toEqual({ ok: false, code: 'not-enough-money' })
    const other = createBuyForMeter(bench.context)
    expect(await other({ ...ask(), accountId, meterId: 99, amount: yuan(1) })).toEqual({
      ok: false,
      code: 'meter-not-of-account',
    })
    bench.clock.pass(1_000)
    const remote = {
      ...terms,
      pricePlanId: 1,
      legalPath: 'agreement',
      supplyContract: 'S',
      settlementMode: 'remote',
    } as const
    await createSignAgreement(bench.context)({ ...ask(), accountId, terms: remote, effectiveFrom: null })
    expect(await buy(1)).toEqual({ ok: false, code: 'not-local-mode' })
  })

  test('and what the meter deducts since is charged, once, from its purse', async () => {
    purse = createHandMadePurse(3, yuan(11))
    await buy()
    await step()
    await step()
    expect(await books()).toEqual({ prepayment: yuan(150), pending: 0n, wallet: yuan(61) })
    purse.use(yuan(20))
    expect(await reconcilePurse(bench.context, meterId, purse.shows())).toEqual({ kind: 'charge', amount: yuan(20) })
    expect(await reconcilePurse(bench.context, meterId, purse.shows())).toEqual({ kind: 'even' })
    expect(await books()).toEqual({ prepayment: yuan(150), pending: 0n, wallet: yuan(41) })
    expect(await bench.standing('revenue')).toBe(0n - yuan(20))
  })

  test('is taken back from the emptied purse, and then the account can be closed', async () => {
    await buy()
    await step()
    await step()
    await bench.read(meterId, 0n)
    const close = createCloseAccount(bench.context)
    const closing = { accountId, lastReadings: [], channel: 'alipay' } as const
    expect(await close({ ...ask(), ...closing })).toEqual({ ok: false, code: 'money-in-the-meter' })
    const giveBack = createReturnPurse(bench.context)
    purse.use(yuan(20))
    const full = purse.shows()
    expect(await giveBack({ ...ask(), accountId, meterId, emptied: full })).toEqual({
      ok: false,
      code: 'purse-not-empty',
    })
    await reconcilePurse(bench.context, meterId, full)
    purse.use(full.balance)
    const returned = await giveBack({ ...ask(), accountId, meterId, emptied: purse.shows() })
    expect(returned).toMatchObject({ ok: true, result: { returned: yuan(30), balance: yuan(180) } })
    const again = await giveBack({ ...ask(), accountId, meterId, emptied: purse.shows() })
    expect(again).toEqual({ ok: false, code: 'nothing-to-return' })
    expect(await close({ ...ask(), ...closing })).toMatchObject({ ok: true, result: { returned: yuan(180) } })
  })

  test('of somebody else at the meter is seen, and stays seen', async () => {
    await reconcilePurse(bench.context, meterId, purse.shows())
    purse.buyByCard(yuan(5))
    const dispute = { kind: 'dispute', reason: 'purchases-of-others' }
    expect(await reconcilePurse(bench.context, meterId, purse.shows())).toEqual(dispute)
    expect(await reconcilePurse(bench.context, meterId, purse.shows())).toEqual(dispute)
    expect(await buy(1)).toEqual({ ok: false, code: 'purse-disputed' })
    const accept = createAcceptPurse(bench.context)
    const input = { ...ask(), accountId, meterId, reading: purse.shows() }
    expect(await accept({ ...input, reason: ' ' })).toEqual({ ok: false, code: 'reason-missing' })
    expect(await accept(input)).toMatchObject({ ok: true, result: { before: 0n, now: yuan(5) } })
    expect(await books()).toEqual({ prepayment: yuan(200), pending: 0n, wallet: yuan(5) })
    expect(await reconcilePurse(bench.context, meterId, purse.shows())).toEqual({ kind: 'even' })
    expect(await buy(1)).toMatchObject({ ok: true })
  })

  test('leaves remote settlement and the credit policy out of it', async () => {
    await bench.read(meterId, 1_000n)
    bench.clock.pass(3_600_000)
    await bench.read(meterId, 300_000n)
    expect(await bench.prepayment(accountId)).toBe(yuan(200))
    await buy(200)
    const [row] = await bench.database.query<{ stage: string }>('select stage from account where id = $1', [accountId])
    expect(row?.stage).toBe('normal')
  })
})
