import { microYuan, wattHours, type MicroYuan, type WattHours } from '../domain/quantity.ts'
import type { Reach } from '../domain/reach.ts'
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
