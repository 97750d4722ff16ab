import type { DataSet } from '../domain/collection/data-set.ts'
import type { MeterSpec } from '../domain/archive.ts'
import { protocolOf, type ProtocolRow } from './archive.ts'
import type { Sql } from './database.ts'

/** A meter of the schedule, with what was collected of it last: the turns of its schedules, wall time. */
export type CollectedMeter = Readonly<{
  id: number
  siteId: number
  gatewayId: number
  siteMinutes: number
  timeZone: string
  protocol: NonNullable<MeterSpec['protocol']>
  /** When its registers were read last; null: never. */
  newestAt: number | null
  /** The newest turn of each other set. */
  slots: Readonly<Partial<Record<DataSet, number>>>
}>

/** Meters by gateway, in the order in which they were enrolled: all, or those of some gateways. */
export const loadCollectedMeters = async (
  sql: Sql,
  gatewayIds: readonly number[] | null = null,
): Promise<ReadonlyMap<number, readonly CollectedMeter[]>> => {
  const rows = await sql.query<
    ProtocolRow & {
      id: number
      site_id: number
      gateway_id: number
      minutes: number
      time_zone: string
      newest_at: number | null
      slots: Record<string, number> | null
    }
  >(
    `select m.id, m.site_id, m.gateway_id, s.reading_interval_minutes as minutes, s.time_zone, m.address, m.protocol,
            m.unit_address, m.model, m.wiring, m.newest_at, d.slots
     from meter m join site s on s.id = m.site_id
       left join (select meter_id, jsonb_object_agg(data_set, floor(extract(epoch from slot_at) * 1000)) as slots
                  from meter_data group by meter_id) d on d.meter_id = m.id
     where $1::int[] is null or m.gateway_id = any($1::int[])
     order by m.gateway_id, m.id`,
    [gatewayIds],
  )
  const lines = new Map<number, CollectedMeter[]>()
  for (const row of rows) {
    const line = lines.get(row.gateway_id) ?? []
    line.push({
      id: row.id,
      siteId: row.site_id,
      gatewayId: row.gateway_id,
      siteMinutes: row.minutes,
      timeZone: row.time_zone,
      protocol: protocolOf(row),
      newestAt: row.newest_at,
      slots: row.slots ?? {},
    })
    lines.set(row.gateway_id, line)
  }
  return lines
}

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
