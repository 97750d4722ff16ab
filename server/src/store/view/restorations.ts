import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { accountWithin, within } from '../reach.ts'

export type RestorationView = Readonly<{
  id: bigint
  meter_id: number
  place: string
  account_id: number
  account_number: string
  payment_id: string | null
  kind: 'direct-close' | 'permit-close'
  online: boolean
  state: 'running' | 'hand' | 'restored' | 'withdrawn'
  opened_at: number
  late: boolean
  queued_ms: number
  sent_ms: number | null
  acknowledged_ms: number | null
  verified_ms: number | null
  compensation: bigint | null
}>

const since = (column: string): string => `(extract(epoch from r.${column} - r.real_accepted_at) * 1000)::float8`

const columns = `r.id, r.meter_id, m.place, r.account_id, a.number as account_number, r.payment_id, r.kind, r.online, r.state,
  r.opened_at, r.late, ${since('real_queued_at')} as queued_ms, ${since('real_sent_at')} as sent_ms,
  ${since('real_acknowledged_at')} as acknowledged_ms, ${since('real_verified_at')} as verified_ms,
  (select t.amount from transfer t where t.operation_id = r.compensation_id and t.kind = 'compensation') as compensation`
const tables = 'restoration r join meter m on m.id = r.meter_id join account a on a.id = r.account_id'

/** Cases that run or wait for a hand, the oldest first. */
export const viewRunningRestorations = async (
  sql: Sql,
  limit: number,
  reach: Reach = null,
): Promise<readonly RestorationView[]> =>
  sql.query<RestorationView>(
    `select ${columns} from ${tables} where r.state in ('running', 'hand') and ${within('a.site_id', 2)} order by r.opened_at, r.id limit $1`,
    [limit, reach],
  )

/** Late cases of the last hours of machine time, the newest first. */
export const viewLateRestorations = async (
  sql: Sql,
  hours: number,
  limit: number,
  reach: Reach = null,
): Promise<readonly RestorationView[]> =>
  sql.query<RestorationView>(
    `select ${columns} from ${tables}
     where r.late and r.real_accepted_at > clock_timestamp() - $1 * interval '1 hour' and ${within('a.site_id', 3)}
     order by r.id desc limit $2`,
    [hours, limit, reach],
  )

export type RestorationTimes = Readonly<{
  count: number
  late_count: number
  queued: readonly number[]
  sent: readonly number[]
  acknowledged: readonly number[]
  verified: readonly number[]
}>

const shares = 'array[0.5, 0.95, 0.99, 1]'
const percentiles = (name: string): string =>
  `coalesce(percentile_disc(${shares}) within group (order by ${since(`real_${name}_at`)}), '{}') as ${name}`

/**
 * p50, p95, p99 and the worst of each step since the payment was accepted, over the payments that were proven behind
 * gateways that were there: the rest of the time was not ours.
 */
export const viewRestorationTimes = async (sql: Sql, hours: number, reach: Reach = null): Promise<RestorationTimes> => {
  const [row] = await sql.query<RestorationTimes>(
    `select count(*)::int as count, count(*) filter (where r.late)::int as late_count,
            ${['queued', 'sent', 'acknowledged', 'verified'].map(percentiles).join(', ')}
     from restoration r
     where r.payment_id is not null and r.online and r.state in ('hand', 'restored') and r.real_sent_at is not null
       and r.real_accepted_at > clock_timestamp() - $1 * interval '1 hour' and ${accountWithin('r.account_id', 2)}`,
    [hours, reach],
  )
  if (row === undefined) throw new Error('percentiles have one row')
  return row
}
