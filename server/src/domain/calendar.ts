/** Local calendar time in a site's time zone. Pure: the zone rules come from the runtime's own tables. */

export type LocalTime = Readonly<{
  year: number
  month: number
  day: number
  hour: number
  minute: number
  second: number
  /** 0 = Sunday … 6 = Saturday. */
  weekday: number
}>

const formatters = new Map<string, Intl.DateTimeFormat>()

const formatterFor = (timeZone: string): Intl.DateTimeFormat => {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const formatter = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formatters.set(timeZone, formatter)
  return formatter
}

/** The calendar fields that a clock on the wall of `timeZone` shows at `instant` (UTC epoch milliseconds). */
export const localTime = (instant: number, timeZone: string): LocalTime => {
  const wall = new Date(instant + zoneOffsetMs(instant, timeZone))
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    hour: wall.getUTCHours(),
    minute: wall.getUTCMinutes(),
    second: wall.getUTCSeconds(),
    weekday: wall.getUTCDay(),
  }
}

const quarterHourMs = 900_000
/** Quarter hours whose offset is remembered, over all zones; then everything is forgotten at once. */
const rememberedOffsets = 20_000
const offsets = new Map<string, Map<number, number>>()
let remembered = 0

/**
 * Milliseconds by which local time is ahead of UTC at `instant`. Zones change at quarter hours only (all of them since
 * 1972), so the runtime's slow tables are asked once per quarter hour: every reading of a batch asks for the same few.
 */
export const zoneOffsetMs = (instant: number, timeZone: string): number => {
  if (instant < firstQuarterHours) return askOffsetMs(instant, timeZone)
  const quarterHour = Math.floor(instant / quarterHourMs)
  const known = offsets.get(timeZone)?.get(quarterHour)
  if (known !== undefined) return known
  const offset = askOffsetMs(quarterHour * quarterHourMs, timeZone)
  if (remembered >= rememberedOffsets) {
    offsets.clear()
    remembered = 0
  }
  const ofZone = offsets.get(timeZone) ?? new Map<number, number>()
  offsets.set(timeZone, ofZone.set(quarterHour, offset))
  remembered += 1
  return offset
}

const firstQuarterHours = Date.UTC(1973, 0, 1)

const askOffsetMs = (instant: number, timeZone: string): number => {
  const field: Record<string, number> = {}
  for (const part of formatterFor(timeZone).formatToParts(instant)) field[part.type] = Number(part.value)
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = field
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1000) * 1000
}

/** The instant at which clocks in `timeZone` show the given local midnight (the first such instant after a gap). */
export const startOfLocalDay = (year: number, month: number, day: number, timeZone: string): number => {
  const guess = Date.UTC(year, month - 1, day)
  const first = guess - zoneOffsetMs(guess, timeZone)
  return guess - zoneOffsetMs(first, timeZone)
}

/** The instant at which clocks in `timeZone` show these fields (the first such instant after a gap, the later of two). */
export const instantOf = (
  { year, month, day, hour, minute, second }: Omit<LocalTime, 'weekday'>,
  timeZone: string,
): number => {
  const guess = Date.UTC(year, month - 1, day, hour, minute, second)
  const first = guess - zoneOffsetMs(guess, timeZone)
  return guess - zoneOffsetMs(first, timeZone)
}

/** First and last instant of the calendar month that contains `instant`: `[start, end)`. */
export const monthOf = (instant: number, timeZone: string): Readonly<{ start: number; end: number }> => {
  const { year, month } = localTime(instant, timeZone)
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1]
  return { start: startOfLocalDay(year, month, 1, timeZone), end: startOfLocalDay(nextYear, nextMonth, 1, timeZone) }
}

/** The local calendar day as `YYYY-MM-DD`. */
export const localDayText = (instant: number, timeZone: string): string => {
  const { year, month, day } = localTime(instant, timeZone)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The instant of the last local midnight at or before `instant`. */
export const startOfToday = (instant: number, timeZone: string): number => {
  const { year, month, day } = localTime(instant, timeZone)
  return startOfLocalDay(year, month, day, timeZone)
}

/**
 * The instant at which clocks in `timeZone` show this local time: the first one where it comes twice, and the one as
 * long after the change where it is left out.
 */
export const instantOfLocal = (
  { year, month, day, hour, minute }: Omit<LocalTime, 'second' | 'weekday'>,
  timeZone: string,
): number => {
  const guess = Date.UTC(year, month - 1, day, hour, minute)
  const earlier = guess - zoneOffsetMs(guess - 86_400_000, timeZone)
  const later = guess - zoneOffsetMs(guess + 86_400_000, timeZone)
  const fits = (instant: number): boolean => instant + zoneOffsetMs(instant, timeZone) === guess
  if (fits(earlier)) return earlier
  return fits(later) ? later : earlier
}
