import {
  controlErrorsFor,
  controlResultFor,
  decodeRequest,
  errorsFor,
  functionCode,
  type ControlState,
  type Credentials,
  type MeterErrorReason,
  type Reply,
  type RequestOf,
} from '@xianfu/protocols'
import { joined, nothing } from '../bytes.ts'
import { instantOfMeterTime, ownNow, wallOf } from '../meter-clock.ts'
import { parameterNumber } from '../parameters.ts'
import { believes, operatorNumber } from '../passwords.ts'
import { powerOf } from '../power.ts'
import { callOff, close, permitClose, trip, waitFor, type TripOutcome } from '../relay.ts'
import { authenticated, openOrder } from '../security/session.ts'
import type { Meter, Obeyed } from '../state.ts'

type PlainOrder = RequestOf<'control'> | RequestOf<'pre-trip'>
type Outcome = Readonly<{ done: ControlState } | { refused: MeterErrorReason }>

const minuteMs = 60_000
const obeyedKept = 20
const tripDelay = 0x0400_1401

/** 1CH in plain: trip, close, alarm, keep power, under a password. */
export const answerControl = (meter: Meter, order: PlainOrder): Reply =>
  worded(meter, believes(meter, order.credentials) ? decide(meter, order) : { refused: 'wrong-password' })

/** 1CH at level 98: the same order within a cipher, under an identity that was proven before. */
export const answerCipheredControl = (meter: Meter, request: RequestOf<'control-ciphered'>): Reply => {
  if (meter.model.security === null) return worded(meter, { refused: 'wrong-password' })
  if (!authenticated(meter)) return worded(meter, { refused: 'not-authenticated' })
  const order = openOrder(meter, request.cipher)
  if (order === null) return worded(meter, { refused: 'verification-failed' })
  const plain = plainOrder(request, order)
  return worded(meter, plain === null ? { refused: 'deadline-invalid' } : decide(meter, plain))
}

/** What the frame of a plain order would say; null when the bytes are none. */
const plainOrder = (request: RequestOf<'control-ciphered'>, order: Uint8Array): PlainOrder | null => {
  const { address, credentials } = request
  const data = joined(plainHead, order)
  const plain = decodeRequest({ address, control: functionCode.control, data })
  if (!plain.ok || (plain.value.kind !== 'control' && plain.value.kind !== 'pre-trip')) return null
  return { ...plain.value, credentials }
}
const plainHead = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0)

/** Bytes that are no order: of a pre-trip most likely for its time of restoring, of others for their end of validity. */
export const answerNoOrder = (meter: Meter, data: Uint8Array): Reply => {
  const isPreTrip = data[orderAt] === 0x1d || data[orderAt] === 0x1e
  return worded(meter, { refused: isPreTrip ? 'restore-time-invalid' : 'deadline-invalid' })
}
/** N1 stands behind the credentials. */
const orderAt = 8

/** Newer meters say in two bytes what they did or why not; others only that. */
const worded = (meter: Meter, outcome: Outcome): Reply => {
  const { address, model } = meter
  const isWordy = model.relay.twoByteResult
  if ('done' in outcome)
    return { kind: 'control', address, result: isWordy ? controlResultFor([outcome.done]) : nothing }
  const plain = passwordReasons.has(outcome.refused) ? 'wrong-password' : 'other'
  const errors = isWordy ? controlErrorsFor([outcome.refused]) : errorsFor([plain])
  return { kind: 'error', address, functionCode: functionCode.control, errors }
}

const passwordReasons: ReadonlySet<MeterErrorReason> = new Set([
  'wrong-password',
  'not-authenticated',
  'verification-failed',
])

const decide = (meter: Meter, order: PlainOrder): Outcome => {
  const { validUntil, credentials } = order
  // By the meter's own clock, however wrong it is.
  if (validUntil !== null && instantOfMeterTime(meter, validUntil) < ownNow(meter))
    return { refused: 'deadline-invalid' }
  const outcome = order.kind === 'control' ? obey(meter, order, credentials) : obeyPreTrip(meter, order)
  if ('done' in outcome)
    meter.obeyed = [...meter.obeyed, { at: meter.livedTo, action: actionOf(order) }].slice(-obeyedKept)
  return outcome
}

const actionOf = (order: PlainOrder): Obeyed['action'] => {
  if (order.kind === 'control') return order.action
  return order.restore === 'direct-close' ? 'trip-then-close' : 'trip-then-permit'
}

const obey = (meter: Meter, { action }: RequestOf<'control'>, { operator }: Credentials): Outcome => {
  switch (action) {
    case 'trip':
      if (meter.keepPower) return { refused: 'keep-power' }
      meter.relay.operator = operatorNumber(operator)
      return { done: stateOf[trip(meter, 'remote', powerOf(meter), parameterNumber(meter, tripDelay))] }
    case 'permit-close':
    case 'direct-close':
      meter.relay.operator = operatorNumber(operator)
      meter.relay.reclosingsLeft = meter.model.overload?.reclosings ?? 0
      if (action === 'permit-close') permitClose(meter)
      else close(meter)
      return { done: action === 'permit-close' ? 'closing-permitted' : 'closed' }
    case 'alarm-on':
    case 'alarm-off':
      meter.alarm = action === 'alarm-on'
      return { done: action }
    case 'keep-power-on':
    case 'keep-power-off':
      meter.keepPower = action === 'keep-power-on'
      // A trip that still waits for its delay would break the promise.
      if (meter.keepPower) callOff(meter, 'delay-over')
      return { done: action }
  }
}

const stateOf: Readonly<Record<TripOutcome, ControlState>> = Object.freeze({
  tripped: 'tripped',
  delayed: 'trip-delayed',
  'delayed-by-current': 'trip-delayed-by-current',
})

const obeyPreTrip = (meter: Meter, { restore, restoreAfterMinutes, credentials }: RequestOf<'pre-trip'>): Outcome => {
  if (meter.keepPower) return { refused: 'restoring-trip-under-keep-power' }
  if (meter.relay.commanded === 'open') return { refused: 'already-tripped' }
  meter.relay.operator = operatorNumber(credentials.operator)
  trip(meter, 'remote', powerOf(meter))
  const restoreAt = wallOf(meter, ownNow(meter) + restoreAfterMinutes * minuteMs)
  waitFor(meter, restore === 'direct-close' ? 'restore-close' : 'restore-permit', restoreAt)
  return { done: 'tripped-with-restoring' }
}
