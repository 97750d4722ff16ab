import type {
  FreezeReason,
  GuardFacts,
  GuardLimits,
  GuardState,
  InstallationLimits,
  TripCount,
} from '../domain/trip-guard.ts'
import type { Sql } from './database.ts'

export type Guard = Readonly<{ siteId: number; timeZone: string; limits: GuardLimits; state: GuardState }>

type CountRow = {
  minute_at: number
  sent_in_minute: number
  hour_at: number
  sent_in_hour: number
  day: string
  sent_in_day: number
  usual_per_day: number
  usual_days: number
}

type Row = CountRow & {
  site_id: number
  time_zone: string
  most_per_minute: number
  most_per_hour: number | null
  most_per_day_percent: number
  most_per_day_floor: number
  most_failed_reads_percent: number
  wave_factor: number
  wave_floor: number
  frozen_at: number | null
  frozen_because: FreezeReason | null
}

const countColumns = `t.minute_at, t.sent_in_minute, t.hour_at, t.sent_in_hour, t.day, t.sent_in_day, t.usual_per_day, t.usual_days`
const columns = `t.site_id, s.time_zone, t.most_per_minute, t.most_per_hour, t.most_per_day_percent, t.most_per_day_floor,
  t.most_failed_reads_percent, t.wave_factor, t.wave_floor, ${countColumns}, t.frozen_at, t.frozen_because`

const countOf = (row: CountRow): TripCount => ({
  minuteAt: row.minute_at,
  sentInMinute: row.sent_in_minute,
  hourAt: row.hour_at,
  sentInHour: row.sent_in_hour,
  day: row.day,
  sentInDay: row.sent_in_day,
  usual: { perDay: row.usual_per_day, days: row.usual_days },
})

const guardOf = (row: Row): Guard => ({
  siteId: row.site_id,
  timeZone: row.time_zone,
  limits: {
    mostPerMinute: row.most_per_minute,
    mostPerHour: row.most_per_hour,
    mostPerDayPercent: row.most_per_day_percent,
    mostPerDayFloor: row.most_per_day_floor,
    mostFailedReadsPercent: row.most_failed_reads_percent,
    waveFactor: row.wave_factor,
    waveFloor: row.wave_floor,
  },
  state: {
    ...countOf(row),
    frozen:
      row.frozen_at === null || row.frozen_because === null ? null : { at: row.frozen_at, because: row.frozen_because },
  },
})

/** The guard over all sites; `timeZone` is that of the first site, in which its days are counted. */
export type WholeGuard = Readonly<{ timeZone: string; limits: InstallationLimits; count: TripCount }>

type WholeRow = CountRow & {
  time_zone: string | null
  most_per_minute: number | null
  most_per_hour: number | null
  most_per_day: number | null
  wave_factor: number | null
  wave_floor: number
}

const wholeQuery = `select ${countColumns}, t.most_per_minute, t.most_per_hour, t.most_per_day, t.wave_factor, t.wave_floor,
    (select time_zone from site order by id limit 1) as time_zone from installation_guard t`

const wholeOf = (row: WholeRow | undefined): WholeGuard => {
  if (row === undefined) throw new Error('the installation has lost its guard')
  return {
    timeZone: row.time_zone ?? 'UTC',
    limits: {
      mostPerMinute: row.most_per_minute,
      mostPerHour: row.most_per_hour,
      mostPerDay: row.most_per_day,
      waveFactor: row.wave_factor,
      waveFloor: row.wave_floor,
    },
    count: countOf(row),
  }
}

/** Locked before the guard of any site: whoever locks several guards comes through here, so nobody waits in a circle. */
export const lockWholeGuard = async (sql: Sql): Promise<WholeGuard> =>
  wholeOf((await sql.query<WholeRow>(`${wholeQuery} for no key update of t`))[0])

export const readWholeGuard = async (sql: Sql): Promise<WholeGuard> =>
  wholeOf((await sql.query<WholeRow>(wholeQuery))[0])

export const saveWholeCount = async (sql: Sql, count: TripCount): Promise<void> => {
  await sql.query(
    `update installation_guard set minute_at = $1, sent_in_minute = $2, hour_at = $3, sent_in_hour = $4, day = $5::date,
       sent_in_day = $6, usual_per_day = $7, usual_days = $8`,
    [
      new Date(count.minuteAt),
      count.sentInMinute,
      new Date(count.hourAt),
      count.sentInHour,
      count.day,
      count.sentInDay,
      count.usual.perDay,
      count.usual.days,
    ],
  )
}

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
       frozen_because = $7, usual_per_day = $8, usual_days = $9, hour_at = $10, sent_in_hour = $11 where site_id = $1`,
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
      new Date(state.hourAt),
      state.sentInHour,
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
