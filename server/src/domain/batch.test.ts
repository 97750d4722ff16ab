import { describe, expect, test } from 'vitest'
import { approvalOf, objectionToBatchTrip, skipReason, type BatchKind, type BatchMeter } from './batch.ts'
import type { CreditFacts, CreditTerms } from './credit-policy.ts'
import { plainFacts, plainMeter, plainTerms } from './testing/plain-facts.ts'
import { permissionOfBatch, permissionsOf } from './role.ts'
import { yuan } from './testing/yuan.ts'

/** A Wednesday, 11:00 in Shanghai. */
const now = Date.parse('2026-11-25T03:00:00Z')
const hour = 3_600_000

const terms: CreditTerms = {
  ...plainTerms,
  thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
}

/** Owes 3 yuan, was told an hour ago and may be tripped now; `change` says what differs. */
const facts = (change: Partial<CreditFacts> = {}): CreditFacts => ({
  ...plainFacts,
  balance: yuan(-3),
  stage: 'cut-off',
  earliestStopAt: now - hour / 2,
  toldAt: now - hour,
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
  meters: [{ ...plainMeter, meterId: 1, alarm: true, lastReadAt: now - hour / 2 }],
  ...change,
})

const meter = (change: Partial<BatchMeter> = {}, credit: Partial<CreditFacts> = {}): BatchMeter => ({
  relay: 'closed',
  relayCommand: 'closed',
  keepPower: false,
  alarm: false,
  hasAlarm: true,
  isWritable: true,
  restoreOwed: false,
  openKinds: [],
  credit: { facts: facts(credit), terms },
  ...change,
})

describe('who is left out of a batch', () => {
  const rich = { balance: yuan(50), stage: 'normal' } as const
  const rows: readonly (readonly [string, BatchKind, BatchMeter, boolean, string | null])[] = [
    ['a debtor whose time has come', 'trip', meter(), false, null],
    ['a debtor while the guard is frozen: a person has looked', 'trip', meter({}, { tripsFrozen: true }), false, null],
    ['notified, held back by the guard only', 'trip', meter({}, { stage: 'stop-notified' }), false, null],
    ['enough money', 'trip', meter({}, rich), false, 'enough-money'],
    ['enough money, said explicitly', 'trip', meter({}, rich), true, null],
    ['no account', 'trip', meter({ credit: null }), false, 'no-agreement'],
    ['no account, said explicitly', 'trip', meter({ credit: null }), true, null],
    ['protected', 'trip', meter({}, { protected: true }), false, 'protected'],
    ['protected, whatever is said', 'trip', meter({}, { protected: true, ...rich }), true, 'protected'],
    [
      'disputed, whatever is said',
      'trip',
      meter({}, { lists: [{ kind: 'disputed', from: 0, to: null }], ...rich }),
      true,
      'bill-disputed',
    ],
    ['an entry that has ended', 'trip', meter({}, { lists: [{ kind: 'vulnerable', from: 0, to: now }] }), false, null],
    ['keep-power', 'trip', meter({ keepPower: true }), false, 'keep-power'],
    ['keep-power, whatever is said', 'trip', meter({ keepPower: true }), true, 'keep-power'],
    ['no notice', 'trip', meter({}, { stage: 'warned-2', earliestStopAt: null }), false, 'notice-missing'],
    ['lead time running', 'trip', meter({}, { earliestStopAt: now + 1 }), false, 'lead-time-running'],
    ['a holiday', 'trip', meter({}, { noTrip: [{ from: now - hour, to: now + hour }] }), false, 'no-trip-day'],
    ['already open', 'trip', meter({ relay: 'open', relayCommand: 'open' }), false, 'already-so'],
    ['opened by itself', 'trip', meter({ relay: 'open', relayCommand: 'closed' }), false, null],
    ['a trip waits already', 'trip', meter({ openKinds: ['trip'] }), false, 'command-already-open'],
    ['closed already', 'direct-close', meter(), false, 'already-so'],
    ['open, no debt to it', 'direct-close', meter({ relay: 'open', relayCommand: 'open' }), false, null],
    [
      'stopped for debt',
      'direct-close',
      meter({ relay: 'open', relayCommand: 'open', restoreOwed: true }),
      false,
      'stopped-for-debt',
    ],
    [
      'stopped for debt, said explicitly',
      'permit-close',
      meter({ relay: 'open', relayCommand: 'open', restoreOwed: true }),
      true,
      null,
    ],
    ['unknown relay is closed rather than left', 'direct-close', meter({ relay: 'unknown' }), false, null],
    ['kept already', 'keep-power-on', meter({ keepPower: true }), false, 'already-so'],
    ['nothing to lift', 'keep-power-off', meter(), false, 'already-so'],
    ['keep-power of who owes', 'keep-power-off', meter({ keepPower: true }), false, null],
    ['no alarm of its own', 'alarm-on', meter({ hasAlarm: false }), false, 'no-alarm'],
    ['alarms already', 'alarm-on', meter({ alarm: true }), false, 'already-so'],
    ['alarms', 'alarm-off', meter({ alarm: true }), false, null],
    ['cannot be written', 'write-parameters', meter({ isWritable: false }), true, 'unwritable'],
    ['can be written', 'write-parameters', meter(), false, null],
  ]

  test.each(rows)('%s: %s', (_, kind, one, override, skip) => {
    expect(skipReason(kind, one, override, now)).toBe(skip)
  })

  test('a stale reading stops a batch as it stops the policy, but not what is no matter of money', () => {
    const [one] = facts().meters
    if (one === undefined) throw new Error('one meter')
    const stale = meter({}, { meters: [{ ...one, lastReadAt: now - 25 * hour }] })
    expect(skipReason('trip', stale, false, now)).toBe('reading-too-old')
    expect(skipReason('trip', stale, true, now)).toBeNull()
  })

  test('the last moment asks the same', () => {
    expect(objectionToBatchTrip(meter({}, { balance: yuan(1), stage: 'normal' }), false, now)).toBe('enough-money')
    expect(objectionToBatchTrip(meter({}, { protected: true }), true, now)).toBe('protected')
    expect(objectionToBatchTrip(meter(), false, now)).toBeNull()
  })
})

describe('who may', () => {
  test('what takes supply away needs the right to trip and a password', () => {
    const dangerous = Object.entries(approvalOf).filter(([, need]) => need === 'second-person-with-password')
    expect(dangerous.map(([kind]) => kind).sort()).toEqual(['keep-power-off', 'trip', 'write-parameters'])
    for (const [kind] of dangerous) expect(permissionOfBatch(kind as BatchKind)).toBe('control-trip')
    expect(permissionsOf['field-engineer']).not.toContain('control-trip')
  })
})
