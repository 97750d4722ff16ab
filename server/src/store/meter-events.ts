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

/** The operator code that our own commands carry at this meter. */
export const ownOperatorCode = async (sql: Sql, meterId: number): Promise<string | null> => {
  const [row] = await sql.query<{ operator_code: string }>('select operator_code from meter where id = $1', [meterId])
  return row?.operator_code ?? null
}
