import type { Sql } from './database.ts'

/** A value kept for the whole installation, or null when it was never set. */
export const readSetting = async <T>(sql: Sql, key: string): Promise<T | null> => {
  const [row] = await sql.query<{ value: T }>('select value from setting where key = $1', [key])
  return row?.value ?? null
}

export const writeSetting = async (sql: Sql, key: string, value: unknown): Promise<void> => {
  await sql.query(
    'insert into setting (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [key, JSON.stringify(value)],
  )
}

export type SiteFacts = Readonly<{ name: string; timeZone: string; readingIntervalMinutes: number }>

/** The first site, whose name and zone head the console; null in an empty installation. */
export const firstSite = async (sql: Sql): Promise<SiteFacts | null> => {
  const [row] = await sql.query<{ name: string; time_zone: string; minutes: number }>(
    'select name, time_zone, reading_interval_minutes as minutes from site order by id limit 1',
  )
  return row === undefined ? null : { name: row.name, timeZone: row.time_zone, readingIntervalMinutes: row.minutes }
}
