import { localTime, startOfLocalDay } from './calendar.ts'

/** When customers may be written to, minutes after local midnight: `[fromMinute, toMinute)`. */
export type SendWindow = Readonly<{ fromMinute: number; toMinute: number }>

/** The product's default: 8:00 to 21:00, as commercial message gateways ask (fee-control practice). */
export const defaultSendWindow: SendWindow = Object.freeze({ fromMinute: 8 * 60, toMinute: 21 * 60 })

const minuteMs = 60_000

/**
 * The first moment at or after `instant` at which a message may be sent. Whatever counts from the sending (a lead time,
 * the wait for a receipt) counts from this moment, so a night moves all later deadlines with it.
 */
export const firstSending = (window: SendWindow, instant: number, timeZone: string): number => {
  const { fromMinute, toMinute } = window
  if (fromMinute >= toMinute) return instant
  const local = localTime(instant, timeZone)
  const minute = local.hour * 60 + local.minute
  if (minute >= fromMinute && minute < toMinute) return instant
  const day = new Date(Date.UTC(local.year, local.month - 1, local.day + (minute < fromMinute ? 0 : 1)))
  const midnight = startOfLocalDay(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), timeZone)
  return Math.max(instant, midnight + fromMinute * minuteMs)
}
