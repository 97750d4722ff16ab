import { localTime, minuteMs } from '../../time/local-time.ts'
import { ownNow, wallOf } from '../meter-clock.ts'
import type { Meter } from '../state.ts'
import { freeze } from './memories.ts'

const hourMs = 60 * minuteMs

/** Wall moment at which the minute of a timed freeze comes next; infinite without one. */
export const nextTimedFreeze = (meter: Meter): number => {
  const { timedFreeze } = meter
  if (timedFreeze === null) return Infinity
  const own = ownNow(meter)
  const intoHour = (own + meter.around.zone.offsetMs(own)) % hourMs
  const wanted = timedFreeze.minute * minuteMs
  return wallOf(meter, own + wanted - intoHour + (wanted > intoHour ? 0 : hourMs))
}

/** Freezes if hour, day and month are the wanted ones as well. */
export const freezeOnTime = (meter: Meter): void => {
  if (meter.timedFreeze === null) return
  const now = localTime(ownNow(meter), meter.around.zone)
  const { every: _, ...wanted } = meter.timedFreeze
  const isTime = Object.entries(wanted).every(([part, value]) => now[part as keyof typeof now] === value)
  if (isTime) freeze(meter, 'timed')
}
