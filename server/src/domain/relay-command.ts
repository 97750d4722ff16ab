/**
 * The life of a relay command: `queued → sent → acknowledged → verified`, or `refused / failed / expired / cancelled`.
 * At most once, proven: bytes leave only after `sent` is on disk, a repetition reads the meter's state first, and only
 * the status word makes it `verified`.
 */

/** DL/T 645-2007 function 1CH actions (1A, 1B, 1C, 2A, 2B, 3A, 3B). */
export type RelayCommandKind =
  | 'trip'
  | 'permit-close'
  | 'direct-close'
  | 'alarm-on'
  | 'alarm-off'
  | 'keep-power-on'
  | 'keep-power-off'

export type RelayCommandState =
  | 'queued'
  | 'sent'
  | 'acknowledged'
  | 'verified'
  | 'refused'
  | 'failed'
  | 'expired'
  | 'cancelled'

export const openStates: readonly RelayCommandState[] = ['queued', 'sent', 'acknowledged']

export const closes = (kind: RelayCommandKind): boolean => kind === 'direct-close' || kind === 'permit-close'

/** Smaller goes first: restoring people passes everything, keep-power passes trips. */
export const urgencyOf: Readonly<Record<RelayCommandKind, number>> = Object.freeze({
  'direct-close': 0,
  'permit-close': 0,
  'keep-power-on': 1,
  'keep-power-off': 2,
  trip: 3,
  'alarm-on': 4,
  'alarm-off': 4,
})

const minuteMs = 60_000

/**
 * Wall time from one attempt to the next; as many attempts as entries plus one. Closing: 0, 1, 5, 15, 30 minutes after
 * the payment; tripping: three attempts, five minutes apart (fee-control practice; both are the product's defaults).
 */
const retryAfterMs: Readonly<Record<RelayCommandKind, readonly number[]>> = Object.freeze({
  'direct-close': [1, 4, 10, 15].map((minutes) => minutes * minuteMs),
  'permit-close': [1, 4, 10, 15].map((minutes) => minutes * minuteMs),
  trip: [5, 5].map((minutes) => minutes * minuteMs),
  'keep-power-on': [1, 4].map((minutes) => minutes * minuteMs),
  'keep-power-off': [1, 4].map((minutes) => minutes * minuteMs),
  'alarm-on': [5].map((minutes) => minutes * minuteMs),
  'alarm-off': [5].map((minutes) => minutes * minuteMs),
})

/** How long a command may wait to be carried out, wall time. A trip must not linger: it would be a decision of the past. */
export const lifetimeMs: Readonly<Record<RelayCommandKind, number>> = Object.freeze({
  'direct-close': 7 * 24 * 60 * minuteMs,
  'permit-close': 7 * 24 * 60 * minuteMs,
  trip: 4 * 60 * minuteMs,
  'keep-power-on': 24 * 60 * minuteMs,
  'keep-power-off': 24 * 60 * minuteMs,
  'alarm-on': 24 * 60 * minuteMs,
  'alarm-off': 24 * 60 * minuteMs,
})

/** What came of one attempt. `not-sent` is no attempt: no byte of the command left the house. */
export type AttemptOutcome = 'verified' | 'withdrawn' | 'not-sent' | 'refused' | 'unanswered' | 'unverified'

export type NextStep = Readonly<
  { state: 'verified' | 'refused' | 'failed' | 'cancelled' | 'expired' } | { state: 'queued'; notBefore: number }
>

/** Wall time after which a command that could not be sent (line busy, meter's line silent) is looked at again. */
export const notSentRetryMs = minuteMs

/**
 * Decides what follows an attempt. `attempts` counts those whose bytes left, this one included.
 * A refused close is tried again (keep-power or a clock out of step may pass); a refused trip is final, because the
 * meter protects somebody.
 */
export const afterAttempt = (
  kind: RelayCommandKind,
  outcome: AttemptOutcome,
  attempts: number,
  now: number,
  expiresAt: number,
): NextStep => {
  switch (outcome) {
    case 'verified':
      return { state: 'verified' }
    case 'withdrawn':
      return { state: 'cancelled' }
    case 'not-sent':
      return now + notSentRetryMs > expiresAt
        ? { state: 'expired' }
        : { state: 'queued', notBefore: now + notSentRetryMs }
    case 'refused':
      return closes(kind) ? later(kind, attempts, now, expiresAt, 'refused') : { state: 'refused' }
    case 'unanswered':
    case 'unverified':
      return later(kind, attempts, now, expiresAt, 'failed')
  }
}

const later = (
  kind: RelayCommandKind,
  attempts: number,
  now: number,
  expiresAt: number,
  final: 'refused' | 'failed',
): NextStep => {
  const waitMs = retryAfterMs[kind][attempts - 1]
  if (waitMs === undefined) return { state: final }
  return now + waitMs > expiresAt ? { state: 'expired' } : { state: 'queued', notBefore: now + waitMs }
}
