import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decide,
  isQuiet,
  maximumReadingAgeMs,
  objectionToTrip,
  quietDecision,
  type CreditFacts,
  type CreditStage,
  type CreditTerms,
  type MeterFacts,
  type NoticeKind,
  type Reason,
} from './credit-policy.ts'
import { microYuan } from './quantity.ts'
import type { RelayCommandKind, RelayCommandState } from './relay-command.ts'

const yuan = (amount: number) => microYuan(BigInt(Math.round(amount * 1_000_000)))
const minute = 60_000
/** A Wednesday, 11:00 in Shanghai: inside the window. */
const now = Date.parse('2026-11-25T03:00:00Z')
const night = Date.parse('2026-11-25T14:00:00Z')

const terms: CreditTerms = {
  thresholds: { alarm1: yuan(50), alarm2: yuan(20), cutOff: yuan(0), restore: yuan(5) },
  noticeLeadMs: 30 * minute,
  reconnect: 'direct-close',
  tripWindow: { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] },
  timeZone: 'Asia/Shanghai',
}

const meter = (change: Partial<MeterFacts> = {}): MeterFacts => ({
  meterId: 7,
  relay: 'closed',
  keepPower: false,
  alarm: false,
  lastReadAt: now - 10 * minute,
  newestHeld: false,
  restoreOwed: false,
  openCommands: [],
  failedTrips: 0,
  lastFailedTripAt: null,
  lastFailedCloseAt: null,
  ...change,
})
const open = (kind: RelayCommandKind, state: RelayCommandState = 'queued') => ({ id: `${kind} ${state}`, kind, state })

type Case = Readonly<{
  balance: number
  stage?: CreditStage
  earliestStopAt?: number | null
  protected?: boolean
  tripsFrozen?: boolean
  trueUp?: number
  noTrip?: CreditFacts['noTrip']
  meters?: readonly MeterFacts[]
  at?: number
}>
const factsOf = ({
  balance,
  stage = 'normal',
  earliestStopAt = null,
  meters = [meter()],
  ...rest
}: Case): CreditFacts => ({
  balance: yuan(balance),
  stage,
  earliestStopAt,
  protected: rest.protected ?? false,
  tripsFrozen: rest.tripsFrozen ?? false,
  noTrip: rest.noTrip ?? [],
  trueUp: yuan(rest.trueUp ?? 0),
  meters,
})

type Expected = Readonly<{
  stage: CreditStage
  reasons: readonly Reason[]
  notices?: readonly NoticeKind[]
  commands?: readonly RelayCommandKind[]
  cancel?: readonly string[]
  earliestStopAt?: number | null
}>

const alarmed = { alarm: true }
const passed = now - minute
const told = { stage: 'stop-notified', earliestStopAt: passed, meters: [meter(alarmed)] } as const

