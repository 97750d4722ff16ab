import { zoneOffsetMs } from '../calendar.ts'
import { calendarDay, dayOfYear } from './day-number.ts'
import type { DayPeriods, DayType, TariffCalendar } from './plan.ts'
import { isInSeason } from './read-calendar.ts'

const msPerMinute = 60_000
const msPerDay = 86_400_000

/** Local days of a time zone; offsets are remembered, because asking the runtime takes longer than pricing. */
export type ZoneDays = Readonly<{
  /** The local day that contains an instant, as a day number. */
  dayAt(instant: number): number
  /** The first instant of a local day. */
  startOf(day: number): number
  /** Milliseconds since the local midnight, as the clock on the wall shows them. */
  msOfDay(instant: number): number
}>

const maximumRemembered = 4_096

export const zoneDays = (timeZone: string): ZoneDays => {
  const offsets = new Map<number, number | null>()
  /** One offset for a whole UTC day, or null on a day on which it changes. */
  const offsetOfDay = (utcDay: number): number | null => {
    const known = offsets.get(utcDay)
    if (known !== undefined) return known
    if (offsets.size >= maximumRemembered) offsets.clear()
    const [first, last] = [
      zoneOffsetMs(utcDay * msPerDay, timeZone),
      zoneOffsetMs((utcDay + 1) * msPerDay - 1, timeZone),
    ]
    const offset = first === last ? first : null
    offsets.set(utcDay, offset)
    return offset
  }
  const offsetAt = (instant: number): number =>
    offsetOfDay(Math.floor(instant / msPerDay)) ?? zoneOffsetMs(instant, timeZone)
  const startOf = (day: number): number => {
    const guess = day * msPerDay
    return guess - offsetAt(guess - offsetAt(guess))
  }
  return {
    dayAt: (instant) => Math.floor((instant + offsetAt(instant)) / msPerDay),
    startOf,
    msOfDay: (instant) => {
      const local = instant + offsetAt(instant)
      return local - Math.floor(local / msPerDay) * msPerDay
    },
  }
}

/** When which price of a clock tariff applies. */
export type TariffClock = Readonly<{
  days: ZoneDays
  /** The cell (index of a price) at an instant. */
  cellAt(instant: number): number
  /** Until when that cell surely lasts: the next change or the next midnight. */
  until(instant: number): number
}>

/** A plan that does not look at the clock: one cell, for ever. */
export const oneCell = (days: ZoneDays): TariffClock => ({
  days,
  cellAt: () => 0,
  until: () => Number.POSITIVE_INFINITY,
})

export const dayTypeOf = ({ holidays, workdays }: TariffCalendar, day: number): DayType => {
  if (holidays.has(day)) return 'holiday'
  if (workdays.has(day)) return 'workday'
  const { weekday } = calendarDay(day)
  return weekday === 0 || weekday === 6 ? 'weekend' : 'workday'
}

const periodsOn = (calendar: TariffCalendar, day: number): DayPeriods => {
  const season = calendar.seasons.find((found) => isInSeason(found, dayOfYear(calendarDay(day))))
  if (season === undefined) throw new RangeError('a day without a season: the plan was not validated')
  return season.days[dayTypeOf(calendar, day)]
}

export const tariffClock = (calendar: TariffCalendar, days: ZoneDays): TariffClock => {
  let [knownDay, known]: [number, DayPeriods] = [Number.NaN, []]
  const periodsOf = (day: number): DayPeriods => {
    if (day !== knownDay) [knownDay, known] = [day, periodsOn(calendar, day)]
    return known
  }
  return {
    days,
    cellAt: (instant) => {
      const minute = days.msOfDay(instant) / msPerMinute
      const periods = periodsOf(days.dayAt(instant))
      let cell = periods[0]?.cell ?? 0
      for (const period of periods) {
        if (period.fromMinute > minute) break
        cell = period.cell
      }
      return cell
    },
    until: (instant) => {
      const day = days.dayAt(instant)
      const msOfDay = days.msOfDay(instant)
      const midnight = days.startOf(day + 1)
      const next = periodsOf(day).find(({ fromMinute }) => fromMinute * msPerMinute > msOfDay)
      if (next === undefined) return midnight
      return clockInstant(days, instant, next.fromMinute * msPerMinute - msOfDay, midnight)
    },
  }
}

/** The instant at which the wall clock shows so much more; on a day of a clock change it may come sooner or later. */
const clockInstant = (days: ZoneDays, instant: number, aheadMs: number, midnight: number): number => {
  const plain = instant + aheadMs
  const shift = days.msOfDay(plain) - (days.msOfDay(instant) + aheadMs)
  const shifted = shift === 0 ? plain : plain - shift
  return shifted > instant && shifted < midnight ? shifted : midnight
}

/** The instants at which a clock on the wall shows a time of a day: none in spring's gap, two in autumn's hour. */
export const instantsOf = (days: ZoneDays, day: number, msOfDay: number): readonly number[] => {
  const plain = days.startOf(day) + msOfDay
  const around = [-2, -1, -0.5, 0, 0.5, 1, 2].map((hours) => plain + hours * 3_600_000)
  return around.filter((instant) => days.dayAt(instant) === day && days.msOfDay(instant) === msOfDay)
}
