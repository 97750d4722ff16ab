import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NoticeKind } from './credit-facts.ts'
import {
  decide,
  isQuiet,
  maximumReadingAgeMs,
  objectionToTrip,
  quietDecision,
  type CreditFacts,
  type CreditStage,
  type CreditTerms,
} from './credit-policy.ts'
import { listRules, type ListKind } from './protection-list.ts'
import { microYuan, subtractMoney } from './quantity.ts'
import type { RelayCommandKind } from './relay-command.ts'
import { defaultStopTerms, type StopTerms } from './stop-terms.ts'
import { applyDecision } from './apply-decision.ts'
import { plainTerms } from './testing/plain-facts.ts'
import { yuan } from './testing/yuan.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** A Wednesday, 11:00 in Shanghai: inside the window. */
const now = Date.parse('2026-11-25T03:00:00Z')
const night = Date.parse('2026-11-25T14:00:00Z')

const { thresholds } = plainTerms
const plain = plainTerms

const stages: readonly CreditStage[] = [
  'normal',
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'suspended',
  'stop-notified',
  'cut-off',
]
const kinds: readonly RelayCommandKind[] = ['trip', 'direct-close', 'permit-close', 'alarm-on', 'alarm-off']
const told: readonly NoticeKind[] = [
  'warning-1',
  'warning-2',
  'reminder',
  'pre-stop',
  'pre-stop-again',
  'authority-copy',
]
const near = (back: number, ahead = 0) => fc.integer({ min: now - back, max: now + ahead })

const meterFacts = fc.record({
  meterId: fc.constantFrom(1, 2, 3),
  relay: fc.constantFrom('closed' as const, 'open' as const, 'unknown' as const),
  keepPower: fc.boolean(),
  alarm: fc.boolean(),
  lastReadAt: fc.option(near(2 * maximumReadingAgeMs)),
  newestHeld: fc.boolean(),
  restoreOwed: fc.boolean(),
  openCommands: fc.uniqueArray(
    fc.record({
      id: fc.uuid(),
      kind: fc.constantFrom(...kinds),
      state: fc.constantFrom('queued' as const, 'sent' as const, 'acknowledged' as const),
    }),
    { maxLength: 3, selector: ({ kind }) => kind },
  ),
  failedTrips: fc.nat(4),
  lastFailedTripAt: fc.option(near(48 * hour)),
  lastFailedCloseAt: fc.option(near(2 * hour)),
})
const notice = fc
  .record({
    kind: fc.constantFrom(...told),
    channel: fc.constantFrom('outbox', 'letter', 'visit'),
    at: near(9 * day),
    delivered: fc.option(fc.nat(3 * hour)),
    failed: fc.boolean(),
  })
  .map(({ kind, channel, at, delivered, failed }) => ({
    kind,
    channel,
    at,
    sendAt: at,
    deliveredAt: delivered === null ? null : Math.min(at + delivered, now),
    failedAt: delivered === null && failed ? at : null,
  }))
const listEntry = fc.record({
  kind: fc.constantFrom(...(Object.keys(listRules) as ListKind[])),
  from: near(day, day),
  to: fc.option(near(hour, 2 * day)),
})

const facts: fc.Arbitrary<CreditFacts> = fc.record({
  balance: fc.bigInt({ min: -30_000_000n, max: 90_000_000n }).map(microYuan),
  stage: fc.constantFrom(...stages),
  stageSince: near(200 * day),
  earliestStopAt: fc.option(near(hour, hour)),
  toldAt: fc.option(near(9 * day, day)),
  protected: fc.boolean(),
  lists: fc.array(listEntry, { maxLength: 2 }),
  tripsFrozen: fc.boolean(),
  trueUp: fc.bigInt({ min: -9_000_000n, max: 9_000_000n }).map(microYuan),
  noTrip: fc.constantFrom([], [{ from: now - minute, to: now + minute, kind: 'weather' as const }]),
  notices: fc.array(notice, { maxLength: 4 }),
  channels: fc.constantFrom(['outbox'], ['outbox', 'letter'], []),
  absent: fc.constantFrom([], [], ['service-phone' as const]),
  overdueSince: fc.option(near(60 * day)),
  approval: fc.option(
    fc.record({
      state: fc.constantFrom('open' as const, 'approved' as const, 'refused' as const, 'withdrawn' as const),
      persons: fc.constantFrom(1, 2),
      until: fc.option(near(day, 5 * day)),
    }),
  ),
  emergency: fc.record({
    offeredAt: fc.option(near(30 * hour)),
    granted: fc.constantFrom(microYuan(0n), microYuan(0n), yuan(10)),
  }),
  paymentExpectedUntil: fc.option(near(hour, hour)),
  lastPaymentAt: fc.option(near(200 * day)),
  meters: fc.uniqueArray(meterFacts, { maxLength: 3, selector: ({ meterId }) => meterId }),
})

