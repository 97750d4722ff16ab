import type { LoadFacts, LoadHold, LoadState } from '../domain/load-control.ts'
import type { LoadRules } from '../domain/load-rules.ts'
import type { RelayCommandKind } from '../domain/relay-command.ts'
import type { Sql } from './database.ts'
import type { Reach } from './headends.ts'

/** By this name load control asks for commands, as the credit policy does by `policy`. */
export const loadControl = 'load-control'

export type LoadRecord = Readonly<{
  meterId: number
  bucket: number
  accountId: number | null
  rules: LoadRules
  state: LoadState
  holds: readonly LoadHold[]
  facts: LoadFacts
}>

/**
 * Meters with rules that were not looked at for so long, or of which something newer is known; the longest waiting first.
 */
export const metersToLookAt = async (
  sql: Sql,
  now: number,
  everyMs: number,
  limit: number,
): Promise<readonly Readonly<{ meterId: number; accountId: number | null }>[]> =>
  sql.query<{ meterId: number; accountId: number | null }>(
    `select m.id as "meterId", m.account_id as "accountId" from load_control l join meter m on m.id = l.meter_id left join account a on a.id = m.account_id
     where l.looked_at <= $1 or l.looked_at > $2 or m.newest_at > l.looked_at or m.status_at > l.looked_at or l.changed_at > l.looked_at
       or a.decided_at > l.looked_at
     order by l.looked_at, m.id limit $3`,
    // A clock that was set back must not put a meter to sleep.
    [new Date(now - everyMs), new Date(now), limit],
  )

/** Meters that are sampled for their rules, with the time between two samples. */
export const sampledMeters = async (
  sql: Sql,
  { self, onlyHeld }: Reach,
): Promise<readonly Readonly<{ meterId: number; gatewayId: number; everyMs: number }>[]> =>
  sql.query<{ meterId: number; gatewayId: number; everyMs: number }>(
    `select l.meter_id as "meterId", m.gateway_id as "gatewayId", (l.rules->>'sampleEveryMs')::float8 as "everyMs"
     from load_control l join meter m on m.id = l.meter_id where l.rules->>'sampleEveryMs' is not null and meter_in_reach(l.meter_id, $1, $2) order by l.meter_id`,
    [self, onlyHeld],
  )

type Row = {
  meter_id: number
  bucket: number
  account_id: number | null
  rules: LoadRules
  state: LoadState
  holds: LoadHold[]
  time_zone: string
  relay: LoadFacts['relay']
  relay_command: LoadFacts['relay']
  keep_power: boolean
  protected: boolean
  money_stopped: boolean
  newest_at: number | null
  power_mw: bigint | null
  last_total_wh: bigint | null
  last_payment_at: number | null
  open_kinds: RelayCommandKind[] | null
  queued: { id: string; kind: RelayCommandKind }[] | null
}

/** Rules, state and facts of meters whose accounts are locked; the rows of the rules are locked here, in their order. */
export const lockLoad = async (sql: Sql, meterIds: readonly number[]): Promise<readonly LoadRecord[]> => {
  await sql.query(
    'select meter_id from load_control where meter_id = any($1::int[]) order by meter_id for no key update',
    [meterIds],
  )
  const rows = await sql.query<Row>(
    `select l.meter_id, m.bucket, m.account_id, l.rules, l.state, l.holds, s.time_zone, m.relay, m.relay_command, m.keep_power,
            coalesce(a.protected, false) as protected, coalesce(a.stage = 'cut-off', false) or m.restore_owed as money_stopped,
            m.newest_at, m.power_mw, m.last_total_wh,
            (select max(p.at) from payment p where p.account_id = m.account_id) as last_payment_at,
            (select array_agg(c.kind) from relay_command c
             where c.meter_id = m.id and c.state in ('queued', 'sent', 'acknowledged')) as open_kinds,
            (select jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind)) from relay_command c
             where c.meter_id = m.id and c.state = 'queued' and c.requested_by = '${loadControl}') as queued
     from load_control l join meter m on m.id = l.meter_id join site s on s.id = m.site_id
     left join account a on a.id = m.account_id
     where l.meter_id = any($1::int[]) order by l.meter_id`,
    [meterIds],
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    bucket: row.bucket,
    accountId: row.account_id,
    rules: row.rules,
    state: row.state,
    holds: row.holds,
    facts: {
      timeZone: row.time_zone,
      relay: row.relay,
      relayCommand: row.relay_command,
      keepPower: row.keep_power,
      protected: row.protected,
      moneyStopped: row.money_stopped,
      openKinds: row.open_kinds ?? [],
      queued: row.queued ?? [],
      // A scheduled reading tells the power, but no power factor.
      sample:
        row.newest_at === null || row.power_mw === null
          ? null
          : { at: row.newest_at, watts: Math.round(Number(row.power_mw) / 1_000), powerFactor: null },
      totalWh: row.last_total_wh === null ? null : Number(row.last_total_wh),
      lastPaymentAt: row.last_payment_at,
    },
  }))
}

export const saveLoad = async (
  sql: Sql,
  meterId: number,
  saved: Readonly<{ state: LoadState; holds: readonly LoadHold[]; lookedAt: number }>,
): Promise<void> => {
  await sql.query('update load_control set state = $2, holds = $3::text[], looked_at = $4 where meter_id = $1', [
    meterId,
    JSON.stringify(saved.state),
    saved.holds,
    new Date(saved.lookedAt),
  ])
}

/** Sets the rules of a meter; a run and what was counted go on only where they are handed in. */
export const putLoadRules = async (
  sql: Sql,
  put: Readonly<{ meterId: number; rules: LoadRules; state: LoadState; operatorId: number | null; now: number }>,
): Promise<void> => {
  await sql.query(
    `insert into load_control (meter_id, rules, state, changed_at, changed_by) values ($1, $2, $3, $4, $5)
     on conflict (meter_id) do update set rules = excluded.rules, state = excluded.state, changed_at = excluded.changed_at,
       changed_by = excluded.changed_by, looked_at = '1970-01-01Z'`,
    [put.meterId, JSON.stringify(put.rules), JSON.stringify(put.state), new Date(put.now), put.operatorId],
  )
}

export const deleteLoadRules = async (sql: Sql, meterId: number): Promise<void> => {
  await sql.query('delete from load_control where meter_id = $1', [meterId])
}

/** What holds a meter now and whether money stops it: asked right before bytes of load control leave. */
export const loadStanding = async (
  sql: Sql,
  meterId: number,
): Promise<Readonly<{ holds: readonly LoadHold[]; moneyStopped: boolean }> | null> => {
  const [row] = await sql.query<{ holds: LoadHold[]; money_stopped: boolean }>(
    `select l.holds, coalesce(a.stage = 'cut-off', false) or m.restore_owed as money_stopped
     from load_control l join meter m on m.id = l.meter_id left join account a on a.id = m.account_id
     where l.meter_id = $1`,
    [meterId],
  )
  return row === undefined ? null : { holds: row.holds, moneyStopped: row.money_stopped }
}
