import { applyDecision } from './apply-decision.ts'
import {
  decide,
  type CreditFacts,
  type Decision,
  type CreditStage,
  type CreditTerms,
  type NoticeKind,
  type Reason,
  type Thresholds,
} from './credit-policy.ts'
import {
  amountOfMoney,
  costOf,
  ratio,
  roundAmountOnce,
  roundCost,
  scaleAmount,
  subtractMoney,
  type MicroYuan,
  type Price,
  type Ratio,
  type WattHours,
} from './quantity.ts'
import { isInside, type TripWindow } from './trip-window.ts'

/**
 * What the credit policy would do if something were changed: the same `decide`, walked forward in time over the facts of
 * now, with nothing saved and nothing sent. It foresees; it promises nothing: who pays meanwhile is not cut.
 */

/** What is changed; what is not named stays as it is. */
export type DryRunChange = Readonly<{
  alarm1?: MicroYuan
  alarm2?: MicroYuan
  cutOff?: MicroYuan
  restore?: MicroYuan
  noticeLeadMs?: number
  tripWindow?: TripWindow
  /** Holidays, storms and examinations do not count. */
  ignoreNoTrip?: true
  /** Nobody is on a protected list. */
  ignoreProtected?: true
  /** Keep power is lifted everywhere. */
  liftKeepPower?: true
  /** All prices times this, one flat price, or another plan instead: of what is used from now on. */
  price?: Readonly<{ kind: 'factor'; factor: Ratio } | { kind: 'flat'; price: Price } | { kind: 'plan' }>
}>

/** What an account used and was charged lately; null where nothing is known of it, or use is not to be foreseen. */
export type LatelyUsed = Readonly<{
  energy: WattHours
  charged: MicroYuan
  overMs: number
  /** The same stretch settled by the plan that is thought of; absent where it can not be, and then nothing changes. */
  byPlan?: Readonly<{ charged: MicroYuan; overMs: number }>
}>

/** The worst that happens within the time looked at; `held`: it would be stopped, but for a reason that only changes with facts. */
export type Outcome = 'tripped' | 'notified' | 'held' | 'warned-2' | 'warned-1' | 'nothing'

export type Foreseen = Readonly<{
  outcome: Outcome
  /** Wall time of it, to a quarter of an hour. */
  at: number
  reasons: readonly Reason[]
  balanceThen: MicroYuan
  notices: readonly Readonly<{ notice: NoticeKind; at: number }>[]
}>

/** Trip windows open at minutes that people choose; a quarter of an hour is near enough to plan by. */
export const dryRunStepMs = 15 * 60_000
/** Further ahead nobody knows what is used, or paid. */
export const longestDryRunMs = 7 * 24 * 3_600_000

/** Walks one account from `from` to `from + forMs`. */
export const foresee = (
  facts: CreditFacts,
  terms: CreditTerms,
  change: DryRunChange,
  used: LatelyUsed | null,
  from: number,
  forMs: number,
): Foreseen => {
  const changedTerms = termsAfter(terms, change)
  const base = factsAfter(facts, change)
  const chargeOf = chargeAfter(change, used)
  const notices: { notice: NoticeKind; at: number }[] = []
  let then = base
  let last: Foreseen = { outcome: 'nothing', at: from, reasons: [], balanceThen: facts.balance, notices }
  for (let at = from; at <= from + forMs; at += dryRunStepMs) {
    const balance = subtractMoney(base.balance, chargeOf(at - from))
    if (at > from && balance > nextThreshold(then.stage, changedTerms.thresholds)) continue
    if (last.outcome === 'notified' && isWaiting(then.earliestStopAt, changedTerms, at)) continue
    const meters = base.meters.map((meter) => ({ ...meter, lastReadAt: readThen(meter.lastReadAt, at - from) }))
    const decision = decide({ ...then, balance, meters }, changedTerms, at)
    for (const { kind, sendAt } of decision.notices) notices.push({ notice: kind, at: sendAt })
    const outcome = outcomeOf(decision)
    if (severity[outcome] > severity[last.outcome] || at === from)
      last = { outcome, at, reasons: decision.reasons, balanceThen: balance, notices }
    if (outcome === 'tripped') break
    then = heard({ ...then, balance }, decision, at)
  }
  return last
}

/** What the facts are then, if every notice arrives when it may leave, and no command moves anything: nothing is sent. */
const heard = (facts: CreditFacts, decision: Decision, at: number): CreditFacts => {
  const after = applyDecision(facts, { ...decision, commands: [], cancel: [] }, at)
  return {
    ...after,
    notices: after.notices.map((notice) =>
      notice.deliveredAt === null && notice.failedAt === null ? { ...notice, deliveredAt: notice.sendAt } : notice,
    ),
  }
}

