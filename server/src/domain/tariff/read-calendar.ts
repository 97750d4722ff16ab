import { calendarDay, dayNumber, dayOfYear, formatDay } from './day-number.ts'
import { complain, isGiven, isObject, itemsOf, member, readParsed, readText, type Place } from './document.ts'
import type { DayPeriods, Season, TariffCalendar } from './plan.ts'
import { readDay, readDayOfYear } from './values.ts'

const minutesPerSlot = 30

/** Season → day type → periods. `weekend` is as `workday`, and `holiday` as `weekend`, where they are left out. */
export const readCalendar = (place: Place, periods: readonly string[]): TariffCalendar => {
  if (!isObject(place, ['seasons', 'holidays', 'workdays']))
    return { seasons: [], holidays: new Set(), workdays: new Set() }
  const seasons = itemsOf(member(place, 'seasons')).map((season) => readSeason(season, periods))
  checkCover(member(place, 'seasons'), seasons)
  const holidays = readDays(member(place, 'holidays'))
  const workdays = readDays(member(place, 'workdays'))
  for (const day of holidays)
    if (workdays.has(day)) complain(member(place, 'workdays'), `names ${formatDay(day)}, which is a holiday as well`)
  return { seasons, holidays, workdays }
}

const readDays = (place: Place): ReadonlySet<number> => {
  const days = new Set<number>()
  for (const item of itemsOf(place)) {
    const day = readDay(item, 0)
    if (days.has(day) && day !== 0) complain(item, 'is named twice')
    days.add(day)
  }
  return days
}

const readSeason = (place: Place, periods: readonly string[]): Season => {
  const empty: DayPeriods = []
  if (!isObject(place, ['name', 'from', 'to', 'workday', 'weekend', 'holiday']))
    return { name: '', from: 101, to: 1231, days: { workday: empty, weekend: empty, holiday: empty } }
  const workday = readPeriods(member(place, 'workday'), periods)
  const weekendPlace = member(place, 'weekend')
  const weekend = isGiven(weekendPlace) ? readPeriods(weekendPlace, periods) : workday
  const holidayPlace = member(place, 'holiday')
  const holiday = isGiven(holidayPlace) ? readPeriods(holidayPlace, periods) : weekend
  return {
    name: readText(member(place, 'name'), 'all year'),
    from: readDayOfYear(member(place, 'from'), 101, 'optional'),
    to: readDayOfYear(member(place, 'to'), 1231, 'optional'),
    days: { workday, weekend, holiday },
  }
}

const readPeriods = (place: Place, periods: readonly string[]): DayPeriods => {
  const items = itemsOf(place)
  if (items.length === 0) complain(place, 'must be a list like [["00:00", "valley"], ["08:00", "peak"]]')
  const read = items.map((item) => {
    const pair = Array.isArray(item.value) && item.value.length === 2 ? item.value : null
    if (pair === null) {
      complain(item, 'must be a start and a period like ["08:00", "peak"]')
      return { fromMinute: 0, cell: 0 }
    }
    const start = { ...item, value: pair[0] as unknown, at: `${item.at}[0]` }
    const period = { ...item, value: pair[1] as unknown, at: `${item.at}[1]` }
    const fromMinute = readParsed(start, parseMinute, 'a time like "08:00"', 0)
    if (fromMinute % minutesPerSlot !== 0)
      complain(
        start,
        'must be a full or half hour: energy is counted by half hours, so a change in between cannot be priced',
      )
    const cell = periods.indexOf(String(period.value))
    if (cell < 0) complain(period, `has no price; priced are ${periods.join(', ')}`)
    return { fromMinute, cell: Math.max(cell, 0) }
  })
  if (read[0] !== undefined && read[0].fromMinute !== 0)
    complain(place, 'must begin at "00:00", so that every half hour has a price')
  for (const [index, { fromMinute }] of read.entries())
    if (index > 0 && fromMinute <= (read[index - 1]?.fromMinute ?? 0))
      complain({ ...place, at: `${place.at}[${String(index)}]` }, 'must start later than the one before it')
  return read
}

const parseMinute = (text: string): number | null => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/u.exec(text)
  return match === null ? null : Number(match[1]) * 60 + Number(match[2])
}

export const isInSeason = ({ from, to }: Season, day: number): boolean =>
  from <= to ? from <= day && day <= to : day >= from || day <= to

/** Every day of the year must be in exactly one season; a leap year is asked, so 29 February is too. */
const checkCover = (place: Place, seasons: readonly Season[]): void => {
  if (seasons.length === 0) {
    complain(place, 'must name at least one season')
    return
  }
  const start = dayNumber(2024, 1, 1)
  for (let day = start; day < dayNumber(2025, 1, 1); day += 1) {
    const count = seasons.filter((season) => isInSeason(season, dayOfYear(calendarDay(day)))).length
    if (count === 1) continue
    complain(place, `${formatDay(day).slice(5)} is in ${count === 0 ? 'no season' : 'more than one season'}`)
    return
  }
}
