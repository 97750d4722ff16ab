import type { DataSet } from '../domain/collection/data-set.ts'
import type { MeterSpec } from '../domain/archive.ts'
import { protocolOf, sharedTexts, type ProtocolRow, type SharedTexts } from './archive.ts'
import type { Sql } from './database.ts'

/** A meter of the schedule. There may be a million of them in memory, so what many have alike is one object. */
export type CollectedMeter = Readonly<{
  id: number
  siteId: number
  gatewayId: number
  timeZone: string
  protocol: NonNullable<MeterSpec['protocol']>
}>

/** The same as it stands in the archive, with what was collected of it last: the turns of its schedules, wall time. */
export type ArchivedMeter = Readonly<{
  meter: CollectedMeter
  siteMinutes: number
  /** When its registers were read last; null: never. */
  newestAt: number | null
  /** The newest turn of each other set. */
  slots: Readonly<Partial<Record<DataSet, number>>>
}>

export type ArchivedLine = Readonly<{ gatewayId: number; meters: readonly ArchivedMeter[] }>

/** Lines that are read at once: rows weigh far more than what is kept of them. */
const linesPerPage = 50

type CollectedRow = ProtocolRow & {
  id: number
  site_id: number
  gateway_id: number
  minutes: number
  time_zone: string
  newest_at: number | null
  slots: Record<string, number> | null
}

/** Line after line, its meters in the order in which they were enrolled: all lines, or those of some gateways. */
export async function* loadCollectedLines(
  sql: Sql,
  gatewayIds: readonly number[] | null = null,
): AsyncGenerator<ArchivedLine> {
  const wanted =
    gatewayIds ?? (await sql.query<{ id: number }>('select id from gateway order by id')).map(({ id }) => id)
  const alike = sharedTexts()
  for (let from = 0; from < wanted.length; from += linesPerPage) {
    const rows = await sql.query<CollectedRow>(
      `select m.id, m.site_id, m.gateway_id, s.reading_interval_minutes as minutes, s.time_zone, m.address, m.protocol,
              m.unit_address, m.model, m.wiring, m.newest_at, d.slots
       from meter m join site s on s.id = m.site_id
         left join lateral (
           select jsonb_object_agg(data_set, floor(extract(epoch from slot_at) * 1000)) as slots
           from meter_data where meter_id = m.id) d on true
       where m.gateway_id = any($1::int[])
       order by m.gateway_id, m.id`,
      [wanted.slice(from, from + linesPerPage)],
    )
    const lines = new Map<number, ArchivedMeter[]>()
    for (const row of rows) {
      const line = lines.get(row.gateway_id) ?? []
      line.push(archivedMeter(row, alike))
      lines.set(row.gateway_id, line)
    }
    for (const [gatewayId, meters] of lines) yield { gatewayId, meters }
  }
}

const archivedMeter = (row: CollectedRow, alike: SharedTexts): ArchivedMeter => ({
  meter: {
    id: row.id,
    siteId: row.site_id,
    gatewayId: row.gateway_id,
    timeZone: alike(row.time_zone),
    protocol: protocolOf(row),
  },
  siteMinutes: row.minutes,
  newestAt: row.newest_at,
  slots: row.slots ?? {},
})

export type MeterData = Readonly<{
  meterId: number
  dataSet: Exclude<DataSet, 'energy'>
  slotAt: number
  /** Wall time of the last answer. */
  at: number
  data: Readonly<Record<string, unknown>>
  problem: string | null
}>

/** Null meter: `meters` of the line, because none of it was there. Instants of the turn, wall time. */
export type MissedRead = Readonly<{
  gatewayId: number
  meterId: number | null
  dataSet: DataSet
  slotAt: number
  reason: string
  meters: number
  /** Not written down when some process has the gateway by then: it was missed here, and not there. */
  unlessHeld?: boolean
}>

/** The first reason stays: what is told twice (a batch that is written again) changes nothing. */
export const saveMissedReads = async (sql: Sql, missed: readonly MissedRead[]): Promise<void> => {
  if (missed.length === 0) return
  await sql.query(
    `insert into missed_read (gateway_id, meter_id, data_set, slot_at, reason, meters)
     select n.gateway_id, n.meter_id, n.data_set, n.slot_at, n.reason, n.meters
     from unnest($1::int[], $2::int[], $3::text[], $4::timestamptz[], $5::text[], $6::int[], $7::boolean[])
       as n(gateway_id, meter_id, data_set, slot_at, reason, meters, unless_held)
       join gateway g on g.id = n.gateway_id
     where not (n.unless_held and g.online)
     on conflict (gateway_id, meter_id, data_set, slot_at) do nothing`,
    [
      missed.map(({ gatewayId }) => gatewayId),
      missed.map(({ meterId }) => meterId),
      missed.map(({ dataSet }) => dataSet),
      missed.map(({ slotAt }) => new Date(slotAt)),
      missed.map(({ reason }) => reason),
      missed.map(({ meters }) => meters),
      missed.map(({ unlessHeld }) => unlessHeld ?? false),
    ],
  )
}

/** Forgets what was missed before `before`. */
export const forgetMissedReads = async (sql: Sql, before: number): Promise<void> => {
  await sql.query('delete from missed_read where slot_at < $1', [new Date(before)])
}
