import { isOn, type LoadRules, type Reclosing, type SingleRunRule } from './load-rules.ts'
import { malignantStep, type LoadSample } from './malignant-load.ts'
import type { RelayCommandKind } from './relay-command.ts'

/** What is remembered of a rule that trips and gives back. */
export type Stopper = Readonly<{
  /** Since when the power is above the limit. */
  overSince: number | null
  /** Trips since it was last quiet for a day, or reset by a person. */
  trips: number
  lastTripAt: number | null
  /** Null: it does not hold. */
  heldSince: number | null
}>

export type Run = Readonly<{
  askedAt: number
  /** When the relay was first seen closed: the run counts from then. */
  startedAt: number | null
  forMs: number
  energyWh: number | null
  /** Register at the start. */
  startWh: number | null
}>

export type LoadState = Readonly<{
  sample: LoadSample | null
  /** It was taken while supply was on: what switches on with the supply is no step. */
  sampleWithSupply: boolean
  overload: Stopper
  malignantLoad: Stopper
  run: Run | null
  /** The newest payment that has been looked at. */
  paymentSeenAt: number | null
  /** Load control has opened the relay, or found it open when a person wanted a run: it is to give supply back. */
  stoppedByLoad: boolean
  /** What it last ordered: the same is repeated no sooner than after a pause, the opposite at once. */
  ordered: Readonly<{ kind: RelayCommandKind; at: number }> | null
}>

export type LoadHold = 'overload' | 'schedule' | 'no-run' | 'malignant-load'

export type LoadFacts = Readonly<{
  timeZone: string
  relay: 'closed' | 'open' | 'unknown'
  relayCommand: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  /** On a protected list: told, never tripped. */
  protected: boolean
  /** The credit policy has stopped, or is stopping, this account. */
  moneyStopped: boolean
  openKinds: readonly RelayCommandKind[]
  /** Queued trips and closes of load control. */
  queued: readonly Readonly<{ id: string; kind: RelayCommandKind }>[]
  /** The newest sample; one that has been seen changes nothing. */
  sample: LoadSample | null
  /** Register of the last good reading. */
  totalWh: number | null
  lastPaymentAt: number | null
}>

export type LoadAlarm = Readonly<
  | { kind: 'overload'; watts: number; limitWatts: number; needsPerson: boolean }
  | { kind: 'malignant-load'; watts: number; powerFactor: number | null; needsPerson: boolean }
>

export type LoadDecision = Readonly<{
  state: LoadState
  holds: readonly LoadHold[]
  command: Readonly<{ kind: RelayCommandKind; because: readonly LoadHold[] }> | null
  /** Queued commands that must not leave any more. */
  cancel: readonly string[]
  alarms: readonly LoadAlarm[]
}>

const quietStopper: Stopper = Object.freeze({ overSince: null, trips: 0, lastTripAt: null, heldSince: null })

export const freshLoadState = (lastPaymentAt: number | null): LoadState => ({
  sample: null,
  sampleWithSupply: false,
  overload: quietStopper,
  malignantLoad: quietStopper,
  run: null,
  paymentSeenAt: lastPaymentAt,
  stoppedByLoad: false,
  ordered: null,
})

/** An order that came to nothing is repeated no sooner (wall time). */
const orderAgainAfterMs = 5 * 60_000

/** Trips are forgotten after so long without one (wall time): yesterday's overload is no second strike. */
const forgetAfterMs = 24 * 3_600_000

/** A run whose relay is not seen closed in so long is over (wall time). */
const startWithinMs = 30 * 60_000

export const decideLoad = (rules: LoadRules, before: LoadState, facts: LoadFacts, now: number): LoadDecision => {
  const watched = watch(rules, before, facts, now)
  const run = runAfter(rules, watched.state, facts, now)
  const state: LoadState = { ...watched.state, ...run }
  const holds = holdsOf(rules, state, facts, now)
  const ordered = orderFor(rules, state, facts, holds, now)
  return { ...ordered, holds, alarms: watched.alarms }
}

