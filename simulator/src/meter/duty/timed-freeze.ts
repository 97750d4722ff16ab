import { localTime, minuteMs } from '../../time/local-time.ts'
import { readBcd } from '../bytes.ts'
import { ownNow, wallOf } from '../meter-clock.ts'
import type { Meter } from '../state.ts'
import { freeze } from './memories.ts'

/** Where the pattern of function 16H is kept among the parameters; no identifier of the standard. */
export const freezePattern = 0xff00_0016

const any = 0x99
const hourMs = 60 * minuteMs

/** Wall moment at which the pattern's minute comes next; infinite without a pattern. */
export const nextTimedFreeze = (meter: Meter): number => {
  const pattern = meter.parameters?.get(freezePattern)
  if (pattern === undefined) return Infinity
  const { zone } = meter.around
  const local = ownNow(meter) + zone.offsetMs(ownNow(meter))
  const intoHour = local % hourMs
  const wanted = (readBcd(pattern, 0, 1) ?? 0) * minuteMs
  return wallOf(meter, ownNow(meter) + (wanted > intoHour ? wanted - intoHour : wanted - intoHour + hourMs))
}

/** Freezes if hour, day and month fit as well: mm hh DD MM, 99 for every. */
export const freezeByPattern = (meter: Meter): void => {
  const pattern = meter.parameters?.get(freezePattern)
  if (pattern === undefined) return
  const { minute, hour, day, month } = localTime(ownNow(meter), meter.around.zone)
  const fits = (at: number, value: number): boolean => pattern[at] === any || readBcd(pattern, at, 1) === value
  if (fits(0, minute) && fits(1, hour) && fits(2, day) && fits(3, month)) freeze(meter, 'timed')
}
