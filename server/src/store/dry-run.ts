import { microYuan, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { Reach } from '../domain/reach.ts'
import type { Mark } from '../domain/tariff/usage.ts'
import type { Sql } from './database.ts'
import { within } from './reach.ts'

/** Open accounts with an agreement in force, of a site or of all, those after `after` in the order of their ids. */
export const accountsInPrepayment = async (
  sql: Sql,
  scope: Readonly<{ siteId: number | null; reach: Reach; planName: string | null }>,
  after: number,
  limit: number,
): Promise<readonly number[]> =>
  (
    await sql.query<{ id: number }>(
      `select a.id from account a join agreement g on g.id = a.agreement_id join price_plan p on p.id = g.price_plan_id
       where a.id > $1 and ($2::int is null or a.site_id = $2) and ($3::text is null or p.name = $3) and a.closed_at is null
         and ${within('a.site_id', 5)}
       order by a.id limit $4`,
      [after, scope.siteId, scope.planName, limit, scope.reach],
    )
  ).map(({ id }) => id)

export type UsedRow = Readonly<{ accountId: number; energy: WattHours; charged: MicroYuan; from: number; to: number }>

/** What accounts were charged for their readings since an instant, with the time that these readings span. */
export const usedSince = async (
  sql: Sql,
  accountIds: readonly number[],
  since: number,
): Promise<readonly UsedRow[]> => {
  const rows = await sql.query<{
    account_id: number
    energy: string
    charged: string
    from_at: number
    to_at: number
  }>(
    `select m.account_id, coalesce(sum(r.used_wh), 0)::text as energy, coalesce(sum(r.charged), 0)::text as charged,
            min(r.at) as from_at, max(r.at) as to_at
     from meter m join reading r on r.meter_id = m.id
     where m.account_id = any($1::int[]) and r.at > $2 and r.charged is not null group by m.account_id`,
    [accountIds, new Date(since)],
  )
  return rows.map((row) => ({
    accountId: row.account_id,
    energy: wattHours(BigInt(row.energy)),
    charged: microYuan(BigInt(row.charged)),
    from: row.from_at,
    to: row.to_at,
  }))
}

/** Writes down that somebody has looked at what the policy would do at these sites. */
export const saveDryRunSeen = async (
  sql: Sql,
  siteIds: readonly number[],
  operatorId: number,
  now: number,
): Promise<void> => {
  await sql.query(
    `insert into dry_run_seen (site_id, operator_id, at) select s, $2, $3 from unnest($1::int[]) as s
     on conflict (site_id, operator_id) do update set at = excluded.at`,
    [siteIds, operatorId, new Date(now)],
  )
}

export const hasSeenDryRun = async (
  sql: Sql,
  seen: Readonly<{ siteId: number; operatorId: number; since: number }>,
): Promise<boolean> => {
  const rows = await sql.query('select from dry_run_seen where site_id = $1 and operator_id = $2 and at >= $3', [
    seen.siteId,
    seen.operatorId,
    new Date(seen.since),
  ])
  return rows.length > 0
}

/** Sites whose accounts pay by some version of a plan. */
export const sitesOfPlan = async (sql: Sql, planName: string): Promise<readonly number[]> =>
  (
    await sql.query<{ site_id: number }>(
      `select distinct a.site_id from account a join agreement g on g.id = a.agreement_id
       join price_plan p on p.id = g.price_plan_id where p.name = $1 and a.closed_at is null order by a.site_id`,
      [planName],
    )
  ).map(({ site_id: siteId }) => siteId)

export type MeterMarks = Readonly<{ meterId: number; accountId: number; timeZone: string; marks: readonly Mark[] }>

/** Good readings of these accounts' meters since an instant, in the order of time; null when they are more than `limit`. */
export const marksSince = async (
  sql: Sql,
  accountIds: readonly number[],
  since: number,
  limit: number,
): Promise<readonly MeterMarks[] | null> => {
  const rows = await sql.query<{
    meter_id: number
    account_id: number
    time_zone: string
    at: number
    total_wh: bigint
    rates_wh: bigint[]
  }>(
    `select m.id as meter_id, m.account_id, s.time_zone, r.at, r.total_wh, r.rates_wh
     from meter m join site s on s.id = m.site_id join reading r on r.meter_id = m.id
     where m.account_id = any($1::int[]) and r.at > $2 and r.quality = 'good' and r.charged is not null
     order by m.id, r.at limit $3`,
    [accountIds, new Date(since), limit + 1],
  )
  if (rows.length > limit) return null
  const meters = new Map<number, { accountId: number; timeZone: string; marks: Mark[] }>()
  for (const row of rows) {
    const registers = {
      totalWh: wattHours(row.total_wh),
      ratesWh: row.rates_wh.map(wattHours),
    }
    const known = meters.get(row.meter_id)
    if (known === undefined)
      meters.set(row.meter_id, {
        accountId: row.account_id,
        timeZone: row.time_zone,
        marks: [{ at: row.at, registers }],
      })
    else known.marks.push({ at: row.at, registers })
  }
  return [...meters].map(([meterId, meter]) => ({ meterId, ...meter }))
}

/** What meters stood at on the first day from `from` on (`YYYY-MM-DD`) of which the rolled-up days know. */
export const openingsSince = async (
  sql: Sql,
  asked: readonly Readonly<{ meterId: number; from: string }>[],
): Promise<ReadonlyMap<number, WattHours>> => {
  if (asked.length === 0) return new Map()
  const rows = await sql.query<{ meter_id: number; opening_wh: bigint }>(
    `select a.meter_id, d.opening_wh from unnest($1::int[], $2::date[]) as a(meter_id, from_day)
       cross join lateral (select opening_wh from meter_day
         where meter_id = a.meter_id and day >= a.from_day and opening_wh is not null order by day limit 1) d`,
    [asked.map(({ meterId }) => meterId), asked.map(({ from }) => from)],
  )
  return new Map(rows.map((row) => [row.meter_id, wattHours(row.opening_wh)]))
}

/** A version of a plan as it is stored; null for the newest. */
export const planVersion = async (
  sql: Sql,
  name: string,
  version: number | null,
): Promise<Readonly<{
  kind: 'flat' | 'four-rate' | 'tariff'
  prices: readonly bigint[]
  document: unknown
}> | null> => {
  const [row] = await sql.query<{ kind: 'flat' | 'four-rate' | 'tariff'; prices: bigint[]; document: unknown }>(
    `select kind, prices, document from price_plan
     where name = $1 and ($2::int is null or version = $2) order by version desc limit 1`,
    [name, version],
  )
  return row ?? null
}
