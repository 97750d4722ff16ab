import type { Reach } from '../../domain/reach.ts'
import type { Severity } from '../../domain/work-item.ts'
import type { Sql } from '../database.ts'
import { siteOfWorkItem, within } from '../reach.ts'

export type WorkItemView = Readonly<{
  id: bigint
  kind: string
  subject: string
  site: string | null
  account_id: number | null
  account_number: string | null
  customer: string | null
  meter_id: number | null
  place: string | null
  gateway: string | null
  severity: Severity
  detail: Readonly<Record<string, unknown>>
  opened_at: number
  seen_at: number
  seen: number
  due_at: number | null
  escalation: number
  owner: string | null
  acknowledged_at: number | null
  closed_at: number | null
  closed_by: string | null
  closed_because: string | null
}>

/** Items with what they are about, the most pressing first; closed ones newest first. */
export const viewWorkItems = async (
  sql: Sql,
  closed: boolean,
  limit: number,
  reach: Reach = null,
): Promise<readonly WorkItemView[]> =>
  sql.query<WorkItemView>(
    `select w.id, w.kind, w.subject, s.name as site, w.account_id, a.number as account_number, c.name as customer,
            w.meter_id, m.place, g.code as gateway, w.severity, w.detail, w.opened_at, w.seen_at, w.seen, w.due_at,
            w.escalation, o.name as owner, w.acknowledged_at, w.closed_at, e.name as closed_by, w.closed_because
     from work_item w
       left join site s on s.id = w.site_id left join account a on a.id = w.account_id
       left join customer c on c.id = a.customer_id left join meter m on m.id = w.meter_id
       left join gateway g on g.id = w.gateway_id left join operator o on o.id = w.owner_id
       left join operator e on e.id = w.closed_by
     where (w.closed_at is not null) = $1 and ${within(siteOfWorkItem('w'), 3)}
     order by w.closed_at desc nulls last, case when $1 then w.id end desc, w.escalation desc,
              array_position(array['critical', 'warning', 'notice'], w.severity), w.due_at nulls last, w.id
     limit $2`,
    [closed, limit, reach],
  )

/** How many are open, and how many of those are past their deadline or nobody's. */
export const viewWorkItemCounts = async (
  sql: Sql,
  reach: Reach = null,
): Promise<Readonly<{ open: number; critical: number; late: number; unowned: number }>> => {
  const [row] = await sql.query<{ open: bigint; critical: bigint; late: bigint; unowned: bigint }>(
    `select count(*) as open, count(*) filter (where severity = 'critical') as critical,
            count(*) filter (where escalation = 3) as late, count(*) filter (where owner_id is null) as unowned
     from work_item w where closed_at is null and ${within(siteOfWorkItem('w'), 1)}`,
    [reach],
  )
  return {
    open: Number(row?.open ?? 0n),
    critical: Number(row?.critical ?? 0n),
    late: Number(row?.late ?? 0n),
    unowned: Number(row?.unowned ?? 0n),
  }
}
