/** Local calendar days as whole numbers (days since 1970-01-01): differences are days, whatever the clocks do. */

const msPerDay = 86_400_000

export const dayNumber = (year: number, month: number, day: number): number =>
  Math.floor(Date.UTC(year, month - 1, day) / msPerDay)

/** `2024-06-11` → its number; null when there is no such day. */
export const parseDay = (text: string): number | null => {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text)
  if (match === null) return null
  const number = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
  return formatDay(number) === text ? number : null
}

export const formatDay = (day: number): string => new Date(day * msPerDay).toISOString().slice(0, 10)

export type CalendarDay = Readonly<{ year: number; month: number; day: number; weekday: number }>

/** The calendar fields of a day; weekday 0 is Sunday. */
export const calendarDay = (day: number): CalendarDay => {
  const date = new Date(day * msPerDay)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  }
}

/** Month × 100 + day, for days that come round every year. */
export const dayOfYear = ({ month, day }: Pick<CalendarDay, 'month' | 'day'>): number => month * 100 + day

/** First days of the month of `day` and of the month after. */
export const monthOfDay = (day: number): Readonly<{ start: number; end: number }> => {
  const { year, month } = calendarDay(day)
  return { start: dayNumber(year, month, 1), end: dayNumber(year, month + 1, 1) }
}

/** The first day of the yearly cycle that began last, at or before `day`; `yearStart` is month × 100 + day. */
export const yearStartBefore = (day: number, yearStart: number): number => {
  const { year } = calendarDay(day)
  const start = dayNumber(year, Math.floor(yearStart / 100), yearStart % 100)
  return start <= day ? start : dayNumber(year - 1, Math.floor(yearStart / 100), yearStart % 100)
}

/** Whole months from the month of `from` until the day before `to`. */
export const monthsBetween = (from: number, to: number): number => {
  const [a, b] = [calendarDay(from), calendarDay(to)]
  return (b.year - a.year) * 12 + b.month - a.month
}