describe('the decision, row by row', () => {
  test.each<[string, Case, Expected]>([
    ['enough money', { balance: 50.01 }, { stage: 'normal', reasons: ['enough-money'] }],
    [
      'at alarm 1: warned once, the meter shows it',
      { balance: 50 },
      { stage: 'warned-1', reasons: ['below-alarm-1'], notices: ['warning-1'], commands: ['alarm-on'] },
    ],
    [
      'a meter that has just refused its alarm is not asked again',
      { balance: 50, meters: [meter({ lastFailedAlarmAt: now - minute })] },
      { stage: 'warned-1', reasons: ['below-alarm-1'], notices: ['warning-1'] },
    ],
    [
      'a meter without an alarm is not asked at all',
      { balance: 50, meters: [meter({ hasAlarm: false })] },
      { stage: 'warned-1', reasons: ['below-alarm-1'], notices: ['warning-1'] },
    ],
    [
      'still below alarm 1: not warned again',
      { balance: 40, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'warned-1', reasons: ['below-alarm-1'] },
    ],
    [
      'above alarm 1 by less than a fifth: the warning is not armed again',
      { balance: 59, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'warned-1', reasons: ['below-alarm-1'] },
    ],
    [
      'above alarm 1 by more than a fifth: all is well again',
      { balance: 60.01, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'normal', reasons: ['enough-money'], commands: ['alarm-off'] },
    ],
    [
      'at alarm 2',
      { balance: 20, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'warned-2', reasons: ['below-alarm-2'], notices: ['warning-2'] },
    ],
    [
      'straight from normal to alarm 2: one notice, the worse one',
      { balance: 10 },
      { stage: 'warned-2', reasons: ['below-alarm-2'], notices: ['warning-2'], commands: ['alarm-on'] },
    ],
    [
      'used up: told first, nothing is tripped yet',
      { balance: 0, stage: 'warned-2', meters: [meter(alarmed)] },
      {
        stage: 'stop-notified',
        reasons: ['used-up', 'notice-sent'],
        notices: ['pre-stop'],
        earliestStopAt: now + 30 * minute,
      },
    ],
    [
      'told, the lead time is running',
      { ...told, balance: -1, earliestStopAt: now + 1 },
      { stage: 'stop-notified', reasons: ['used-up', 'lead-time-running'], earliestStopAt: now + 1 },
    ],
    [
      'told, the lead time is over, but it is night',
      { ...told, balance: -1, at: night, meters: [meter({ alarm: true, lastReadAt: night - minute })] },
      { stage: 'stop-notified', reasons: ['used-up', 'outside-trip-window'], earliestStopAt: passed },
    ],
    [
      'told, the lead time is over, but it is a holiday',
      { ...told, balance: -1, noTrip: [{ from: now, to: now + minute }] },
      { stage: 'stop-notified', reasons: ['used-up', 'no-trip-day'], earliestStopAt: passed },
    ],
    [
      'told, the lead time is over, but the guard has frozen all trips',
      { ...told, balance: -1, tripsFrozen: true },
      { stage: 'stop-notified', reasons: ['used-up', 'trips-frozen'], earliestStopAt: passed },
    ],
    [
      'told, the lead time is over, inside the window: trip',
      { ...told, balance: 0 },
      { stage: 'cut-off', reasons: ['used-up', 'trip'], commands: ['trip'], earliestStopAt: passed },
    ],
    [
      'a trip that is under way is not ordered twice',
      {
        ...told,
        balance: -1,
        stage: 'cut-off',
        meters: [meter({ alarm: true, openCommands: [open('trip', 'sent')] })],
      },
      { stage: 'cut-off', reasons: ['used-up', 'trip'], earliestStopAt: passed },
    ],
    [
      'stopped and still without money',
      { ...told, balance: -2, stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] },
      { stage: 'cut-off', reasons: ['used-up', 'supply-stopped'], earliestStopAt: passed },
    ],
    [
      'a trip that failed this morning is tried again tomorrow',
      {
        ...told,
        balance: -2,
        stage: 'cut-off',
        meters: [meter({ ...alarmed, failedTrips: 1, lastFailedTripAt: now })],
      },
      { stage: 'cut-off', reasons: ['used-up', 'trip-failed-lately'], earliestStopAt: passed },
    ],
    [
      'a trip that failed yesterday is tried again',
      {
        ...told,
        balance: -2,
        stage: 'cut-off',
        meters: [meter({ ...alarmed, failedTrips: 1, lastFailedTripAt: now - 24 * 60 * minute })],
      },
      { stage: 'cut-off', reasons: ['used-up', 'trip'], commands: ['trip'], earliestStopAt: passed },
    ],
    [
      'three failed trips: only field work helps',
      { ...told, balance: -2, stage: 'cut-off', meters: [meter({ alarm: true, failedTrips: 3 })] },
      { stage: 'cut-off', reasons: ['used-up', 'trip-failed-field-work'], earliestStopAt: passed },
    ],
    [
      'on the protected list: warned at most, and a waiting trip is withdrawn',
      { ...told, balance: -2, protected: true, meters: [meter({ alarm: true, openCommands: [open('trip')] })] },
      { stage: 'stop-notified', reasons: ['used-up', 'protected'], cancel: ['trip queued'], earliestStopAt: passed },
    ],
    [
      'protected and not yet told: the second warning, never the notice of a stop',
      { balance: -2, protected: true, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'warned-2', reasons: ['used-up', 'protected'], notices: ['warning-2'] },
    ],
    [
      'below the cut-off only because the price of energy used before was corrected',
      { ...told, balance: -2, trueUp: 2.5 },
      { stage: 'stop-notified', reasons: ['used-up', 'true-up-only'], earliestStopAt: passed },
    ],
    [
      'keep-power at the meter',
      { ...told, balance: -2, meters: [meter({ alarm: true, keepPower: true })] },
      { stage: 'stop-notified', reasons: ['used-up', 'keep-power'], earliestStopAt: passed },
    ],
    [
      'never read',
      { ...told, balance: -2, meters: [meter({ alarm: true, lastReadAt: null })] },
      { stage: 'stop-notified', reasons: ['used-up', 'reading-missing'], earliestStopAt: passed },
    ],
    [
      'read too long ago',
      { ...told, balance: -2, meters: [meter({ alarm: true, lastReadAt: now - maximumReadingAgeMs - 1 })] },
      { stage: 'stop-notified', reasons: ['used-up', 'reading-too-old'], earliestStopAt: passed },
    ],
    [
      'the newest reading is held',
      { ...told, balance: -2, meters: [meter({ alarm: true, newestHeld: true })] },
      { stage: 'stop-notified', reasons: ['used-up', 'reading-held'], earliestStopAt: passed },
    ],
    [
      'one of two meters cannot be trusted: neither is tripped',
      { ...told, balance: -2, meters: [meter(alarmed), meter({ meterId: 8, alarm: true, newestHeld: true })] },
      { stage: 'stop-notified', reasons: ['used-up', 'reading-held'], earliestStopAt: passed },
    ],
    [
      'paid while the trip waits: withdrawn',
      { ...told, balance: 70, meters: [meter({ openCommands: [open('trip')] })] },
      {
        stage: 'normal',
        reasons: ['enough-money', 'not-used-up-any-more'],
        cancel: ['trip queued'],
      },
    ],
    [
      'paid while the trip is on the wire: closed even if the trip is never confirmed',
      {
        ...told,
        balance: 70,
        stage: 'cut-off',
        meters: [meter({ restoreOwed: true, openCommands: [open('trip', 'sent')] })],
      },
      { stage: 'normal', reasons: ['enough-money', 'restore'], commands: ['direct-close'] },
    ],
    [
      'paid after the stop: closed',
      { ...told, balance: 100, stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] },
      { stage: 'normal', reasons: ['enough-money', 'restore'], commands: ['direct-close'] },
    ],
    [
      'paid, but not above the restore amount',
      { ...told, balance: 5, stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] },
      { stage: 'cut-off', reasons: ['below-alarm-2', 'waiting-for-restore-amount'], earliestStopAt: passed },
    ],
    [
      'paid just above the restore amount: supply, and the warning that it is little',
      { ...told, balance: 5.01, stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] },
      { stage: 'warned-2', reasons: ['below-alarm-2', 'restore'], commands: ['direct-close'] },
    ],
    [
      'a close that is under way is not ordered twice',
      {
        ...told,
        balance: 100,
        stage: 'cut-off',
        meters: [meter({ relay: 'open', restoreOwed: true, openCommands: [open('direct-close', 'sent')] })],
      },
      { stage: 'normal', reasons: ['enough-money'] },
    ],
    [
      'a close that has just failed waits for its turn',
      {
        balance: 100,
        meters: [meter({ relay: 'open', restoreOwed: true, lastFailedCloseAt: now - 29 * minute })],
      },
      { stage: 'normal', reasons: ['enough-money', 'restore-failed-lately'] },
    ],
    [
      'a close that failed half an hour ago is ordered again',
      {
        balance: 100,
        meters: [meter({ relay: 'open', restoreOwed: true, lastFailedCloseAt: now - 30 * minute })],
      },
      { stage: 'normal', reasons: ['enough-money', 'restore'], commands: ['direct-close'] },
    ],
    [
      'a relay that is open for another cause is not closed by money',
      { balance: 100, meters: [meter({ relay: 'open' })] },
      { stage: 'normal', reasons: ['enough-money'] },
    ],
  ])('%s', (_, given, expected) => {
    const decision = decide(factsOf(given), terms, given.at ?? now)
    expect({ ...decision, commands: decision.commands.map(({ kind }) => kind) }).toEqual({
      stage: expected.stage,
      reasons: expected.reasons,
      notices: expected.notices ?? [],
      commands: expected.commands ?? [],
      cancel: expected.cancel ?? [],
      earliestStopAt: expected.earliestStopAt ?? null,
    })
  })

  test('a person at the switch, where the agreement asks for one', () => {
    const stopped = factsOf({ balance: 100, stage: 'cut-off', meters: [meter({ relay: 'open', restoreOwed: true })] })
    expect(decide(stopped, { ...terms, reconnect: 'permit-close' }, now).commands).toEqual([
      { meterId: 7, kind: 'permit-close' },
    ])
  })
})

