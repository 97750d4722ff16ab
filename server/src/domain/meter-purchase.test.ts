import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actOn, actUnread, maximumWrites, reconcile, type MeterPurchase } from './meter-purchase.ts'
import { amountOf, type PurchaseQuote } from './purchase-amount.ts'
import { costOf, exactAmount, microYuan, noAmount, price, ratio, scaleAmount, wattHours } from './quantity.ts'
import { yuan } from './testing/yuan.ts'

const fresh: MeterPurchase = {
  state: 'waiting',
  amount: yuan(50),
  provingCount: null,
  attempts: 0,
  lastAnswer: null,
  expiresAt: 1_000,
}
const written: MeterPurchase = { ...fresh, state: 'written', provingCount: 8, attempts: 1 }
const purse = (purchaseCount: number, lastPurchase: bigint | null = null) => ({
  purchaseCount,
  balance: yuan(3),
  lastPurchase: lastPurchase === null ? null : microYuan(lastPurchase),
})

describe('a purchase for a meter', () => {
  test.each([
    ['that never left is written under the next number', fresh, purse(7), 0, { kind: 'write', provingCount: 8 }],
    ['that never left ends with its time', fresh, purse(7), 1_000, { kind: 'expire' }],
    [
      'that was never written follows a count that has moved',
      { ...fresh, provingCount: 8 },
      purse(9),
      0,
      { kind: 'write', provingCount: 10 },
    ],
    ['is in the meter when the count says so', written, purse(8), 0, { kind: 'post' }],
    [
      'is in the meter although it was called refused',
      { ...written, lastAnswer: 'refused' },
      purse(8),
      0,
      { kind: 'post' },
    ],
    ['is in the meter although its time is over', written, purse(8), 5_000, { kind: 'post' }],
    ['of another amount is looked into', written, purse(8, 1n), 0, { kind: 'dispute', reason: 'another-amount' }],
    ['of the same amount is in the meter', written, purse(8, yuan(50)), 0, { kind: 'post' }],
    [
      'that was accepted and is not in the meter is written again',
      { ...written, lastAnswer: 'accepted' },
      purse(7),
      0,
      { kind: 'write', provingCount: 8 },
    ],
    [
      'whose answer was lost is written again under the same number',
      written,
      purse(7),
      0,
      { kind: 'write', provingCount: 8 },
    ],
    [
      'that was refused is voided',
      { ...written, lastAnswer: 'refused' },
      purse(7),
      0,
      { kind: 'void', reason: 'refused' },
    ],
    [
      'that was tried often enough is voided',
      { ...written, attempts: maximumWrites },
      purse(7),
      0,
      { kind: 'void', reason: 'tried-in-vain' },
    ],
    ['proven absent after its time expires', written, purse(7), 1_000, { kind: 'expire' }],
    ['is looked into when the count ran ahead', written, purse(9), 0, { kind: 'dispute', reason: 'count-ran-ahead' }],
    ['is looked into when the count went back', written, purse(6), 0, { kind: 'dispute', reason: 'count-went-back' }],
  ] as const)('%s', (_, purchase, reading, now, act) => {
    expect(actOn(purchase, reading, now)).toEqual(act)
  })

  test('is not added to a purse that somebody else has filled, or emptied', () => {
    expect(actOn(fresh, purse(7), 0, 7)).toEqual({ kind: 'write', provingCount: 8 })
    expect(actOn(fresh, purse(7), 0, 6)).toEqual({ kind: 'dispute', reason: 'count-ran-ahead' })
    expect(actOn(fresh, purse(7), 0, 8)).toEqual({ kind: 'dispute', reason: 'count-went-back' })
  })

  test('ends unread only when it never left', () => {
    expect(actUnread(fresh, 1_000)).toEqual({ kind: 'expire' })
    expect(actUnread(fresh, 999)).toBeNull()
    expect(actUnread(written, 1_000_000)).toBeNull()
  })

  test('is credited exactly once, whatever is lost, repeated or said', () => {
    const exchange = fc.record({ arrives: fc.boolean(), answered: fc.boolean(), readable: fc.boolean() })
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 20 }), fc.nat(2_000), (exchanges, expiresAt) => {
        let [count, balance, purchase] = [7, 0n, { ...fresh, expiresAt } as MeterPurchase]
        let credited = 0n
        for (const [time, { arrives, answered, readable }] of exchanges.entries()) {
          const now = time * 100
          const reading = { purchaseCount: count, balance: microYuan(balance), lastPurchase: null }
          const act = readable ? actOn(purchase, reading, now) : actUnread(purchase, now)
          if (act === null) continue
          if (act.kind === 'post') credited = purchase.amount
          if (act.kind !== 'write') break
          // The meter takes the next number only.
          if (arrives && act.provingCount === count + 1) {
            count += 1
            balance += purchase.amount
          }
          const lastAnswer = answered ? (arrives ? 'accepted' : 'refused') : null
          const { provingCount } = act
          purchase = { ...purchase, state: 'written', provingCount, attempts: purchase.attempts + 1, lastAnswer }
        }
        // Once it has ended, what we say is what is in the purse.
        const last = { purchaseCount: count, balance: microYuan(balance), lastPurchase: null }
        const end = credited > 0n ? credited : actOn(purchase, last, 1e9).kind === 'post' ? purchase.amount : 0n
        expect(balance).toBe(end)
        expect(balance === 0n || balance === purchase.amount).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('a purse', () => {
  const mirror = { purchaseCount: 4, balance: yuan(20) }
  test.each([
    ['that shows what we think is even', 4, yuan(20), { kind: 'even' }],
    ['that shows less has charged the difference', 4, yuan(12), { kind: 'charge', amount: yuan(8) }],
    ['that shows more is looked into', 4, yuan(21), { kind: 'dispute', reason: 'more-than-was-bought' }],
    [
      'that counted purchases of others is looked into',
      5,
      yuan(20),
      { kind: 'dispute', reason: 'purchases-of-others' },
    ],
  ] as const)('%s', (_, purchaseCount, balance, result) => {
    expect(reconcile(mirror, { purchaseCount, balance })).toEqual(result)
  })
})

describe('what is wished for', () => {
  const flat: PurchaseQuote = {
    costOfEnergy: (energy) => exactAmount(costOf(energy, price(5_123_000_000n))),
    costOfDays: (days) =>
      scaleAmount(exactAmount(costOf(wattHours(5_000n), price(5_123_000_000n))), ratio(BigInt(days), 1n)),
  }
  const none: PurchaseQuote = { costOfEnergy: () => null, costOfDays: () => null }
  const free: PurchaseQuote = { costOfEnergy: () => noAmount, costOfDays: () => noAmount }
  test.each([
    ['an amount', { kind: 'amount', amount: yuan(30) }, yuan(30)],
    ['100 kWh at 0.5123 yuan', { kind: 'energy', energy: wattHours(100_000n) }, microYuan(51_230_000n)],
    ['1 kWh, up to the next fen', { kind: 'energy', energy: wattHours(1_000n) }, microYuan(520_000n)],
    ['30 days of 5 kWh', { kind: 'time', days: 30 }, microYuan(76_850_000n)],
  ] as const)('as %s is an amount', (_, wish, amount) => {
    expect(amountOf(wish, flat)).toEqual({ ok: true, amount })
  })

  test('without a price for it is refused', () => {
    expect(amountOf({ kind: 'time', days: 3 }, none)).toEqual({ ok: false, code: 'no-usual-day' })
    expect(amountOf({ kind: 'energy', energy: wattHours(1n) }, none)).toEqual({
      ok: false,
      code: 'plan-has-no-such-price',
    })
    expect(amountOf({ kind: 'energy', energy: wattHours(1n) }, free)).toEqual({ ok: false, code: 'nothing-to-pay' })
  })
})
