import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { localTime } from '../local-time.ts'

/** Mean power of a household at any moment, from its measured half hours; whole watts, so energy sums stay exact. */
export type LoadProfile = Readonly<{
  households: readonly string[]
  /** W at a moment: twice the Wh of the half hour of that calendar day and time (29 February is lived as 28 February). */
  watts(household: string, instant: number, timeZone: string, shiftDays: number): number
}>

export const shippedLoadsPath = fileURLToPath(
  new URL('../../villages/loads/household-half-hours-2013.csv', import.meta.url),
)

const halfHoursPerDay = 48
const daysPerYear = 365
const dayMs = 86_400_000
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
    watts(household, instant, timeZone, shiftDays) {
      const values = columns.get(household)
      if (values === undefined) throw new RangeError(`no load of household ${household}`)
      const local = localTime(instant, timeZone)
      const leapDay = local.month === 2 && local.day === 29
      const day = (Date.UTC(2013, local.month - 1, leapDay ? 28 : local.day) - yearStart) / dayMs + shiftDays
      const dayInYear = ((day % daysPerYear) + daysPerYear) % daysPerYear
      const halfHour = local.hour * 2 + (local.minute < 30 ? 0 : 1)
      return 2 * (values[dayInYear * halfHoursPerDay + halfHour] ?? 0)
    },
  }
}