const stopTerms: fc.Arbitrary<StopTerms> = fc
  .record({
    mode: fc.constantFrom('prepaid' as const, 'post-paid' as const),
    approval: fc.constantFrom('automatic' as const, 'automatic' as const, 'approved' as const),
    legalPath: fc.constantFrom('agreement' as const, 'overdue-30' as const),
    emergencyCredit: fc.constantFrom(microYuan(0n), yuan(10)),
    sendWindow: fc.constantFrom({ fromMinute: 0, toMinute: 1440 }, defaultStopTerms.sendWindow),
    friendlyHours: fc.constantFrom([], [{ fromMinute: 600, toMinute: 720, weekdays: [3] }]),
  })
  .map((some) => ({
    ...defaultStopTerms,
    ...some,
    ...(some.mode === 'post-paid' && { legalPath: 'overdue-30' as const }),
  }))
const someTerms = fc.oneof(
  fc.constant(plain),
  stopTerms.map((stop): CreditTerms => ({ ...plain, stop })),
)
const moments = fc.constantFrom(now, night)
const runs = { numRuns: 20_000 }

describe('whatever the facts and terms', () => {
  test('a trip is ordered only when the last word would let it go', () => {
    let trips = 0
    fc.assert(
      fc.property(facts, someTerms, moments, (given, terms, at) => {
        const decision = decide(given, terms, at)
        if (!decision.commands.some(({ kind }) => kind === 'trip')) return
        trips += 1
        expect(objectionToTrip(applyDecision(given, decision, at), terms, at)).toBeNull()
        expect(given.balance <= thresholds.cutOff).toBe(true)
      }),
      { ...runs, examples: [[ready, plain, now]] },
    )
    expect(trips).toBeGreaterThan(0)
  })

  test('nobody is tripped whose notice has no receipt, who is listed, or whose hour it is not', () => {
    fc.assert(
      fc.property(facts, someTerms, (given, terms) => {
        const decision = decide(given, terms, now)
        if (!decision.commands.some(({ kind }) => kind === 'trip')) return
        const receipts = given.notices.filter(
          ({ kind, at, deliveredAt }) => kind === 'pre-stop' && at >= (given.toldAt ?? now) && deliveredAt !== null,
        )
        expect(receipts.length).toBeGreaterThan(0)
        expect(given.protected || given.tripsFrozen || given.noTrip.length > 0).toBe(false)
        const never = given.lists.filter(
          ({ kind, from, to }) => kind !== 'important' && from <= now && (to === null || now < to),
        )
        expect(never).toEqual([])
        expect(given.paymentExpectedUntil !== null && now < given.paymentExpectedUntil).toBe(false)
      }),
      { ...runs, examples: [[ready, plain]] },
    )
  })

  test('with money above the restore amount nothing stays stopped by us and no trip stays queued', () => {
    fc.assert(
      fc.property(facts, someTerms, moments, (given, terms, at) => {
        fc.pre(given.balance > thresholds.restore)
        const decision = decide(given, terms, at)
        expect(['normal', 'warned-1', 'warned-2']).toContain(decision.stage)
        const waiting = given.meters.flatMap(({ openCommands }) =>
          openCommands.filter(({ kind, state }) => kind === 'trip' && state === 'queued').map(({ id }) => id),
        )
        expect(decision.cancel).toEqual(expect.arrayContaining(waiting))
        expect(forgotten(given, decision, terms)).toEqual([])
      }),
      runs,
    )
  })

  test('who is on a list of those never stopped gets supply back at once', () => {
    fc.assert(
      fc.property(facts, someTerms, moments, (given, terms, at) => {
        const listed = { ...given, protected: true }
        const decision = decide(listed, terms, at)
        expect(forgotten(listed, decision, terms)).toEqual([])
        expect(decision.commands.some(({ kind }) => kind === 'trip')).toBe(false)
      }),
      runs,
    )
  })

  test('a quiet account is one for which the policy decides what it decided before, and nothing more', () => {
    const calm = facts.map((given) => ({
      ...given,
      stage: 'normal' as const,
      toldAt: null,
      approval: null,
      emergency: { offeredAt: null, granted: microYuan(0n) },
      meters: given.meters.map((one) => ({ ...one, alarm: false, restoreOwed: false, openCommands: [] })),
    }))
    let quiet = 0
    fc.assert(
      fc.property(fc.oneof(facts, calm), someTerms, moments, (given, terms, at) => {
        const stirred =
          given.toldAt !== null ||
          given.approval?.state === 'open' ||
          given.approval?.state === 'approved' ||
          given.emergency.offeredAt !== null ||
          given.emergency.granted > 0n ||
          given.meters.some(({ alarm, restoreOwed, openCommands }) => alarm || restoreOwed || openCommands.length > 0)
        const standing = { stage: given.stage, reasons: ['enough-money'], alarm1: thresholds.alarm1, stirred }
        if (!isQuiet(standing, given.balance)) return
        quiet += 1
        expect(decide(given, terms, at)).toEqual(quietDecision)
      }),
      runs,
    )
    expect(quiet).toBeGreaterThan(500)
  })

  test('deciding again at once changes nothing more', () => {
    fc.assert(
      fc.property(facts, someTerms, moments, (given, terms, at) => {
        const first = decide(given, terms, at)
        const second = decide(applyDecision(given, first, at), terms, at)
        expect([second.notices, second.commands, second.approval, second.emergency]).toEqual([[], [], null, null])
        expect(second.stage).toBe(first.stage)
      }),
      runs,
    )
  })

  test('what waits for time alone says when to look again, and that lies ahead', () => {
    fc.assert(
      fc.property(facts, someTerms, moments, (given, terms, at) => {
        const { lookAgainAt, reasons } = decide(given, terms, at)
        const waits = reasons.includes('lead-time-running') || reasons.includes('notice-sent')
        expect(lookAgainAt === null ? !waits : lookAgainAt > at).toBe(true)
      }),
      runs,
    )
  })
})

