import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { dayMs, localTime, quarterHourMs, type Zone } from '../time/local-time.ts'

/** Measured half hours of some households over a year of 365 days; whole Wh, so energy sums stay exact. */
export type LoadProfile = Readonly<{
  households: readonly string[]
  /** Wh of each half hour of the year. @throws RangeError when there is no such household. */
  halfHours(household: string): Uint32Array
}>

export const shippedLoadsPath = fileURLToPath(
  new URL('../../villages/loads/household-half-hours-2013.csv', import.meta.url),
)

const halfHoursPerDay = 48
const daysPerYear = 365
const yearStart = Date.UTC(2013, 0, 1)

/** Reads `start,HOUSEHOLD,…` with one row of Wh per half hour of a year of 365 days. */
export const readLoadProfile = async (path: string): Promise<LoadProfile> =>
  parseLoadProfile(await readFile(path, 'utf8'))

export const parseLoadProfile = (csv: string): LoadProfile => {
  const [header = '', ...rows] = csv.trim().split(/\r?\n/u)
  const households = header.split(',').slice(1)
  if (rows.length !== daysPerYear * halfHoursPerDay)
    throw new RangeError(
      `a load file has ${String(daysPerYear * halfHoursPerDay)} half hours, not ${String(rows.length)}`,
    )
  const columns = new Map(households.map((name) => [name, new Uint32Array(rows.length)]))
  for (const [index, row] of rows.entries()) {
    const cells = row.split(',')
    for (const [column, name] of households.entries()) {
      const wh = Number(cells[column + 1])
      if (!Number.isInteger(wh) || wh < 0)
        throw new RangeError(`row ${String(index + 2)}: ${name} has no whole number of Wh`)
      const values = columns.get(name)
      if (values !== undefined) values[index] = wh
    }
  }
  return {
    households,
    halfHours(household) {
      const values = columns.get(household)
      if (values === undefined) throw new RangeError(`no load of household ${household}`)
      return values
    },
  }
}

/** Which half hour of the measured year is lived at a moment. */
export type HalfHourOfYear = (instant: number) => Readonly<{ day: number; halfHour: number }>

/** By calendar day and time of the zone; 29 February is lived as 28 February. The last answer is remembered. */
export const halfHourOfYear = (zone: Zone): HalfHourOfYear => {
  let lastQuarter = Number.NaN
  let last = { day: 0, halfHour: 0 }
  return (instant) => {
    const quarter = Math.floor(instant / quarterHourMs)
    if (quarter === lastQuarter) return last
    const local = localTime(instant, zone)
    const leapDay = local.month === 2 && local.day === 29
    const day = (Date.UTC(2013, local.month - 1, leapDay ? 28 : local.day) - yearStart) / dayMs
    lastQuarter = quarter
    last = { day, halfHour: local.hour * 2 + (local.minute < 30 ? 0 : 1) }
    return last
  }
}

/** Mean power in W of a half hour, `shiftDays` later in the year. */
export const wattsAt = (
  values: Uint32Array,
  { day, halfHour }: ReturnType<HalfHourOfYear>,
  shiftDays: number,
): number => {
  const shifted = (((day + shiftDays) % daysPerYear) + daysPerYear) % daysPerYear
  return 2 * (values[shifted * halfHoursPerDay + halfHour] ?? 0)
}
