import { describe, expect, test } from 'vitest'
import {
  afterAttempt,
  lifetimeMs,
  notSentRetryMs,
  urgencyOf,
  type AttemptOutcome,
  type NextStep,
  type RelayCommandKind,
} from './relay-command.ts'

const minute = 60_000
const now = 1_800_000_000_000
const never = now + 365 * 24 * 60 * minute
const again = (minutes: number): NextStep => ({ state: 'queued', notBefore: now + minutes * minute })

describe('what follows an attempt', () => {
  test.each<[RelayCommandKind, AttemptOutcome, number, NextStep]>([
    ['trip', 'verified', 1, { state: 'verified' }],
    ['trip', 'withdrawn', 0, { state: 'cancelled' }],
    ['trip', 'not-sent', 0, again(1)],
    ['trip', 'unanswered', 1, again(5)],
    ['trip', 'unanswered', 2, again(5)],
    ['trip', 'unanswered', 3, { state: 'failed' }],
    ['trip', 'unverified', 3, { state: 'failed' }],
    // The meter protects somebody: it is not asked twice.
    ['trip', 'refused', 1, { state: 'refused' }],
    // 0, 1, 5, 15, 30 minutes after the payment, then field work.
    ['direct-close', 'unanswered', 1, again(1)],
    ['direct-close', 'unverified', 2, again(4)],
    ['direct-close', 'unanswered', 3, again(10)],
    ['direct-close', 'unanswered', 4, again(15)],
    ['direct-close', 'unanswered', 5, { state: 'failed' }],
    ['permit-close', 'refused', 1, again(1)],
    ['permit-close', 'refused', 5, { state: 'refused' }],
    ['keep-power-on', 'unanswered', 1, again(1)],
    ['keep-power-off', 'refused', 1, { state: 'refused' }],
    ['alarm-on', 'unanswered', 1, again(5)],
    ['alarm-off', 'unanswered', 2, { state: 'failed' }],
  ])('%s, %s after %s attempts', (kind, outcome, attempts, expected) => {
    expect(afterAttempt(kind, outcome, attempts, now, never)).toEqual(expected)
  })

  test.each<[AttemptOutcome, number]>([
    ['not-sent', now + notSentRetryMs - 1],
    ['unanswered', now + 5 * minute - 1],
  ])('%s with too little time left is the end', (outcome, expiresAt) => {
    expect(afterAttempt('trip', outcome, 1, now, expiresAt)).toEqual({ state: 'expired' })
  })

  test('every kind comes to an end', () => {
    for (const kind of Object.keys(urgencyOf) as RelayCommandKind[])
      for (const outcome of ['refused', 'unanswered', 'unverified'] as const)
        expect(afterAttempt(kind, outcome, 99, now, never).state).not.toBe('queued')
  })
})

test('who restores people goes first, who stops them last but for the alarm', () => {
  const order = (Object.keys(urgencyOf) as RelayCommandKind[]).toSorted((a, b) => urgencyOf[a] - urgencyOf[b])
  expect(order.slice(0, 2).toSorted()).toEqual(['direct-close', 'permit-close'])
  expect(order.indexOf('keep-power-on')).toBeLessThan(order.indexOf('trip'))
})

test('a trip does not linger', () => {
  expect(lifetimeMs.trip).toBeLessThanOrEqual(4 * 60 * minute)
  expect(lifetimeMs['direct-close']).toBeGreaterThan(24 * 60 * minute)
})
