import { minuteMs, minuteOfDay, type Zone } from '../time/local-time.ts'

/** Rate 1 sharp 尖, 2 peak 峰, 3 flat 平, 4 valley 谷. */
export type Rate = 1 | 2 | 3 | 4
/** From which minute of the local day a rate holds, in rising order, the first from minute 0. */
export type RateTimetable = readonly Readonly<{ fromMinute: number; rate: Rate }>[]

const minutesPerDay = 1_440

/** The rate in force, and until when at the latest it is. */
export const rateAt = (
  timetable: RateTimetable,
  instant: number,
  zone: Zone,
): Readonly<{ rate: Rate; until: number }> => {
  const minute = minuteOfDay(instant, zone)
  let rate: Rate = 1
  let next = minutesPerDay
  for (const period of timetable) {
    if (period.fromMinute > minute) {
      next = period.fromMinute
      break
    }
    rate = period.rate
  }
  return { rate, until: Math.floor(instant / minuteMs) * minuteMs + (next - minute) * minuteMs }
}
