import type { Sql } from './database.ts'

/** One process decides for the whole house and may hold gateways; any number hold gateways only. */
export type HeadendKind = 'house' | 'headend'

export type HeadendProcess = Readonly<{ id: string; kind: HeadendKind; name: string }>

/** On which meters a process acts: see `meter_in_reach` of the schema. */
export type Reach = Readonly<{ self: string; onlyHeld: boolean }>

/** Of a house that has the field to itself. */
export const wholeField: Reach = Object.freeze({ self: '', onlyHeld: false })

/** Real milliseconds in which a process must renew its lease. */
export const leaseMs = 10_000

const until = `clock_timestamp() + make_interval(secs => ${String(leaseMs / 1_000)})`

/**
 * A process is there. Who registers as the house is the only one (it holds the installation's lock), so an earlier
 * house is gone whatever its lease says.
 */
export const registerHeadend = async (sql: Sql, { id, kind, name }: HeadendProcess): Promise<void> => {
  if (kind === 'house')
    await sql.query(`update headend_process set ended_at = clock_timestamp() where kind = 'house' and ended_at is null`)
  await sql.query(`insert into headend_process (id, kind, name, alive_until) values ($1, $2, $3, ${until})`, [
    id,
    kind,
    name,
  ])
}

/**
 * Lives on. `revived` when another process had buried it meanwhile: what it held was given away, and it begins with
 * nothing in its hands.
 */
export const renewHeadend = async (sql: Sql, id: string): Promise<'renewed' | 'revived'> => {
  const [row] = await sql.query<{ ended: boolean }>(
    `with before as (select id, ended_at is not null as ended from headend_process where id = $1 for update)
     update headend_process h set alive_until = ${until}, ended_at = null from before b where h.id = b.id
     returning b.ended`,
    [id],
  )
  return row?.ended === true ? 'revived' : 'renewed'
}

export const endHeadend = async (sql: Sql, id: string): Promise<void> => {
  await sql.query(`update headend_process set ended_at = clock_timestamp() where id = $1 and ended_at is null`, [id])
}

/**
 * Buries processes whose lease is over. Never within a lease of the database's own start: then nobody could have renewed.
 * Answers who was buried.
 */
export const buryHeadends = async (
  sql: Sql,
  self: string,
): Promise<readonly Readonly<{ id: string; name: string }>[]> =>
  sql.query<{ id: string; name: string }>(
    `update headend_process set ended_at = clock_timestamp()
     where ended_at is null and alive_until < clock_timestamp() and id <> $1
       and pg_postmaster_start_time() + make_interval(secs => ${String(leaseMs / 1_000)}) < clock_timestamp()
     returning id, name`,
    [self],
  )

/** Gateways in the hands of processes that have ended are in nobody's. Answers how many. */
export const freeGateways = async (sql: Sql, now: number): Promise<number> => {
  const rows = await sql.query(
    `update gateway g set headend_id = null, online = false, online_since = $1
     from headend_process h where h.id = g.headend_id and h.ended_at is not null returning g.id`,
    [new Date(now)],
  )
  return rows.length
}

export type GatewayState = Readonly<{ gatewayId: number; online: boolean; since: number }>

/**
 * Sockets that have come are ours: whoever had the gateway before has it no more. Of those that are gone nothing changes
 * where the gateway has come to another process meanwhile. Answers which of those that have come were another's before.
 */
export const saveGatewayStates = async (
  sql: Sql,
  headendId: string,
  states: readonly GatewayState[],
): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number; another: boolean }>(
    `update gateway g set headend_id = case when s.online then $1::uuid end, online = s.online, online_since = s.since,
       last_headend_id = case when s.online then $1::uuid else g.last_headend_id end
     from (select s.*, b.last_headend_id as before
           from unnest($2::int[], $3::bool[], $4::timestamptz[]) as s(id, online, since) join gateway b on b.id = s.id
           order by s.id for no key update of b) s
     where g.id = s.id and (s.online or g.headend_id = $1)
     returning g.id, s.online and s.before is not null and s.before <> $1 as another`,
    [
      headendId,
      states.map(({ gatewayId }) => gatewayId),
      states.map(({ online }) => online),
      states.map(({ since }) => new Date(since)),
    ],
  )
  return rows.flatMap(({ id, another }) => (another ? [id] : []))
}

/** Gateways that another living process holds, of those named. */
export const heldElsewhere = async (
  sql: Sql,
  headendId: string,
  gatewayIds: readonly number[],
): Promise<readonly number[]> =>
  (
    await sql.query<{ id: number }>(
      `select g.id from gateway g join headend_process h on h.id = g.headend_id
       where g.id = any($2::int[]) and h.id <> $1 and h.ended_at is null`,
      [headendId, gatewayIds],
    )
  ).map(({ id }) => id)

/** The other process that holds a meter's gateway now, or null. */
export const holderOfMeter = async (sql: Sql, meterId: number, self: string): Promise<string | null> => {
  const [row] = await sql.query<{ id: string }>(
    `select h.id from meter m join gateway g on g.id = m.gateway_id join headend_process h on h.id = g.headend_id
     where m.id = $1 and h.id <> $2 and h.ended_at is null`,
    [meterId, self],
  )
  return row?.id ?? null
}

export type LivingHeadend = HeadendProcess & Readonly<{ startedAt: number; gateways: number }>

export const livingHeadends = async (sql: Sql): Promise<readonly LivingHeadend[]> => {
  const rows = await sql.query<{
    id: string
    kind: HeadendKind
    name: string
    started_at: number
    gateways: bigint
  }>(
    `select h.id, h.kind, h.name, h.started_at,
            (select count(*) from gateway g where g.headend_id = h.id) as gateways
     from headend_process h where h.ended_at is null order by h.started_at`,
  )
  return rows.map(({ started_at: startedAt, gateways, ...row }) => ({
    ...row,
    startedAt,
    gateways: Number(gateways),
  }))
}
