import { measuredOf } from '../domain/measurement.ts'
import { demandOf, freezeOf } from '../domain/meter-day-data.ts'
import type { Values } from '../headend/headend.ts'
import type { MeterData } from '../store/collection.ts'
import { saveCollected, type Collected } from '../store/measurements.ts'
import { notifyLive } from '../store/notify.ts'
import { ensureMeasurementMonths } from '../store/partitions.ts'
import type { FlowContext } from './process.ts'
import { instantaneousOf } from './read-now.ts'

/** Takes over what was collected beside the readings: the newest of each set, and the history of what has one. */
export const recordData = async ({ database }: FlowContext, batch: readonly MeterData[]): Promise<void> => {
  const times = batch.map(({ at }) => at)
  await ensureMeasurementMonths(database, Math.min(...times), Math.max(...times))
  await database.transaction(async (sql) => {
    await saveCollected(sql, batch.map(collectedOf))
    await notifyLive(
      sql,
      batch.map(({ meterId }) => `meter:${String(meterId)}`),
    )
  })
}

const nothing = { shown: null, measured: null, demand: null, freeze: null } as const

const collectedOf = (one: MeterData): Collected => {
  // What was collected is what the headend has given, by the same names.
  const values = one.data as Values
  switch (one.dataSet) {
    case 'instantaneous':
      return { ...one, ...nothing, shown: { at: one.at, ...instantaneousOf(values) }, measured: measuredOf(values) }
    case 'demand':
      return { ...one, ...nothing, demand: demandOf(values) }
    case 'freeze':
      return { ...one, ...nothing, freeze: freezeOf(values) }
    case 'states':
    case 'events':
    case 'parameters':
      return { ...one, ...nothing }
  }
}
