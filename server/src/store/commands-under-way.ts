import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'
import { addEvents } from './commands.ts'
import type { Sql } from './database.ts'
import type { Reach } from './headends.ts'

/** Commands as the dispatcher sees them: claimed, sent, proven, or put back. */

export type ClaimedCommand = Readonly<{
  id: string
  bucket: number
  meterId: number
  accountId: number | null
  kind: RelayCommandKind
  requestedBy: string
  attempts: number
  expiresAt: number
  /** The process that has taken it up; once it is another, this one may not act on it any more. */
  owner: string
}>

type ClaimedRow = {
  id: string
  bucket: number
  meter_id: number
  account_id: number | null
  kind: RelayCommandKind
  requested_by: string
  attempts: number
  expires_at: number
}

/** Takes up to `limit` due commands within reach, the most urgent first and one per meter, for this process. */
export const claimCommands = async (
  sql: Sql,
  { self: owner, onlyHeld, limit, busyMeterIds }: Reach & Readonly<{ limit: number; busyMeterIds: readonly number[] }>,
  now: number,
): Promise<readonly ClaimedCommand[]> => {
  const rows = await sql.query<ClaimedRow>(
    `with due as (
       select c.id, c.meter_id, c.urgency, c.at from relay_command c
       where c.state = 'queued' and c.owner is null and c.not_before <= $2 and c.meter_id <> all($4::int[])
         and meter_in_reach(c.meter_id, $1, $5)
         and not exists (select from relay_command u
                         where u.meter_id = c.meter_id and (u.state in ('sent', 'acknowledged') or u.state = 'queued' and u.owner is not null))
       order by c.urgency, c.at limit $3 for update skip locked),
     one as (select distinct on (meter_id) id from due order by meter_id, urgency, at)
     update relay_command c set owner = $1 from one where c.id = one.id
     returning c.id, c.bucket, c.meter_id, c.account_id, c.kind, c.requested_by, c.attempts, c.expires_at`,
    [owner, new Date(now), limit, busyMeterIds, onlyHeld],
  )
  return rows.map((row) => ({
    id: row.id,
    bucket: row.bucket,
    meterId: row.meter_id,
    accountId: row.account_id,
    kind: row.kind,
    requestedBy: row.requested_by,
    attempts: row.attempts,
    expiresAt: row.expires_at,
    owner,
  }))
}

/**
 * The state of one command, locked until the transaction ends; `not-ours` when another process has taken it over, which
 * had every reason to believe that we are gone.
 */
export const lockCommand = async (
  sql: Sql,
  { id, owner }: Pick<ClaimedCommand, 'id' | 'owner'>,
): Promise<RelayCommandState | 'not-ours' | null> => {
  const [row] = await sql.query<{ state: RelayCommandState; owner: string | null }>(
    'select state, owner from relay_command where id = $1 for update',
    [id],
  )
  if (row === undefined) return null
  // Who ends or postpones a command takes the owner off it: the state then says how it stands.
  const taken = row.owner !== null && row.owner !== owner
  const open = row.state === 'queued' || row.state === 'sent' || row.state === 'acknowledged'
  return taken || (open && row.owner === null) ? 'not-ours' : row.state
}

export const markSent = async (sql: Sql, id: string, now: number): Promise<void> => {
  await sql.query(
    `update relay_command set state = 'sent', attempts = attempts + 1,
       real_sent_at = coalesce(real_sent_at, clock_timestamp()) where id = $1`,
    [id],
  )
  await addEvents(sql, [{ commandId: id, kind: 'sent', text: 'the bytes leave now', at: now }])
}

export const markAcknowledged = async (
  sql: Sql,
  { id, owner }: Pick<ClaimedCommand, 'id' | 'owner'>,
): Promise<void> => {
  await sql.query(
    `update relay_command set state = 'acknowledged', real_acknowledged_at = coalesce(real_acknowledged_at, clock_timestamp())
     where id = $1 and owner = $2 and state = 'sent'`,
    [id, owner],
  )
}

export const finishCommand = async (
  sql: Sql,
  id: string,
  state: RelayCommandState,
  failure: string | null,
  now: number,
): Promise<void> => {
  await sql.query(
    `update relay_command set state = $2, failure = $3, finished_at = $4, real_finished_at = clock_timestamp(), owner = null
     where id = $1`,
    [id, state, failure, new Date(now)],
  )
}

