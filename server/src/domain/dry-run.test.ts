import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { objectionToTrip, type CreditFacts, type CreditTerms } from './credit-policy.ts'
import { foresee, objectionToChange, type DryRunChange, type LatelyUsed } from './dry-run.ts'
import { plainFacts, plainMeter, plainTerms } from './testing/plain-facts.ts'
import { price, ratio, wattHours } from './quantity.ts'
import { yuan } from './testing/yuan.ts'

const hour = 3_600_000
/** A Wednesday, 18:00 in Shanghai: after the trip window of the day. */
const now = Date.parse('2026-11-25T10:00:00Z')
/** Thursday 9:00, when the window opens. */
const opening = Date.parse('2026-11-26T01:00:00Z')
const day = 24 * hour

const terms: CreditTerms = {
  ...plainTerms,
  thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
  noticeLeadMs: hour,
}
const facts = (change: Partial<CreditFacts> = {}): CreditFacts => ({
  ...plainFacts,
  balance: yuan(20),
  meters: [{ ...plainMeter, meterId: 1, lastReadAt: now - hour }],
  ...change,
})
/** One yuan an hour, two kilowatt-hours. */
const lately: LatelyUsed = { energy: wattHours(2_000n), charged: yuan(1), overMs: hour }

describe('what a change would do', () => {
  test.each<[string, Partial<CreditFacts>, DryRunChange, LatelyUsed | null, string, number]>([
    ['nothing, nothing used', {}, {}, null, 'nothing', now],
    [
      'used as lately: 20 yuan last until two tomorrow, told, cut an hour later',
      {},
      {},
      lately,
      'tripped',
      now + 21 * hour,
    ],
    ['a doubled price: gone by 4 in the morning, cut at 9', {}, double(), lately, 'tripped', opening],
    ['a flat price of one yuan for the two kWh: the same', {}, flat(), lately, 'tripped', opening],
    [
      'the cut-off raised above the balance',
      {},
      { cutOff: yuan(20), alarm2: yuan(20), alarm1: yuan(20), restore: yuan(20) },
      null,
      'tripped',
      opening,
    ],
    [
      'the same, the window open all night',
      {},
      { cutOff: yuan(20), tripWindow: always() },
      null,
      'tripped',
      now + hour,
    ],
    ['the alarm raised', {}, { alarm1: yuan(30) }, null, 'warned-1', now],
    ['protected: held', { balance: yuan(-1), protected: true }, {}, null, 'held', now],
    [
      'protected no longer',
      { balance: yuan(-1), protected: true },
      { ignoreProtected: true },
      null,
      'tripped',
      opening,
    ],
    [
      'a holiday keeps it',
      { balance: yuan(-1), noTrip: [{ from: now, to: now + 2 * day }] },
      {},
      null,
      'notified',
      now,
    ],
    [
      'the holiday taken back',
      { balance: yuan(-1), noTrip: [{ from: now, to: now + 2 * day }] },
      { ignoreNoTrip: true },
      null,
      'tripped',
      opening,
    ],
    ['frozen trips are thought of as released', { balance: yuan(-1), tripsFrozen: true }, {}, null, 'tripped', opening],
    [
      'stopped already',
      { balance: yuan(-1), stage: 'cut-off', earliestStopAt: now - day, meters: [{ ...one(), relay: 'open' }] },
      {},
      null,
      'nothing',
      now,
    ],
    [
      'a meter that is not read any more',
      { balance: yuan(-1), meters: [{ ...one(), lastReadAt: now - 25 * hour }] },
      {},
      null,
      'held',
      now,
    ],
    [
      'keep power lifted',
      { balance: yuan(-1), meters: [{ ...one(), keepPower: true }] },
      { liftKeepPower: true },
      null,
      'tripped',
      opening,
    ],
  ])('%s', (_, change, what, used, outcome, at) => {
    const foreseen = foresee(facts(change), terms, what, used, now, day)
    expect([foreseen.outcome, new Date(foreseen.at).toISOString()]).toEqual([outcome, new Date(at).toISOString()])
  })

  test('it tells the notices on the way', () => {
    const { notices, reasons, balanceThen } = foresee(facts(), terms, double(), lately, now, day)
    expect(notices.map(({ notice, at }) => [notice, (at - now) / hour])).toEqual([
      // Decided on in the night, they leave in the morning.
      ['warning-1', 14],
      ['warning-2', 14],
      ['pre-stop', 14],
    ])
    expect(reasons).toEqual(['used-up', 'trip'])
    expect(balanceThen).toBe(yuan(-10))
  })

  test('thresholds that do not fit together are refused', () => {
    expect(objectionToChange(terms, { cutOff: yuan(7) })).toBe('thresholds-out-of-order')
    expect(objectionToChange(terms, { cutOff: yuan(-7) })).toBeNull()
  })

  test('whom it sees tripped, the policy itself would not object to trip then', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -30, max: 60 }),
        fc.integer({ min: 0, max: 7 }),
        fc.boolean(),
        (balance, days, isProtected) => {
          const start = facts({ balance: yuan(balance), protected: isProtected })
          const { outcome, at, balanceThen } = foresee(start, terms, {}, lately, now, days * day)
          if (outcome !== 'tripped') return
          const [meter] = start.meters
          if (meter === undefined) throw new Error('one meter')
          const then: CreditFacts = {
            ...start,
            balance: balanceThen,
            stage: 'cut-off',
            earliestStopAt: at - hour,
            toldAt: at - 3 * hour,
            notices: [
              {
                kind: 'pre-stop',
                channel: 'outbox',
                at: at - 3 * hour,
                sendAt: at - 3 * hour,
                deliveredAt: at - 2 * hour,
                failedAt: null,
              },
            ],
            meters: [{ ...meter, lastReadAt: at - hour }],
          }
          expect(objectionToTrip(then, terms, at)).toBeNull()
        },
      ),
    )
  })
})

function one() {
  const [meter] = facts().meters
  if (meter === undefined) throw new Error('one meter')
  return meter
}
function double(): DryRunChange {
  return { price: { kind: 'factor', factor: ratio(2n, 1n) } }
}
function flat(): DryRunChange {
  return { price: { kind: 'flat', price: price(10_000_000_000n) } }
}
function always() {
  return { fromMinute: 0, toMinute: 1_440, weekdays: [0, 1, 2, 3, 4, 5, 6] }
}
