import { instantOf, localTime } from '../time/local-time.ts'
import { readBcd } from './bytes.ts'
import type { Meter } from './state.ts'

/**
 * The instant that six bytes ss mm hh DD MM YY name in the meter's zone, as its own clock counts; null when there is no
 * such time. A time that the zone leaves out in spring is taken for the one an hour later.
 */
export const readTime = (meter: Meter, data: Uint8Array, offset: number): number | null => {
  const [second, minute, hour, day, month, year] = [0, 1, 2, 3, 4, 5].map((at) => readBcd(data, offset + at, 1))
  if (second == null || minute == null || hour == null || day == null || month == null || year == null) return null
  if (second > 59 || minute > 59 || hour > 23) return null
  const instant = instantOf({ year: 2000 + year, month, day, hour, minute, second }, meter.around.zone)
  const shown = localTime(instant, meter.around.zone)
  return shown.day === day && shown.month === month ? instant : null
}
