import { localTime, startOfLocalDay } from './calendar.ts'

/** A local calendar month of a site: `(start, end]`, as settlement periods are. */
export type StatementMonth = Readonly<{ month: string; start: number; end: number }>

/** `2026-11` in a zone; null when the text is no month. */
export const parseMonth = (text: string, timeZone: string): StatementMonth | null => {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/u.exec(text)
  return match === null ? null : monthFrom(Number(match[1]), Number(match[2]), timeZone)
}

/** The month that ended last before `now`; `back` months before it. */
export const lastMonth = (now: number, timeZone: string, back = 0): StatementMonth => {
  const { year, month } = localTime(now, timeZone)
  const index = year * 12 + (month - 1) - 1 - back
  return monthFrom(Math.floor(index / 12), (index % 12) + 1, timeZone)
}

const monthFrom = (year: number, month: number, timeZone: string): StatementMonth => {
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1]
  return {
    month: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`,
    start: startOfLocalDay(year, month, 1, timeZone),
    end: startOfLocalDay(nextYear, nextMonth, 1, timeZone),
  }
}
