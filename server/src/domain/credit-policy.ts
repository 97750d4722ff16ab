import { localDayText } from './calendar.ts'
import { addMoney, percentOf, type MicroYuan } from './quantity.ts'
import { openStates, type RelayCommandKind, type RelayCommandState } from './relay-command.ts'
import { isInside, type TripWindow } from './trip-window.ts'

/** Where an account stands on the way from enough money to no supply. */
export type CreditStage = 'normal' | 'warned-1' | 'warned-2' | 'stop-notified' | 'cut-off'

export type NoticeKind =
  | 'warning-1'
  | 'warning-2'
  | 'pre-stop'
  | 'stopped'
  | 'reconnect-permitted'
  | 'reconnected'
  | 'failed'

export type Thresholds = Readonly<{
  alarm1: MicroYuan
  alarm2: MicroYuan
  /** At or below: supply is stopped. 0, or below 0 where credit was granted. */
  cutOff: MicroYuan
  /** Above: a stopped account gets its supply back. */
  restore: MicroYuan
}>

export type CreditTerms = Readonly<{
  thresholds: Thresholds
  noticeLeadMs: number
  reconnect: 'direct-close' | 'permit-close'
  tripWindow: TripWindow
  timeZone: string
}>

export type MeterFacts = Readonly<{
  meterId: number
  relay: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  alarm: boolean
  /** It can be told to warn by itself; absent: it can. And when it last refused to, or did not answer. */
  hasAlarm?: boolean
  lastFailedAlarmAt?: number | null
  /** A rule of load or time control holds its supply off: what is owed is given back when the hold is over. */
  loadHold?: boolean
  /** Of the last good reading. */
  lastReadAt: number | null
  newestHeld: boolean
  /** A trip of this policy has, or may have, reached the meter. */
  restoreOwed: boolean
  openCommands: readonly Readonly<{ id: string; kind: RelayCommandKind; state: RelayCommandState }>[]
  /** Trips of this policy that failed since the account is cut off, and the newest failure of each kind. */
  failedTrips: number
  lastFailedTripAt: number | null
  lastFailedCloseAt: number | null
}>

export type CreditFacts = Readonly<{
  balance: MicroYuan
  stage: CreditStage
  earliestStopAt: number | null
  /** On the protected list (保电, life support, disputed …): never stopped automatically. */
  protected: boolean
  /**
   * What of the charges of this period and the one before changed the price of energy that was charged already (a late
   * reading, a final price); above zero where the customer paid more by it. By itself it stops nobody.
   */
  trueUp: MicroYuan
  /** Spans in which nobody of the site is tripped (holidays, storms, an examination): `[from, to)`, wall time. */
  noTrip: readonly Readonly<{ from: number; to: number }>[]
  /** The guard has frozen the trips of the site until a person releases them. */
  tripsFrozen: boolean
  meters: readonly MeterFacts[]
}>

/** Codes that explain a decision, in the order in which they were found. */
export type Reason =
  | 'no-agreement'
  | 'enough-money'
  | 'below-alarm-1'
  | 'below-alarm-2'
  | 'used-up'
  | 'protected'
  | 'true-up-only'
  | 'keep-power'
  | 'reading-missing'
  | 'reading-too-old'
  | 'reading-held'
  | 'notice-sent'
  | 'notice-missing'
  | 'lead-time-running'
  | 'outside-trip-window'
  | 'no-trip-day'
  | 'trips-frozen'
  | 'trip'
  | 'supply-stopped'
  | 'trip-failed-lately'
  | 'trip-failed-field-work'
  | 'not-used-up-any-more'
  | 'restore'
  | 'waiting-for-restore-amount'
  | 'restore-failed-lately'
  | 'load-hold'

export type Decision = Readonly<{
  stage: CreditStage
  earliestStopAt: number | null
  reasons: readonly Reason[]
  notices: readonly NoticeKind[]
  commands: readonly Readonly<{ meterId: number; kind: RelayCommandKind }>[]
  /** Queued commands that must not leave any more. */
  cancel: readonly string[]
}>

/** A stop is never based on a reading older than this (wall time). */
export const maximumReadingAgeMs = 24 * 3_600_000
/** A warning is armed again only after the balance rose this much above its threshold. */
const hysteresisPercent = 120n
/** Trips of one cut-off that may fail before only field work helps. */
const maximumFailedTrips = 3
/** A meter that refused its alarm is not asked again for so long (wall time): many have none, and the line is busy. */
const alarmAgainAfterMs = 24 * 3_600_000
/** A close that failed is decided again no sooner than this (wall time); its own retries came before. */
const closeAgainAfterMs = 30 * 60_000

/**
 * The whole credit policy as one function. It is applied in the transaction of every posting and again whenever a lead
 * time or a window comes round; whoever calls it saves all of the decision or nothing.
 */
