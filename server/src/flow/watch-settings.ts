import { siteNumbers } from '../domain/site-settings.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import {
  lockWatchSettings,
  saveWatchSettings,
  type SiteWatchSettings,
  type WatchSettings,
} from '../store/watch-settings.ts'

const watchSettings = ['offlineAfterMinutes', 'backForMinutes', 'silentAfterReads'] as const

export type ChangeWatchResult = Readonly<
  { ok: true; sites: readonly SiteWatchSettings[] } | { ok: false; code: 'unknown-site' | 'out-of-range' }
>

/**
 * Changes how a site's field is watched and writes it into the audit log; without changes it tells how that is now.
 * `site` null: every site.
 */
export const changeWatchSettings = async (
  database: Database,
  now: number,
  { site, changes }: Readonly<{ site: string | null; changes: Partial<WatchSettings> }>,
): Promise<ChangeWatchResult> => {
  for (const name of watchSettings) {
    const { least, most } = siteNumbers[name]
    const value = changes[name]
    if (value !== undefined && (!Number.isInteger(value) || value < least || value > most))
      return { ok: false, code: 'out-of-range' }
  }
  return database.transaction(async (sql): Promise<ChangeWatchResult> => {
    const sites = await lockWatchSettings(sql, site)
    if (sites.length === 0) return { ok: false, code: 'unknown-site' }
    const changed = sites.map((before) => ({ ...before, ...changes }))
    if (Object.keys(changes).length === 0) return { ok: true, sites }
    for (const { id, name, ...settings } of changed) {
      await saveWatchSettings(sql, id, settings)
      const subject = `site:${String(id)}`
      await writeAudit(sql, {
        at: now,
        operatorId: null,
        action: 'watch-settings',
        subject,
        detail: { name, ...changes },
      })
    }
    return { ok: true, sites: changed }
  })
}
