import { localTime } from './calendar.ts'

/** When a trip may leave the house, in the site's zone. Reconnecting is allowed at any time. */
export type TripWindow = Readonly<{
  /** Minutes after local midnight: `[fromMinute, toMinute)`. */
  fromMinute: number
  toMinute: number
  /** 0 = Sunday … 6 = Saturday. */
  weekdays: readonly number[]
}>

export const isInside = (window: TripWindow, instant: number, timeZone: string): boolean => {
  const local = localTime(instant, timeZone)
  const minute = local.hour * 60 + local.minute
  return window.weekdays.includes(local.weekday) && minute >= window.fromMinute && minute < window.toMinute
}