describe('the last word before a trip leaves', () => {
  const due = { ...told, stage: 'cut-off', balance: -1 } as const
  test.each<[string, Case, Reason | null]>([
    ['go', due, null],
    ['paid in the meantime', { ...due, balance: 0.000001 }, 'not-used-up-any-more'],
    ['protected in the meantime', { ...due, protected: true }, 'protected'],
    ['keep-power', { ...due, meters: [meter({ keepPower: true })] }, 'keep-power'],
    ['held', { ...due, meters: [meter({ newestHeld: true })] }, 'reading-held'],
    ['too old', { ...due, meters: [meter({ lastReadAt: now - maximumReadingAgeMs - 1 })] }, 'reading-too-old'],
    ['never told', { ...due, earliestStopAt: null }, 'notice-missing'],
    ['back from the cut-off', { ...due, stage: 'stop-notified' }, 'notice-missing'],
    ['only by a true-up', { ...due, trueUp: 1.5 }, 'true-up-only'],
    ['a true-up, but used up without it too', { ...due, trueUp: 1 }, null],
    ['a true-up in the customer’s favour', { ...due, trueUp: -3 }, null],
    ['a holiday', { ...due, noTrip: [{ from: now - minute, to: now + minute }] }, 'no-trip-day'],
    ['the day after it', { ...due, noTrip: [{ from: now - minute, to: now }] }, null],
    ['frozen by the guard', { ...due, tripsFrozen: true }, 'trips-frozen'],
    ['lead time', { ...due, earliestStopAt: now + 1 }, 'lead-time-running'],
    ['the window has closed', { ...due, at: night, meters: [meter({ lastReadAt: night })] }, 'outside-trip-window'],
  ])('%s', (_, given, expected) => {
    expect(objectionToTrip(factsOf(given), terms, given.at ?? now)).toBe(expected)
  })
})

