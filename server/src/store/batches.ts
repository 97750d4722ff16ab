import type { BatchKind, BatchState } from '../domain/batch.ts'
import type { Parameter } from '../domain/parameter.ts'
import type { RelayCommandKind } from '../domain/relay-command.ts'
import type { Reach } from '../domain/reach.ts'
import type { Sql } from './database.ts'
import { within } from './reach.ts'

/** Which meters are meant; what is said must hold all at once, and at least one thing is said. */
export type Selection = Readonly<{
  siteId?: number
  gatewayId?: number
  /** Beginning of the place: `3-` is building 3 where rooms are called 3-101. */
  placePrefix?: string
  /** Places, meter numbers or account numbers, as people write lists. */
  names?: readonly string[]
  meterIds?: readonly number[]
  stage?: string
}>

export type SelectedMeter = Readonly<{
  meterId: number
  siteId: number
  bucket: number
  place: string
  address: string
  accountId: number | null
  accountNumber: string | null
  customerName: string | null
  relay: 'closed' | 'open' | 'unknown'
  relayCommand: 'closed' | 'open' | 'unknown'
  keepPower: boolean
  alarm: boolean
  protocol: string
  restoreOwed: boolean
  openKinds: readonly RelayCommandKind[]
}>

type SelectedRow = {
  id: number
  site_id: number
  bucket: number
  place: string
  address: string
  account_id: number | null
  number: string | null
  name: string | null
  relay: SelectedMeter['relay']
  relay_command: SelectedMeter['relay']
  keep_power: boolean
  alarm: boolean
  protocol: string
  restore_owed: boolean
  open_kinds: RelayCommandKind[] | null
}

/** At most `limit` meters, in the order of their places. */
export const selectMeters = async (
  sql: Sql,
  selection: Selection,
  limit: number,
  reach: Reach = null,
): Promise<readonly SelectedMeter[]> => {
  const rows = await sql.query<SelectedRow>(
    `select m.id, m.site_id, m.bucket, m.place, m.address, m.account_id, a.number, c.name, m.relay, m.relay_command, m.keep_power, m.alarm,
            m.protocol, m.restore_owed,
            (select array_agg(o.kind) from relay_command o
             where o.meter_id = m.id and o.state in ('queued', 'sent', 'acknowledged')) as open_kinds
     from meter m left join account a on a.id = m.account_id left join customer c on c.id = a.customer_id
     where ($1::int is null or m.site_id = $1) and ($2::int is null or m.gateway_id = $2)
       and ($3::text is null or starts_with(m.place, $3))
       and ($4::text[] is null or m.place = any($4) or m.address = any($4) or a.number = any($4))
       and ($5::int[] is null or m.id = any($5)) and ($6::text is null or a.stage = $6)
       and ${within('m.site_id', 8)}
     order by m.place, m.id limit $7`,
    [
      selection.siteId ?? null,
      selection.gatewayId ?? null,
      selection.placePrefix ?? null,
      selection.names ?? null,
      selection.meterIds ?? null,
      selection.stage ?? null,
      limit,
      reach,
    ],
  )
  return rows.map((row) => ({
    meterId: row.id,
    siteId: row.site_id,
    bucket: row.bucket,
    place: row.place,
    address: row.address,
    accountId: row.account_id,
    accountNumber: row.number,
    customerName: row.name,
    relay: row.relay,
    relayCommand: row.relay_command,
    keepPower: row.keep_power,
    alarm: row.alarm,
    protocol: row.protocol,
    restoreOwed: row.restore_owed,
    openKinds: row.open_kinds ?? [],
  }))
}

export type BatchRow = Readonly<{
  id: string
  kind: BatchKind
  selection: Selection
  parameters: readonly Parameter[]
  override: boolean
  reason: string
  state: BatchState
  requestedBy: number
  requesterLogin: string
  at: number
  decidedBy: number | null
  deciderLogin: string | null
  decidedAt: number | null
}>

type Row = {
  id: string
  kind: BatchKind
  selection: Selection
  parameters: Parameter[]
  override: boolean
  reason: string
  state: BatchState
  requested_by: number
  requester: string
  at: number
  decided_by: number | null
  decider: string | null
  decided_at: number | null
}

