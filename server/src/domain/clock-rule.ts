import { localTime } from './calendar.ts'

/** Off by no more than this, a clock is right: meters tell whole seconds and drift half a second a day. */
const clockToleranceMs = 30_000
/** 08H moves a clock by less than this, ever. A little less is asked, because the clock drifts on meanwhile. */
export const broadcastStepMs = 5 * 60_000
const broadcastMarginMs = 30_000
/** Around midnight by either clock nothing is set: freezes and settlements of the day are due then. */
const quietMs = 10 * 60_000
/** Further off than this, a clock was lost, or is another zone's: a person has to look before it is set. */
const mostWrittenMs = 12 * 3_600_000
/** Meters write their half hours down by their own clock: what jumps over one leaves a record out, or writes two. */
const recordMs = 30 * 60_000
const recordMarginMs = 60_000
/** One meter executes 08H once a day. */
const dayMs = 86_400_000

export type ClockFacts = Readonly<{
  /** The meter's clock less ours. */
  offsetMs: number
  now: number
  timeZone: string
  /** It obeys 08H: Modbus has nothing of the kind. */
  hearsBroadcast: boolean
  /** When 08H went out on its line last; null: never. */
  broadcastAt: number | null
}>

/**
 * `broadcast`: 08H to all meters of its line. `write`: 14H with its password, or its register. `wait`: it is off, but nothing may be set at
 * this moment. `person`: it is off by more than is set without one.
 */
export type ClockVerdict = 'right' | 'broadcast' | 'write' | 'wait' | 'person'

/** By the rules of functions 08H and 14H. A clock that a broadcast within the day did not put right is written. */
export const judgeClock = ({ offsetMs, now, timeZone, hearsBroadcast, broadcastAt }: ClockFacts): ClockVerdict => {
  const off = Math.abs(offsetMs)
  if (off <= clockToleranceMs) return 'right'
  if (off > mostWrittenMs) return 'person'
  if (isNearMidnight(now, timeZone) || isNearMidnight(now + offsetMs, timeZone)) return 'wait'
  if (off < broadcastStepMs && crossesRecord(now, offsetMs)) return 'wait'
  const mayBroadcast = hearsBroadcast && (broadcastAt === null || now - broadcastAt >= dayMs)
  return off < broadcastStepMs - broadcastMarginMs && mayBroadcast ? 'broadcast' : 'write'
}

const crossesRecord = (now: number, offsetMs: number): boolean => {
  const first = Math.min(now, now + offsetMs) - recordMarginMs
  const last = Math.max(now, now + offsetMs) + recordMarginMs
  return Math.floor(first / recordMs) !== Math.floor(last / recordMs)
}

const isNearMidnight = (at: number, timeZone: string): boolean => {
  const { hour, minute, second } = localTime(at, timeZone)
  const sinceMidnightMs = ((hour * 60 + minute) * 60 + second) * 1_000
  return sinceMidnightMs < quietMs || sinceMidnightMs >= dayMs - quietMs
}
