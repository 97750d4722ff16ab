import type { Reach } from '../../domain/reach.ts'
import { fieldAlarms, type Severity, type WorkItemKind } from '../../domain/work-item.ts'
import type { Sql } from '../database.ts'
import { accountWithin, siteOfWorkItem, within } from '../reach.ts'

export type OverviewView = Readonly<{
  meters: bigint
  relay_open: bigint
  relay_unknown: bigint
  not_answering: bigint
  normal: bigint
  warned: bigint
  stop_notified: bigint
  cut_off: bigint
  good: bigint
  held: bigint
  failed: bigint
  money_in: bigint
  restored: bigint
  late: bigint
  restoring: bigint
  p50_ms: number | null
  p95_ms: number | null
  p99_ms: number | null
  worst_ms: number | null
}>

/** The figures of a day (`yyyy-mm-dd` and the instant of its local midnight) in one statement; what was charged is in the sums of the day. */
export const viewOverview = async (
  sql: Sql,
  day: string,
  midnight: number,
  reach: Reach = null,
): Promise<OverviewView> => {
  const [row] = await sql.query<OverviewView>(
    `select m.*, a.*, r.*, i.*, c.*, w.* from
       (select count(*) as meters, count(*) filter (where relay = 'open') as relay_open,
               count(*) filter (where relay = 'unknown') as relay_unknown, count(*) filter (where failed_reads > 0) as not_answering
        from meter where ${within('site_id', 3)}) m,
       (select count(*) filter (where stage = 'normal') as normal, count(*) filter (where stage in ('warned-1', 'warned-2', 'stop-due', 'await-approval', 'suspended')) as warned,
               count(*) filter (where stage = 'stop-notified') as stop_notified, count(*) filter (where stage = 'cut-off') as cut_off
        from account where agreement_id is not null and ${within('site_id', 3)}) a,
       (select coalesce(sum(good), 0)::bigint as good, coalesce(sum(held), 0)::bigint as held, coalesce(sum(failed), 0)::bigint as failed
        from read_count where day = $1::date and ${within('site_id', 3)}) r,
       (select coalesce(sum(amount), 0)::bigint as money_in from payment p where p.at >= $2 and ${accountWithin('p.account_id', 3)}
          and not exists (select from operation r where r.reverses = p.id)) i,
       (select count(ms) as restored, count(*) filter (where late) as late, percentile_cont(0.5) within group (order by ms) as p50_ms,
               percentile_disc(0.95) within group (order by ms) as p95_ms, percentile_disc(0.99) within group (order by ms) as p99_ms,
               max(ms) as worst_ms from (
          select (extract(epoch from real_verified_at - real_accepted_at) * 1000)::float8 as ms, late
          from restoration where payment_id is not null and online and state in ('hand', 'restored')
            and ${accountWithin('account_id', 3)} order by id desc limit 100) last) c,
       (select count(*) as restoring from restoration where state = 'running' and ${accountWithin('account_id', 3)}) w`,
    [day, new Date(midnight), reach],
  )
  if (row === undefined) throw new Error('an overview has one row')
  return row
}

export type OpenAlarmsView = Readonly<{ kind: WorkItemKind; severity: Severity; open: bigint }>

/** Open alarms about the field by kind, the gravest first. */
export const viewOpenAlarms = async (sql: Sql, reach: Reach = null): Promise<readonly OpenAlarmsView[]> =>
  sql.query<OpenAlarmsView>(
    `select kind, severity, count(*) as open from work_item where closed_at is null and kind = any($1::text[])
       and ${within(siteOfWorkItem('work_item'), 2)} group by kind, severity order by array_position(array['critical', 'warning', 'notice'], severity), kind`,
    [fieldAlarms, reach],
  )

export type GatewayView = Readonly<{ id: number; code: string; online: boolean; online_since: number | null }>

export const viewGateways = async (sql: Sql, reach: Reach = null): Promise<readonly GatewayView[]> =>
  sql.query<GatewayView>(
    `select id, code, online, online_since from gateway where ${within('site_id', 1)} order by code`,
    [reach],
  )
