import { localDayText } from './calendar.ts'
import { fixedHolidays, publicHolidays, type HolidayCalendar, type HolidaySpan } from './public-holidays.table.ts'

export type { HolidayCalendar, HolidaySpan } from './public-holidays.table.ts'

const dayMs = 86_400_000

/**
 * Whether nobody is tripped at `instant` because of a public holiday: on the day itself and on the day before it, for
 * whoever is cut on the eve reaches nobody until it is over (fee-control practice).
 */
export const isNearHoliday = (calendar: HolidayCalendar, instant: number, timeZone: string): boolean => {
  if (calendar === 'none') return false
  const today = localDayText(instant, timeZone)
  return isHoliday(calendar, today) || isHoliday(calendar, dayAfter(today))
}

const isHoliday = (calendar: HolidayCalendar, day: string): boolean =>
  fixedHolidays[calendar].includes(day.slice(5)) ||
  publicHolidays[calendar].some(([first, last]) => day >= first && day <= last)

const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10)

/** Listed holidays that end on or after a local day, in their order. */
export const holidaysAhead = (calendar: HolidayCalendar, day: string): readonly HolidaySpan[] =>
  publicHolidays[calendar].filter(([, last]) => last >= day)
