import { localTime } from './calendar.ts'
import { hasOpen, type Case } from './credit-case.ts'
import type { CreditFacts, NoticeKind, NoticeOrder, Reason } from './credit-facts.ts'
import { chase, visitChannel } from './notice-chain.ts'
import { missingContents } from './notice-contents.ts'
import { activeEntries, listRules } from './protection-list.ts'
import { isNearHoliday } from './public-holidays.ts'
import { isFriendly } from './stop-terms.ts'
import { isInside } from './trip-window.ts'

/** What has to be told before a stop, what of it is proven, and when the stop may be. */

/** What was told long ago is told anew: the longest time from the earliest stop that was announced (wall time). */
const noticeHoldsMs = 7 * 86_400_000
/** The same for what was told shortly before. */
const againHoldsMs = 4 * 3_600_000

export type Chain = Readonly<{
  state: 'complete' | 'open' | 'anew'
  /** The earliest stop that the notices allow. */
  earliest: number
  notices: readonly NoticeOrder[]
  reason: Reason
  look: readonly number[]
  /** All channels have failed, or somebody is on the way. */
  visit: boolean
}>

/** Row 9 and what follows: which notices are proven, which must go out now, and when the stop may be. */
export const chainOf = (c: Case, toldAt: number | null): Chain => {
  const { facts, legal, now, sendAt } = c
  const fresh: Chain = {
    state: 'anew',
    earliest: sendAt + legal.leadMs,
    notices: [],
    reason: 'notice-sent',
    look: [],
    visit: false,
  }
  // Told at a time that lies ahead: the clock has been put back since, and what it dated proves nothing.
  if (toldAt === null || toldAt > now) return { ...fresh, notices: ordersFor(c, now) }
  const announced = facts.earliestStopAt ?? sendAt + legal.leadMs
  const told = chase(facts.notices, 'pre-stop', toldAt, facts.channels, now)
  if (told.kind === 'send') {
    const notices = [{ kind: 'pre-stop' as const, channel: told.channel, sendAt }]
    const earliest = Math.max(announced, sendAt + legal.leadMs)
    return {
      ...fresh,
      state: 'open',
      earliest,
      notices,
      reason: 'notice-sent-again',
      visit: told.channel === visitChannel,
    }
  }
  const waiting = (until: number | null, visit: boolean): Chain => ({
    ...fresh,
    state: 'open',
    earliest: announced,
    reason: now < announced ? 'lead-time-running' : 'notice-not-delivered',
    look: [announced, ...(until === null ? [] : [until])],
    visit,
  })
  if (told.kind === 'wait') return waiting(told.until, told.channel === visitChannel)
  if (told.kind === 'exhausted') return waiting(null, true)
  const earliest = Math.max(announced, told.at + legal.leadMs)
  if (now >= earliest + noticeHoldsMs && !underWay(facts)) return { ...fresh, notices: ordersFor(c, now) }
  const copy = needsCopy(c) ? chase(facts.notices, 'authority-copy', toldAt, facts.channels, now) : null
  if (copy?.kind === 'send')
    return {
      ...waiting(null, copy.channel === visitChannel),
      earliest,
      reason: 'notice-not-delivered',
      notices: [{ kind: 'authority-copy', channel: copy.channel, sendAt }],
    }
  if (copy !== null && copy.kind !== 'delivered') {
    const until = copy.kind === 'wait' ? copy.until : null
    return { ...waiting(until, copy.kind === 'exhausted'), earliest, reason: 'notice-not-delivered' }
  }
  if (legal.againMs !== null && now >= earliest)
    return again(c, { ...fresh, state: 'complete', earliest }, legal.againMs)
  return { ...fresh, state: 'complete', earliest }
}

const underWay = (facts: CreditFacts): boolean => facts.meters.some((meter) => hasOpen(meter, 'trip'))

/** Told again shortly before, when a trip could leave: the last of the legal procedure's notices. */
const again = (c: Case, chain: Chain, againMs: number): Chain => {
  const { facts, now, sendAt } = c
  const since = now - againMs - againHoldsMs
  const told = chase(facts.notices, 'pre-stop-again', Math.max(since, facts.toldAt ?? 0), facts.channels, now)
  if (told.kind === 'delivered') return { ...chain, earliest: Math.max(chain.earliest, told.at + againMs) }
  const open: Chain = { ...chain, state: 'open', reason: 'notice-not-delivered' }
  if (told.kind === 'wait') return { ...open, look: [told.until], visit: told.channel === visitChannel }
  if (told.kind === 'exhausted') return { ...open, visit: true }
  const reason = waitReason(chain.earliest, c)
  if (reason !== null || sendAt > now) return { ...open, reason: reason ?? 'notice-not-delivered', look: [sendAt] }
  return {
    ...open,
    reason: 'notice-sent-again',
    earliest: sendAt + againMs,
    notices: [{ kind: 'pre-stop-again', channel: told.channel, sendAt }],
    visit: told.channel === visitChannel,
  }
}

const ordersFor = (c: Case, now: number): readonly NoticeOrder[] => {
  const kinds: readonly NoticeKind[] = ['pre-stop', ...(needsCopy(c) ? (['authority-copy'] as const) : [])]
  return kinds.map((kind) => {
    const first = chase([], kind, now, c.facts.channels, now)
    return { kind, channel: first.kind === 'send' ? first.channel : visitChannel, sendAt: c.sendAt }
  })
}

const needsCopy = ({ lists, now }: Case): boolean =>
  activeEntries(lists, now).some(({ kind }) => listRules[kind].authorityCopy)

export const missingForStop = (c: Case): boolean =>
  (['pre-stop', ...(needsCopy(c) ? (['authority-copy'] as const) : [])] as const).some(
    (kind) => missingContents(kind, c.facts.absent).length > 0,
  )

/** Row 10: the hour is not right. Also a payment that was announced is waited for. */
export const waitReason = (earliestStopAt: number, { facts, terms, stop, now }: Case): Reason | null => {
  const { tripWindow, timeZone } = terms
  if (now < earliestStopAt) return 'lead-time-running'
  if (!isInside(tripWindow, now, timeZone)) return 'outside-trip-window'
  const { weekday, hour, minute } = localTime(now, timeZone)
  if (isFriendly(stop.friendlyHours, weekday, hour * 60 + minute)) return 'friendly-hours'
  if (isNearHoliday(stop.holidays, now, timeZone)) return 'public-holiday'
  const span = facts.noTrip.find(({ from, to }) => now >= from && now < to)
  if (span !== undefined) return noTripReason[span.kind ?? 'holiday']
  if (facts.paymentExpectedUntil !== null && now < facts.paymentExpectedUntil) return 'payment-on-its-way'
  return facts.tripsFrozen ? 'trips-frozen' : null
}

const noTripReason = { holiday: 'no-trip-day', weather: 'no-trip-weather', event: 'no-trip-event' } as const