/** Takes a new sample over, and with it starts holds and raises alarms. */
const watch = (
  rules: LoadRules,
  before: LoadState,
  { sample, relay }: LoadFacts,
  now: number,
): Readonly<{ state: LoadState; alarms: readonly LoadAlarm[] }> => {
  let overload = rested(before.overload, now)
  let malignantLoad = rested(before.malignantLoad, now)
  const alarms: LoadAlarm[] = []
  const isNew = sample !== null && (before.sample === null || sample.at > before.sample.at)
  if (!isNew) return { state: { ...before, overload, malignantLoad }, alarms }
  if (relay === 'open')
    return { state: { ...before, sample, sampleWithSupply: false, overload, malignantLoad }, alarms }
  if (rules.overload !== undefined && overload.heldSince === null) {
    const { limitWatts, forMs } = rules.overload
    const overSince = sample.watts > limitWatts ? (overload.overSince ?? sample.at) : null
    overload = { ...overload, overSince }
    if (overSince !== null && sample.at - overSince >= forMs) {
      overload = tripped(overload, now)
      const needsPerson = needsAPerson(overload, rules.overload)
      alarms.push({ kind: 'overload', watts: sample.watts, limitWatts, needsPerson })
    }
  }
  const rule = rules.malignantLoad
  const step =
    rule === undefined || before.sample === null || !before.sampleWithSupply || malignantLoad.heldSince !== null
      ? null
      : malignantStep(before.sample, sample, rule)
  if (rule !== undefined && step !== null) {
    if (rule.act === 'trip') malignantLoad = tripped(malignantLoad, now)
    const needsPerson = rule.act === 'trip' && needsAPerson(malignantLoad, rule)
    alarms.push({ kind: 'malignant-load', watts: step.watts, powerFactor: step.powerFactor, needsPerson })
  }
  return { state: { ...before, sample, sampleWithSupply: true, overload, malignantLoad }, alarms }
}

const tripped = (stopper: Stopper, now: number): Stopper => ({
  overSince: null,
  trips: stopper.trips + 1,
  lastTripAt: now,
  heldSince: now,
})

const rested = (stopper: Stopper, now: number): Stopper =>
  stopper.heldSince === null && stopper.lastTripAt !== null && now - stopper.lastTripAt >= forgetAfterMs
    ? { ...stopper, trips: 0, lastTripAt: null }
    : stopper

export const needsAPerson = ({ trips, heldSince }: Stopper, { recloseTimes }: Reclosing): boolean =>
  heldSince !== null && trips > recloseTimes

const stillHolds = (stopper: Stopper, rule: Reclosing, now: number): boolean =>
  stopper.heldSince !== null && (needsAPerson(stopper, rule) || now < stopper.heldSince + rule.recloseAfterMs)

const runAfter = (
  { singleRun }: LoadRules,
  { run, paymentSeenAt }: LoadState,
  facts: LoadFacts,
  now: number,
): Pick<LoadState, 'run' | 'paymentSeenAt'> => {
  const { lastPaymentAt, relay, totalWh } = facts
  const paid = lastPaymentAt !== null && (paymentSeenAt === null || lastPaymentAt > paymentSeenAt)
  const seen = paid ? lastPaymentAt : paymentSeenAt
  if (singleRun === undefined) return { run: null, paymentSeenAt: seen }
  const starts = paid && singleRun.startsOnPayment && run === null && !facts.moneyStopped
  const current = starts ? newRun(singleRun, facts, now) : run
  if (current === null) return { run: null, paymentSeenAt: seen }
  const begun = current.startedAt === null && relay === 'closed' ? { ...current, startedAt: now } : current
  return { run: isOver(begun, totalWh, now) ? null : begun, paymentSeenAt: seen }
}

/** A run as a person or a payment asks for it, never more than the rule allows. */
export const newRun = (
  rule: SingleRunRule,
  { totalWh }: Pick<LoadFacts, 'totalWh'>,
  now: number,
  asked: Readonly<{ forMs?: number; energyWh?: number }> = {},
): Run => {
  const energyWh = Math.min(asked.energyWh ?? Infinity, rule.mostEnergyWh ?? Infinity)
  return {
    askedAt: now,
    startedAt: null,
    forMs: Math.min(asked.forMs ?? rule.mostMs, rule.mostMs),
    energyWh: energyWh === Infinity ? null : energyWh,
    startWh: totalWh,
  }
}

