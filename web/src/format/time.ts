/** Instants in the time zone of the site, whatever the zone of the browser is. */

const partsIn = new Map<string, Intl.DateTimeFormat>()

const partsOf = (at: number, timeZone: string): Record<string, string> => {
  let format = partsIn.get(timeZone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
    partsIn.set(timeZone, format)
  }
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
}

/** `2026-03-01 08:30:00`, cut to what is asked for. */
export const formatInstant = (
  at: number,
  timeZone: string,
  detail: 'second' | 'minute' | 'short' | 'clock',
): string => {
  const { year, month, day, hour, minute, second } = partsOf(at, timeZone)
  const words = {
    second: `${year}-${month}-${day} ${hour}:${minute}:${second}`,
    minute: `${year}-${month}-${day} ${hour}:${minute}`,
    short: `${month}-${day} ${hour}:${minute}`,
    clock: `${hour}:${minute}:${second}`,
  }
  return words[detail]
}

/** The time of day, and the date before it when it is not today's. */
export const dayOrClock = (at: number, now: number, timeZone: string): string => {
  const minute = formatInstant(at, timeZone, 'minute')
  return minute.slice(0, 10) === formatInstant(now, timeZone, 'minute').slice(0, 10)
    ? minute.slice(11)
    : minute.slice(5)
}

/** What to add to a UTC instant so that its UTC fields read as local time: charts then place ticks at local midnight. */
export const zoneOffsetMs = (at: number, timeZone: string): number => {
  const { year, month, day, hour, minute, second } = partsOf(at, timeZone)
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second))
  return local - Math.floor(at / 1000) * 1000
}

export type Age = { readonly unit: 'seconds' | 'minutes' | 'hours' | 'days'; readonly count: number }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Minutes up to two hours, hours up to two days, then days; the clock of an instant ahead of now counts as now. */
export const ageOf = (at: number, now: number): Age => {
  const passedMs = Math.max(now - at, 0)
  if (passedMs < MINUTE_MS) return { unit: 'seconds', count: Math.floor(passedMs / 1000) }
  if (passedMs < 2 * HOUR_MS) return { unit: 'minutes', count: Math.floor(passedMs / MINUTE_MS) }
  if (passedMs < 2 * DAY_MS) return { unit: 'hours', count: Math.floor(passedMs / HOUR_MS) }
  return { unit: 'days', count: Math.floor(passedMs / DAY_MS) }
}

/** Seconds with one decimal below a minute, whole seconds above. */
export const secondsText = (durationMs: number): string =>
  durationMs < MINUTE_MS ? (durationMs / 1000).toFixed(1) : String(Math.round(durationMs / 1000))
