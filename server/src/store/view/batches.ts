import type { BatchKind, BatchState } from '../../domain/batch.ts'
import type { Parameter } from '../../domain/parameter.ts'
import type { Reach } from '../../domain/reach.ts'
import type { RelayCommandState } from '../../domain/relay-command.ts'
import type { Sql } from '../database.ts'

export type BatchView = Readonly<{
  id: string
  kind: BatchKind
  override: boolean
  parameters: readonly Parameter[]
  reason: string
  state: BatchState
  at: number
  requester_login: string
  requester_name: string
  decider_login: string | null
  decider_name: string | null
  decided_at: number | null
  decision_reason: string | null
  stopper_login: string | null
  stopper_name: string | null
  stopped_at: number | null
  stop_reason: string | null
  finished_at: number | null
  total: number
  waiting: number
  under_way: number
  done: number
  failed: number
  left_out: number
}>

export type BatchItemView = Readonly<{
  meter_id: number
  place: string
  address: string
  /** As `flow/request-batch` wrote it. */
  seen: unknown
  state: 'waiting' | 'skipped' | 'commanded' | 'writing' | 'written' | 'failed'
  because: string | null
  command_id: string | null
  command_state: RelayCommandState | null
  failure: string | null
  attempts: number | null
  finished_at: number | null
  /** As `flow/run-downloads` wrote it; null for a command. */
  detail: unknown
}>

const batchesShown = 100

const query = `
  select b.id, b.kind, b.override, b.parameters, b.reason, b.state, b.at, r.login as requester_login, r.name as requester_name,
         d.login as decider_login, d.name as decider_name, b.decided_at, b.decision_reason,
         s.login as stopper_login, s.name as stopper_name, b.stopped_at, b.stop_reason, b.finished_at, n.*
  from batch b join operator r on r.id = b.requested_by
  left join operator d on d.id = b.decided_by left join operator s on s.id = b.stopped_by
  cross join lateral (
    select count(*)::int as total, count(*) filter (where i.state = 'waiting')::int as waiting,
           count(*) filter (where i.state = 'writing' or c.state in ('queued', 'sent', 'acknowledged'))::int as under_way,
           count(*) filter (where i.state = 'written' or c.state = 'verified')::int as done,
           count(*) filter (where i.state = 'failed' or c.state in ('refused', 'failed', 'expired', 'cancelled'))::int as failed,
           count(*) filter (where i.state = 'skipped')::int as left_out
    from batch_item i left join relay_command c on c.id = i.command_id where i.batch_id = b.id) n`

/** Those that wait or run first, then the newest. A batch over several branches is for whoever reaches them all. */
export const viewBatches = async (sql: Sql, reach: Reach = null): Promise<readonly BatchView[]> =>
  sql.query<BatchView>(
    `${query} where $1::int[] is null or not exists (
       select from batch_item f join meter m on m.id = f.meter_id where f.batch_id = b.id and m.site_id <> all($1))
     order by (b.state in ('waiting', 'running')) desc, b.at desc, b.id limit ${String(batchesShown)}`,
    [reach],
  )

export const viewBatch = async (sql: Sql, id: string): Promise<BatchView | null> => {
  const [row] = await sql.query<BatchView>(`${query} where b.id = $1`, [id])
  return row ?? null
}

export const viewBatchItems = async (sql: Sql, id: string): Promise<readonly BatchItemView[]> =>
  sql.query<BatchItemView>(
    `select i.meter_id, m.place, m.address, i.seen, i.state, i.because, i.command_id, c.state as command_state, c.failure,
            c.attempts, coalesce(c.finished_at, i.finished_at) as finished_at, i.detail
     from batch_item i join meter m on m.id = i.meter_id left join relay_command c on c.id = i.command_id
     where i.batch_id = $1 order by i.position`,
    [id],
  )
