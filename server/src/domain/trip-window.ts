import { localTime } from './calendar.ts'

/** When a trip may leave the house, in the site's zone. Reconnecting is allowed at any time. */
export type TripWindow = Readonly<{
  /** Minutes after local midnight: `[fromMinute, toMinute)`. */
  fromMinute: number
  toMinute: number
  /** 0 = Sunday … 6 = Saturday. */
  weekdays: readonly number[]
}>

/** The product's default: Monday to Friday, 9:00 to 16:00, when somebody can still pay and be helped. */
export const defaultTripWindow: TripWindow = Object.freeze({
  fromMinute: 9 * 60,
  toMinute: 16 * 60,
  weekdays: Object.freeze([1, 2, 3, 4, 5]),
})

export const isInside = (window: TripWindow, instant: number, timeZone: string): boolean => {
  const local = localTime(instant, timeZone)
  const minute = local.hour * 60 + local.minute
  return window.weekdays.includes(local.weekday) && minute >= window.fromMinute && minute < window.toMinute
}
