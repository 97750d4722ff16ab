import { instantOf, localTime, type LocalTime } from '../time/local-time.ts'
import type { MeterTime } from '@xianfu/protocols'
import type { Meter } from './state.ts'

const perMillion = 1_000_000

/** What the meter's clock shows at a wall moment, as UTC epoch ms: offset and drift included. */
const ownTime = (meter: Meter, wall: number): number =>
  wall + meter.clockOffsetMs + Math.round(((wall - meter.clockSetAt) * meter.model.clockDriftPpm) / perMillion)

/** The first wall moment at which the meter's clock has reached `own`. */
export const wallOf = (meter: Meter, own: number): number => {
  const drift = meter.model.clockDriftPpm / perMillion
  let wall = Math.floor((own - meter.clockOffsetMs + meter.clockSetAt * drift) / (1 + drift))
  while (ownTime(meter, wall) < own) wall += 1
  while (ownTime(meter, wall - 1) >= own) wall -= 1
  return wall
}

/** The meter's clock at the moment to which it has lived. */
export const ownNow = (meter: Meter): number => ownTime(meter, meter.livedTo)

export const ownLocalTime = (meter: Meter): LocalTime => localTime(ownNow(meter), meter.around.zone)

/** Puts the clock right: from here on it shows this. */
export const setOwnTime = (meter: Meter, own: number): void => {
  meter.clockOffsetMs = own - meter.livedTo
  meter.clockSetAt = meter.livedTo
}

export const instantOfMeterTime = (meter: Meter, time: MeterTime): number => instantOf(time, meter.around.zone)