/** Due for a trip: the property above must have seen one. */
const ready: CreditFacts = {
  balance: subtractMoney(yuan(0), yuan(1)),
  stage: 'stop-notified',
  stageSince: now - hour,
  earliestStopAt: now - minute,
  toldAt: now - hour,
  protected: false,
  lists: [],
  trueUp: yuan(0),
  noTrip: [],
  tripsFrozen: false,
  notices: [
    {
      kind: 'pre-stop',
      channel: 'outbox',
      at: now - hour,
      sendAt: now - hour,
      deliveredAt: now - hour,
      failedAt: null,
    },
  ],
  channels: ['outbox'],
  absent: [],
  overdueSince: null,
  approval: null,
  emergency: { offeredAt: null, granted: yuan(0) },
  paymentExpectedUntil: null,
  lastPaymentAt: null,
  meters: [
    {
      meterId: 1,
      relay: 'closed',
      keepPower: false,
      alarm: true,
      lastReadAt: now - minute,
      newestHeld: false,
      restoreOwed: false,
      openCommands: [],
      failedTrips: 0,
      lastFailedTripAt: null,
      lastFailedCloseAt: null,
    },
  ],
}

const forgotten = (given: CreditFacts, decision: ReturnType<typeof decide>, terms: CreditTerms) =>
  given.meters.filter(
    (one) =>
      one.restoreOwed &&
      !one.openCommands.some(({ kind }) => kind === terms.reconnect) &&
      !decision.commands.some(({ meterId, kind }) => meterId === one.meterId && kind === terms.reconnect) &&
      !decision.reasons.includes('restore-failed-lately'),
  )
