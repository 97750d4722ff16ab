import type { NoTripKind } from '../domain/credit-facts.ts'
import type { Sql } from './database.ts'

export type NoTripRow = Readonly<{
  id: number
  siteId: number
  site: string
  timeZone: string
  kind: NoTripKind
  from: number
  to: number
  reason: string
}>

/** The site of that name, or all sites. */
export const sitesByName = async (
  sql: Sql,
  name: string | null,
): Promise<readonly Readonly<{ id: number; timeZone: string }>[]> =>
  (
    await sql.query<{ id: number; time_zone: string }>(
      'select id, time_zone from site where $1::text is null or name = $1 order by id',
      [name],
    )
  ).map(({ id, time_zone: timeZone }) => ({ id, timeZone }))

export const insertNoTrip = async (
  sql: Sql,
  span: Readonly<{ siteId: number; kind: NoTripKind; from: number; to: number; reason: string }>,
): Promise<void> => {
  await sql.query('insert into no_trip (site_id, kind, from_at, to_at, reason) values ($1, $2, $3, $4, $5)', [
    span.siteId,
    span.kind,
    new Date(span.from),
    new Date(span.to),
    span.reason,
  ])
}

/** The site whose span it was, or null. */
export const removeNoTrip = async (sql: Sql, id: number): Promise<number | null> => {
  const [row] = await sql.query<{ site_id: number }>('delete from no_trip where id = $1 returning site_id', [id])
  return row?.site_id ?? null
}

export const listNoTrip = async (sql: Sql): Promise<readonly NoTripRow[]> => {
  const rows = await sql.query<{
    id: number
    site_id: number
    name: string
    time_zone: string
    kind: NoTripKind
    from_at: number
    to_at: number
    reason: string
  }>(
    `select n.id, n.site_id, s.name, s.time_zone, n.kind, n.from_at, n.to_at, n.reason
     from no_trip n join site s on s.id = n.site_id order by n.from_at, n.id`,
  )
  return rows.map((row) => ({
    id: row.id,
    siteId: row.site_id,
    site: row.name,
    timeZone: row.time_zone,
    kind: row.kind,
    from: row.from_at,
    to: row.to_at,
    reason: row.reason,
  }))
}
