import { dayMs, quarterHourMs } from '../time/local-time.ts'
import { watchJumps } from './duty/malignant-load.ts'
import { reclose, tripOverload, watchLoad } from './duty/overload.ts'
import { onQuarterHour } from './duty/quarter-hour.ts'
import { keepHours, nextHours } from './duty/time-control.ts'
import { freezeOnTime, nextTimedFreeze } from './duty/timed-freeze.ts'
import { ownNow, wallOf } from './meter-clock.ts'
import { powerOf, type Power } from './power.ts'
import { rateAt, type Rate } from './rate-timetable.ts'
import { phaseRegister, rateRegister, type Quantity } from './register-bank.ts'
import { arrive, close, openNow, permitClose, trip, type Waiting } from './relay.ts'
import type { Meter } from './state.ts'
import { charge, nextCrossing, watchBalance } from './wallet.ts'

/** Longest stretch that is lived through at once; a longer gap of the clock is lived up to here and no further. */
const longestGapMs = 400 * dayMs

/**
 * A meter lives only when somebody looks, and then catches up, stretch by stretch. Within a stretch nothing changes:
 * it ends where the load, the rate, a full quarter hour, the relay, the purse or a protection has something to do. So
 * every register and every trip is the same, to the millisecond, however often anybody looked.
 */
export const liveTo = (meter: Meter, wall: number): void => {
  if (wall < meter.livedTo) return setBack(meter, wall)
  const end = Math.min(wall, meter.livedTo + longestGapMs)
  doWhatIsDue(meter)
  while (meter.livedTo < end) {
    liveStretch(meter, end)
    doWhatIsDue(meter)
  }
  meter.livedTo = wall
}

/** The wall clock was set back: nothing is consumed twice, and what waits keeps waiting as long as it would have. */
const setBack = (meter: Meter, wall: number): void => {
  const step = wall - meter.livedTo
  meter.livedTo = wall
  meter.clockSetAt += step
  const { relay } = meter
  relay.waiting = relay.waiting.map(({ at, what }) => ({ at: at + step, what }))
  if (relay.tripWaitsUntil !== null) relay.tripWaitsUntil += step
}

const nextQuarter = (instant: number): number => (Math.floor(instant / quarterHourMs) + 1) * quarterHourMs

const liveStretch = (meter: Meter, end: number): void => {
  const own = ownNow(meter)
  const power = powerOf(meter)
  watchLoad(meter, power)
  watchJumps(meter, power)
  const { rate, until: ownUntil } = rateAt(meter.timetable, own, meter.around.zone)
  const ownQuarter = nextQuarter(own)
  const timedFreeze = nextTimedFreeze(meter)
  let until = Math.min(
    end,
    nextHours(meter),
    timedFreeze,
    nextQuarter(meter.livedTo),
    wallOf(meter, Math.min(ownUntil, ownQuarter)),
  )
  for (const { at } of meter.relay.waiting) until = Math.min(until, Math.max(at, meter.livedTo))
  if (meter.relay.tripWaitsUntil !== null) until = Math.min(until, Math.max(meter.relay.tripWaitsUntil, meter.livedTo))
  if (meter.wallet !== null) until = Math.min(until, nextCrossing(meter, meter.wallet, rate, power))
  count(meter, power, rate, until - meter.livedTo)
  meter.livedTo = until
  const ownThen = ownNow(meter)
  if (ownThen >= ownQuarter) onQuarterHour(meter)
  if (until === timedFreeze) freezeOnTime(meter)
  if (meter.terminal.output === 'tariff-switch' && ownThen >= ownUntil)
    meter.terminal = { ...meter.terminal, pulses: meter.terminal.pulses + 1 }
}

const phases = [0, 1, 2] as const

const count = (meter: Meter, power: Power, rate: Rate, ms: number): void => {
  if (ms <= 0) return
  const { bank, row, wallet } = meter
  const direction: Quantity = power.activeTotal < 0 ? 'reverse' : 'forward'
  const wholeWh = bank.add(row, rateRegister(direction, rate), Math.abs(power.activeTotal), ms)
  bank.add(row, rateRegister(quadrant(power.activeTotal, power.reactiveTotal), rate), Math.abs(power.reactiveTotal), ms)
  for (const phase of phases) {
    const active = power.active[phase]
    const reactive = power.reactive[phase]
    bank.add(row, phaseRegister(active < 0 ? 'reverse' : 'forward', phase), Math.abs(active), ms)
    bank.add(row, phaseRegister(quadrant(active, reactive), phase), Math.abs(reactive), ms)
  }
  if (wallet !== null && direction === 'forward') charge(meter, wallet, rate, wholeWh)
}

const quadrant = (active: number, reactive: number): Quantity => {
  if (active >= 0) return reactive >= 0 ? 'quadrant1' : 'quadrant4'
  return reactive >= 0 ? 'quadrant2' : 'quadrant3'
}

/** One thing may lead to another at the same moment: a trip to its movement, when the mechanism takes no time. */
const doWhatIsDue = (meter: Meter): void => {
  do {
    for (let next = dueOf(meter); next !== null; next = dueOf(meter)) {
      const due = next
      meter.relay.waiting = meter.relay.waiting.filter((entry) => entry !== due)
      act(meter, due.what)
    }
    if (meter.model.timeControl !== null) keepHours(meter, powerOf(meter))
    if (meter.relay.tripWaitsUntil !== null) openNow(meter, powerOf(meter))
    if (meter.wallet !== null) watchBalance(meter, meter.wallet, powerOf(meter))
  } while (dueOf(meter) !== null)
}

const dueOf = ({ relay, livedTo }: Meter): Waiting | null => {
  let first: Waiting | null = null
  for (const entry of relay.waiting) if (entry.at <= livedTo && (first === null || entry.at < first.at)) first = entry
  return first
}

const act = (meter: Meter, what: Waiting['what']): void => {
  switch (what) {
    case 'delay-over':
      openNow(meter, powerOf(meter))
      return
    case 'move':
      return arrive(meter)
    case 'restore-close':
      return close(meter)
    case 'restore-permit':
      return permitClose(meter)
    case 'reclose':
      return reclose(meter)
    case 'run-over':
      trip(meter, 'run-over', powerOf(meter))
      return
    case 'overload':
      return tripOverload(meter, powerOf(meter))
  }
}
