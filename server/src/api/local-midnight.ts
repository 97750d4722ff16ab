import { localTime } from '../domain/calendar.ts'

/** The instant at which the local day of `now` began; on a day of clock change it may be off by that hour. */
export const localMidnight = (now: number, timeZone: string): number => {
  const { hour, minute, second } = localTime(now, timeZone)
  return now - (now % 1_000) - (hour * 3600 + minute * 60 + second) * 1_000
}
