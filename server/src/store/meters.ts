import type { Wiring } from '../domain/wiring.ts'
import type { Sql } from './database.ts'

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
       restore_owed = m.restore_owed and not (coalesce(o.relay = 'closed' and o.relay_command = 'closed', false) and not exists (
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

export const saveInstantaneous = async (sql: Sql, meterId: number, values: unknown): Promise<void> => {
  await sql.query('update meter set instantaneous = $2 where id = $1', [meterId, JSON.stringify(values)])
}

/** Sets or clears that supply is owed back to a meter. */
export const saveRestoreOwed = async (sql: Sql, meterId: number, owed: boolean): Promise<void> => {
  await sql.query('update meter set restore_owed = $2 where id = $1', [meterId, owed])
}

/** Reads of one site on one of its days, for the read-success rate. */
export type ReadCount = Readonly<{ day: string; siteId: number; good: number; held: number; failed: number }>

/** Rows over which the counts of a day are spread, so that batches side by side do not wait for one another. */
const countParts = 16

/** Adds to the counts of a local day; `part` is any number that differs between those who count at the same time. */
export const countReads = async (sql: Sql, counts: readonly ReadCount[], part: number): Promise<void> => {
  const sums = new Map<string, ReadCount>()
  for (const count of counts) {
    const key = `${count.day} ${String(count.siteId)}`
    const known = sums.get(key)
    const { good = 0, held = 0, failed = 0 } = known ?? {}
    sums.set(key, { ...count, good: good + count.good, held: held + count.held, failed: failed + count.failed })
  }
  const rows = [...sums.values()].toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : a.siteId - b.siteId))
  if (rows.length === 0) return
  await sql.query(
    `insert into read_count as r (day, site_id, part, good, held, failed)
     select c.day, c.site_id, $6, c.good, c.held, c.failed
     from unnest($1::date[], $2::int[], $3::int[], $4::int[], $5::int[]) as c(day, site_id, good, held, failed)
     on conflict (day, site_id, part) do update
       set good = r.good + excluded.good, held = r.held + excluded.held, failed = r.failed + excluded.failed`,
    [
      rows.map(({ day }) => day),
      rows.map(({ siteId }) => siteId),
      rows.map(({ good }) => good),
      rows.map(({ held }) => held),
      rows.map(({ failed }) => failed),
      Math.abs(part) % countParts,
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

/** As last written down; whoever writes it anew waits until this transaction is over. */
export const isGatewayOnline = async (sql: Sql, meterId: number): Promise<boolean> => {
  const [row] = await sql.query<{ online: boolean }>(
    'select g.online from gateway g where g.id = (select gateway_id from meter where id = $1) for share',
    [meterId],
  )
  return row?.online ?? false
}

export const meterWiring = async (sql: Sql, meterId: number): Promise<Wiring> => {
  const [row] = await sql.query<{ wiring: Wiring }>('select wiring from meter where id = $1', [meterId])
  if (row === undefined) throw new Error(`there is no meter ${String(meterId)}`)
  return row.wiring
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