const columns = `b.id, b.kind, b.selection, b.parameters, b.override, b.reason, b.state, b.requested_by, r.login as requester, b.at,
  b.decided_by, d.login as decider, b.decided_at`
const tables = `batch b join operator r on r.id = b.requested_by left join operator d on d.id = b.decided_by`

const batchOf = (row: Row): BatchRow => ({
  id: row.id,
  kind: row.kind,
  selection: row.selection,
  parameters: row.parameters,
  override: row.override,
  reason: row.reason,
  state: row.state,
  requestedBy: row.requested_by,
  requesterLogin: row.requester,
  at: row.at,
  decidedBy: row.decided_by,
  deciderLogin: row.decider,
  decidedAt: row.decided_at,
})

/** The batch, its row locked until the transaction ends: it is approved, refused or stopped once. */
export const lockBatch = async (sql: Sql, id: string): Promise<BatchRow | null> => {
  const [row] = await sql.query<Row>(`select ${columns} from ${tables} where b.id = $1 for no key update of b`, [id])
  return row === undefined ? null : batchOf(row)
}

/** The batch that this key made before for the operator, and whether it was made of the same input. */
export const findBatchByKey = async (
  sql: Sql,
  input: Omit<NewBatch, 'id' | 'state' | 'items'>,
): Promise<Readonly<{ id: string; sameInput: boolean }> | null> => {
  const [row] = await sql.query<{ id: string; same: boolean }>(
    `select id, kind = $3 and selection = $4::jsonb and parameters = $5::jsonb and override = $6 and reason = $7 as same
     from batch where requested_by = $1 and key = $2`,
    [
      input.requestedBy,
      input.key,
      input.kind,
      JSON.stringify(input.selection),
      JSON.stringify(input.parameters),
      input.override,
      input.reason,
    ],
  )
  return row === undefined ? null : { id: row.id, sameInput: row.same }
}

export type NewBatch = Readonly<{
  id: string
  kind: BatchKind
  selection: Selection
  parameters: BatchRow['parameters']
  override: boolean
  reason: string
  state: 'waiting' | 'running'
  key: string
  requestedBy: number
  items: readonly Readonly<{ meterId: number; because: string | null; seen: unknown }>[]
}>