/** Back into the queue for a later attempt. */
export const requeueCommand = async (
  sql: Sql,
  id: string,
  later: Readonly<{ notBefore: number; attempts: number; failure: string }>,
): Promise<void> => {
  await sql.query(
    `update relay_command set state = 'queued', not_before = $2, attempts = $3, failure = $4, owner = null where id = $1`,
    [id, new Date(later.notBefore), later.attempts, later.failure],
  )
}

/** Not now: no attempt, no byte; the command is looked at again later. The same reason is noted once. */
export const postponeCommand = async (
  sql: Sql,
  id: string,
  later: Readonly<{ notBefore: number; why: string; now: number }>,
): Promise<void> => {
  const [before] = await sql.query<{ failure: string | null }>('select failure from relay_command where id = $1', [id])
  await sql.query('update relay_command set not_before = $2, failure = $3, owner = null where id = $1', [
    id,
    new Date(later.notBefore),
    later.why,
  ])
  if (before?.failure !== later.why)
    await addEvents(sql, [{ commandId: id, kind: 'postponed', text: later.why, at: later.now }])
}

/** Gives back a command whose carrying out was interrupted; one that had been sent is repeated only after a state read. */
export const releaseCommand = async (
  sql: Sql,
  { id, owner }: Pick<ClaimedCommand, 'id' | 'owner'>,
  notBefore: number,
): Promise<void> => {
  await sql.query(
    `update relay_command set state = 'queued', not_before = $2, owner = null
     where id = $1 and owner = $3 and state in ('queued', 'sent', 'acknowledged')`,
    [id, new Date(notBefore), owner],
  )
}

/**
 * After a start, or when another process has ended: what was taken up by whoever is no more is queued again. What had been
 * sent keeps its count of attempts, so the meter's state is read before anything is repeated.
 */
export const recoverCommands = async (sql: Sql, now: number, self: string): Promise<number> => {
  const orphaned = `c.owner <> $1 and not exists (
    select from headend_process h where h.id::text = c.owner and h.ended_at is null)`
  await sql.query(`update relay_command c set owner = null where c.state = 'queued' and ${orphaned}`, [self])
  const rows = await sql.query<{ id: string }>(
    `update relay_command c set state = 'queued', owner = null, not_before = $2
     where c.state in ('sent', 'acknowledged') and ${orphaned} returning c.id`,
    [self, new Date(now)],
  )
  await addEvents(
    sql,
    rows.map(({ id }) => ({
      commandId: id,
      kind: 'recovered',
      text: 'taken up again after a restart; the meter is asked for its state first',
      at: now,
    })),
  )
  return rows.length
}

/** Ends commands whose time is over without having been carried out. */
export const expireCommands = async (sql: Sql, now: number): Promise<readonly Readonly<{ meterId: number }>[]> => {
  const rows = await sql.query<{ id: string; meter_id: number }>(
    `update relay_command set state = 'expired', failure = 'its time was over', finished_at = $1, real_finished_at = clock_timestamp()
     where state = 'queued' and owner is null and expires_at < $1 returning id, meter_id`,
    [new Date(now)],
  )
  await addEvents(
    sql,
    rows.map(({ id }) => ({
      commandId: id,
      kind: 'expired',
      text: 'its time was over before it could be sent',
      at: now,
    })),
  )
  return rows.map(({ meter_id }) => ({ meterId: meter_id }))
}

/** When the next queued command is due, or null. */
export const nextCommandDue = async (sql: Sql): Promise<number | null> => {
  const [row] = await sql.query<{ due: number | null }>(
    `select min(not_before) as due from relay_command where state = 'queued' and owner is null`,
  )
  return row?.due ?? null
}

/** Commands of these gateways' meters that wait only because the gateway was away are due at once. */
export const hastenCommands = async (sql: Sql, gatewayIds: readonly number[], now: number): Promise<void> => {
  await sql.query(
    `update relay_command c set not_before = $2 from meter m
     where m.id = c.meter_id and m.gateway_id = any($1::int[]) and c.state = 'queued' and c.owner is null
       and (c.attempts = 0 or c.kind in ('direct-close', 'permit-close')) and c.not_before > $2`,
    [gatewayIds, new Date(now)],
  )
}
