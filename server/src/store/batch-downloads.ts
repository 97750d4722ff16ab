import type { Parameter } from '../domain/parameter.ts'
import type { Sql } from './database.ts'
import type { Reach } from './headends.ts'

/** A meter whose parameters are to be written. */
export type Download = Readonly<{
  batchId: string
  meterId: number
  gatewayId: number
  parameters: readonly Parameter[]
}>

/** Takes up meters of running downloads within reach whose turn it is, one per gateway, none on a gateway that is busy. */
export const claimDownloads = async (
  sql: Sql,
  { self, onlyHeld, busyGateways, limit }: Reach & Readonly<{ busyGateways: readonly number[]; limit: number }>,
  now: number,
): Promise<readonly Download[]> => {
  const rows = await sql.query<{ batch_id: string; meter_id: number; gateway_id: number; parameters: Parameter[] }>(
    `with due as (
       select distinct on (m.gateway_id) i.batch_id, i.meter_id, m.gateway_id, b.parameters, b.at, i.position
       from batch b join batch_item i on i.batch_id = b.id join meter m on m.id = i.meter_id
       where b.state = 'running' and b.kind = 'write-parameters' and i.state = 'waiting'
         and (i.not_before is null or i.not_before <= $1) and m.gateway_id <> all($2::int[])
         and meter_in_reach(m.id, $4, $5)
       order by m.gateway_id, b.at, i.position limit $3)
     update batch_item i set state = 'writing', writer = $4 from due
     where i.batch_id = due.batch_id and i.meter_id = due.meter_id and i.state = 'waiting'
     returning i.batch_id, i.meter_id, due.gateway_id, due.parameters`,
    [new Date(now), busyGateways, limit, self, onlyHeld],
  )
  return rows.map((row) => ({
    batchId: row.batch_id,
    meterId: row.meter_id,
    gatewayId: row.gateway_id,
    parameters: row.parameters,
  }))
}

/** One that this process has taken up: another may have taken it over since. */
type Written = Pick<Download, 'batchId' | 'meterId'> & Readonly<{ writer: string }>

export type DownloadEnd = Readonly<
  | { state: 'written'; because: null; detail: unknown }
  | { state: 'failed'; because: string; detail: unknown }
  | { state: 'skipped'; because: string; detail: unknown }
>

export const endDownload = async (
  sql: Sql,
  { batchId, meterId, writer }: Written,
  end: DownloadEnd,
  now: number,
): Promise<void> => {
  await sql.query(
    `update batch_item set state = $3, because = $4, detail = $5, finished_at = $6
     where batch_id = $1 and meter_id = $2 and state = 'writing' and writer = $7`,
    [batchId, meterId, end.state, end.because, JSON.stringify(end.detail), new Date(now), writer],
  )
}

/** Back into the queue: its line is away, or the work was broken off. A meter is read before it is written, so this is safe. */
export const postponeDownload = async (
  sql: Sql,
  { batchId, meterId, writer }: Written,
  notBefore: number,
  why: string,
): Promise<void> => {
  await sql.query(
    `update batch_item set state = 'waiting', not_before = $3, because = $4
     where batch_id = $1 and meter_id = $2 and state = 'writing' and writer = $5`,
    [batchId, meterId, new Date(notBefore), why, writer],
  )
}

/** What a process was writing that has ended is read, and written where needed, by whoever holds the gateway now. */
export const recoverDownloads = async (sql: Sql): Promise<void> => {
  await sql.query(
    `update batch_item i set state = 'waiting', not_before = null where state = 'writing'
       and (writer is null or exists (select from headend_process h where h.id::text = i.writer and h.ended_at is not null))`,
  )
}

/** Downloads that run since before an instant are over; what still waits has failed. */
export const endOldDownloads = async (sql: Sql, before: number, now: number): Promise<void> => {
  await sql.query(
    `update batch_item i set state = 'failed', because = coalesce(i.because, 'its time was over'), finished_at = $2
     from batch b where b.id = i.batch_id and b.state = 'running' and b.kind = 'write-parameters' and i.state = 'waiting'
       and coalesce(b.decided_at, b.at) < $1`,
    [new Date(before), new Date(now)],
  )
}

export const isRunning = async (sql: Sql, batchId: string): Promise<boolean> => {
  const rows = await sql.query(`select from batch where id = $1 and state = 'running'`, [batchId])
  return rows.length > 0
}
