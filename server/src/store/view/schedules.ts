import type { DataSet } from '../../domain/collection/data-set.ts'
import type { ScheduleScope } from '../../domain/collection/schedule-rule.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'
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

/** All rules, the widest first. Of a reach: those of its sites, lines and meters, and the company's, which hold there too. */
export const viewSchedules = async (sql: Sql, reach: Reach = null): Promise<readonly ScheduleView[]> => {
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
     where r.scope = 'company' or ${within('coalesce(s.id, g.site_id, m.site_id)', 1)}
     order by array_position(array['company', 'site', 'line', 'meter'], r.scope), name, r.data_set
     limit ${String(mostRules)}`,
    [reach],
  )
  return rows.map(({ subject_id: subjectId, data_set: dataSet, ...row }) => ({ ...row, subjectId, dataSet }))
}

export const viewPauses = async (sql: Sql, now: number, reach: Reach = null): Promise<readonly ReadingPauseRow[]> =>
  listPauses(sql, now, reach)
