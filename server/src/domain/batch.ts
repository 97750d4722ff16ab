import { objectionToTrip, type CreditFacts, type CreditTerms, type Reason } from './credit-policy.ts'
import { neverStopped } from './protection-list.ts'
import { closes, type RelayCommandKind } from './relay-command.ts'

/**
 * One order over many meters. Whoever asks for it does not release it: a second person sees the same list first. Each
 * meter is judged when the batch is asked for, again when its turn comes, and a trip once more before its bytes leave.
 */
export type BatchKind = RelayCommandKind | 'write-parameters'

/** `waiting` for the second person → `running` → `finished`; or `refused`, `expired` unapproved, `stopped` by a person. */
export type BatchState = 'waiting' | 'running' | 'finished' | 'stopped' | 'refused' | 'expired'

/** What has to happen between the request and the first byte. */
export type Approval = 'none' | 'second-person' | 'second-person-with-password'

/** Taking supply away, or what keeps it, needs the password as well; the meter's own alarm harms nobody. */
export const approvalOf: Readonly<Record<BatchKind, Approval>> = Object.freeze({
  trip: 'second-person-with-password',
  'keep-power-off': 'second-person-with-password',
  'direct-close': 'second-person',
  'permit-close': 'second-person',
  'keep-power-on': 'second-person',
  'write-parameters': 'second-person-with-password',
  'alarm-on': 'none',
  'alarm-off': 'none',
})

/** Meters of one batch. More is several batches: nobody reads a longer list before approving it. */
export const mostMetersPerBatch = 2_000
/** Commands of one batch that wait or are under way at once; a batch must not bury the queue. */
export const mostUnderWayPerBatch = 40
/** A batch that nobody has approved for so long is over (wall time): its list was made on the facts of then. */
export const approveWithinMs = 12 * 3_600_000

export type SkipReason = Reason | 'already-so' | 'command-already-open' | 'stopped-for-debt' | 'no-alarm' | 'unwritable'

/** What a batch has to know of a meter. */
export type BatchMeter = Readonly<{
  relay: 'closed' | 'open' | 'unknown'
  relayCommand: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  alarm: boolean
  /** It can be told to warn by itself. */
  hasAlarm: boolean
  /** Its parameters can be written over the wire. */
  isWritable: boolean
  restoreOwed: boolean
  openKinds: readonly RelayCommandKind[]
  /** Null for a meter without an account. */
  credit: Readonly<{ facts: CreditFacts; terms: CreditTerms | null }> | null
}>

/**
 * Why a meter is left out of a batch; null: it is in. `override`: somebody says explicitly that the balance is not what
 * this is about. Nothing overrides keep-power or a protected list.
 */
export const skipReason = (kind: BatchKind, meter: BatchMeter, override: boolean, now: number): SkipReason | null => {
  if (kind === 'write-parameters') return meter.isWritable ? null : 'unwritable'
  const isAlarm = kind === 'alarm-on' || kind === 'alarm-off'
  if (isAlarm && !meter.hasAlarm) return 'no-alarm'
  if (kind === 'trip') {
    const hold = objectionToBatchTrip(meter, override, now)
    if (hold === 'keep-power' || (hold !== null && hold === listedNever(meter.credit, now))) return hold
    return presence(kind, meter) ?? hold
  }
  const present = presence(kind, meter)
  if (present !== null) return present
  return closes(kind) && !override && isStoppedForDebt(meter) ? 'stopped-for-debt' : null
}

/**
 * What speaks against a trip that a batch has ordered; asked again right before its bytes leave. Without `override` it
 * is the credit policy's own last question, but that a person has looked: a frozen guard does not stop it.
 */
export const objectionToBatchTrip = (
  { keepPower, credit }: Pick<BatchMeter, 'keepPower' | 'credit'>,
  override: boolean,
  now: number,
): Reason | null => {
  const listed = listedNever(credit, now)
  if (listed !== null) return listed
  if (keepPower) return 'keep-power'
  if (override) return null
  if (credit === null || credit.terms === null) return 'no-agreement'
  const { facts, terms } = credit
  const stage = facts.stage === 'stop-notified' ? 'cut-off' : facts.stage
  const objection = objectionToTrip({ ...facts, stage, tripsFrozen: false }, terms, now)
  return objection === 'not-used-up-any-more' ? 'enough-money' : objection
}

/** On a list of those who are never stopped: why. */
const listedNever = (credit: BatchMeter['credit'], now: number): Reason | null => {
  if (credit === null) return null
  return credit.facts.protected ? 'protected' : neverStopped(credit.facts.lists, now)
}

const presence = (kind: RelayCommandKind, meter: BatchMeter): SkipReason | null => {
  if (meter.openKinds.includes(kind)) return 'command-already-open'
  return isSo[kind](meter) ? 'already-so' : null
}

const isSo: Readonly<Record<RelayCommandKind, (meter: BatchMeter) => boolean>> = {
  trip: ({ relay, relayCommand }) => relay === 'open' && relayCommand === 'open',
  'direct-close': ({ relay, relayCommand }) => relay === 'closed' && relayCommand === 'closed',
  'permit-close': ({ relay, relayCommand }) => relay === 'closed' && relayCommand === 'closed',
  'alarm-on': ({ alarm }) => alarm,
  'alarm-off': ({ alarm }) => !alarm,
  'keep-power-on': ({ keepPower }) => keepPower,
  // What the status word says may be old, and lifting what is not there harms nobody.
  'keep-power-off': ({ keepPower }) => !keepPower,
}

/** The policy stopped it and would stop it again: closing it would only wear its relay. */
const isStoppedForDebt = ({ restoreOwed, credit }: BatchMeter): boolean =>
  restoreOwed && credit?.terms != null && credit.facts.balance <= credit.terms.thresholds.restore
