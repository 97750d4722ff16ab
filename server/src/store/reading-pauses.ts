import type { Reach } from '../domain/reach.ts'
import type { Sql } from './database.ts'
import { within } from './reach.ts'

/** What rests. A gateway and its line are one thing here. */
export type PauseSubject = Readonly<{ scope: 'site' | 'line' | 'meter'; subjectId: number }>

/** Wall time, `[from, to)`. */
export type ReadingPause = PauseSubject & Readonly<{ id: number; from: number; to: number; reason: string }>

export type ReadingPauseRow = ReadingPause & Readonly<{ name: string; operator: string | null }>

export const insertPause = async (
  sql: Sql,
  pause: Omit<ReadingPause, 'id'> & Readonly<{ operatorId: number | null; now: number }>,
): Promise<number> => {
  const id = (scope: PauseSubject['scope']): number | null => (pause.scope === scope ? pause.subjectId : null)
  const [row] = await sql.query<{ id: number }>(
    `insert into reading_pause (site_id, gateway_id, meter_id, from_at, to_at, reason, operator_id, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [
      id('site'),
      id('line'),
      id('meter'),
      new Date(pause.from),
      new Date(pause.to),
      pause.reason,
      pause.operatorId,
      new Date(pause.now),
    ],
  )
  if (row === undefined) throw new Error('an insert gave no id')
  return row.id
}

/** Ends a pause now, or calls off one that has not begun. False when there is none, or it is over. */
export const endPause = async (sql: Sql, id: number, now: number): Promise<PauseSubject | null> => {
  const at = new Date(now)
  const [begun] = await sql.query<SubjectRow>(
    `update reading_pause set to_at = $2 where id = $1 and from_at < $2 and to_at > $2 returning ${subjectColumns}`,
    [id, at],
  )
  if (begun !== undefined) return subjectOf(begun)
  const [future] = await sql.query<SubjectRow>(
    `delete from reading_pause where id = $1 and from_at >= $2 returning ${subjectColumns}`,
    [id, at],
  )
  return future === undefined ? null : subjectOf(future)
}

const subjectColumns = 'site_id, gateway_id, meter_id'
type SubjectRow = Readonly<{ site_id: number | null; gateway_id: number | null; meter_id: number | null }>

const subjectOf = ({ site_id: site, gateway_id: gateway, meter_id: meter }: SubjectRow): PauseSubject => {
  if (site !== null) return { scope: 'site', subjectId: site }
  if (gateway !== null) return { scope: 'line', subjectId: gateway }
  if (meter !== null) return { scope: 'meter', subjectId: meter }
  throw new Error('a pause is for nobody')
}

/** Most that are told: pauses are few. */
const mostPauses = 1_000

/** Pauses that are not over at `now`, by their beginning. */
export const listPauses = async (sql: Sql, now: number, reach: Reach = null): Promise<readonly ReadingPauseRow[]> => {
  const rows = await sql.query<
    SubjectRow & { id: number; from_at: number; to_at: number; reason: string; name: string; login: string | null }
  >(
    `select p.id, p.site_id, p.gateway_id, p.meter_id, p.from_at, p.to_at, p.reason, o.login,
            coalesce(s.name, g.code, m.address) as name
     from reading_pause p left join site s on s.id = p.site_id left join gateway g on g.id = p.gateway_id
       left join meter m on m.id = p.meter_id left join operator o on o.id = p.operator_id
     where p.to_at > $1 and ${within('coalesce(s.id, g.site_id, m.site_id)', 2)} order by p.from_at, p.id limit ${String(mostPauses)}`,
    [new Date(now), reach],
  )
  return rows.map((row) => ({
    ...subjectOf(row),
    id: row.id,
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
    name: row.name,
    operator: row.login,
  }))
}
