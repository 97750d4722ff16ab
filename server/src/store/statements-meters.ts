import type { Registers } from '../domain/price-plan.ts'
import { wattHours } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** The meters of a month that is being closed, and what they showed at its ends. */

export type ClosingMeter = Readonly<{
  meterId: number
  /** Of the account it is on now; null when it is on none. */
  accountId: number | null
  address: string
  place: string
  /** When its last good reading was; null when it never had one. */
  lastAt: number | null
  /** Whether its readings are charged to that account. */
  charging: boolean
}>

/** Meters that are on these accounts now, and those whose periods are to be closed. */
export const closingMeters = async (
  sql: Sql,
  accountIds: readonly number[],
  meterIds: readonly number[],
): Promise<readonly ClosingMeter[]> => {
  const rows = await sql.query<{
    id: number
    account_id: number | null
    address: string
    place: string
    last_at: number | null
    charging: boolean
  }>(
    `select m.id, m.account_id, m.address, m.place, m.last_at, a.agreement_id is not null as charging
     from meter m left join account a on a.id = m.account_id
     where m.account_id = any($1::int[]) or m.id = any($2::int[]) order by m.id`,
    [accountIds, meterIds],
  )
  return rows.map((row) => ({
    meterId: row.id,
    accountId: row.account_id,
    address: row.address,
    place: row.place,
    lastAt: row.last_at,
    charging: row.charging,
  }))
}

export type ReadingMark = Readonly<{ meterId: number; at: number; obtained: string; registers: Registers }>

/**
 * The last good reading of each meter in `(from, until]`, or the first one. `settled` leaves out what was found later:
 * plans without a tariff were charged past it.
 */
export const readingsNear = async (
  sql: Sql,
  meterIds: readonly number[],
  from: number,
  until: number,
  which: 'first' | 'last' | 'settled' = 'last',
): Promise<ReadonlyMap<number, ReadingMark>> => {
  const order = which === 'first' ? 'asc' : 'desc'
  const found = which === 'settled' ? "and obtained <> 're-read'" : ''
  const rows = await sql.query<{
    meter_id: number
    at: number
    obtained: string
    total_wh: bigint
    rates_wh: bigint[]
  }>(
    `select distinct on (meter_id) meter_id, at, obtained, total_wh, rates_wh from reading
     where at > $2 and at <= $3 and meter_id = any($1::int[]) and quality = 'good' ${found} order by meter_id, at ${order}`,
    [meterIds, new Date(from), new Date(until)],
  )
  return new Map(
    rows.map((row) => [
      row.meter_id,
      {
        meterId: row.meter_id,
        at: row.at,
        obtained: row.obtained,
        registers: { totalWh: wattHours(row.total_wh), ratesWh: row.rates_wh.map(wattHours) },
      },
    ]),
  )
}
