import type { CreditFacts, CreditStage, CreditTerms, Decision, MeterFacts, Reason, Thresholds } from './credit-facts.ts'
import { legalStateOf, type LegalState } from './legal-path.ts'
import { listChanges, neverStopped, type ListEntry } from './protection-list.ts'
import { subtractMoney } from './quantity.ts'
import { openStates, type RelayCommandKind } from './relay-command.ts'
import { firstSending } from './send-window.ts'
import { defaultStopTerms, type StopTerms } from './stop-terms.ts'

/** One account at one moment, with what every part of the policy derives from its facts. */
export type Case = Readonly<{
  facts: CreditFacts
  terms: CreditTerms
  stop: StopTerms
  now: number
  /** The thresholds of this moment: emergency credit in use lowers stop and restore. */
  limits: Thresholds
  legal: LegalState
  lists: readonly ListEntry[]
  /** On a list of those who are never stopped: why. */
  never: Reason | null
  /** When a notice decided on now may leave. */
  sendAt: number
}>

export const caseOf = (facts: CreditFacts, terms: CreditTerms, now: number): Case => {
  const stop = terms.stop ?? defaultStopTerms
  const { timeZone, noticeLeadMs: agreedLeadMs, thresholds } = terms
  const lists = facts.protected ? [...facts.lists, alwaysProtected] : facts.lists
  const { granted } = facts.emergency
  return {
    facts,
    terms,
    stop,
    now,
    lists,
    limits:
      granted > 0n
        ? {
            ...thresholds,
            cutOff: subtractMoney(thresholds.cutOff, granted),
            restore: subtractMoney(thresholds.restore, granted),
          }
        : thresholds,
    legal: legalStateOf(
      { path: stop.legalPath, jurisdiction: stop.jurisdiction, supply: stop.supply, longer: stop.longer },
      { overdueSince: facts.overdueSince, agreedLeadMs, timeZone },
      now,
    ),
    never: neverStopped(lists, now),
    sendAt: firstSending(stop.sendWindow, now, timeZone),
  }
}

const alwaysProtected: ListEntry = Object.freeze({ kind: 'protected', from: 0, to: null })

export const severity: Readonly<Record<CreditStage, number>> = Object.freeze({
  normal: 0,
  'warned-1': 1,
  'warned-2': 2,
  'stop-due': 3,
  'await-approval': 4,
  suspended: 4,
  'stop-notified': 5,
  'cut-off': 6,
})

/** Nothing may keep this account without supply, whatever it owes. */
export const isFree = ({ never, legal }: Case): boolean => never !== null || !legal.open

/** Why the newest readings prove nothing, or null. */
export const readingProblem = ({ facts: { meters }, stop: { readingAgeMs }, now }: Case): Reason | null => {
  if (meters.some((meter) => meter.lastReadAt === null)) return 'reading-missing'
  if (meters.some((meter) => now - (meter.lastReadAt ?? 0) > readingAgeMs)) return 'reading-too-old'
  return meters.some((meter) => meter.newestHeld) ? 'reading-held' : null
}

/** The meters whose readings prove nothing, for somebody to look at. */
export const checkMeters = ({ facts: { meters }, stop: { readingAgeMs }, now }: Case): Decision['workItems'] =>
  meters
    .filter(({ lastReadAt, newestHeld }) => lastReadAt === null || now - lastReadAt > readingAgeMs || newestHeld)
    .map(({ meterId }) => ({ kind: 'check-meter', meterId }))

/**
 * A close that failed is decided again no sooner than this (wall time); its own retries came before. A failure that lies
 * ahead was written by a clock that has been put back, and holds up nobody.
 */
const closeAgainAfterMs = 30 * 60_000

/** Closes for all meters that a trip of ours may have reached and that are not on their way back already. */
export const restores = ({
  facts,
  terms,
  now,
}: Case): Readonly<{ commands: Decision['commands']; reasons: readonly Reason[]; look: readonly number[] }> => {
  const owed = facts.meters.filter((meter) => meter.restoreOwed && !hasOpen(meter, terms.reconnect))
  const again = ({ lastFailedCloseAt }: MeterFacts): number =>
    lastFailedCloseAt === null || lastFailedCloseAt > now ? now : lastFailedCloseAt + closeAgainAfterMs
  const ready = owed.filter((meter) => again(meter) <= now)
  return {
    commands: ready.map(({ meterId }) => ({ meterId, kind: terms.reconnect })),
    reasons: owed.map((meter) => (again(meter) <= now ? 'restore' : 'restore-failed-lately')),
    look: owed.map(again),
  }
}

/** A meter that refused its alarm is not asked again for so long (wall time): many have none, and the line is busy. */
const alarmAgainAfterMs = 24 * 3_600_000

/** The meter's own alarm (display, backlight) follows the stage; a meter without supply needs none. */
export const alarmCommands = ({ facts, now }: Case, kind: 'alarm-on' | 'alarm-off'): Decision['commands'] =>
  facts.meters
    .filter(
      ({ hasAlarm, lastFailedAlarmAt }) =>
        hasAlarm !== false && now - (lastFailedAlarmAt ?? -Infinity) > alarmAgainAfterMs,
    )
    .filter((meter) => meter.alarm !== (kind === 'alarm-on') && meter.relay !== 'open' && !hasOpen(meter, kind))
    .map((meter) => ({ meterId: meter.meterId, kind }))

export const hasOpen = (meter: MeterFacts, kind: RelayCommandKind): boolean =>
  meter.openCommands.some((command) => command.kind === kind && openStates.includes(command.state))

export const queued = (facts: CreditFacts, match: (kind: RelayCommandKind) => boolean): string[] =>
  facts.meters.flatMap((meter) =>
    meter.openCommands.filter(({ kind, state }) => state === 'queued' && match(kind)).map(({ id }) => id),
  )

/** What was asked or given for a stop ends when the stop is off; a refusal holds until its end. */
export const approvalWithdrawn = ({ approval }: CreditFacts): Decision['approval'] =>
  approval?.state === 'open' || approval?.state === 'approved' ? { kind: 'withdraw' } : null

/** The first of these moments that lies ahead. */
export const soonest = (now: number, moments: readonly (number | null)[]): number | null => {
  const ahead = moments.filter((at) => at !== null).filter((at) => at > now && Number.isFinite(at))
  return ahead.length === 0 ? null : Math.min(...ahead)
}

/** Moments at which lists, law, an approval or an announced payment may change what is decided of a stop. */
export const dueMoments = (c: Case): readonly (number | null)[] => [
  ...listChanges(c.lists, c.now),
  c.legal.opensAt,
  c.facts.approval?.until ?? null,
  c.facts.paymentExpectedUntil,
]
