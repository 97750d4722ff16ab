import type { Sql } from '../database.ts'
import { siteOfWorkItem } from '../reach.ts'

/** What a request may be about. */
export type SubjectKind = keyof typeof siteOf

/** For each kind of subject, the sites that one of them lies in; no row: there is none, or it belongs to no site. */
const siteOf = {
  site: 'select id as site_id from site where id = $1::int',
  'site-name': 'select id as site_id from site where name = $1',
  gateway: 'select site_id from gateway where id = $1::int',
  meter: 'select site_id from meter where id = $1::int',
  account: 'select site_id from account where id = $1::int',
  message: 'select a.site_id from message m join account a on a.id = m.account_id where m.id = $1::bigint',
  statement: 'select a.site_id from statement s join account a on a.id = s.account_id where s.number = $1',
  payment: 'select a.site_id from payment p join account a on a.id = p.account_id where p.id = $1::uuid',
  customer: 'select distinct site_id from account where customer_id = $1::int',
  operation: 'select a.site_id from operation o join account a on a.id = o.account_id where o.id = $1::uuid',
  'operation-request': `select distinct a.site_id from operation_request q
    join account a on a.id in (q.account_id, (q.operation->>'toAccountId')::int) where q.id = $1::uuid`,
  'list-entry': 'select a.site_id from account_list e join account a on a.id = e.account_id where e.id = $1::int',
  'stop-approval': 'select a.site_id from stop_approval p join account a on a.id = p.account_id where p.id = $1::int',
  'no-trip': 'select site_id from no_trip where id = $1::int',
  pause: `select coalesce(p.site_id, g.site_id, m.site_id) as site_id from reading_pause p
    left join gateway g on g.id = p.gateway_id left join meter m on m.id = p.meter_id where p.id = $1::int`,
  batch: `select distinct m.site_id from batch_item i join meter m on m.id = i.meter_id where i.batch_id = $1::uuid`,
  'work-item': `select ${siteOfWorkItem('w')} as site_id from work_item w where w.id = $1::bigint`,
} as const

/** The sites of a subject; none: it does not exist, or belongs to no site. */
export const viewSubjectSites = async (
  sql: Sql,
  kind: SubjectKind,
  id: number | string,
): Promise<readonly number[]> => {
  const rows = await sql.query<{ site_id: number | null }>(siteOf[kind], [id])
  return rows.flatMap(({ site_id: siteId }) => siteId ?? [])
}

/** Of these meters or accounts, those in a reach. */
export const viewWithin = async (
  sql: Sql,
  what: 'meter' | 'account',
  ids: readonly number[],
  reach: readonly number[],
): Promise<ReadonlySet<number>> => {
  const rows = await sql.query<{ id: number }>(
    `select id from ${what} where id = any($1::int[]) and site_id = any($2::int[])`,
    [ids, reach],
  )
  return new Set(rows.map(({ id }) => id))
}
