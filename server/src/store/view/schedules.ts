import type { DataSet } from '../../domain/collection/data-set.ts'
import type { ScheduleScope } from '../../domain/collection/schedule-rule.ts'
import type { Sql } from '../database.ts'
import { listPauses, type ReadingPauseRow } from '../reading-pauses.ts'

export type ScheduleView = Readonly<{
  scope: ScheduleScope
  subjectId: number | null
  /** Site, code of the gateway, or address of the meter; null for the company. */
  name: string | null
  dataSet: DataSet
  minutes: number | null
}>

const mostRules = 5_000

/** All rules, the widest first. */
export const viewSchedules = async (sql: Sql): Promise<readonly ScheduleView[]> => {
  const rows = await sql.query<{
    scope: ScheduleScope
    subject_id: number | null
    name: string | null
    data_set: DataSet
    minutes: number | null
  }>(
    `select r.scope, coalesce(r.site_id, r.gateway_id, r.meter_id) as subject_id, coalesce(s.name, g.code, m.address) as name,
            r.data_set, r.minutes
     from reading_schedule r left join site s on s.id = r.site_id left join gateway g on g.id = r.gateway_id
       left join meter m on m.id = r.meter_id
     order by array_position(array['company', 'site', 'line', 'meter'], r.scope), name, r.data_set
     limit ${String(mostRules)}`,
  )
  return rows.map(({ subject_id: subjectId, data_set: dataSet, ...row }) => ({ ...row, subjectId, dataSet }))
}

export const viewPauses = async (sql: Sql, now: number): Promise<readonly ReadingPauseRow[]> => listPauses(sql, now)
