import type { MeterMemo } from '../domain/meter-signs.ts'
import type { Sql } from './database.ts'

export type MeterToCheck = Readonly<{
  meterId: number
  gatewayId: number
  siteId: number
  timeZone: string
  protocol: 'dlt645' | 'modbus-rtu' | 'modbus-tcp'
  checkedAt: number | null
  memo: MeterMemo | null
  broadcastAt: number | null
  /** The newest whole day that is rolled up; null when there is none since the last look. */
  day: Readonly<{
    usedWh: number
    hours: number
    meanPowerMilliwatts: bigint | null
    leastPowerMilliwatts: bigint | null
  }> | null
}>

type Row = {
  id: number
  gateway_id: number
  site_id: number
  time_zone: string
  protocol: MeterToCheck['protocol']
  checked_at: number | null
  memo: { reverseWh: string | null; meterNumber: string | null; phases: boolean[] } | null
  clock_broadcast_at: number | null
  used_wh: bigint | null
  hours: number | null
  mean_power_mw: bigint | null
  least_power_mw: bigint | null
}

/** Of each of these gateways the meter that was looked at longest ago, before `before`. */
export const metersToCheck = async (
  sql: Sql,
  gatewayIds: readonly number[],
  before: number,
): Promise<readonly MeterToCheck[]> => {
  if (gatewayIds.length === 0) return []
  const rows = await sql.query<Row>(
    `select m.id, m.gateway_id, m.site_id, s.time_zone, m.protocol, m.checked_at, m.memo, g.clock_broadcast_at, d.used_wh, d.hours,
            d.mean_power_mw, d.least_power_mw
     from unnest($1::int[]) as w(id)
     cross join lateral (select * from meter m where m.gateway_id = w.id and m.last_at is not null
                           and (m.checked_at is null or m.checked_at < $2)
                         order by m.checked_at nulls first, m.id limit 1) m
     join gateway g on g.id = m.gateway_id join site s on s.id = m.site_id
     left join lateral (
       select (select sum(e) from unnest(y.energies_wh) e) as used_wh, y.mean_power_mw, y.least_power_mw,
              round(extract(epoch from (y.day + 1)::timestamp at time zone s.time_zone - y.from_at) / 3600)::int as hours
       from meter_day y where y.meter_id = m.id and y.day > ($2::timestamptz - interval '3 days')::date
         and y.opening_wh is not null and y.closing_wh is not null order by y.day desc limit 1) d on true`,
    [gatewayIds, new Date(before)],
  )
  return rows.map((row) => ({
    meterId: row.id,
    gatewayId: row.gateway_id,
    siteId: row.site_id,
    timeZone: row.time_zone,
    protocol: row.protocol,
    checkedAt: row.checked_at,
    memo:
      row.memo === null
        ? null
        : { ...row.memo, reverseWh: row.memo.reverseWh === null ? null : BigInt(row.memo.reverseWh) },
    broadcastAt: row.clock_broadcast_at,
    day:
      row.used_wh === null || row.hours === null
        ? null
        : {
            usedWh: Number(row.used_wh),
            hours: row.hours,
            meanPowerMilliwatts: row.mean_power_mw,
            leastPowerMilliwatts: row.least_power_mw,
          },
  }))
}

/** What the look has told; null values leave what was known. */
export const saveCheck = async (
  sql: Sql,
  meterId: number,
  at: number,
  found: Readonly<{ offsetMs: number | null; memo: MeterMemo | null }>,
): Promise<void> => {
  const memo = found.memo === null ? null : { ...found.memo, reverseWh: found.memo.reverseWh?.toString() ?? null }
  await sql.query(
    `update meter set checked_at = $2, clock_offset_ms = coalesce($3, clock_offset_ms), memo = coalesce($4, memo) where id = $1`,
    [meterId, new Date(at), found.offsetMs, memo === null ? null : JSON.stringify(memo)],
  )
}

export const saveCheckedAt = async (sql: Sql, meterId: number, at: number): Promise<void> => {
  await sql.query('update meter set checked_at = $2 where id = $1', [meterId, new Date(at)])
}

export const saveClockOffset = async (sql: Sql, meterId: number, offsetMs: number): Promise<void> => {
  await sql.query('update meter set clock_offset_ms = $2 where id = $1', [meterId, offsetMs])
}

export const saveBroadcast = async (sql: Sql, gatewayId: number, at: number): Promise<void> => {
  await sql.query('update gateway set clock_broadcast_at = $2 where id = $1', [gatewayId, new Date(at)])
}
