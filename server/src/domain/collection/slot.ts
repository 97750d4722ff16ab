import { localTime, startOfLocalDay } from '../calendar.ts'
import type { DataSet } from './data-set.ts'

/**
 * One turn of a schedule: from `dueAt` on it is to be collected, and what has not come by `deadlineAt` is missed. `start`
 * is the moment on the clock that it stands for. All UTC epoch milliseconds. The slots of a schedule follow one another
 * without gap: one's deadline is when the next is due.
 */
export type Slot = Readonly<{ start: number; dueAt: number; deadlineAt: number }>

/** The local days of one time zone. */
export type LocalDays = Readonly<{
  /** The local day that contains the instant, and its number since 1970-01-01. */
  dayOf(instant: number): Readonly<{ number: number; start: number; end: number }>
  startOf(dayNumber: number): number
}>

const minuteMs = 60_000
const dayMinutes = 1_440
const dayMs = dayMinutes * minuteMs

/** Days are asked for again and again in the order of time, so the last one is remembered. */
export const localDays = (timeZone: string): LocalDays => {
  const startOf = (dayNumber: number): number => {
    const date = new Date(dayNumber * dayMs)
    return startOfLocalDay(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), timeZone)
  }
  let last = { number: 0, start: 0, end: 0 }
  return {
    startOf,
    dayOf(instant) {
      if (instant >= last.start && instant < last.end) return last
      const { year, month, day } = localTime(instant, timeZone)
      const number = Date.UTC(year, month - 1, day) / dayMs
      last = { number, start: startOf(number), end: startOf(number + 1) }
      return last
    },
  }
}

/**
 * The slot of this moment. Slots are counted from local midnight, so that they stand on the clock (00:00, 00:30 …) in
 * every zone and on the days on which it is changed; the last one of a day is shorter where the pace does not divide it.
 * Paces beyond a day are whole days. Each slot is due `offsetMs` after it begins.
 */
export const slotAt = (now: number, minutes: number, offsetMs: number, days: LocalDays): Slot => {
  const shifted = now - offsetMs
  const day = days.dayOf(shifted)
  if (minutes > dayMinutes) {
    const every = Math.floor(minutes / dayMinutes)
    const first = day.number - (day.number % every)
    return slotOf(days.startOf(first), days.startOf(first + every), offsetMs)
  }
  const intervalMs = minutes * minuteMs
  const start = day.start + Math.floor((shifted - day.start) / intervalMs) * intervalMs
  return slotOf(start, Math.min(start + intervalMs, day.end), offsetMs)
}

const slotOf = (start: number, end: number, offsetMs: number): Slot => ({
  start,
  dueAt: start + offsetMs,
  deadlineAt: end + offsetMs,
})

/** Energy is wanted close to the clock: lines begin within a minute (or a twentieth of a short interval). */
const energySpreadMs = 60_000
const energySpreadPart = 20
/** Anything else may come within half an hour (or a tenth of its pace), meter by meter. */
const otherSpreadMs = 1_800_000
const otherSpreadPart = 10

/**
 * How long after the clock a schedule is due, always the same for the same line and meter: thousands of lines do not begin
 * in the same second, and the sets that are not urgent do not come all at midnight.
 */
export const offsetOf = (
  dataSet: DataSet,
  minutes: number,
  { gatewayId, meterId }: Readonly<{ gatewayId: number; meterId: number }>,
): number => {
  const intervalMs = minutes * minuteMs
  if (dataSet === 'energy')
    return scattered(gatewayId) % Math.floor(Math.min(energySpreadMs, intervalMs / energySpreadPart))
  const offset = scattered(meterId) % Math.floor(Math.min(otherSpreadMs, intervalMs / otherSpreadPart))
  // Whole minutes: a line is planned anew whenever something of it becomes due.
  return offset - (offset % minuteMs)
}

/** Neighbouring numbers end far apart (the multiplier is 2³² over the golden ratio). */
const scattered = (id: number): number => Math.imul(id, 0x9e37_79b1) >>> 0
