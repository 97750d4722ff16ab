import type { RelayTold, SelfTripCause } from '../domain/relay-watch.ts'
import type { Sql } from './database.ts'
import type { Reach } from './headends.ts'

/** The newest command that may have moved the relay of each meter, and whether one is on its way just now. */
export type LastTold = Readonly<{ told: RelayTold; underWay: boolean }>

export const loadLastTold = async (sql: Sql, meterIds: readonly number[]): Promise<ReadonlyMap<number, LastTold>> => {
  const rows = await sql.query<{ meter_id: number; kind: string; under_way: boolean }>(
    `select m.id as meter_id, c.kind,
            exists (select from relay_command u where u.meter_id = m.id and u.kind in ('trip', 'direct-close', 'permit-close')
                      and (u.state in ('sent', 'acknowledged') or u.state = 'queued' and u.attempts > 0)) as under_way
     from unnest($1::int[]) as m(id)
     left join lateral (select kind from relay_command c where c.meter_id = m.id
       and c.kind in ('trip', 'direct-close', 'permit-close') and c.attempts > 0 and c.state <> 'refused'
       order by c.at desc, c.id desc limit 1) c on true`,
    [meterIds],
  )
  return new Map(rows.map(({ meter_id, kind, under_way }) => [meter_id, { told: toldBy(kind), underWay: under_way }]))
}

const toldBy = (kind: string | null): RelayTold =>
  kind === null ? null : kind === 'trip' ? 'open' : kind === 'permit-close' ? 'permitted' : 'closed'

/** Trips that their meters have made themselves and that nobody has explained yet; one of a meter at a time. */
export const insertSelfTrips = async (sql: Sql, meterIds: readonly number[], now: number): Promise<void> => {
  await sql.query(
    `insert into self_trip (bucket, meter_id, at) select m.bucket, m.id, $2 from meter m where m.id = any($1::int[])
     on conflict do nothing`,
    [meterIds, new Date(now)],
  )
}

export type OpenSelfTrip = Readonly<{
  id: number
  meterId: number
  accountId: number | null
  gatewayId: number
  overloadsKnown: number
  prepaidItself: boolean
  looks: number
}>

/** The ones within reach to ask about now, at most `limit`; each is asked again only after `againAfterMs`. */
export const selfTripsToExplain = async (
  sql: Sql,
  now: number,
  { self, onlyHeld, againAfterMs, limit }: Reach & Readonly<{ againAfterMs: number; limit: number }>,
): Promise<readonly OpenSelfTrip[]> => {
  const rows = await sql.query<{
    id: bigint
    meter_id: number
    account_id: number | null
    gateway_id: number
    overload_count: number
    own_purse: boolean
    looks: number
  }>(
    `update self_trip t set looked_at = $1, looks = t.looks + 1 from meter m
     where m.id = t.meter_id and t.id in (
       select id from self_trip where cause is null and (looked_at is null or looked_at <= $2)
         and meter_in_reach(meter_id, $4, $5) order by id limit $3
       for no key update skip locked)
     returning t.id, t.meter_id, m.account_id, m.gateway_id, m.overload_count, t.looks,
       exists (select from account a join agreement g on g.id = a.agreement_id
               where a.id = m.account_id and g.settlement_mode <> 'remote') as own_purse`,
    [new Date(now), new Date(now - againAfterMs), limit, self, onlyHeld],
  )
  return rows.map((row) => ({
    id: Number(row.id),
    meterId: row.meter_id,
    accountId: row.account_id,
    gatewayId: row.gateway_id,
    overloadsKnown: row.overload_count,
    prepaidItself: row.own_purse,
    looks: row.looks,
  }))
}

export const finishSelfTrip = async (
  sql: Sql,
  trip: Readonly<{ id: number; meterId: number; cause: SelfTripCause; evidence: unknown; overloads: number | null }>,
): Promise<void> => {
  await sql.query('update self_trip set cause = $2, evidence = $3 where id = $1', [
    trip.id,
    trip.cause,
    JSON.stringify(trip.evidence),
  ])
  if (trip.overloads !== null)
    await sql.query('update meter set overload_count = greatest(overload_count, $2) where id = $1', [
      trip.meterId,
      trip.overloads,
    ])
}

/** Trips that a meter has made itself since then, this one included. */
export const selfTripsSince = async (sql: Sql, meterId: number, since: number): Promise<number> => {
  const [row] = await sql.query<{ count: number }>(
    'select count(*)::int as count from self_trip where meter_id = $1 and at >= $2',
    [meterId, new Date(since)],
  )
  return row?.count ?? 0
}
