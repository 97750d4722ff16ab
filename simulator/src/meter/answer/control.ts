import type { Frame } from '@xianfu/protocols'
import { binary, readBcd } from '../bytes.ts'
import { ownNow, wallOf } from '../meter-clock.ts'
import { parameterNumber } from '../parameters.ts'
import { believes, credentialsBytes, readCredentials } from '../passwords.ts'
import { powerOf } from '../power.ts'
import { callOff, close, permitClose, trip, waitFor, type TripOutcome } from '../relay.ts'
import { authenticated, openOrder } from '../security/session.ts'
import type { Meter, Obeyed } from '../state.ts'
import { readTime } from '../time-bytes.ts'
import { refuse, refuseWord, reply } from './reply.ts'

const control = 0x1c
const orderBytes = 8
const cipheredLevel = 98
const cipheredBytes = credentialsBytes + 20
const restoreUnitMs = 5 * 60_000
const obeyedKept = 20
const tripDelay = 0x0400_1401

type Order = Obeyed['action']
const orderOfCode: ReadonlyMap<number, Order> = new Map([
  [0x1a, 'trip'],
  [0x1b, 'permit-close'],
  [0x1c, 'direct-close'],
  [0x1d, 'trip-then-close'],
  [0x1e, 'trip-then-permit'],
  [0x2a, 'alarm-on'],
  [0x2b, 'alarm-off'],
  [0x3a, 'keep-power-on'],
  [0x3b, 'keep-power-off'],
])

/** The two-byte results of newer meters. */
const done = Object.freeze({
  closed: 0x0001,
  permitted: 0x0002,
  tripped: 0x0004,
  delayed: 0x0008,
  restoring: 0x0010,
  'delayed-by-current': 0x0020,
  'keep-power-on': 0x0100,
  'keep-power-off': 0x0200,
  'alarm-on': 0x0400,
  'alarm-off': 0x0800,
})
const refusedWord = Object.freeze({
  'wrong-password': 0x8004,
  'not-authenticated': 0x8008,
  expired: 0x8010,
  'keep-power': 0x8020,
  'keep-power-restore': 0x8040,
  'restore-time': 0x8080,
  'already-open': 0x8100,
  unknown: 0x8004,
})
type Refused = keyof typeof refusedWord

/** 1CH: trip, close, alarm, keep power. */
export const answerControl = (meter: Meter, request: Frame): Frame => {
  const result = decide(meter, request.data)
  if (typeof result === 'number')
    return meter.model.relay.twoByteResult ? reply(meter, control, binary(result, 2)) : reply(meter, control)
  if (meter.model.relay.twoByteResult) return refuseWord(meter, control, refusedWord[result])
  return refuse(
    meter,
    control,
    result === 'wrong-password' || result === 'not-authenticated' ? 'wrong-password' : 'other',
  )
}

const decide = (meter: Meter, data: Uint8Array): number | Refused => {
  const credentials = readCredentials(data, 0)
  const order = orderIn(meter, data)
  if (typeof order === 'string') return order
  if (credentials?.level !== cipheredLevel && !believes(meter, credentials)) return 'wrong-password'
  const action = orderOfCode.get(order[0] ?? 0)
  if (action === undefined) return 'unknown'
  if (!inTime(meter, order)) return 'expired'
  meter.relay.operator = credentials?.operator ?? 0
  const result = obey(meter, action, order[1] ?? 0)
  if (typeof result === 'number') meter.obeyed = [...meter.obeyed, { at: meter.livedTo, action }].slice(-obeyedKept)
  return result
}

/** N1 N2 ss mm hh DD MM YY, deciphered at level 98. */
const orderIn = (meter: Meter, data: Uint8Array): Uint8Array | Refused => {
  if (readBcd(data, 0, 1) !== cipheredLevel)
    return data.length === credentialsBytes + orderBytes ? data.subarray(credentialsBytes) : 'unknown'
  if (data.length !== cipheredBytes || meter.model.security === null) return 'wrong-password'
  if (!authenticated(meter)) return 'not-authenticated'
  return openOrder(meter, data.subarray(credentialsBytes)) ?? 'wrong-password'
}

/** The order is refused once the meter's clock is past its end of validity; 99… is an order without one. */
const inTime = (meter: Meter, order: Uint8Array): boolean => {
  if (order.subarray(2).every((byte) => byte === 0x99)) return true
  const until = readTime(meter, order, 2)
  return until !== null && until >= ownNow(meter)
}

const obey = (meter: Meter, action: Order, n2: number): number | Refused => {
  switch (action) {
    case 'trip':
      return meter.keepPower ? 'keep-power' : done[tripNow(meter, parameterNumber(meter, tripDelay))]
    case 'trip-then-close':
    case 'trip-then-permit': {
      if (n2 === 0) return 'restore-time'
      if (meter.keepPower) return 'keep-power-restore'
      if (meter.relay.commanded === 'open') return 'already-open'
      tripNow(meter, 0)
      const restoreAt = wallOf(meter, ownNow(meter) + n2 * restoreUnitMs)
      waitFor(meter, action === 'trip-then-close' ? 'restore-close' : 'restore-permit', restoreAt)
      return done.restoring
    }
    case 'permit-close':
      permitClose(meter)
      resetReclosings(meter)
      return done.permitted
    case 'direct-close':
      close(meter)
      resetReclosings(meter)
      return done.closed
    case 'alarm-on':
    case 'alarm-off':
      meter.alarm = action === 'alarm-on'
      return done[action]
    case 'keep-power-on':
    case 'keep-power-off':
      meter.keepPower = action === 'keep-power-on'
      // A trip that still waits for its delay would break the promise.
      if (meter.keepPower) callOff(meter, 'delay-over')
      return done[action]
  }
}

const tripNow = (meter: Meter, delayMinutes: number): TripOutcome => trip(meter, 'remote', powerOf(meter), delayMinutes)
const resetReclosings = ({ relay, model }: Meter): void => {
  relay.reclosingsLeft = model.overload?.reclosings ?? 0
}
