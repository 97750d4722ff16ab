import { minuteMs, minuteOfDay } from '../../time/local-time.ts'
import { ownNow, wallOf } from '../meter-clock.ts'
import type { Power } from '../power.ts'
import { close, trip } from '../relay.ts'
import type { Meter } from '../state.ts'

const minutesPerDay = 1_440
const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

/** Opens and closes by the day's timetable. A trip of another's stays. */
export const keepHours = (meter: Meter, power: Power): void => {
  const { timeControl } = meter.model
  if (timeControl === null) return
  const now = minuteOfDay(ownNow(meter), meter.around.zone)
  const isOff = timeControl.off.some(({ from, to }) => minuteOf(from) <= now && now < minuteOf(to))
  if (isOff && meter.relay.commanded === 'closed' && !meter.keepPower) trip(meter, 'time', power)
  else if (!isOff && meter.relay.commanded === 'open' && meter.relay.cause === 'time') close(meter)
}

/** Wall moment at which the timetable next has something to say; infinite without one. */
export const nextHours = (meter: Meter): number => {
  const { timeControl } = meter.model
  if (timeControl === null) return Infinity
  const now = minuteOfDay(ownNow(meter), meter.around.zone)
  const next = timeControl.off
    .flatMap(({ from, to }) => [minuteOf(from), minuteOf(to)])
    .filter((minute) => minute > now)
    .reduce((least, minute) => Math.min(least, minute), minutesPerDay)
  const thisMinute = Math.floor(ownNow(meter) / minuteMs) * minuteMs
  return wallOf(meter, thisMinute + (next - now) * minuteMs)
}
