import type { Sql } from './database.ts'

/** How often meters of a site are asked for what they tell of themselves, and when what is away is an alarm. */
export type WatchSettings = Readonly<{
  statesEveryMinutes: number
  eventsEveryMinutes: number
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
    states: number
    events: number
    offline: number
    back: number
    silent: number
  }>(
    `select id, name, states_every_minutes as states, events_every_minutes as events, offline_after_minutes as offline,
            back_for_minutes as back, silent_after_reads as silent
     from site where $1::text is null or name = $1 order by id for no key update`,
    [site],
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    statesEveryMinutes: row.states,
    eventsEveryMinutes: row.events,
    offlineAfterMinutes: row.offline,
    backForMinutes: row.back,
    silentAfterReads: row.silent,
  }))
}

export const saveWatchSettings = async (sql: Sql, siteId: number, settings: WatchSettings): Promise<void> => {
  await sql.query(
    `update site set states_every_minutes = $2, events_every_minutes = $3, offline_after_minutes = $4,
                     back_for_minutes = $5, silent_after_reads = $6 where id = $1`,
    [
      siteId,
      settings.statesEveryMinutes,
      settings.eventsEveryMinutes,
      settings.offlineAfterMinutes,
      settings.backForMinutes,
      settings.silentAfterReads,
    ],
  )
}
