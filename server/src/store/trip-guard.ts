import type { FreezeReason, GuardFacts, GuardLimits, GuardState } from '../domain/trip-guard.ts'
import type { Sql } from './database.ts'

export type Guard = Readonly<{ siteId: number; timeZone: string; limits: GuardLimits; state: GuardState }>

type Row = {
  site_id: number
  time_zone: string
  most_per_minute: number
  most_per_day_percent: number
  most_per_day_floor: number
  most_failed_reads_percent: number
  minute_at: number
  sent_in_minute: number
  day: string
  sent_in_day: number
  usual_per_day: number
  usual_days: number
  frozen_at: number | null
  frozen_because: FreezeReason | null
}

const columns = `t.site_id, s.time_zone, t.most_per_minute, t.most_per_day_percent, t.most_per_day_floor,
  t.most_failed_reads_percent, t.minute_at, t.sent_in_minute, t.day, t.sent_in_day, t.usual_per_day, t.usual_days, t.frozen_at, t.frozen_because`

const guardOf = (row: Row): Guard => ({
  siteId: row.site_id,
  timeZone: row.time_zone,
  limits: {
    mostPerMinute: row.most_per_minute,
    mostPerDayPercent: row.most_per_day_percent,
    mostPerDayFloor: row.most_per_day_floor,
    mostFailedReadsPercent: row.most_failed_reads_percent,
  },
  state: {
    minuteAt: row.minute_at,
    sentInMinute: row.sent_in_minute,
    day: row.day,
    sentInDay: row.sent_in_day,
    usual: { perDay: row.usual_per_day, days: row.usual_days },
    frozen:
      row.frozen_at === null || row.frozen_because === null ? null : { at: row.frozen_at, because: row.frozen_because },
  },
})

/** The guard of an account's site, locked: accounts come first in the order of locks, guards last. */
export const lockGuardOfAccount = async (sql: Sql, accountId: number): Promise<Guard | null> => {
  const [row] = await sql.query<Row>(
    `select ${columns} from trip_guard t join site s on s.id = t.site_id join account a on a.site_id = s.id
     where a.id = $1 for no key update of t`,
    [accountId],
  )
  return row === undefined ? null : guardOf(row)
}

export const lockGuards = async (sql: Sql, siteId: number | null): Promise<readonly Guard[]> => {
  const rows = await sql.query<Row>(
    `select ${columns} from trip_guard t join site s on s.id = t.site_id
     where $1::int is null or t.site_id = $1 order by t.site_id for no key update of t`,
    [siteId],
  )
  return rows.map(guardOf)
}

/** The guards as they stand, locked by nobody: to look at. */
export const readGuards = async (
  sql: Sql,
  siteId: number | null,
): Promise<readonly (Guard & Readonly<{ name: string }>)[]> => {
  const rows = await sql.query<Row & { name: string }>(
    `select ${columns}, s.name from trip_guard t join site s on s.id = t.site_id
     where $1::int is null or t.site_id = $1 order by s.name, t.site_id`,
    [siteId],
  )
  return rows.map((row) => ({ ...guardOf(row), name: row.name }))
}

/** What the guard judges by, besides its own counts. */
export const guardFacts = async (
  sql: Sql,
  siteId: number,
  day: string,
): Promise<Pick<GuardFacts, 'accounts' | 'readsToday'>> => {
  const [row] = await sql.query<{ accounts: bigint; answered: bigint; failed: bigint }>(
    `select (select count(*) from account where site_id = $1 and agreement_id is not null) as accounts,
            coalesce(sum(good + held), 0)::bigint as answered, coalesce(sum(failed), 0)::bigint as failed
     from read_count where site_id = $1 and day = $2::date`,
    [siteId, day],
  )
  return {
    accounts: Number(row?.accounts ?? 0n),
    readsToday: { answered: Number(row?.answered ?? 0n), failed: Number(row?.failed ?? 0n) },
  }
}

export const saveGuard = async (sql: Sql, siteId: number, state: GuardState): Promise<void> => {
  await sql.query(
    `update trip_guard set minute_at = $2, sent_in_minute = $3, day = $4::date, sent_in_day = $5, frozen_at = $6,
       frozen_because = $7, usual_per_day = $8, usual_days = $9 where site_id = $1`,
    [
      siteId,
      new Date(state.minuteAt),
      state.sentInMinute,
      state.day,
      state.sentInDay,
      state.frozen === null ? null : new Date(state.frozen.at),
      state.frozen?.because ?? null,
      state.usual.perDay,
      state.usual.days,
    ],
  )
}

/** Accounts of a site that wait for a trip and would be decided anew once trips are released. */
export const accountsHeldBack = async (sql: Sql, siteId: number): Promise<readonly number[]> =>
  (
    await sql.query<{ id: number }>(
      `select id from account where site_id = $1 and stage in ('stop-notified', 'cut-off')
         and decision->'reasons' ? 'trips-frozen' order by id`,
      [siteId],
    )
  ).map(({ id }) => id)
