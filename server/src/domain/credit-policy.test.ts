import { describe, expect, test } from 'vitest'
import {
  decide,
  maximumReadingAgeMs,
  objectionToTrip,
  type CreditFacts,
  type CreditStage,
  type MeterFacts,
  type NoticeKind,
  type Reason,
} from './credit-policy.ts'
import { plainFacts, plainMeter, plainTerms } from './testing/plain-facts.ts'
import type { RelayCommandKind, RelayCommandState } from './relay-command.ts'
import { yuan } from './testing/yuan.ts'

const minute = 60_000
/** A Wednesday, 11:00 in Shanghai: inside the window. */
const now = Date.parse('2026-11-25T03:00:00Z')
const night = Date.parse('2026-11-25T14:00:00Z')

const terms = plainTerms

const meter = (change: Partial<MeterFacts> = {}): MeterFacts => ({
  ...plainMeter,
  meterId: 7,
  lastReadAt: now - 10 * minute,
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
  toldAt?: number | null
  notices?: CreditFacts['notices']
}>
const factsOf = ({
  balance,
  stage = 'normal',
  earliestStopAt = null,
  meters = [meter()],
  ...rest
}: Case): CreditFacts => ({
  ...plainFacts,
  stageSince: now - 60 * minute,
  toldAt: rest.toldAt ?? null,
  notices: rest.notices ?? [],
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
/** Half an hour before `passed`, by the outbox, with its receipt. */
const toldAt = passed - 30 * minute
const notices: CreditFacts['notices'] = [
  { kind: 'pre-stop', channel: 'outbox', at: toldAt, sendAt: toldAt, deliveredAt: toldAt, failedAt: null },
]
const told = { stage: 'stop-notified', earliestStopAt: passed, toldAt, notices, meters: [meter(alarmed)] } as const

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
      { stage: 'suspended', reasons: ['used-up', 'protected'], cancel: ['trip queued'] },
    ],
    [
      'protected and not yet told: the second warning, never the notice of a stop',
      { balance: -2, protected: true, stage: 'warned-1', meters: [meter(alarmed)] },
      { stage: 'suspended', reasons: ['used-up', 'protected'], notices: ['warning-2'] },
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
    expect({
      stage: decision.stage,
      reasons: decision.reasons,
      notices: decision.notices.map(({ kind }) => kind),
      commands: decision.commands.map(({ kind }) => kind),
      cancel: decision.cancel,
      earliestStopAt: decision.earliestStopAt,
    }).toEqual({
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
