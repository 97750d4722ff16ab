import {
  changeInstallation,
  changeSite,
  isWeighty,
  shownSetting,
  type Changed,
  type InstallationSettings,
  type SettingProblem,
  type SiteSettings,
} from '../domain/site-settings.ts'
import { notifyArchive } from '../store/archive.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database, Sql } from '../store/database.ts'
import { notifyLive } from '../store/notify.ts'
import { lockInstallation, lockSite, saveInstallation, saveSite } from '../store/site-settings.ts'
import { isPassword } from './sign-in.ts'
import type { FlowContext } from './process.ts'

type Books = Readonly<{ database: Database; clock: Pick<FlowContext['clock'], 'now'> }>

type Deed = Readonly<{
  /** Why, for whoever asks later. */
  reason: string
  /** The version that the person has seen; null (the command line): whatever stands there. */
  seen: number | null
  /** Null: the command line, which is trusted with the database. Else the password said again, where one was. */
  operator: Readonly<{ id: number; login: string; password: string | null }> | null
}>

export type ChangeSiteInput = Deed & Readonly<{ siteId: number; changes: Partial<SiteSettings> }>
export type ChangeInstallationInput = Deed & Readonly<{ changes: Partial<InstallationSettings> }>

export type ChangeSettingsResult = Readonly<
  | { ok: true; version: number; names: readonly string[] }
  | { ok: false; code: 'unknown-site' | 'settings-moved' | 'nothing-changed' | 'wrong-password' }
  | { ok: false; code: 'setting-not-allowed'; problems: readonly SettingProblem[] }
>

/** What the people of an installation may set. */
export type SiteDeeds = Readonly<{
  changeSite: (input: ChangeSiteInput) => Promise<ChangeSettingsResult>
  changeInstallation: (input: ChangeInstallationInput) => Promise<ChangeSettingsResult>
}>

export const createSiteDeeds = ({ database, clock }: Books): SiteDeeds => ({
  changeSite: async ({ siteId, changes, ...deed }) => {
    if (!(await mayChange(database, deed, changes))) return { ok: false, code: 'wrong-password' }
    const at = clock.now()
    return database.transaction(async (sql) => {
      const site = await lockSite(sql, siteId)
      if (site === null) return { ok: false, code: 'unknown-site' }
      const refused = objectionTo(deed, site.version, changeSite(site.settings, changes))
      if (!('after' in refused)) return refused
      const { after, names } = refused
      const by = { at, operatorId: deed.operator?.id ?? null, reason: deed.reason }
      await saveSite(sql, siteId, after, names, by)
      await tell(sql, `site:${String(siteId)}`, by, names, site.settings, after)
      if (names.includes('readingIntervalMinutes')) await notifyArchive(sql)
      return { ok: true, version: site.version + 1, names }
    })
  },
  changeInstallation: async ({ changes, ...deed }) => {
    if (!(await mayChange(database, deed, changes))) return { ok: false, code: 'wrong-password' }
    const at = clock.now()
    return database.transaction(async (sql) => {
      const installation = await lockInstallation(sql)
      const refused = objectionTo(deed, installation.version, changeInstallation(installation.settings, changes))
      if (!('after' in refused)) return refused
      const { after, names } = refused
      const by = { at, operatorId: deed.operator?.id ?? null, reason: deed.reason }
      await saveInstallation(sql, after, names, by)
      await tell(sql, 'installation', by, names, installation.settings, after)
      return { ok: true, version: installation.version + 1, names }
    })
  },
})

/** What decides over trips and money is changed by nobody who has only found a console left open. */
const mayChange = async (database: Database, { operator }: Deed, changes: object): Promise<boolean> => {
  if (operator === null || !Object.keys(changes).some(isWeighty)) return true
  return operator.password !== null && isPassword(database, operator.login, operator.password)
}

const objectionTo = <T>(
  { seen }: Deed,
  version: number,
  changed: Changed<T>,
): Extract<Changed<T>, { ok: true }> | Extract<ChangeSettingsResult, { ok: false }> => {
  if (seen !== null && seen !== version) return { ok: false, code: 'settings-moved' }
  if (!changed.ok) return { ok: false, code: 'setting-not-allowed', problems: changed.problems }
  return changed.names.length === 0 ? { ok: false, code: 'nothing-changed' } : changed
}

const tell = async <T extends object>(
  sql: Sql,
  subject: string,
  { at, operatorId, reason }: Readonly<{ at: number; operatorId: number | null; reason: string }>,
  names: readonly string[],
  before: T,
  after: T,
): Promise<void> => {
  const changes = Object.fromEntries(
    names.map((name) => [
      name,
      { before: shownSetting(before[name as keyof T]), after: shownSetting(after[name as keyof T]) },
    ]),
  )
  await writeAudit(sql, { at, operatorId, action: 'settings', subject, detail: { reason, changes } })
  await notifyLive(sql, ['site', 'guard'])
}
