import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { meterWithin, within } from '../reach.ts'

export type HeldReadingView = Readonly<{
  meter_id: number
  place: string
  gateway: string
  account_number: string | null
  customer: string | null
  at: number
  total_wh: bigint
  rates_wh: bigint[]
  obtained: 'scheduled' | 'person' | 're-read'
  held_because: string | null
  last_at: number | null
  last_total_wh: bigint | null
}>

/** Readings that wait for a person, newest first, with the last good one of their meter. */
export const viewHeldReadings = async (
  sql: Sql,
  limit: number,
  reach: Reach = null,
): Promise<readonly HeldReadingView[]> =>
  sql.query<HeldReadingView>(
    `select r.meter_id, m.place, g.code as gateway, a.number as account_number, c.name as customer, r.at, r.total_wh, r.rates_wh,
            r.obtained, r.held_because, m.last_at, m.last_total_wh
     from reading r join meter m on m.id = r.meter_id join gateway g on g.id = m.gateway_id
     left join account a on a.id = m.account_id left join customer c on c.id = a.customer_id
     where r.quality = 'held' and ${within('m.site_id', 2)} order by r.at desc, r.meter_id limit $1`,
    [limit, reach],
  )

export const countHeldReadings = async (sql: Sql, reach: Reach = null): Promise<number> => {
  const [row] = await sql.query<{ n: bigint }>(
    `select count(*) as n from reading where quality = 'held' and ${meterWithin('meter_id', 1)}`,
    [reach],
  )
  return Number(row?.n ?? 0n)
}
