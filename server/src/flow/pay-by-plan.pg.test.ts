import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatMoney, wattHours, type MicroYuan } from '../domain/quantity.ts'
import { audit } from './audit.ts'
import type { PayInput, PayResult } from './abilities.ts'
import { post } from './post.ts'
import { quotePurchase } from './quote-purchase.ts'
import { findReceipt } from './receipt.ts'
import { createReverse } from './reverse.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

const tariff = (rest: object) => ({ code: 'P', version: 1, validFrom: '2026-01-01', ...rest })
const flat = { energy: { kind: 'flat', price: '1' } }
const rules = { ...flat, purchase: { minimum: '10', hoardLimit: '300', debtPercent: '25' } }
const ladder = { ...flat, ladder: { scope: 'year', limits: ['100'], adders: ['0.5'] } }
const fund = { surcharges: [{ code: 'fund', name: 'fund', price: '0.0100000001' }] }
const day = 86_400_000

describe('a top-up obeys the price plan, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([
      { place: 'rules', tariff: tariff(rules) },
      { place: 'debt', tariff: tariff({ ...rules, code: 'D' }) },
      { place: 'taken', tariff: tariff({ ...rules, code: 'K' }) },
      { place: 'race', tariff: tariff({ ...rules, code: 'R' }) },
      { place: 'hoard', tariff: tariff({ ...ladder, code: 'H', purchase: { hoardKwh: '150' } }) },
      { place: 'ladder', tariff: tariff({ ...ladder, ...fund, code: 'L' }), opening: 500 },
      { place: 'clock', tariff: tariff({ code: 'C', energy: { kind: 'rates', prices: ['1', '2'] } }) },
      { place: 'simple' },
    ])
  })
  afterAll(async () => town.close())

  const accountOf = async (place: string) => (await town.place(place)).accountId
  /** A day passes, at whose end the register shows so much. */
  const dayTo = async (place: string, kwh: number): Promise<void> => {
    town.clock.move(day)
    expect(await town.settle([await town.reading(place, kwh * 1_000)])).toMatchObject({ good: 1 })
  }
  let keys = 0
  const pay = async (place: string, amount: MicroYuan, more: Partial<PayInput> = {}): Promise<PayResult> => {
    keys += 1
    const key = `k${String(keys)}`
    const by = { channel: 'cash-counter', operatorId: null } as const
    return town.pay({ accountId: await accountOf(place), key, amount, ...by, ...more })
  }
  const owe = async (place: string, amount: MicroYuan): Promise<void> => {
    const accountId = await accountOf(place)
    const at = town.clock.now()
    await town.database.transaction(async (sql) =>
      post(sql, town.context.ids, {
        now: at,
        accountIds: [accountId],
        postings: [{ template: 'opening-debt', accountId, amount, at }],
      }),
    )
  }
  const debtOf = async (place: string): Promise<string> => {
    const wish = { kind: 'amount', amount: yuan(10) } as const
    const quoted = await quotePurchase(town.database, await accountOf(place), wish, town.clock.now())
    if (!quoted.ok) throw new Error(quoted.code)
    return formatMoney(quoted.debt)
  }

  test('below the least purchase and above the hoarding limit it is refused, and nothing is written', async () => {
    expect(await pay('rules', yuan(9.99))).toEqual({ ok: false, code: 'below-minimum', limit: yuan(10) })
    expect(await pay('rules', yuan(300.01))).toEqual({ ok: false, code: 'above-hoard-limit', limit: yuan(300) })
    expect(await pay('rules', yuan(290))).toMatchObject({ ok: true, toDebt: 0n, balance: yuan(290) })
    // The limit counts what is there already.
    expect(await pay('rules', yuan(10.01))).toMatchObject({ ok: false, code: 'above-hoard-limit' })
    expect(await pay('rules', yuan(10))).toMatchObject({ ok: true, balance: yuan(300) })
    expect(
      await town.database.query('select from payment p join account a on a.id = p.account_id where a.id = $1', [
        await accountOf('rules'),
      ]),
    ).toHaveLength(2)
  })

  test('a key whose payment was refused is free, and one that was credited returns the first result for ever', async () => {
    const key = 'the same'
    expect(await pay('rules', yuan(50), { key })).toMatchObject({ ok: false, code: 'above-hoard-limit' })
    await dayTo('rules', 60)
    await dayTo('rules', 100)
    const first = await pay('rules', yuan(20), { key })
    expect(first).toMatchObject({ ok: true, fresh: true })
    // By now the limit would refuse it.
    await pay('rules', yuan(20))
    expect(await pay('rules', yuan(20), { key })).toEqual({ ...first, fresh: false })
  })

  test('the share of a debt is split off, shown on the receipt, and comes back with a reversal', async () => {
    await owe('debt', yuan(30))
    const accountId = await accountOf('debt')
    const quoted = await quotePurchase(
      town.database,
      accountId,
      { kind: 'amount', amount: yuan(100) },
      town.clock.now(),
    )
    expect(quoted).toMatchObject({ toDebt: yuan(25), toBalance: yuan(75), balanceAfter: yuan(75), debtAfter: yuan(5) })
    const paid = await pay('debt', yuan(100), { key: 'once' })
    if (!paid.ok) throw new Error(paid.code)
    expect(paid).toMatchObject({ amount: yuan(100), toDebt: yuan(25), balance: yuan(75) })
    expect(await pay('debt', yuan(100), { key: 'once' })).toEqual({ ...paid, fresh: false })
    expect(await debtOf('debt')).toBe('5.00')
    expect(await findReceipt(town.database, paid.paymentId)).toMatchObject({
      amount: '100.00',
      toDebt: '25.00',
      toBalance: '75.00',
      balanceAfter: '75.00',
      wish: null,
    })
    // The minimum never stands in the way of a debt, and no more than the debt is collected.
    expect(await pay('debt', yuan(4))).toMatchObject({ ok: true, toDebt: yuan(1) })
    expect(await pay('debt', yuan(100))).toMatchObject({ ok: true, toDebt: yuan(4) })
    const undone = await createReverse(town.context)({
      operationId: paid.paymentId,
      key: 'undo',
      reason: 'wrong room',
      operatorId: null,
    })
    expect(undone).toMatchObject({ ok: true, result: { transfers: 2 } })
    expect(await debtOf('debt')).toBe('25.00')
  })

  test('money that a channel has taken is always credited, with its share of the debt', async () => {
    await owe('taken', yuan(8))
    expect(await pay('taken', yuan(1_000), { moneyTaken: true, channel: 'wechat-pay' })).toMatchObject({
      ok: true,
      toDebt: yuan(8),
      balance: yuan(992),
    })
    expect(await debtOf('taken')).toBe('0.00')
  })

  test('of many at once only as many come through as the limit has room for', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, async () => pay('race', yuan(100))))
    expect(results.filter(({ ok }) => ok)).toHaveLength(3)
    expect((await town.account('race')).balance).toBe(yuan(300))
  })

  test('a limit of energy is the money that it costs today, with the ladder', async () => {
    // 100 kWh at 1 yuan and 50 at 1.50.
    expect(await pay('hoard', yuan(175.01))).toMatchObject({ ok: false, code: 'above-hoard-limit', limit: yuan(175) })
    await dayTo('hoard', 0)
    await dayTo('hoard', 40)
    // 40 of the first tier are used: 60 at 1 yuan and 90 at 1.50.
    expect(await pay('hoard', yuan(300))).toMatchObject({ ok: false, limit: yuan(195) })
  })

  test('energy is bought at the price of today, from where the ladder stands, up to the next fen', async () => {
    await dayTo('ladder', 0)
    await dayTo('ladder', 70)
    const accountId = await accountOf('ladder')
    const wish = { kind: 'energy', energy: wattHours(50_000n) } as const
    // 30 at 1 yuan, 20 at 1.50, and the fund on all: 60.500000005.
    const quoted = await quotePurchase(town.database, accountId, wish, town.clock.now())
    expect(quoted).toMatchObject({ ok: true, amount: yuan(60.51) })
    expect(await pay('ladder', yuan(60.5), { wish })).toEqual({ ok: false, code: 'price-has-changed' })
    const paid = await pay('ladder', yuan(60.51), { wish })
    if (!paid.ok) throw new Error(paid.code)
    expect((await findReceipt(town.database, paid.paymentId))?.wish).toEqual({ kind: 'energy', kwh: '50.00' })
  })

  test('days are bought as they were used, and energy without one price is refused', async () => {
    const accountId = await accountOf('ladder')
    const wish = { kind: 'time', days: 10 } as const
    const quote = async () => quotePurchase(town.database, accountId, wish, town.clock.now())
    expect(await quote()).toEqual({ ok: false, code: 'no-usual-day' })
    await dayTo('ladder', 94)
    await dayTo('ladder', 100)
    // 30 kWh in two days: 15.15 yuan a day with the fund.
    expect(await quote()).toMatchObject({ ok: true, amount: yuan(151.5) })
    const energy = { kind: 'energy', energy: wattHours(1n) } as const
    expect(await quotePurchase(town.database, await accountOf('clock'), energy, town.clock.now())).toEqual({
      ok: false,
      code: 'plan-has-no-such-price',
    })
    expect(await quotePurchase(town.database, await accountOf('simple'), energy, town.clock.now())).toMatchObject({
      ok: true,
      amount: yuan(0.01),
    })
  })

  test('and after all that the books are right', async () => {
    expect((await audit(town.database)).flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`))).toEqual(
      [],
    )
  })
})
