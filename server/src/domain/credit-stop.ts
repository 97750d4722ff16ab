import { localDayText } from './calendar.ts'
import {
  alarmCommands,
  approvalWithdrawn,
  caseOf,
  checkMeters,
  dueMoments,
  hasOpen,
  queued,
  readingProblem,
  restores,
  severity,
  soonest,
  type Case,
} from './credit-case.ts'
import type { CreditFacts, CreditTerms, Decision, MeterFacts, NoticeOrder, Reason } from './credit-facts.ts'
import { chainOf, missingForStop, waitReason, type Chain } from './credit-notices.ts'
import { activeEntries, listRules } from './protection-list.ts'
import { addMoney } from './quantity.ts'

/** Trips of one cut-off that may fail before only field work helps. */
const maximumFailedTrips = 3
/** For so long emergency credit is offered before the way to a stop begins (wall time). It may be asked for later, too. */
const offerStandsMs = 24 * 3_600_000
/** Without a payment for so long after the stop the account is to be closed down (wall time). */
const closingDownAfterMs = 180 * 86_400_000

const blank = (c: Case): Decision => ({
  stage: c.facts.stage,
  earliestStopAt: c.facts.earliestStopAt,
  toldAt: c.facts.toldAt,
  reasons: ['used-up'],
  notices: [],
  withdrawNotices: false,
  commands: [],
  cancel: [],
  workItems: [],
  approval: null,
  emergency: null,
  lookAgainAt: soonest(c.now, dueMoments(c)),
})

/** Rows 6 to 13: used up. Lists, law, readings, emergency credit, approval, notice, and only then the trip. */
export const decideStop = (c: Case): Decision => {
  const { facts, now } = c
  if (c.never !== null) return suspend(c, c.never)
  if (!c.legal.open) return withoutStop(c, 'legal-path-incomplete', restores(c))
  const closed = facts.meters.filter((meter) => meter.relay !== 'open')
  if (facts.stage === 'cut-off' && closed.length === 0) return stopped(c)
  const hold = obstacle(c)
  if (hold !== null) return withoutStop(c, hold)
  const refused = refusal(c)
  if (refused !== null) return refused
  const offer = emergencyOffer(c)
  if (offer !== null) return offer
  const approval = approvalStep(c)
  if (approval !== null) return approval
  const missing = missingForStop(c)
  if (missing) return { ...withoutStop(c, 'notice-incomplete'), workItems: [{ kind: 'notice-undelivered' }] }
  const chain = chainOf(c, facts.toldAt)
  if (chain.state !== 'complete') return tell(c, chain)
  const wait = waitReason(chain.earliest, c)
  const base = {
    ...blank(c),
    earliestStopAt: chain.earliest,
    commands: alarmCommands(c, 'alarm-on'),
    workItems: undelivered(chain),
    lookAgainAt: soonest(now, [chain.earliest, ...chain.look, ...dueMoments(c)]),
  }
  const stage = facts.stage === 'cut-off' ? 'cut-off' : 'stop-notified'
  if (wait !== null) return { ...base, stage, reasons: ['used-up', wait] }
  return { ...base, stage: 'cut-off', ...trips(c, closed) }
}

/** Row 11: the trips that are due now; a meter is not told twice, and one that failed waits for the next window. */
const trips = (c: Case, closed: readonly MeterFacts[]): Pick<Decision, 'reasons' | 'commands'> => {
  const exhausted = c.facts.meters.some((meter) => meter.failedTrips >= maximumFailedTrips)
  const waiting = closed.filter((meter) => failedInThisWindow(meter, c))
  const commands = closed
    .filter((meter) => meter.failedTrips < maximumFailedTrips && !waiting.includes(meter) && !hasOpen(meter, 'trip'))
    .map((meter) => ({ meterId: meter.meterId, kind: 'trip' as const }))
  const outcome: Reason =
    closed.length === 0
      ? 'supply-stopped'
      : exhausted
        ? 'trip-failed-field-work'
        : waiting.length > 0
          ? 'trip-failed-lately'
          : 'trip'
  return { reasons: ['used-up', outcome], commands: [...alarmCommands(c, 'alarm-on'), ...commands] }
}

/** A trip whose attempts have all failed is tried again in the next window, not in this one (fee-control practice). */
const failedInThisWindow = (meter: MeterFacts, { terms: { timeZone }, now }: Case): boolean =>
  meter.lastFailedTripAt !== null && localDayText(meter.lastFailedTripAt, timeZone) === localDayText(now, timeZone)

