import type { MeterEventKind, MeterEventOrigin, MeterEventSource, Phase } from '../domain/meter-event.ts'
import type { Sql } from './database.ts'

export type NewMeterEvent = MeterEventSource &
  Readonly<{
    origin: MeterEventOrigin
    /** Null of states. */
    sequence: number | null
    beganAt: number | null
    endedAt: number | null
    operatorCode: string | null
    byUs: boolean
    wasThere: boolean
    detail: unknown
    raw: Uint8Array | null
  }>

/** Of one meter so many are kept; the oldest go. A meter that flickers for years must not fill the disk. */
const mostKeptPerMeter = 2_000

const phaseText = (phase: Phase | null): string => phase ?? ''
const phaseOf = (text: string): Phase | null => (text === '' ? null : (text as Phase))
const instant = (at: number | null): Date | null => (at === null ? null : new Date(at))

/** Stores what is not stored yet; answers, in the order given, the numbers of the new ones and null for the others. */
export const insertMeterEvents = async (
  sql: Sql,
  meterId: number,
  events: readonly NewMeterEvent[],
  seenAt: number,
): Promise<readonly (number | null)[]> => {
  const ids: (number | null)[] = []
  for (const event of events) {
    const [row] = await sql.query<{ id: bigint }>(
      `insert into meter_event (meter_id, kind, phase, origin, sequence, began_at, ended_at, seen_at, operator_code,
                                by_us, was_there, detail, raw)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning id`,
      [
        meterId,
        event.kind,
        phaseText(event.phase),
        event.origin,
        event.sequence,
        instant(event.beganAt),
        instant(event.endedAt),
        new Date(seenAt),
        event.operatorCode,
        event.byUs,
        event.wasThere,
        event.detail === null ? null : JSON.stringify(event.detail),
        event.raw,
      ],
    )
    ids.push(row === undefined ? null : Number(row.id))
  }
  if (ids.some((id) => id !== null))
    await sql.query(
      `delete from meter_event where meter_id = $1 and (origin <> 'status' or ended_at is not null) and id <
         (select id from meter_event where meter_id = $1 order by id desc offset $2 limit 1)`,
      [meterId, mostKeptPerMeter],
    )
  return ids
}

export type OpenState = MeterEventSource & Readonly<{ id: number }>

/** States of a meter that have begun and not ended. */
export const openStates = async (sql: Sql, meterId: number): Promise<readonly OpenState[]> => {
  const rows = await sql.query<{ id: bigint; kind: MeterEventKind; phase: string }>(
    `select id, kind, phase from meter_event where meter_id = $1 and origin = 'status' and ended_at is null order by id`,
    [meterId],
  )
  return rows.map(({ id, kind, phase }) => ({ id: Number(id), kind, phase: phaseOf(phase) }))
}

export const endStates = async (sql: Sql, ids: readonly number[], at: number): Promise<void> => {
  if (ids.length === 0) return
  await sql.query('update meter_event set ended_at = greatest($2, began_at) where id = any($1::bigint[])', [
    ids,
    new Date(at),
  ])
}

export type KnownCount = MeterEventSource & Readonly<{ count: number | null }>

/** Counters as they stood; `count` null for a kind that the meter does not have, as long as that is believed. */
export const knownCounts = async (sql: Sql, meterId: number, absentSince: number): Promise<readonly KnownCount[]> => {
  const rows = await sql.query<{ kind: MeterEventKind; phase: string; count: number | null }>(
    'select kind, phase, count from meter_event_count where meter_id = $1 and (not absent or at >= $2)',
    [meterId, new Date(absentSince)],
  )
  return rows.map(({ kind, phase, count }) => ({ kind, phase: phaseOf(phase), count }))
}

/** The counter as it stands, held against others until the transaction ends; undefined: never seen, or absent. */
export const lockCount = async (
  sql: Sql,
  meterId: number,
  { kind, phase }: MeterEventSource,
): Promise<number | undefined> => {
  const [row] = await sql.query<{ count: number | null }>(
    'select count from meter_event_count where meter_id = $1 and kind = $2 and phase = $3 for update',
    [meterId, kind, phaseText(phase)],
  )
  return row?.count ?? undefined
}

export const saveCounts = async (
  sql: Sql,
  meterId: number,
  counts: readonly KnownCount[],
  at: number,
): Promise<void> => {
  await sql.query(
    `insert into meter_event_count (meter_id, kind, phase, count, absent, at)
     select $1, n.kind, n.phase, n.count, n.count is null, $5
     from unnest($2::text[], $3::text[], $4::int[]) as n(kind, phase, count)
     on conflict (meter_id, kind, phase)
       do update set count = excluded.count, absent = excluded.absent, at = excluded.at`,
    [
      meterId,
      counts.map(({ kind }) => kind),
      counts.map(({ phase }) => phaseText(phase)),
      counts.map(({ count }) => count),
      new Date(at),
    ],
  )
}

/** A meter whose states or counters are due. */
export type DueMeter = Readonly<{
  id: number
  gatewayId: number
  timeZone: string
  operatorCode: string
  statesDue: boolean
  countsDue: boolean
}>

/**
 * Meters behind these gateways that are due, those that waited longest first, at most `perGateway` of each. No pace is
 * faster than `shortestPaceMs`, wall time.
 */
export const metersDueForWatch = async (
  sql: Sql,
  input: Readonly<{
    gatewayIds: readonly number[]
    without: readonly number[]
    now: number
    shortestPaceMs: number
    perGateway: number
  }>,
): Promise<readonly DueMeter[]> => {
  const rows = await sql.query<{
    id: number
    gateway_id: number
    time_zone: string
    operator_code: string
    states_due: boolean
    counts_due: boolean
  }>(
    `select d.* from unnest($1::int[]) as g(id) cross join lateral (
       select p.id, p.gateway_id, p.time_zone, p.operator_code, p.states_due, p.counts_due from (
         select m.id, m.gateway_id, s.time_zone, m.operator_code, w.states_at, w.counts_at,
                coalesce(w.states_at <= $3::timestamptz - greatest($4::interval, s.states_every_minutes * interval '1 minute'), true)
                  as states_due,
                coalesce(w.counts_at <= $3::timestamptz - greatest($4::interval, s.events_every_minutes * interval '1 minute'), true)
                  as counts_due
         from meter m join site s on s.id = m.site_id left join meter_watch w on w.meter_id = m.id
         where m.gateway_id = g.id and m.id <> all($2::int[])) p
       where p.states_due or p.counts_due
       order by least(p.states_at, p.counts_at) nulls first, p.id limit $5) d`,
    [
      input.gatewayIds,
      input.without,
      new Date(input.now),
      `${String(Math.round(input.shortestPaceMs))} milliseconds`,
      input.perGateway,
    ],
  )
  return rows.map((row) => ({
    id: row.id,
    gatewayId: row.gateway_id,
    timeZone: row.time_zone,
    operatorCode: row.operator_code,
    statesDue: row.states_due,
    countsDue: row.counts_due,
  }))
}

/** Writes down that the meter has been asked. */
export const noteWatched = async (sql: Sql, meterId: number, what: 'states' | 'counts', at: number): Promise<void> => {
  const column = what === 'states' ? 'states_at' : 'counts_at'
  await sql.query(
    `insert into meter_watch (meter_id, ${column}) values ($1, $2)
     on conflict (meter_id) do update set ${column} = excluded.${column}`,
    [meterId, new Date(at)],
  )
}
