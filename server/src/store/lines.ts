import type { GatewaySpec, MeterSpec } from '../domain/archive.ts'
import { protocolOf, type ProtocolRow } from './archive.ts'
import type { Sql } from './database.ts'

/** A line, by the gateway that it is behind, and what was missed on it lately. */
export type LineRow = Readonly<{
  gatewayId: number
  code: string
  siteId: number
  siteName: string
  line: GatewaySpec['line']
  online: boolean
  /** Wall time of the last change; null when it was never there. */
  since: number | null
  meters: number
  /** Meters whose newest read failed. */
  failing: number
  /** Turns of the energy missed in the last 24 hours, by reason, meters counted one by one. */
  missed: Readonly<Record<string, number>>
  /** Wall time until which all of it rests; null when it does not. */
  pausedUntil: number | null
}>

/** Meters of a line that are alike: in language and model, and in having no schedule of their own (`ownId` otherwise). */
export type LineMeters = Readonly<{
  gatewayId: number
  siteId: number
  siteMinutes: number
  protocol: NonNullable<MeterSpec['protocol']>
  ownId: number | null
  count: number
}>

/** A few rows for each line, however many meters there are. */
export const listLineMeters = async (sql: Sql): Promise<readonly LineMeters[]> => {
  const rows = await sql.query<
    ProtocolRow & { gateway_id: number; site_id: number; minutes: number; own_id: number | null; meters: bigint }
  >(
    `select m.gateway_id, m.site_id, s.reading_interval_minutes as minutes, m.protocol, m.model, m.wiring,
            min(m.unit_address) as unit_address, min(m.address) as address, r.meter_id as own_id, count(*) as meters
     from meter m join site s on s.id = m.site_id
       left join (select distinct meter_id from reading_schedule where meter_id is not null) r on r.meter_id = m.id
     group by m.gateway_id, m.site_id, s.reading_interval_minutes, m.protocol, m.model, m.wiring, r.meter_id`,
  )
  return rows.map((row) => ({
    gatewayId: row.gateway_id,
    siteId: row.site_id,
    siteMinutes: row.minutes,
    protocol: protocolOf(row),
    ownId: row.own_id,
    count: Number(row.meters),
  }))
}

const dayMs = 86_400_000

export const listLines = async (sql: Sql, now: number): Promise<readonly LineRow[]> => {
  const rows = await sql.query<{
    id: number
    code: string
    site_id: number
    site_name: string
    baud_rate: number
    parity: 'none' | 'even' | 'odd'
    online: boolean
    online_since: number | null
    meters: bigint
    failing: bigint
    missed: Record<string, number> | null
    paused_until: number | null
  }>(
    `select g.id, g.code, g.site_id, s.name as site_name, g.baud_rate, g.parity, g.online, g.online_since,
            coalesce(m.meters, 0) as meters, coalesce(m.failing, 0) as failing, w.missed, p.paused_until
     from gateway g join site s on s.id = g.site_id
       left join (select gateway_id, count(*) as meters, count(*) filter (where failed_reads > 0) as failing
                  from meter group by gateway_id) m on m.gateway_id = g.id
       left join (select gateway_id, jsonb_object_agg(reason, meters) as missed
                  from (select gateway_id, reason, sum(meters) as meters from missed_read
                        where slot_at >= $2 and data_set = 'energy' group by gateway_id, reason) r
                  group by gateway_id) w on w.gateway_id = g.id
       left join lateral (select max(to_at) as paused_until from reading_pause
                          where (gateway_id = g.id or site_id = g.site_id) and from_at <= $1 and to_at > $1) p on true
     order by s.name, g.code`,
    [new Date(now), new Date(now - dayMs)],
  )
  return rows.map((row) => ({
    gatewayId: row.id,
    code: row.code,
    siteId: row.site_id,
    siteName: row.site_name,
    line: { baudRate: row.baud_rate, parity: row.parity },
    online: row.online,
    since: row.online_since,
    meters: Number(row.meters),
    failing: Number(row.failing),
    missed: row.missed ?? {},
    pausedUntil: row.paused_until,
  }))
}