describe('whatever the facts', () => {
  const stages: readonly CreditStage[] = ['normal', 'warned-1', 'warned-2', 'stop-notified', 'cut-off']
  const kinds: readonly RelayCommandKind[] = ['trip', 'direct-close', 'permit-close', 'alarm-on', 'alarm-off']
  const meterFacts = fc.record({
    meterId: fc.constantFrom(1, 2, 3),
    relay: fc.constantFrom('closed' as const, 'open' as const, 'unknown' as const),
    keepPower: fc.boolean(),
    alarm: fc.boolean(),
    lastReadAt: fc.option(fc.integer({ min: now - 2 * maximumReadingAgeMs, max: now })),
    newestHeld: fc.boolean(),
    restoreOwed: fc.boolean(),
    openCommands: fc.array(
      fc.record({
        id: fc.uuid(),
        kind: fc.constantFrom(...kinds),
        state: fc.constantFrom('queued' as const, 'sent' as const, 'acknowledged' as const),
      }),
      { maxLength: 3 },
    ),
    failedTrips: fc.nat(4),
    lastFailedTripAt: fc.option(fc.integer({ min: now - 48 * 60 * minute, max: now })),
    lastFailedCloseAt: fc.option(fc.integer({ min: now - 120 * minute, max: now })),
  })
  const facts = fc.record({
    balance: fc.bigInt({ min: -30_000_000n, max: 90_000_000n }).map(microYuan),
    stage: fc.constantFrom(...stages),
    earliestStopAt: fc.option(fc.integer({ min: now - 60 * minute, max: now + 60 * minute })),
    protected: fc.boolean(),
    tripsFrozen: fc.boolean(),
    trueUp: fc.bigInt({ min: -9_000_000n, max: 9_000_000n }).map(microYuan),
    noTrip: fc.constantFrom([], [{ from: now - minute, to: now + minute }]),
    meters: fc.array(meterFacts, { maxLength: 3 }),
  })
  const moments = fc.constantFrom(now, night)

  test('a trip is ordered only when the last word would let it go', () => {
    fc.assert(
      fc.property(facts, moments, (given, at) => {
        const decision = decide(given, terms, at)
        if (!decision.commands.some(({ kind }) => kind === 'trip')) return
        const after = { ...given, stage: decision.stage, earliestStopAt: decision.earliestStopAt }
        expect(objectionToTrip(after, terms, at)).toBeNull()
        expect(given.balance <= terms.thresholds.cutOff).toBe(true)
      }),
      { numRuns: 5_000 },
    )
  })

  test('with money above the restore amount nothing stays stopped by us and no trip stays queued', () => {
    fc.assert(
      fc.property(facts, moments, (given, at) => {
        fc.pre(given.balance > terms.thresholds.restore)
        const decision = decide(given, terms, at)
        expect(['normal', 'warned-1', 'warned-2']).toContain(decision.stage)
        const waiting = given.meters.flatMap(({ openCommands }) =>
          openCommands.filter(({ kind, state }) => kind === 'trip' && state === 'queued').map(({ id }) => id),
        )
        expect(decision.cancel).toEqual(expect.arrayContaining(waiting))
        const forgotten = given.meters.filter(
          (one) =>
            one.restoreOwed &&
            !one.openCommands.some(({ kind }) => kind === terms.reconnect) &&
            !decision.commands.some(({ meterId, kind }) => meterId === one.meterId && kind === terms.reconnect) &&
            !decision.reasons.includes('restore-failed-lately'),
        )
        expect(forgotten).toEqual([])
      }),
      { numRuns: 5_000 },
    )
  })

  test('a quiet account is one for which the policy decides what it decided before, and nothing more', () => {
    const calm = facts.map((given) => ({
      ...given,
      stage: 'normal' as const,
      meters: given.meters.map((one) => ({ ...one, alarm: false, restoreOwed: false, openCommands: [] })),
    }))
    fc.assert(
      fc.property(fc.oneof(facts, calm), moments, (given, at) => {
        const stirred = given.meters.some(
          ({ alarm, restoreOwed, openCommands }) => alarm || restoreOwed || openCommands.length > 0,
        )
        const standing = { stage: given.stage, reasons: ['enough-money'], alarm1: terms.thresholds.alarm1, stirred }
        fc.pre(isQuiet(standing, given.balance))
        expect(decide(given, terms, at)).toEqual(quietDecision)
      }),
      { numRuns: 5_000 },
    )
  })

  test('deciding again at once changes nothing more', () => {
    fc.assert(
      fc.property(facts, moments, (given, at) => {
        const first = decide(given, terms, at)
        const settled: CreditFacts = {
          ...given,
          stage: first.stage,
          earliestStopAt: first.earliestStopAt,
          meters: given.meters.map((one) => ({
            ...one,
            openCommands: [
              ...one.openCommands.filter(({ id }) => !first.cancel.includes(id)),
              ...first.commands.filter(({ meterId }) => meterId === one.meterId).map(({ kind }) => open(kind)),
            ],
          })),
        }
        const second = decide(settled, terms, at)
        expect([second.notices, second.commands]).toEqual([[], []])
        expect(second.stage).toBe(first.stage)
      }),
      { numRuns: 5_000 },
    )
  })
})
