/** A moment as the village's people read it off the wall. */
export type LocalTime = Readonly<{
  year: number
  month: number
  day: number
  /** 0 Sunday … 6 Saturday. */
  weekday: number
  hour: number
  minute: number
  second: number
}>

/** Offsets change at quarter hours at the earliest, so one look per quarter hour is enough. */
export const quarterHourMs = 900_000
export const minuteMs = 60_000
export const dayMs = 86_400_000

/** A time zone with its offsets remembered: asking the platform each time costs more than a meter does. */
export type Zone = Readonly<{
  name: string
  /** Milliseconds to add to UTC for local time. */
  offsetMs(instant: number): number
}>

const maximumOffsets = 10_000
const zones = new Map<string, Zone>()

const makeZone = (name: string): Zone => {
  const formatter = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  const known = new Map<number, number>()
  let lastQuarter = Number.NaN
  let lastOffset = 0
  const ask = (quarter: number): number => {
    const text = formatter.formatToParts(quarter * quarterHourMs).find(({ type }) => type === 'timeZoneName')?.value
    const match = /^GMT(?:([+-])(\d\d):(\d\d))?/u.exec(text ?? '')
    if (match === null) throw new RangeError(`no offset for ${name}`)
    const [, sign = '+', hours = '0', minutes = '0'] = match
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs
  }
  return {
    name,
    offsetMs(instant) {
      const quarter = Math.floor(instant / quarterHourMs)
      if (quarter === lastQuarter) return lastOffset
      let offset = known.get(quarter)
      if (offset === undefined) {
        offset = ask(quarter)
        if (known.size >= maximumOffsets) known.clear()
        known.set(quarter, offset)
      }
      lastQuarter = quarter
      lastOffset = offset
      return offset
    },
  }
}

/** @throws RangeError when there is no such zone. */
export const zoneOf = (name: string): Zone => {
  let zone = zones.get(name)
  if (zone === undefined) {
    zone = makeZone(name)
    zones.set(name, zone)
  }
  return zone
}

export const isTimeZone = (name: string): boolean => {
  try {
    return zoneOf(name).name !== ''
  } catch {
    return false
  }
}

export const localTime = (instant: number, zone: Zone): LocalTime => {
  const local = new Date(instant + zone.offsetMs(instant))
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
  }
}

const minutesPerDay = 1_440

/** Minutes since local midnight. */
export const minuteOfDay = (instant: number, zone: Zone): number =>
  Math.floor((instant + zone.offsetMs(instant)) / minuteMs) % minutesPerDay

/** The instant at which clocks of the zone show this; where they show it twice or never, one close to it. */
export const instantOf = (
  { year, month, day, hour, minute, second }: Omit<LocalTime, 'weekday'>,
  zone: Zone,
): number => {
  const shown = Date.UTC(year, month - 1, day, hour, minute, second)
  return shown - zone.offsetMs(shown - zone.offsetMs(shown))
}
