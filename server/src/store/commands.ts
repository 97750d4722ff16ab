import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'
import type { Sql } from './database.ts'

export type NewCommand = Readonly<{
  id: string
  bucket: number
  meterId: number
  accountId: number | null
  kind: RelayCommandKind
  urgency: number
  requestedBy: string
  key: string | null
  reason: string
  evidence: unknown
  paymentId: string | null
  expiresAt: number
}>

export type CommandEvent = Readonly<{
  commandId: string
  kind: string
  text: string
  at: number
  request?: Uint8Array | null
  response?: Uint8Array | null
  durationMs?: number | null
}>

/** Queues commands; one of the same kind that is already waiting or under way for the meter makes the new one moot. */
export const queueCommands = async (
  sql: Sql,
  commands: readonly NewCommand[],
  now: number,
): Promise<readonly Readonly<{ id: string; meterId: number }>[]> => {
  if (commands.length === 0) return []
  const rows = await sql.query<{ id: string; meter_id: number }>(
    `insert into relay_command (id, bucket, meter_id, account_id, kind, urgency, requested_by, key, reason, evidence,
                                payment_id, expires_at, not_before, at)
     select c.*, $13, $13 from unnest($1::uuid[], $2::smallint[], $3::int[], $4::int[], $5::text[], $6::smallint[],
       $7::text[], $8::text[], $9::text[], $10::jsonb[], $11::uuid[], $12::timestamptz[]) as c
     on conflict do nothing returning id, meter_id`,
    [
      commands.map(({ id }) => id),
      commands.map(({ bucket }) => bucket),
      commands.map(({ meterId }) => meterId),
      commands.map(({ accountId }) => accountId),
      commands.map(({ kind }) => kind),
      commands.map(({ urgency }) => urgency),
      commands.map(({ requestedBy }) => requestedBy),
      commands.map(({ key }) => key),
      commands.map(({ reason }) => reason),
      commands.map(({ evidence }) => JSON.stringify(evidence)),
      commands.map(({ paymentId }) => paymentId),
      commands.map(({ expiresAt }) => new Date(expiresAt)),
      new Date(now),
    ],
  )
  await addEvents(
    sql,
    rows.map(({ id }) => {
      const command = commands.find((candidate) => candidate.id === id)
      return { commandId: id, kind: 'queued', text: command?.reason ?? '', at: now }
    }),
  )
  return rows.map(({ id, meter_id }) => ({ id, meterId: meter_id }))
}

export const addEvents = async (sql: Sql, events: readonly CommandEvent[]): Promise<void> => {
  if (events.length === 0) return
  await sql.query(
    `insert into command_event (command_id, at, kind, text, request, response, duration_ms)
     select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bytea[], $6::bytea[], $7::real[])`,
    [
      events.map(({ commandId }) => commandId),
      events.map(({ at }) => new Date(at)),
      events.map(({ kind }) => kind),
      events.map(({ text }) => text),
      events.map(({ request }) => bytea(request)),
      events.map(({ response }) => bytea(response)),
      events.map(({ durationMs }) => durationMs ?? null),
    ],
  )
}

const bytea = (bytes: Uint8Array | null | undefined): Buffer | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes)

/** Cancels what is still queued (also when a dispatcher has already taken it up: it asks again before it sends). */
export const cancelQueued = async (
  sql: Sql,
  ids: readonly string[],
  why: string,
  now: number,
): Promise<readonly string[]> => {
  if (ids.length === 0) return []
  const rows = await sql.query<{ id: string }>(
    `update relay_command set state = 'cancelled', failure = $2, finished_at = $3, real_finished_at = clock_timestamp(), owner = null
     where id = any($1::uuid[]) and state = 'queued' returning id`,
    [ids, why, new Date(now)],
  )
  const cancelled = rows.map(({ id }) => id)
  await addEvents(
    sql,
    cancelled.map((id) => ({ commandId: id, kind: 'cancelled', text: why, at: now })),
  )
  return cancelled
}

/** The command that this key made before for the meter. */
export const findCommandByKey = async (
  sql: Sql,
  meterId: number,
  key: string,
): Promise<Readonly<{ id: string; kind: RelayCommandKind; state: RelayCommandState; createdAt: number }> | null> => {
  const [row] = await sql.query<{ id: string; kind: RelayCommandKind; state: RelayCommandState; at: number }>(
    'select id, kind, state, at from relay_command where meter_id = $1 and key = $2',
    [meterId, key],
  )
  return row === undefined ? null : { id: row.id, kind: row.kind, state: row.state, createdAt: row.at }
}
