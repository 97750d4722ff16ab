import type { Sql } from './database.ts'

/** When what is away is an alarm at a site. */
export type WatchSettings = Readonly<{
  offlineAfterMinutes: number
  backForMinutes: number
  silentAfterReads: number
}>

export type SiteWatchSettings = WatchSettings & Readonly<{ id: number; name: string }>

/** Of one site by its name, or of all; locked for a change. */
export const lockWatchSettings = async (sql: Sql, site: string | null): Promise<readonly SiteWatchSettings[]> => {
  const rows = await sql.query<{
    id: number
    name: string
    offline: number
    back: number
    silent: number
  }>(
    `select id, name, offline_after_minutes as offline, back_for_minutes as back, silent_after_reads as silent
     from site where $1::text is null or name = $1 order by id for no key update`,
    [site],
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    offlineAfterMinutes: row.offline,
    backForMinutes: row.back,
    silentAfterReads: row.silent,
  }))
}

export const saveWatchSettings = async (sql: Sql, siteId: number, settings: WatchSettings): Promise<void> => {
  await sql.query(
    `update site set offline_after_minutes = $2, back_for_minutes = $3, silent_after_reads = $4 where id = $1`,
    [siteId, settings.offlineAfterMinutes, settings.backForMinutes, settings.silentAfterReads],
  )
}