/** Row 6, and the transition of a protection that begins: whatever was prepared is off, and supply comes back. */
const suspend = (c: Case, why: Reason): Decision => {
  const { facts } = c
  const restored = restores(c)
  return {
    ...blank(c),
    stage: 'suspended',
    earliestStopAt: null,
    toldAt: null,
    reasons: ['used-up', why, ...restored.reasons],
    notices: firstWarning(c),
    withdrawNotices: facts.toldAt !== null,
    commands: [...alarmCommands(c, 'alarm-on'), ...restored.commands],
    cancel: queued(facts, (kind) => kind === 'trip'),
    workItems: [{ kind: 'owing-protected' }, ...(readingProblem(c) === null ? [] : checkMeters(c))],
    approval: approvalWithdrawn(facts),
    lookAgainAt: soonest(c.now, [...restored.look, ...dueMoments(c)]),
  }
}

/** Used up, but something hinders: nothing is announced that may not happen, and a trip that waits is withdrawn. */
const withoutStop = (c: Case, why: Reason, restored?: ReturnType<typeof restores>): Decision => {
  const { facts } = c
  const doubtful = readingReasons.has(why)
  const lawful = c.legal.open
  const kept = lawful && severity[facts.stage] >= severity['await-approval'] && facts.stage !== 'suspended'
  return {
    ...blank(c),
    stage: kept ? facts.stage : 'stop-due',
    earliestStopAt: kept ? facts.earliestStopAt : null,
    toldAt: kept ? facts.toldAt : null,
    reasons: ['used-up', why, ...(restored?.reasons ?? [])],
    notices: doubtful ? [] : firstWarning(c),
    withdrawNotices: !kept && facts.toldAt !== null,
    commands: [...(doubtful ? [] : alarmCommands(c, 'alarm-on')), ...(restored?.commands ?? [])],
    cancel: queued(facts, (kind) => kind === 'trip'),
    workItems: [
      ...(doubtful ? checkMeters(c) : []),
      ...(kept && facts.stage === 'await-approval' ? [{ kind: 'approve-stop' as const }] : []),
    ],
    approval: lawful ? null : approvalWithdrawn(facts),
    lookAgainAt: soonest(c.now, [...(restored?.look ?? []), ...dueMoments(c)]),
  }
}

const readingReasons: ReadonlySet<Reason> = new Set(['reading-missing', 'reading-too-old', 'reading-held'])

/** Whoever fell through all thresholds at once and cannot be stopped hears at least the second warning. */
const firstWarning = ({ facts, sendAt }: Case): readonly NoticeOrder[] => {
  const [channel] = facts.channels
  return severity[facts.stage] < severity['warned-2'] && channel !== undefined
    ? [{ kind: 'warning-2', channel, sendAt }]
    : []
}

/** Row 13 is the end of this state: nobody has paid for half a year. */
const stopped = (c: Case): Decision => {
  const { facts, now } = c
  const closeDownAt = Math.max(facts.stageSince, facts.lastPaymentAt ?? 0) + closingDownAfterMs
  const due = now >= closeDownAt
  return {
    ...blank(c),
    stage: 'cut-off',
    reasons: ['used-up', 'supply-stopped', ...(due ? (['closing-down-due'] as const) : [])],
    workItems: due ? [{ kind: 'closing-down' }] : [],
    lookAgainAt: soonest(now, [closeDownAt, ...dueMoments(c)]),
  }
}

/** Row 7: offered once, before anything else is said; granted on request, which changes the limits. */
const emergencyOffer = (c: Case): Decision | null => {
  const { facts, stop, now, sendAt } = c
  const { offeredAt, granted } = facts.emergency
  const [channel] = facts.channels
  if (stop.emergencyCredit <= 0n || granted > 0n || pastOffer.has(facts.stage)) return null
  if (offeredAt !== null && now >= offeredAt + offerStandsMs) return null
  const fresh = offeredAt === null
  return {
    ...blank(c),
    stage: 'stop-due',
    earliestStopAt: null,
    toldAt: null,
    reasons: ['used-up', 'emergency-credit-offered'],
    notices: fresh && channel !== undefined ? [{ kind: 'emergency-offer', channel, sendAt }] : [],
    commands: alarmCommands(c, 'alarm-on'),
    cancel: queued(facts, (kind) => kind === 'trip'),
    emergency: fresh ? 'offer' : null,
    lookAgainAt: soonest(now, [(offeredAt ?? now) + offerStandsMs, ...dueMoments(c)]),
  }
}

