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

const formatters = new Map<string, Intl.DateTimeFormat>()
/** Offsets change at quarter hours at the earliest, so one look per quarter hour is enough. */
export const quarterHourMs = 900_000
const offsets = new Map<string, number>()
const maximumOffsets = 10_000

const formatterOf = (timeZone: string): Intl.DateTimeFormat => {
  let formatter = formatters.get(timeZone)
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    formatters.set(timeZone, formatter)
  }
  return formatter
}

/** Milliseconds to add to UTC for local time. */
const offsetMs = (instant: number, timeZone: string): number => {
  const quarter = Math.floor(instant / quarterHourMs)
  const key = `${timeZone} ${String(quarter)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const name = formatterOf(timeZone)
    .formatToParts(quarter * quarterHourMs)
    .find(({ type }) => type === 'timeZoneName')?.value
  const match = /^GMT(?:([+-])(\d\d):(\d\d))?/u.exec(name ?? '')
  if (match === null) throw new RangeError(`no offset for ${timeZone}`)
  const [, sign = '+', hours = '0', minutes = '0'] = match
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
  if (offsets.size >= maximumOffsets) offsets.clear()
  offsets.set(key, offset)
  return offset
}

export const localTime = (instant: number, timeZone: string): LocalTime => {
  const local = new Date(instant + offsetMs(instant, timeZone))
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

export const isTimeZone = (text: string): boolean => {
  try {
    return formatterOf(text).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