const isOver = (
  { askedAt, startedAt, forMs, energyWh, startWh }: Run,
  totalWh: number | null,
  now: number,
): boolean => {
  if (startedAt === null) return now - askedAt >= startWithinMs
  if (now - startedAt >= forMs) return true
  return energyWh !== null && startWh !== null && totalWh !== null && totalWh - startWh >= energyWh
}

const holdsOf = (rules: LoadRules, state: LoadState, { timeZone }: LoadFacts, now: number): readonly LoadHold[] => {
  const { overload, schedule, singleRun, malignantLoad } = rules
  return [
    ...(overload !== undefined && stillHolds(state.overload, overload, now) ? (['overload'] as const) : []),
    ...(malignantLoad !== undefined && stillHolds(state.malignantLoad, malignantLoad, now)
      ? (['malignant-load'] as const)
      : []),
    ...(schedule !== undefined && !isOn(schedule, now, timeZone) ? (['schedule'] as const) : []),
    ...(singleRun !== undefined && state.run === null ? (['no-run'] as const) : []),
  ]
}

const orderFor = (
  rules: LoadRules,
  state: LoadState,
  facts: LoadFacts,
  holds: readonly LoadHold[],
  now: number,
): Pick<LoadDecision, 'state' | 'command' | 'cancel'> => {
  const wantsOpen = holds.length > 0
  const after = released(rules, state, holds)
  const isMoot = (kind: RelayCommandKind): boolean => (kind === 'trip' ? !wantsOpen : wantsOpen || facts.moneyStopped)
  const cancel = facts.queued.filter(({ kind }) => isMoot(kind)).map(({ id }) => id)
  const mayOrder = (kind: RelayCommandKind): boolean =>
    state.ordered?.kind !== kind || now - state.ordered.at >= orderAgainAfterMs
  const order = (kind: RelayCommandKind): Pick<LoadDecision, 'state' | 'command' | 'cancel'> => ({
    state: { ...after, ordered: { kind, at: now }, stoppedByLoad: true },
    command: { kind, because: holds },
    cancel,
  })
  const rest = (state: LoadState): Pick<LoadDecision, 'state' | 'command' | 'cancel'> => ({
    state,
    command: null,
    cancel,
  })
  if (wantsOpen) {
    const isOpen = facts.relay === 'open' && facts.relayCommand === 'open'
    const mayTrip = !facts.keepPower && !facts.protected && !facts.openKinds.includes('trip')
    if (isOpen) return rest({ ...after, ordered: null })
    return mayTrip && mayOrder('trip') ? order('trip') : rest(after)
  }
  if (!state.stoppedByLoad) return rest(after)
  const permitted = rules.reconnect === 'permit-close' && facts.relayCommand === 'closed'
  if (facts.relay === 'closed' && facts.relayCommand === 'closed')
    return rest({ ...after, stoppedByLoad: false, ordered: null })
  if (facts.moneyStopped || permitted || facts.openKinds.includes(rules.reconnect) || !mayOrder(rules.reconnect))
    return rest(after)
  return order(rules.reconnect)
}

/** A hold whose time is over ends; the relay is given back by the order above. */
const released = (rules: LoadRules, state: LoadState, holds: readonly LoadHold[]): LoadState => ({
  ...state,
  overload: ended(state.overload, rules.overload, holds.includes('overload')),
  malignantLoad: ended(state.malignantLoad, rules.malignantLoad, holds.includes('malignant-load')),
})

const ended = (stopper: Stopper, rule: Reclosing | undefined, holds: boolean): Stopper =>
  rule === undefined ? quietStopper : holds ? stopper : { ...stopper, heldSince: null }

/** A person has looked and lets supply come back: what was counted begins anew. */
export const resetLoad = (state: LoadState): LoadState => ({
  ...state,
  overload: quietStopper,
  malignantLoad: quietStopper,
  ordered: null,
})