/** A stop that is being approved or announced is not interrupted by an offer; the credit may still be asked for. */
const pastOffer: ReadonlySet<CreditFacts['stage']> = new Set(['await-approval', 'stop-notified', 'cut-off'])

/** How many persons must agree to a stop of this account; none: it is automatic. */
const personsNeeded = ({ stop, legal, lists, now }: Case): number => {
  const listed = activeEntries(lists, now).map(({ kind }) => listRules[kind].persons)
  return Math.max(0, ...listed, stop.approval === 'approved' || legal.approved ? 1 : 0)
}

const isApproved = ({ facts: { approval }, now }: Case, persons: number): boolean =>
  persons === 0 ||
  (approval?.state === 'approved' && approval.persons >= persons && (approval.until === null || now < approval.until))

/** Nothing is announced any more: a person has to agree first. */
const unannounced = (c: Case): Decision => ({
  ...blank(c),
  earliestStopAt: null,
  toldAt: null,
  withdrawNotices: c.facts.toldAt !== null,
  commands: alarmCommands(c, 'alarm-on'),
  cancel: queued(c.facts, (kind) => kind === 'trip'),
})

/** A refusal leaves the account alone until its end. */
const refusal = (c: Case): Decision | null => {
  const { approval } = c.facts
  if (approval?.state !== 'refused' || approval.until === null || c.now >= approval.until) return null
  return { ...unannounced(c), stage: 'suspended', reasons: ['used-up', 'approval-refused'] }
}

/** Row 8: a person decides. */
const approvalStep = (c: Case): Decision | null => {
  const { facts, now } = c
  const persons = personsNeeded(c)
  if (isApproved(c, persons)) return null
  const { approval } = facts
  const waiting = approval?.state === 'open' && approval.persons >= persons
  return {
    ...unannounced(c),
    stage: 'await-approval',
    reasons: [
      'used-up',
      ...(activeEntries(c.lists, now).some(({ kind }) => kind === 'important')
        ? (['important-customer'] as const)
        : []),
      'approval-awaited',
    ],
    notices: firstWarning(c),
    workItems: [{ kind: 'approve-stop' }],
    approval: waiting ? null : { kind: 'request', persons },
  }
}

const undelivered = ({ visit }: Chain): Decision['workItems'] => (visit ? [{ kind: 'notice-undelivered' }] : [])

/** The notice is on its way: sent, waited for, or sent by another channel with a new lead. */
const tell = (c: Case, chain: Chain): Decision => {
  const { facts, now } = c
  const anew = chain.state === 'anew'
  return {
    ...blank(c),
    stage: !anew && facts.stage === 'cut-off' ? 'cut-off' : 'stop-notified',
    earliestStopAt: chain.earliest,
    toldAt: anew ? now : facts.toldAt,
    reasons: ['used-up', chain.reason],
    notices: chain.notices,
    commands: alarmCommands(c, 'alarm-on'),
    cancel: queued(facts, (kind) => kind === 'trip'),
    workItems: undelivered(chain),
    lookAgainAt: soonest(now, [chain.earliest, ...chain.look, ...dueMoments(c)]),
  }
}

/**
 * Asked again at the last moment, under the account's lock, before the bytes of a policy trip leave. `null` means go.
 * Everything is judged on this moment's facts; what was true when the trip was queued does not count.
 */
export const objectionToTrip = (facts: CreditFacts, terms: CreditTerms, now: number): Reason | null => {
  const c = caseOf(facts, terms, now)
  if (facts.balance > c.limits.cutOff) return 'not-used-up-any-more'
  if (c.never !== null) return c.never
  if (!c.legal.open) return 'legal-path-incomplete'
  const hold = obstacle(c)
  if (hold !== null) return hold
  if (refusal(c) !== null || !isApproved(c, personsNeeded(c))) return 'approval-missing'
  if (facts.stage !== 'cut-off' || facts.earliestStopAt === null || facts.toldAt === null) return 'notice-missing'
  if (missingForStop(c)) return 'notice-incomplete'
  const chain = chainOf(c, facts.toldAt)
  if (chain.state !== 'complete') return chain.state === 'anew' ? 'notice-missing' : chain.reason
  return waitReason(chain.earliest, c)
}

/** What makes the balance or the field doubtful, whatever the balance. */
const obstacle = (c: Case): Reason | null => {
  const { facts, limits } = c
  if (facts.trueUp > 0n && addMoney(facts.balance, facts.trueUp) > limits.cutOff) return 'true-up-only'
  if (facts.meters.some((meter) => meter.keepPower)) return 'keep-power'
  return readingProblem(c)
}
