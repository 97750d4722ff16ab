import type { Registers } from '../domain/price-plan.ts'
import type { Sql } from './database.ts'
import { arrayText } from './settlement.ts'

/** What a meter's status word 3 said at some moment. */
export type ObservedStatus = Readonly<{
  meterId: number
  at: number
  relay: 'closed' | 'open'
  relayCommand: 'closed' | 'open'
  keepPower: boolean
  alarm: boolean
}>

/**
 * Takes over status words that are newer than what is known. Supply that was owed counts as given back once the relay
 * is seen closed while no trip is waiting or under way (a late trip must not win over a payment).
 */
export const saveStatus = async (sql: Sql, observed: readonly ObservedStatus[]): Promise<void> => {
  if (observed.length === 0) return
  await sql.query(
    `update meter m set relay = o.relay, relay_command = o.relay_command, keep_power = o.keep_power, alarm = o.alarm, status_at = o.at,
       restore_owed = m.restore_owed and not (o.relay = 'closed' and o.relay_command = 'closed' and not exists (
         select from relay_command c where c.meter_id = m.id and c.kind = 'trip' and c.state in ('queued', 'sent', 'acknowledged')))
     from unnest($1::int[], $2::timestamptz[], $3::text[], $4::text[], $5::boolean[], $6::boolean[])
       as o(id, at, relay, relay_command, keep_power, alarm)
     where m.id = o.id and (m.status_at is null or m.status_at <= o.at)`,
    [
      observed.map(({ meterId }) => meterId),
      observed.map(({ at }) => new Date(at)),
      observed.map(({ relay }) => relay),
      observed.map(({ relayCommand }) => relayCommand),
      observed.map(({ keepPower }) => keepPower),
      observed.map(({ alarm }) => alarm),
    ],
  )
}

export type ReadProgress = Readonly<{
  meterId: number
  at: number
  quality: 'good' | 'held'
  /** The registers of a good reading that moved the meter on; null for late and held ones. */
  good: Registers | null
  powerMilliwatts: number | null
}>

/** Moves meters on to their newest reading. One row per meter: the newest of a batch. */
export const saveProgress = async (sql: Sql, progress: readonly ReadProgress[]): Promise<void> => {
  if (progress.length === 0) return
  await sql.query(
    `update meter m set
       last_at = case when p.total is null then m.last_at else p.at end,
       last_total_wh = coalesce(p.total, m.last_total_wh),
       last_rates_wh = case when p.total is null then m.last_rates_wh else p.rates::bigint[] end,
       newest_at = greatest(m.newest_at, p.at), newest_quality = p.quality, power_mw = p.power, failed_reads = 0
     from unnest($1::int[], $2::timestamptz[], $3::text[], $4::bigint[], $5::text[], $6::bigint[]) as p(id, at, quality, total, rates, power)
     where m.id = p.id`,
    [
      progress.map(({ meterId }) => meterId),
      progress.map(({ at }) => new Date(at)),
      progress.map(({ quality }) => quality),
      progress.map(({ good }) => good?.totalWh ?? null),
      progress.map(({ good }) => (good === null ? null : arrayText(good.ratesWh))),
      progress.map(({ powerMilliwatts }) => powerMilliwatts),
    ],
  )
}

export const saveInstantaneous = async (sql: Sql, meterId: number, values: unknown): Promise<void> => {
  await sql.query('update meter set instantaneous = $2 where id = $1', [meterId, JSON.stringify(values)])
}

/** Sets or clears that supply is owed back to a meter. */
export const saveRestoreOwed = async (sql: Sql, meterId: number, owed: boolean): Promise<void> => {
  await sql.query('update meter set restore_owed = $2 where id = $1', [meterId, owed])
}

export type ReadCount = Readonly<{ day: string; meterId: number; good: number; held: number; failed: number }>

/** Counts of a local day, for the read-success rate; a failed read also counts up on the meter until one is answered. */
export const countReads = async (sql: Sql, counts: readonly ReadCount[]): Promise<void> => {
  if (counts.length === 0) return
  await sql.query(
    `insert into read_day as d (day, meter_id, good, held, failed)
     select * from unnest($1::date[], $2::int[], $3::int[], $4::int[], $5::int[]) as c(day, meter_id, good, held, failed) order by meter_id
     on conflict (day, meter_id) do update set good = d.good + excluded.good, held = d.held + excluded.held, failed = d.failed + excluded.failed`,
    [
      counts.map(({ day }) => day),
      counts.map(({ meterId }) => meterId),
      counts.map(({ good }) => good),
      counts.map(({ held }) => held),
      counts.map(({ failed }) => failed),
    ],
  )
}

export const countFailures = async (sql: Sql, meterIds: readonly number[]): Promise<void> => {
  await sql.query('update meter set failed_reads = failed_reads + 1 where id = any($1::int[])', [meterIds])
}

/** As the meter's last status word says. */
export const isUnderKeepPower = async (sql: Sql, meterId: number): Promise<boolean> => {
  const [row] = await sql.query<{ keep_power: boolean }>('select keep_power from meter where id = $1', [meterId])
  return row?.keep_power ?? false
}

/** The account and bucket of a meter, or null when there is no such meter. */
export const meterAccount = async (
  sql: Sql,
  meterId: number,
): Promise<Readonly<{ accountId: number | null; bucket: number }> | null> => {
  const [row] = await sql.query<{ account_id: number | null; bucket: number }>(
    'select account_id, bucket from meter where id = $1',
    [meterId],
  )
  return row === undefined ? null : { accountId: row.account_id, bucket: row.bucket }
}
