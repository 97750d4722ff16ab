import type { CreditFacts, CreditTerms, Decision, NoticeOrder } from '../credit-facts.ts'
import { decide, objectionToTrip } from '../credit-policy.ts'
import { powerStateOf, type PowerState } from '../power-state.ts'
import { addMoney, microYuan, type MicroYuan } from '../quantity.ts'
import {
  afterAttempt,
  closes,
  lifetimeMs,
  urgencyOf,
  type AttemptOutcome,
  type RelayCommandKind,
  type RelayCommandState,
} from '../relay-command.ts'
import { approvalHoldsMs } from '../stop-approval.ts'
import { approvalAfter, emergencyAfter, plainFacts } from './apply-decision.ts'

/**
 * One account and its meter in memory: the real policy and the real life of a command around a virtual meter, without
 * database or wire. What `flow` does in its steps stands here in few lines, so that a hundred thousand lives take minutes.
 * Time passes only in {@link World.pass}, event by event, as the loops of the server would see it.
 */
export type Happening = 'obey' | 'silence' | 'silence-but-obeyed' | 'refusal' | 'stuck' | 'late' | 'offline' | 'crash'
export type Delivery = 'delivered' | 'failed' | 'silent'

export type WorldCommand = {
  id: number
  kind: RelayCommandKind
  state: RelayCommandState
  attempts: number
  notBefore: number
  expiresAt: number
  finishedAt: number | null
  /** Decision that it came of. */
  decision: number
}

/** What the outside saw; the oracle judges by it. */
export type Seen = Readonly<
  | {
      kind: 'trip-sent'
      at: number
      command: number
      stateSeen: 'closed' | 'open' | null
      /** What had been told by then. */
      toldAt: number | null
      notices: CreditFacts['notices']
    }
  | { kind: 'relay-opened'; at: number; command: number }
  | { kind: 'moved'; from: PowerState; to: PowerState }
>

type VirtualMeter = {
  relay: 'closed' | 'open'
  relayCommand: 'closed' | 'open'
  /** Permitted to close: the button does the rest. */
  permitted: boolean
  keepPower: boolean
  alarm: boolean
  /** Opened by which command; null: by itself, or closed. */
  openedBy: number | null
  /** Requests that a slow line still holds, in their order. */
  held: { kind: RelayCommandKind; command: number; at: number }[]
}

const minute = 60_000
/** A request that a line holds back reaches the meter within the deadline of its own field, or never. */
const heldForMs = 50_000

export type World = ReturnType<typeof createWorld>

