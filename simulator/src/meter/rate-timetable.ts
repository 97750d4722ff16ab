import { localTime } from '../local-time.ts'

/** Rate 1 sharp 尖, 2 peak 峰, 3 flat 平, 4 valley 谷. */
export type Rate = 1 | 2 | 3 | 4
/** From which minute of the local day a rate holds, in rising order, the first from minute 0. */
export type RateTimetable = readonly Readonly<{ fromMinute: number; rate: Rate }>[]

export const rateAt = (timetable: RateTimetable, instant: number, timeZone: string): Rate => {
  const { hour, minute } = localTime(instant, timeZone)
  const now = hour * 60 + minute
  return timetable.findLast(({ fromMinute }) => fromMinute <= now)?.rate ?? 1
}
