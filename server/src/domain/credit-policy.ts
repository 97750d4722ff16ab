import type { CreditFacts, CreditStage, CreditTerms, Decision, Reason } from './credit-facts.ts'
import {
  alarmCommands,
  approvalWithdrawn,
  caseOf,
  checkMeters,
  dueMoments,
  isFree,
  queued,
  readingProblem,
  restores,
  severity,
  soonest,
  type Case,
} from './credit-case.ts'
import { decideStop } from './credit-stop.ts'
import { warnings } from './credit-warnings.ts'
import { addMoney, percentOf, type MicroYuan } from './quantity.ts'

export type {
  CreditFacts,
  CreditStage,
  CreditTerms,
  Decision,
  MeterFacts,
  NoticeKind,
  Reason,
  Thresholds,
} from './credit-facts.ts'
export { objectionToTrip } from './credit-stop.ts'
export { maximumReadingAgeMs } from './stop-terms.ts'

/** A warning is armed again only after the balance rose this much above its threshold. */
const hysteresisPercent = 120n
/** Who owes on bills is reminded no more often than this (wall time). */
const reminderEveryMs = 30 * 86_400_000

/**
 * The whole credit policy as one function. It is applied in the transaction of every posting and again whenever a lead
 * time or a window comes round; whoever calls it saves all of the decision or nothing.
 */
export const decide = (facts: CreditFacts, terms: CreditTerms, now: number): Decision => {
  const c = caseOf(facts, terms, now)
  if (c.stop.mode === 'post-paid' && !c.legal.open) return remindOnly(c)
  const stage = stageByBalance(c)
  return stage === 'stop' ? decideStop(c) : decideSupply(c, stage)
}

/** What is known of an account without looking at its meters one by one. */
export type Standing = Readonly<{
  stage: CreditStage
  /** Reasons of the last decision, as saved. */
  reasons: readonly string[]
  /** Alarm 1 of the agreement in force; null without one. */
  alarm1: MicroYuan | null
  /**
   * A meter shows its alarm, waits for its supply, or has a command open; a stop is announced, an approval is open, or
   * emergency credit is offered.
   */
  stirred: boolean
}>

const nothing = Object.freeze([])

/** What is decided for almost everybody, almost always. */
export const quietDecision: Decision = Object.freeze({
  stage: 'normal',
  earliestStopAt: null,
  toldAt: null,
  reasons: Object.freeze(['enough-money'] as const),
  notices: nothing,
  withdrawNotices: false,
  commands: nothing,
  cancel: nothing,
  workItems: nothing,
  approval: null,
  emergency: null,
  lookAgainAt: null,
})

/**
 * Whether the policy would decide just what it decided before, and nothing more: enough money before and after, nothing
 * open, nothing to be taken back. Such accounts need not be loaded in full, which is what makes a round of a million
 * readings cheap. A property test holds this against `decide`.
 */
export const isQuiet = (standing: Standing, balance: MicroYuan): boolean =>
  standing.alarm1 !== null &&
  balance > standing.alarm1 &&
  standing.stage === 'normal' &&
  !standing.stirred &&
  standing.reasons.length === 1 &&
  standing.reasons[0] === 'enough-money'

/** Row 1: bills come after the use, and no bill is overdue for long enough. Nobody is warned of a balance, nor stopped. */
const remindOnly = (c: Case): Decision => {
  const { facts, terms, now } = c
  const { commands, reasons, look } = restores(c)
  const owes = facts.balance <= terms.thresholds.cutOff
  const enough = facts.balance > terms.thresholds.alarm1
  const last = Math.max(...facts.notices.filter(({ kind }) => kind === 'reminder').map(({ at }) => at))
  const due = owes && now - last >= reminderEveryMs
  const [channel] = facts.channels
  return {
    ...quietDecision,
    reasons: [
      ...(enough ? (['enough-money'] as const) : (['post-paid', 'legal-path-incomplete'] as const)),
      ...reasons,
    ],
    notices: due && channel !== undefined ? [{ kind: 'reminder', channel, sendAt: c.sendAt }] : [],
    withdrawNotices: facts.stage !== 'normal',
    commands: [...alarmCommands(c, 'alarm-off'), ...commands],
    cancel: queued(facts, (kind) => kind === 'trip' || kind === 'alarm-on'),
    approval: approvalWithdrawn(facts),
    emergency: emergencyOver(c),
    lookAgainAt: soonest(now, [...look, ...(owes ? [c.legal.opensAt, (due ? now : last) + reminderEveryMs] : [])]),
  }
}