export const createWorld = (terms: CreditTerms, start: number, opening: MicroYuan) => {
  let now = start
  let facts: CreditFacts = {
    ...plainFacts,
    stageSince: start,
    balance: opening,
    channels: ['sms', 'letter'],
    meters: [],
  }
  let decidedAt = start
  let decideAt: number | null = null
  let decisions = 0
  let nextId = 0
  let restoreOwed = false
  let reasons: readonly string[] = []
  let happening: Happening = 'obey'
  let delivery: Delivery = 'delivered'
  let commands: WorldCommand[] = []
  const meter: VirtualMeter = {
    relay: 'closed',
    relayCommand: 'closed',
    permitted: false,
    keepPower: false,
    alarm: false,
    openedBy: null,
    held: [],
  }
  /** As the last status word said. */
  const known = {
    relay: 'closed' as 'closed' | 'open',
    relayCommand: 'closed' as 'closed' | 'open',
    keepPower: false,
    alarm: false,
  }
  let lastReadAt: number | null = start
  let newestHeld = false
  let seen: Seen[] = []
  let state: PowerState = 'normal'

  const isOpen = ({ state: one }: WorldCommand): boolean => one === 'queued' || one === 'sent' || one === 'acknowledged'

  const current = (): CreditFacts => {
    const failed = commands.filter(({ state: one }) => one === 'failed' || one === 'refused')
    const since = facts.stageSince
    const cut = facts.stage === 'cut-off'
    const latest = (list: readonly WorldCommand[]): number | null =>
      list.length === 0 ? null : Math.max(...list.map(({ finishedAt }) => finishedAt ?? 0))
    const trips = failed.filter(({ kind, finishedAt }) => cut && kind === 'trip' && (finishedAt ?? 0) >= since)
    return {
      ...facts,
      meters: [
        {
          meterId: 1,
          relay: known.relay,
          keepPower: known.keepPower,
          alarm: known.alarm,
          lastFailedAlarmAt: latest(failed.filter(({ kind }) => kind.startsWith('alarm'))),
          lastReadAt,
          newestHeld,
          restoreOwed,
          openCommands: commands
            .filter(isOpen)
            .map(({ id, kind, state: one }) => ({ id: String(id), kind, state: one })),
          failedTrips: trips.length,
          lastFailedTripAt: latest(trips),
          lastFailedCloseAt: latest(failed.filter(({ kind }) => (cut || restoreOwed) && closes(kind))),
        },
      ],
    }
  }

  const look = (): void => {
    const [one] = current().meters
    if (one === undefined) return
    const next = powerStateOf(facts.stage, {
      ...one,
      relayCommand: known.relayCommand,
      openCommands: commands.filter(isOpen),
    })
    if (next !== state) seen.push({ kind: 'moved', from: state, to: next })
    state = next
  }

  const decideNow = (): Decision => {
    const decision = decide(current(), terms, now)
    decisions += 1
    const before = facts
    facts = {
      ...facts,
      stage: decision.stage,
      stageSince: decision.stage === before.stage ? before.stageSince : now,
      earliestStopAt: decision.earliestStopAt,
      toldAt: decision.toldAt,
      approval: approvalAfter(before, decision),
      emergency: emergencyAfter(before, decision, now),
      notices: [...before.notices, ...decision.notices.map(noticeOf)].slice(-20),
    }
    reasons = decision.reasons
    decideAt = decision.lookAgainAt
    decidedAt = now
    for (const command of commands)
      if (command.state === 'queued' && decision.cancel.includes(String(command.id))) finish(command, 'cancelled')
    for (const { kind } of decision.commands) {
      if (commands.some((command) => command.kind === kind && isOpen(command))) continue
      nextId += 1
      const times = { notBefore: now, expiresAt: now + lifetimeMs[kind], finishedAt: null }
      commands.push({ id: nextId, kind, state: 'queued', attempts: 0, decision: decisions, ...times })
    }
    look()
    return decision
  }

  const noticeOf = ({ kind, channel, sendAt }: NoticeOrder): CreditFacts['notices'][number] => ({
    kind,
    channel,
    at: now,
    sendAt,
    deliveredAt: null,
    failedAt: null,
  })

  /** What has left gets its receipt, or none. Answers whether anything changed. */
  const deliver = (): boolean => {
    if (delivery === 'silent') return false
    const due = facts.notices.some((one) => one.sendAt <= now && one.deliveredAt === null && one.failedAt === null)
    if (!due) return false
    facts = {
      ...facts,
      notices: facts.notices.map((one) =>
        one.sendAt > now || one.deliveredAt !== null || one.failedAt !== null
          ? one
          : delivery === 'delivered' || one.channel === 'visit'
            ? { ...one, deliveredAt: now }
            : { ...one, failedAt: now },
      ),
    }
    return true
  }

  const finish = (command: WorldCommand, end: RelayCommandState): void => {
    command.state = end
    command.finishedAt = now
  }

  const obey = (kind: RelayCommandKind, id: number): void => {
    if (kind === 'trip') {
      if (meter.keepPower) return
      meter.relayCommand = 'open'
      meter.permitted = false
      if (meter.relay === 'closed') {
        meter.relay = 'open'
        meter.openedBy = id
        seen.push({ kind: 'relay-opened', at: now, command: id })
      }
    }
    if (kind === 'direct-close') {
      meter.relay = 'closed'
      meter.relayCommand = 'closed'
      meter.openedBy = null
    }
    if (kind === 'permit-close') {
      meter.relayCommand = 'closed'
      meter.permitted = true
    }
    if (kind.startsWith('alarm')) meter.alarm = kind === 'alarm-on'
  }

  /** A line keeps order: whatever it held back reaches the meter before the next request does. */
  const flush = (): void => {
    for (const { kind, command, at } of meter.held.splice(0)) if (now - at <= heldForMs) obey(kind, command)
  }

  const saveStatus = (): void => {
    known.relay = meter.relay
    known.relayCommand = meter.relayCommand
    known.keepPower = meter.keepPower
    known.alarm = meter.alarm
  }

  const isSo = (kind: RelayCommandKind): boolean => {
    if (kind === 'trip') return meter.relay === 'open'
    if (kind === 'permit-close') return meter.relay === 'closed' || meter.permitted
    if (kind.startsWith('alarm')) return meter.alarm === (kind === 'alarm-on')
    return meter.relay === 'closed'
  }

  /** One command from the claim to its end or its next turn; answers false when nothing is due. */
  const dispatch = (): boolean => {
    if (commands.some(({ state: one }) => one === 'sent' || one === 'acknowledged')) return false
    const [command] = commands
      .filter((one) => one.state === 'queued' && one.notBefore <= now)
      .toSorted((a, b) => urgencyOf[a.kind] - urgencyOf[b.kind] || a.id - b.id)
    if (command === undefined) return false
    if (now > command.expiresAt) {
      finish(command, 'expired')
      decideNow()
      return true
    }
    const what = happening
    if (what === 'offline') return conclude(command, 'not-sent', false)
    const answers = what !== 'silence' && what !== 'silence-but-obeyed' && what !== 'crash' && what !== 'late'
    let stateSeen: 'closed' | 'open' | null = null
    if (command.attempts > 0) {
      if (!answers) return conclude(command, 'unanswered', true)
      flush()
      saveStatus()
      stateSeen = meter.relay
      if (isSo(command.kind)) return conclude(command, 'verified', false)
    }
    if (command.kind === 'trip') {
      const objection = objectionToTrip(current(), terms, now)
      if (objection !== null) {
        finish(command, 'cancelled')
        decideNow()
        return true
      }
      restoreOwed = true
      seen.push({
        kind: 'trip-sent',
        at: now,
        command: command.id,
        stateSeen,
        toldAt: facts.toldAt,
        notices: facts.notices,
      })
    }
    command.state = 'sent'
    command.attempts += 1
    look()
    if (what === 'crash') {
      // The process dies with the bytes under way; they may or may not have arrived.
      meter.held.push({ kind: command.kind, command: command.id, at: now })
      happening = 'obey'
      restart()
      return true
    }
    if (what === 'late') {
      flush()
      meter.held.push({ kind: command.kind, command: command.id, at: now })
      return conclude(command, 'unanswered', false)
    }
    if (what === 'silence') return conclude(command, 'unanswered', false)
    flush()
    if (what === 'silence-but-obeyed') {
      obey(command.kind, command.id)
      return conclude(command, 'unanswered', false)
    }
    if (what === 'refusal' || (command.kind === 'trip' && meter.keepPower)) return conclude(command, 'refused', false)
    command.state = 'acknowledged'
    look()
    if (what === 'stuck') {
      saveStatus()
      return conclude(command, 'unverified', false)
    }
    obey(command.kind, command.id)
    saveStatus()
    return conclude(command, 'verified', false)
  }

  const conclude = (command: WorldCommand, outcome: AttemptOutcome, counted: boolean): boolean => {
    if (counted) command.attempts += 1
    const next = afterAttempt(command.kind, outcome, Math.max(1, command.attempts), now, command.expiresAt)
    if (next.state === 'queued') {
      command.state = 'queued'
      command.notBefore = next.notBefore
    } else finish(command, next.state)
    if (next.state === 'verified') {
      saveStatus()
      if (closes(command.kind)) restoreOwed = false
    }
    decideNow()
    return true
  }

  /** A process begins: what had been sent is asked for its state before anything is repeated. */
  const restart = (): void => {
    for (const command of commands)
      if (command.state === 'sent' || command.state === 'acknowledged') {
        command.state = 'queued'
        command.notBefore = now
      }
    look()
  }

  const isDue = (): boolean =>
    (decideAt !== null && decideAt <= now) ||
    ((facts.stage === 'stop-notified' || facts.stage === 'cut-off') &&
      facts.earliestStopAt !== null &&
      facts.earliestStopAt <= now &&
      (decidedAt < facts.earliestStopAt || decidedAt <= now - 5 * minute) &&
      !reasons.includes('supply-stopped'))

  /** All loops until nothing is due; bounded, because a loop that never rests is a fault of its own. */
  const run = (): void => {
    for (let turn = 0; turn < 200; turn += 1) {
      const delivered = deliver()
      if (delivered) decideNow()
      const due = isDue()
      if (due) decideNow()
      if (!dispatch() && !delivered && !due) return
    }
    throw new Error(
      `the loops find no rest: ${facts.stage}, ${reasons.join(', ')}, ${String(commands.length)} commands`,
    )
  }

  const nextEvent = (until: number): number => {
    const waiting = commands.filter(({ state: one }) => one === 'queued').map(({ notBefore }) => notBefore)
    const sending = facts.notices
      .filter(({ deliveredAt, failedAt }) => deliveredAt === null && failedAt === null)
      .map(({ sendAt }) => sendAt)
    const moments = [...waiting, ...sending, decideAt ?? until, facts.earliestStopAt ?? until, decidedAt + 5 * minute]
    return Math.min(until, ...moments.filter((at) => at > now))
  }

  const world = {
    terms,
    now: () => now,
    facts: () => current(),
    commands: (): readonly WorldCommand[] => commands,
    meter: (): Readonly<VirtualMeter> => meter,
    state: () => state,
    restoreOwed: () => restoreOwed,
    /** What has happened since this was asked last. */
    takeSeen: (): readonly Seen[] => {
      const all = seen
      seen = []
      return all
    },
    pass(ms: number): void {
      const until = now + ms
      run()
      while (now < until) {
        now = nextEvent(until)
        if (meter.held.length > 0 && meter.held.every(({ at }) => now - at > heldForMs)) meter.held = []
        run()
      }
    },
    line(next: Happening): void {
      happening = next
    },
    receipts(next: Delivery): void {
      delivery = next
    },
    /** Energy is used as long as it flows, and a reading brings it, with the status word. */
    use(amount: bigint, quality: 'good' | 'held'): void {
      if (meter.relay === 'closed') facts = { ...facts, balance: addMoney(facts.balance, microYuan(-amount)) }
      newestHeld = quality === 'held'
      if (quality === 'good') lastReadAt = now
      saveStatus()
      decideNow()
      run()
    },
    pay(amount: bigint): void {
      facts = { ...facts, balance: addMoney(facts.balance, microYuan(amount)), lastPaymentAt: now }
      decideNow()
      run()
    },
    list(entries: CreditFacts['lists']): void {
      facts = { ...facts, lists: entries }
      decideNow()
      run()
    },
    noTrip(spans: CreditFacts['noTrip']): void {
      facts = { ...facts, noTrip: spans }
    },
    verdict(agree: boolean): void {
      if (facts.approval?.state !== 'open') return
      const until = agree ? now + approvalHoldsMs : now + 3 * 86_400_000
      facts = { ...facts, approval: { ...facts.approval, state: agree ? 'approved' : 'refused', until } }
      decideNow()
      run()
    },
    grant(): void {
      const amount = terms.stop?.emergencyCredit ?? 0n
      if (amount <= 0n || facts.emergency.granted > 0n || facts.balance > terms.thresholds.cutOff) return
      facts = { ...facts, emergency: { offeredAt: facts.emergency.offeredAt ?? now, granted: microYuan(amount) } }
      decideNow()
      run()
    },
    expectPayment(ms: number): void {
      facts = { ...facts, paymentExpectedUntil: now + ms }
      decideNow()
    },
    keepPower(on: boolean): void {
      meter.keepPower = on
    },
    pressButton(): void {
      if (!meter.permitted) return
      meter.relay = 'closed'
      meter.openedBy = null
      meter.permitted = false
    },
    /** Overload, or a hand at the switch. */
    openByItself(): void {
      if (meter.relay === 'open') return
      meter.relay = 'open'
      meter.relayCommand = 'open'
      meter.openedBy = null
    },
    /** The wall clock is put forward or back; its watch freezes trips and has everything looked at anew. */
    jump(ms: number): void {
      now += ms
      facts = { ...facts, tripsFrozen: true }
      for (const command of commands)
        if (command.state === 'queued' && closes(command.kind)) command.notBefore = Math.min(command.notBefore, now)
      decideNow()
      run()
    },
    release(): void {
      facts = { ...facts, tripsFrozen: false }
      decideNow()
      run()
    },
    restart(): void {
      restart()
      run()
    },
    forget(): void {
      commands = commands.filter((command) => isOpen(command) || (command.finishedAt ?? 0) > now - 30 * 86_400_000)
    },
  }
  decideNow()
  return world
}
