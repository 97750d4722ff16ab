import { spreadsOf, type Measurement } from '../domain/measurement.ts'
import { limitsOf, qualityOf } from '../domain/power-quality.ts'
import type { Sql } from '../store/database.ts'
import { measurementsOf, type MeasurementDay, type StoredMeasurementDay } from '../store/measurement-days.ts'
import type { ZoneMeter } from '../store/measurement-roll-up.ts'
import type { LocalDay } from './roll-up.ts'

/** What the measurements of a day come to, for each meter that has any. */
export const measurementDays = async (
  sql: Sql,
  day: LocalDay,
  meters: readonly ZoneMeter[],
): Promise<readonly StoredMeasurementDay[]> => {
  const found = await measurementsOf(
    sql,
    meters.map(({ id }) => id),
    day,
  )
  return meters.flatMap(({ id, bucket }) => {
    const own = found.get(id)
    return own === undefined ? [] : [{ meterId: id, bucket, day: day.day, ...measurementDay(own) }]
  })
}

/** At least one measurement. The limits of a day are told by its own voltages. */
export const measurementDay = (own: readonly Measurement[]): MeasurementDay => ({
  measurements: own.length,
  spreads: spreadsOf(own),
  quality: qualityOf(own, limitsOf(own.map(({ measured }) => measured))),
})