/** Rows 2 to 5 and 12: warn when a threshold was crossed downwards, and give back supply that is owed. */
const decideSupply = (c: Case, stage: 'normal' | 'warned-1' | 'warned-2'): Decision => {
  const { facts, limits, now } = c
  const reasons: Reason[] = [stageReason[stage]]
  const alarm = stage === 'normal' ? 'alarm-off' : 'alarm-on'
  const opposite = alarm === 'alarm-on' ? 'alarm-off' : 'alarm-on'
  const cancel = queued(facts, (kind) => kind === 'trip' || kind === opposite)
  if (queued(facts, (kind) => kind === 'trip').length > 0) reasons.push('not-used-up-any-more')
  const base = { ...quietDecision, reasons, cancel, emergency: emergencyOver(c) }
  const owed = facts.meters.some((meter) => meter.restoreOwed)
  if (owed && facts.balance <= limits.restore && !isFree(c)) {
    reasons.push('waiting-for-restore-amount')
    const { earliestStopAt, toldAt } = facts
    const lookAgainAt = soonest(now, dueMoments(c))
    return { ...base, stage: 'cut-off', earliestStopAt, toldAt, withdrawNotices: true, lookAgainAt }
  }
  const restored = restores(c)
  reasons.push(...restored.reasons)
  const doubt = stage === 'normal' ? null : readingProblem(c)
  // Before the first reading nothing has been charged, so the balance is what was paid: that is no doubt.
  const problem = doubt === 'reading-missing' ? null : doubt
  const back = {
    ...base,
    withdrawNotices: severity[stage] < severity[facts.stage],
    approval: approvalWithdrawn(facts),
    commands: restored.commands,
  }
  // Row 2: on a doubtful reading nobody is warned; only what has become better is taken over.
  if (problem !== null)
    return {
      ...back,
      stage: severity[facts.stage] < severity[stage] ? facts.stage : stage,
      reasons: [...reasons, problem],
      workItems: checkMeters(c),
      lookAgainAt: soonest(now, restored.look),
    }
  const told = warnings(c, stage)
  return {
    ...back,
    stage,
    notices: told.notices,
    workItems: told.workItems,
    commands: [...alarmCommands(c, alarm), ...restored.commands],
    lookAgainAt: soonest(now, [...restored.look, ...told.look]),
  }
}

/** Repaid, or not needed any more: there is so much that supply is safe without it. */
const emergencyOver = ({ facts: { emergency, balance }, terms }: Case): Decision['emergency'] =>
  (emergency.offeredAt !== null || emergency.granted > 0n) && balance > terms.thresholds.restore ? 'over' : null

const stageReason = { normal: 'enough-money', 'warned-1': 'below-alarm-1', 'warned-2': 'below-alarm-2' } as const

/** The stage that the balance asks for; on the way up a threshold counts as passed only with its hysteresis. */
const stageByBalance = ({ facts, limits }: Case): 'normal' | 'warned-1' | 'warned-2' | 'stop' => {
  const { alarm1, alarm2, cutOff } = limits
  if (facts.balance <= cutOff) return 'stop'
  const passed = (threshold: MicroYuan, armedBelow: CreditStage): boolean =>
    facts.balance > (severity[facts.stage] >= severity[armedBelow] ? withHysteresis(threshold) : threshold)
  if (!passed(alarm2, 'warned-2')) return 'warned-2'
  return passed(alarm1, 'warned-1') ? 'normal' : 'warned-1'
}

const withHysteresis = (threshold: MicroYuan): MicroYuan =>
  threshold > 0n ? percentOf(threshold, hysteresisPercent) : addMoney(threshold, 0n as MicroYuan)