const severity: Readonly<Record<Outcome, number>> = {
  nothing: 0,
  'warned-1': 1,
  'warned-2': 2,
  held: 3,
  notified: 4,
  tripped: 5,
}

const waits: ReadonlySet<Reason> = new Set([
  'notice-sent',
  'notice-sent-again',
  'notice-not-delivered',
  'lead-time-running',
  'outside-trip-window',
  'friendly-hours',
  'public-holiday',
  'no-trip-day',
  'no-trip-weather',
  'no-trip-event',
  'payment-on-its-way',
])

const outcomeOf = ({ stage, commands, reasons }: ReturnType<typeof decide>): Outcome => {
  if (commands.some(({ kind }) => kind === 'trip')) return 'tripped'
  if (reasons.includes('supply-stopped') || reasons.includes('waiting-for-restore-amount')) return 'nothing'
  if (reasons.includes('used-up')) return reasons.some((reason) => waits.has(reason)) ? 'notified' : 'held'
  return stage === 'warned-1' || stage === 'warned-2' ? stage : 'nothing'
}

const termsAfter = (terms: CreditTerms, change: DryRunChange): CreditTerms => {
  const { thresholds } = terms
  const { alarm1, alarm2, cutOff, restore, noticeLeadMs, tripWindow } = change
  return {
    ...terms,
    thresholds: {
      alarm1: alarm1 ?? thresholds.alarm1,
      alarm2: alarm2 ?? thresholds.alarm2,
      cutOff: cutOff ?? thresholds.cutOff,
      restore: restore ?? thresholds.restore,
    },
    noticeLeadMs: noticeLeadMs ?? terms.noticeLeadMs,
    tripWindow: tripWindow ?? terms.tripWindow,
  }
}

/** A frozen guard is released: whoever asks wants to know what would happen then. */
const factsAfter = (facts: CreditFacts, change: DryRunChange): CreditFacts => ({
  ...facts,
  tripsFrozen: false,
  protected: facts.protected && change.ignoreProtected !== true,
  lists: change.ignoreProtected === true ? [] : facts.lists,
  noTrip: change.ignoreNoTrip === true ? [] : facts.noTrip,
  meters: facts.meters.map((meter) => ({ ...meter, keepPower: meter.keepPower && change.liftKeepPower !== true })),
})

/** Meters that are read now will be read then; one that is not stays as old as it is. */
const readThen = (lastReadAt: number | null, elapsedMs: number): number | null =>
  lastReadAt === null ? null : lastReadAt + elapsedMs

const chargeAfter = ({ price }: DryRunChange, used: LatelyUsed | null): ((elapsedMs: number) => MicroYuan) => {
  if (used === null || used.overMs <= 0) return () => 0n as MicroYuan
  const { charged, overMs } = price?.kind === 'plan' ? (used.byPlan ?? used) : used
  const whole =
    price?.kind === 'flat'
      ? amountOfMoney(roundCost(costOf(used.energy, price.price)))
      : price?.kind === 'factor'
        ? scaleAmount(amountOfMoney(charged), price.factor)
        : amountOfMoney(charged)
  return (elapsedMs) => roundAmountOnce(scaleAmount(whole, ratio(BigInt(Math.round(elapsedMs)), BigInt(overMs))))
}

/**
 * While a falling balance is above this, the policy decides what it decided before; so the walk need not ask it, which is
 * what makes looking at ten thousand accounts a matter of a second.
 */
const nextThreshold = (stage: CreditStage, { alarm1, alarm2, cutOff }: Thresholds): MicroYuan =>
  stage === 'normal' ? alarm1 : stage === 'warned-1' ? alarm2 : cutOff

/** Told already, and neither lead time nor window lets a trip leave: nothing new can come of asking. */
const isWaiting = (earliestStopAt: number | null, { tripWindow, timeZone }: CreditTerms, at: number): boolean =>
  earliestStopAt !== null && (at < earliestStopAt || !isInside(tripWindow, at, timeZone))

/** Whether the terms of a change fit together: alarms above the cut-off, as the database wants them of an agreement. */
export const objectionToChange = (terms: CreditTerms, change: DryRunChange): 'thresholds-out-of-order' | null => {
  const { alarm1, alarm2, cutOff, restore } = termsAfter(terms, change).thresholds
  return alarm1 >= alarm2 && alarm2 >= cutOff && restore >= cutOff ? null : 'thresholds-out-of-order'
}