export const decide = (facts: CreditFacts, terms: CreditTerms, now: number): Decision => {
  const stage = stageByBalance(facts, terms)
  if (stage === 'stop') return decideStop(facts, terms, now)
  return decideSupply(facts, terms, now, stage)
}

/** What is known of an account without looking at its meters one by one. */
export type Standing = Readonly<{
  stage: CreditStage
  /** Reasons of the last decision, as saved. */
  reasons: readonly string[]
  /** Alarm 1 of the agreement in force; null without one. */
  alarm1: MicroYuan | null
  /** A meter shows its alarm, waits for its supply, or has a command open. */
  stirred: boolean
}>

/** What is decided for almost everybody, almost always. */
export const quietDecision: Decision = Object.freeze({
  stage: 'normal',
  earliestStopAt: null,
  reasons: Object.freeze(['enough-money'] as const),
  notices: Object.freeze([]),
  commands: Object.freeze([]),
  cancel: Object.freeze([]),
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

/** Enough money: warn when a threshold was crossed downwards, and give back supply that is owed. */
const decideSupply = (
  facts: CreditFacts,
  terms: CreditTerms,
  now: number,
  stage: 'normal' | 'warned-1' | 'warned-2',
): Decision => {
  const reasons: Reason[] = [stageReason[stage]]
  const alarm = stage === 'normal' ? 'alarm-off' : 'alarm-on'
  const opposite = alarm === 'alarm-on' ? 'alarm-off' : 'alarm-on'
  const cancel = queued(facts, (kind) => kind === 'trip' || kind === opposite)
  if (queued(facts, (kind) => kind === 'trip').length > 0) reasons.push('not-used-up-any-more')
  const commands = [...alarmCommands(facts, alarm, now)]
  const waiting = facts.balance <= terms.thresholds.restore && facts.meters.some((meter) => meter.restoreOwed)
  if (waiting) {
    reasons.push('waiting-for-restore-amount')
    return { stage: 'cut-off', earliestStopAt: facts.earliestStopAt, reasons, notices: [], commands: [], cancel }
  }
  for (const meter of facts.meters) {
    if (!meter.restoreOwed || hasOpen(meter, terms.reconnect)) continue
    if (meter.loadHold === true) {
      reasons.push('load-hold')
      continue
    }
    if (meter.lastFailedCloseAt !== null && now < meter.lastFailedCloseAt + closeAgainAfterMs) {
      reasons.push('restore-failed-lately')
      continue
    }
    reasons.push('restore')
    commands.push({ meterId: meter.meterId, kind: terms.reconnect })
  }
  const worse = severity[stage] > severity[facts.stage]
  const notices: NoticeKind[] = worse && stage !== 'normal' ? [warningOf[stage]] : []
  return { stage, earliestStopAt: null, reasons, notices, commands, cancel }
}

/** Used up: notice first, then, when everything allows it, the trip. */
const decideStop = (facts: CreditFacts, terms: CreditTerms, now: number): Decision => {
  const hold = obstacle(facts, terms, now)
  const alarms = alarmCommands(facts, 'alarm-on', now)
  const notified = facts.stage === 'stop-notified' || facts.stage === 'cut-off'
  if (hold !== null) {
    const stage = notified ? facts.stage : 'warned-2'
    const cancel = queued(facts, (kind) => kind === 'trip')
    const notices: NoticeKind[] = severity[stage] > severity[facts.stage] ? ['warning-2'] : []
    const earliestStopAt = notified ? facts.earliestStopAt : null
    return { stage, earliestStopAt, reasons: ['used-up', hold], notices, commands: alarms, cancel }
  }
  const base = { notices: [], cancel: [], commands: alarms, earliestStopAt: facts.earliestStopAt }
  if (!notified || facts.earliestStopAt === null) {
    const earliestStopAt = now + terms.noticeLeadMs
    const reasons: Reason[] = ['used-up', 'notice-sent']
    return { ...base, stage: 'stop-notified', earliestStopAt, reasons, notices: ['pre-stop'] }
  }
  const closed = facts.meters.filter((meter) => meter.relay !== 'open')
  if (facts.stage === 'cut-off' && closed.length === 0)
    return { ...base, stage: 'cut-off', reasons: ['used-up', 'supply-stopped'] }
  const wait = waitReason(facts.earliestStopAt, facts, terms, now)
  if (wait !== null) return { ...base, stage: facts.stage, reasons: ['used-up', wait] }
  const exhausted = facts.meters.some((meter) => meter.failedTrips >= maximumFailedTrips)
  const waiting = closed.filter((meter) => failedInThisWindow(meter, terms, now))
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
  return { ...base, stage: 'cut-off', reasons: ['used-up', outcome], commands: [...alarms, ...commands] }
}

/** A trip whose attempts have all failed is tried again in the next window, not in this one (fee-control practice). */
const failedInThisWindow = (meter: MeterFacts, { timeZone }: CreditTerms, now: number): boolean =>
  meter.lastFailedTripAt !== null && localDayText(meter.lastFailedTripAt, timeZone) === localDayText(now, timeZone)

/**
 * Asked again at the last moment, under the account's lock, before the bytes of a policy trip leave. `null` means go.
 * Everything is judged on this moment's facts; what was true when the trip was queued does not count.
 */
export const objectionToTrip = (facts: CreditFacts, terms: CreditTerms, now: number): Reason | null => {
  if (facts.balance > terms.thresholds.cutOff) return 'not-used-up-any-more'
  const hold = obstacle(facts, terms, now)
  if (hold !== null) return hold
  if (facts.stage !== 'cut-off' || facts.earliestStopAt === null) return 'notice-missing'
  return waitReason(facts.earliestStopAt, facts, terms, now)
}

/** Why nobody may be stopped now, whatever the balance. */
const obstacle = (facts: CreditFacts, { thresholds }: CreditTerms, now: number): Reason | null => {
  if (facts.protected) return 'protected'
  if (facts.trueUp > 0n && addMoney(facts.balance, facts.trueUp) > thresholds.cutOff) return 'true-up-only'
  if (facts.meters.some((meter) => meter.keepPower)) return 'keep-power'
  if (facts.meters.some((meter) => meter.lastReadAt === null)) return 'reading-missing'
  if (facts.meters.some((meter) => now - (meter.lastReadAt ?? 0) > maximumReadingAgeMs)) return 'reading-too-old'
  if (facts.meters.some((meter) => meter.newestHeld)) return 'reading-held'
  return null
}

const waitReason = (
  earliestStopAt: number,
  { tripsFrozen, noTrip }: CreditFacts,
  { tripWindow, timeZone }: CreditTerms,
  now: number,
): Reason | null => {
  if (now < earliestStopAt) return 'lead-time-running'
  if (!isInside(tripWindow, now, timeZone)) return 'outside-trip-window'
  if (noTrip.some(({ from, to }) => now >= from && now < to)) return 'no-trip-day'
  return tripsFrozen ? 'trips-frozen' : null
}

const severity: Readonly<Record<CreditStage, number>> = {
  normal: 0,
  'warned-1': 1,
  'warned-2': 2,
  'stop-notified': 3,
  'cut-off': 4,
}

const warningOf = { 'warned-1': 'warning-1', 'warned-2': 'warning-2' } as const
const stageReason = { normal: 'enough-money', 'warned-1': 'below-alarm-1', 'warned-2': 'below-alarm-2' } as const

/** The stage that the balance asks for; on the way up a threshold counts as passed only with its hysteresis. */
const stageByBalance = (facts: CreditFacts, terms: CreditTerms): 'normal' | 'warned-1' | 'warned-2' | 'stop' => {
  const { alarm1, alarm2, cutOff } = terms.thresholds
  if (facts.balance <= cutOff) return 'stop'
  const passed = (threshold: MicroYuan, armedBelow: CreditStage): boolean =>
    facts.balance > (severity[facts.stage] >= severity[armedBelow] ? withHysteresis(threshold) : threshold)
  if (!passed(alarm2, 'warned-2')) return 'warned-2'
  return passed(alarm1, 'warned-1') ? 'normal' : 'warned-1'
}

const withHysteresis = (threshold: MicroYuan): MicroYuan =>
  threshold > 0n ? percentOf(threshold, hysteresisPercent) : addMoney(threshold, 0n as MicroYuan)

/** The meter's own alarm (display, backlight) follows the stage; a meter without supply needs none. */
const alarmCommands = (facts: CreditFacts, kind: 'alarm-on' | 'alarm-off', now: number): Decision['commands'] =>
  facts.meters
    .filter(
      ({ hasAlarm, lastFailedAlarmAt }) =>
        hasAlarm !== false && now - (lastFailedAlarmAt ?? -Infinity) > alarmAgainAfterMs,
    )
    .filter((meter) => meter.alarm !== (kind === 'alarm-on') && meter.relay !== 'open' && !hasOpen(meter, kind))
    .map((meter) => ({ meterId: meter.meterId, kind }))

const hasOpen = (meter: MeterFacts, kind: RelayCommandKind): boolean =>
  meter.openCommands.some((command) => command.kind === kind && openStates.includes(command.state))

const queued = (facts: CreditFacts, match: (kind: RelayCommandKind) => boolean): string[] =>
  facts.meters.flatMap((meter) =>
    meter.openCommands.filter(({ kind, state }) => state === 'queued' && match(kind)).map(({ id }) => id),
  )