export const insertBatch = async (sql: Sql, batch: NewBatch, now: number): Promise<void> => {
  await sql.query(
    `insert into batch (id, kind, selection, parameters, override, reason, state, key, requested_by, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      batch.id,
      batch.kind,
      JSON.stringify(batch.selection),
      JSON.stringify(batch.parameters),
      batch.override,
      batch.reason,
      batch.state,
      batch.key,
      batch.requestedBy,
      new Date(now),
    ],
  )
  await sql.query(
    `insert into batch_item (batch_id, meter_id, position, state, because, seen, finished_at)
     select $1, i.meter_id, i.position, case when i.because is null then 'waiting' else 'skipped' end, i.because, i.seen,
            case when i.because is null then null else $6::timestamptz end
     from unnest($2::int[], $3::int[], $4::text[], $5::jsonb[]) as i(meter_id, position, because, seen)`,
    [
      batch.id,
      batch.items.map(({ meterId }) => meterId),
      batch.items.map((_, position) => position),
      batch.items.map(({ because }) => because),
      batch.items.map(({ seen }) => JSON.stringify(seen)),
      new Date(now),
    ],
  )
}

export type BatchDecision = Readonly<{ state: 'running' | 'refused'; operatorId: number; reason: string | null }>

export const decideBatch = async (sql: Sql, id: string, decision: BatchDecision, now: number): Promise<void> => {
  await sql.query(
    `update batch set state = $2, decided_by = $3, decided_at = $4, decision_reason = $5,
       finished_at = case when $2 = 'refused' then $4::timestamptz end where id = $1`,
    [id, decision.state, decision.operatorId, new Date(now), decision.reason],
  )
}

/** Stops it; what waits is left out, and the queued commands are returned to be cancelled. */
export const stopBatch = async (
  sql: Sql,
  id: string,
  stop: Readonly<{ operatorId: number | null; reason: string }>,
  now: number,
): Promise<readonly string[]> => {
  await sql.query(
    `update batch set state = 'stopped', stopped_by = $2, stopped_at = $3, stop_reason = $4, finished_at = $3 where id = $1`,
    [id, stop.operatorId, new Date(now), stop.reason],
  )
  await skipWaiting(sql, id, 'batch-stopped', now)
  const rows = await sql.query<{ id: string }>(
    `select c.id from batch_item i join relay_command c on c.id = i.command_id
     where i.batch_id = $1 and c.state = 'queued' order by c.id`,
    [id],
  )
  return rows.map((row) => row.id)
}

const skipWaiting = async (sql: Sql, id: string, because: string, now: number): Promise<void> => {
  await sql.query(
    `update batch_item set state = 'skipped', because = $2, finished_at = $3 where batch_id = $1 and state = 'waiting'`,
    [id, because, new Date(now)],
  )
}

/** Batches that nobody has approved in time. */
export const expireBatches = async (sql: Sql, before: number, now: number): Promise<readonly string[]> => {
  const rows = await sql.query<{ id: string }>(
    `update batch set state = 'expired', finished_at = $2 where state = 'waiting' and at < $1 returning id`,
    [new Date(before), new Date(now)],
  )
  return rows.map(({ id }) => id)
}

export type Progress = Readonly<{ id: string; kind: BatchKind; waiting: number; underWay: number; ended: number }>

/** Where each running batch stands. */
export const runningBatches = async (sql: Sql): Promise<readonly Progress[]> =>
  sql.query<Progress>(
    `select b.id, b.kind, count(*) filter (where i.state = 'waiting')::int as waiting,
            count(*) filter (where i.state = 'writing' or c.state in ('queued', 'sent', 'acknowledged'))::int as "underWay",
            count(*) filter (where i.state in ('skipped', 'written', 'failed')
                             or c.state in ('verified', 'refused', 'failed', 'expired', 'cancelled'))::int as ended
     from batch b join batch_item i on i.batch_id = b.id left join relay_command c on c.id = i.command_id
     where b.state = 'running' group by b.id, b.kind, b.at order by b.at`,
  )

export const finishBatch = async (sql: Sql, id: string, now: number): Promise<void> => {
  await sql.query(`update batch set state = 'finished', finished_at = $2 where id = $1 and state = 'running'`, [
    id,
    new Date(now),
  ])
}

/** The next meters of a batch whose turn it is, with the accounts to lock before anything is decided. */
export const nextItems = async (
  sql: Sql,
  batchId: string,
  limit: number,
): Promise<readonly Readonly<{ meterId: number; accountId: number | null }>[]> =>
  sql.query<{ meterId: number; accountId: number | null }>(
    `select i.meter_id as "meterId", m.account_id as "accountId" from batch_item i join meter m on m.id = i.meter_id
     where i.batch_id = $1 and i.state = 'waiting' order by i.position limit $2`,
    [batchId, limit],
  )

export type ItemMove = Readonly<{ meterId: number; because: string | null; commandId: string | null }>

/** Waiting items become commands or are left out; an item that has been moved stays where it is. */
export const moveItems = async (sql: Sql, batchId: string, moves: readonly ItemMove[], now: number): Promise<void> => {
  if (moves.length === 0) return
  await sql.query(
    `update batch_item i set state = case when v.command_id is null then 'skipped' else 'commanded' end, because = v.because,
            command_id = v.command_id, finished_at = case when v.command_id is null then $5::timestamptz end
     from unnest($2::int[], $3::text[], $4::uuid[]) as v(meter_id, because, command_id)
     where i.batch_id = $1 and i.meter_id = v.meter_id and i.state = 'waiting'`,
    [
      batchId,
      moves.map(({ meterId }) => meterId),
      moves.map(({ because }) => because),
      moves.map(({ commandId }) => commandId),
      new Date(now),
    ],
  )
}

/** The batch that a command belongs to, as far as its last moment has to know it; null for any other command. */
export const batchOfCommand = async (
  sql: Sql,
  commandId: string,
): Promise<Readonly<{ id: string; override: boolean; stopped: boolean }> | null> => {
  const [row] = await sql.query<{ id: string; override: boolean; stopped: boolean }>(
    `select b.id, b.override, b.state = 'stopped' as stopped from batch_item i join batch b on b.id = i.batch_id
     where i.command_id = $1`,
    [commandId],
  )
  return row ?? null
}
