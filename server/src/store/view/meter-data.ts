import type { DataSet } from '../../domain/collection/data-set.ts'
import type { Sql } from '../database.ts'

export type MeterDataView = Readonly<{
  dataSet: DataSet
  slotAt: number
  at: number
  data: Readonly<Record<string, unknown>>
  problem: string | null
}>

/** The newest values of each set of a meter; null when there is no such meter. */
export const viewMeterData = async (sql: Sql, meterId: number): Promise<readonly MeterDataView[] | null> => {
  const rows = await sql.query<{
    data_set: DataSet | null
    slot_at: number
    at: number
    data: Record<string, unknown>
    problem: string | null
  }>(
    `select d.data_set, d.slot_at, d.at, d.data, d.problem from meter m left join meter_data d on d.meter_id = m.id
     where m.id = $1 order by d.data_set`,
    [meterId],
  )
  if (rows.length === 0) return null
  return rows.flatMap(({ data_set: dataSet, slot_at: slotAt, ...row }) =>
    dataSet === null ? [] : [{ ...row, dataSet, slotAt }],
  )
}
