import { recordSwitch } from './event-memory.ts'
import { ownNow, wallOf } from './meter-clock.ts'
import { parameterNumber } from './parameters.ts'
import { currentOf, type Power } from './power.ts'
import type { Meter } from './state.ts'

export type RelayPosition = 'closed' | 'open'

/** Why the relay is or shall be open. A trip by one's own hand is not undone by another's. */
export type TripCause = 'remote' | 'balance' | 'warning' | 'overload' | 'malignant-load' | 'time' | 'run-over'

/** What waits to happen, at a wall moment. */
export type Waiting = Readonly<{
  at: number
  what: 'delay-over' | 'move' | 'restore-close' | 'restore-permit' | 'reclose' | 'run-over' | 'overload'
}>

/**
 * A latching relay: what was commanded, and what the contacts really do, which follows a moment later, or after a
 * delay, or when the current allows it, or only after somebody presses the button, or never when it is stuck.
 */
export type RelayState = {
  commanded: RelayPosition
  actual: RelayPosition
  cause: TripCause | null
  /** Contacts do not move, whatever is commanded. */
  stuck: boolean
  /** A trip waits for less current, at the latest until this wall moment. */
  tripWaitsUntil: number | null
  waiting: readonly Waiting[]
  /** Who commanded it last, for the record. */
  operator: number
  overloadTrips: number
  malignantTrips: number
  reclosingsLeft: number
}

const minuteMs = 60_000
const none: readonly Waiting[] = Object.freeze([])

export const newRelay = (commanded: RelayPosition, actual: RelayPosition, reclosings: number): RelayState => ({
  commanded,
  actual,
  cause: commanded === 'open' ? 'remote' : null,
  stuck: false,
  tripWaitsUntil: null,
  waiting: none,
  operator: 0,
  overloadTrips: 0,
  malignantTrips: 0,
  reclosingsLeft: reclosings,
})

/** What became of a trip order; newer meters say so in two bytes. */
export type TripOutcome = 'tripped' | 'delayed' | 'delayed-by-current'

export const callOff = ({ relay }: Meter, ...what: readonly Waiting['what'][]): void => {
  if (relay.waiting.some((entry) => what.includes(entry.what)))
    relay.waiting = relay.waiting.filter((entry) => !what.includes(entry.what))
}

export const waitFor = (meter: Meter, what: Waiting['what'], at: number): void => {
  callOff(meter, what)
  meter.relay.waiting = [...meter.relay.waiting, { at, what }]
}

/** Opens it: at once, after the trip delay, or when the current is small enough to be cut. */
export const trip = (meter: Meter, cause: TripCause, power: Power, delayMinutes = 0): TripOutcome => {
  const { relay } = meter
  relay.commanded = 'open'
  relay.cause = cause
  callOff(meter, 'restore-close', 'restore-permit', 'run-over', 'overload')
  if (delayMinutes > 0) {
    waitFor(meter, 'delay-over', wallOf(meter, ownNow(meter) + delayMinutes * minuteMs))
    return 'delayed'
  }
  return openNow(meter, power)
}

/** The delay is over: cuts what may be cut. */
export const openNow = (meter: Meter, power: Power): TripOutcome => {
  const { relay } = meter
  if (!mayCut(meter, power)) {
    relay.tripWaitsUntil ??= meter.livedTo + parameterNumber(meter, 0x0400_1403) * minuteMs
    return 'delayed-by-current'
  }
  relay.tripWaitsUntil = null
  move(meter)
  return 'tripped'
}

/** Contacts of a small relay do not cut a large current (04001402) before the delay of 04001403 is over. */
const mayCut = (meter: Meter, power: Power): boolean => {
  const limit = parameterNumber(meter, 0x0400_1402)
  const deadline = meter.relay.tripWaitsUntil
  if (limit === 0 || (deadline !== null && meter.livedTo >= deadline)) return true
  return Math.max(...([0, 1, 2] as const).map((phase) => Math.abs(currentOf(meter, power, phase)))) <= limit
}

/** Closes it by itself. */
export const close = (meter: Meter): void => {
  forgetTrip(meter)
  move(meter)
}

/** Closes it, or waits for the button on meters that have one (1BH, 合闸允许). */
export const permitClose = (meter: Meter): void => {
  forgetTrip(meter)
  if (meter.model.relay.button) callOff(meter, 'move')
  else move(meter)
}

const forgetTrip = (meter: Meter): void => {
  meter.relay.commanded = 'closed'
  meter.relay.cause = null
  meter.relay.tripWaitsUntil = null
  callOff(meter, 'delay-over', 'restore-close', 'restore-permit', 'reclose')
}

/** Trips that whoever stands at the meter may undo. */
const byHand: ReadonlySet<TripCause> = new Set(['warning', 'overload', 'malignant-load', 'run-over'])

/** Somebody at the meter: closes what may be closed. */
export const pressButton = (meter: Meter): void => {
  if (meter.relay.commanded === 'closed') move(meter)
  else if (meter.relay.cause !== null && byHand.has(meter.relay.cause)) close(meter)
  else return
  meter.relay.reclosingsLeft = meter.model.overload?.reclosings ?? 0
}

/** Somebody with a screwdriver. */
export const forceRelay = (meter: Meter, actual: RelayPosition): void => {
  meter.relay.actual = actual
  callOff(meter, 'move')
}

const move = (meter: Meter): void => {
  const { relay, model, around } = meter
  callOff(meter, 'move')
  if (relay.stuck || relay.actual === relay.commanded) return
  // The mechanism takes the machine's time, however fast the wall clock runs.
  waitFor(meter, 'move', meter.livedTo + Math.round(model.relay.delayMs * around.clock.rate))
}

/** The contacts have arrived. */
export const arrive = (meter: Meter): void => {
  const { relay, model } = meter
  if (relay.actual === relay.commanded) return
  relay.actual = relay.commanded
  recordSwitch(meter, relay.actual === 'open' ? 'trip' : 'close', relay.operator)
  if (relay.actual === 'closed' && model.singleRunMinutes !== null)
    waitFor(meter, 'run-over', wallOf(meter, ownNow(meter) + model.singleRunMinutes * minuteMs))
}
