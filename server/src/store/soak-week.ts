import type { GapReason, GapState, LossReason } from '../domain/gap.ts'
import type { Sql } from './database.ts'

/** What a soak of collection is judged by, from first entries. */

export const watchedMeters = async (sql: Sql): Promise<Readonly<{ watched: number; swept: number | null }>> => {
  const [row] = await sql.query<{ watched: bigint; swept: number | null }>(
    'select count(watched_since) as watched, (select min(swept_to) from gap_sweep) as swept from meter',
  )
  return { watched: Number(row?.watched ?? 0n), swept: row?.swept ?? null }
}

/** Gaps still to be filled that end before an instant. */
export const openGapsBefore = async (sql: Sql, instant: number): Promise<number> => {
  const [row] = await sql.query<{ n: bigint }>(
    "select count(*) as n from reading_gap where state = 'open' and from_at < $1",
    [new Date(instant)],
  )
  return Number(row?.n ?? 0n)
}

export const gapFigures = async (
  sql: Sql,
  until: number,
): Promise<
  readonly Readonly<{ reason: GapReason; state: GapState; because: LossReason | null; intervals: number }>[]
> =>
  sql.query(
    `select reason, state, because, (sum(extract(epoch from least(to_at, $1) - from_at)) / 1800)::int as intervals
     from reading_gap where from_at < $1 group by reason, state, because order by reason, state`,
    [new Date(until)],
  )

/**
 * Intervals of all meters between since when they are watched and `until`: how many there are, and how many have a good
 * reading in them, counted from the readings alone.
 */
export const intervalFigures = async (
  sql: Sql,
  until: number,
): Promise<Readonly<{ expected: number; covered: number; reRead: number }>> => {
  const [row] = await sql.query<{ expected: bigint; covered: bigint; re_read: bigint }>(
    `with slots as (
       select m.id, i.at from meter m
       cross join lateral generate_series(m.watched_since, $1::timestamptz - interval '30 minutes', interval '30 minutes') as i(at)),
     read as (
       select meter_id, date_bin('30 minutes', at, timestamptz 'epoch') as slot, bool_and(obtained = 're-read') as later
       from reading where quality = 'good' group by 1, 2)
     select count(*) as expected, count(r.slot) as covered, count(*) filter (where r.later) as re_read
     from slots s left join read r on r.meter_id = s.id and r.slot = s.at`,
    [new Date(until)],
  )
  return { expected: Number(row?.expected), covered: Number(row?.covered), reRead: Number(row?.re_read) }
}

/** Registers that fall from one good reading of a meter to the next: none, or something was filed wrongly. */
export const fallingRegisters = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ n: bigint }>(
    `select count(*) as n from (
       select total_wh < lag(total_wh) over (partition by meter_id order by at) as falls from reading where quality = 'good') f
     where falls`,
  )
  return Number(row?.n ?? 0n)
}
