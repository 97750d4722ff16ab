import { documentOfRule, readCompensationRule, type CompensationRule } from '../domain/restoration.ts'
import type { Compensation, CompensationOfAll, InstallationSettings, SiteSettings } from '../domain/site-settings.ts'
import type { FriendlyHours } from '../domain/stop-terms.ts'
import type { Sql } from './database.ts'
import { removeRule, saveRule } from './schedules.ts'
import { readSetting } from './settings.ts'

export type SiteRecord = Readonly<{
  id: number
  name: string
  timeZone: string
  /** Moves with each change. */
  version: number
  /** What holds where the site follows the company. */
  intervalInForce: number
  settings: SiteSettings
}>

type CompensationRow = { compensation: Compensation['kind'] | null; rule: unknown }

type SiteRow = CompensationRow & {
  id: number
  name: string
  time_zone: string
  settings_version: number
  reading_interval_minutes: number
  own_interval: number | null
  service_phone: string
  signature: string
  authority_contact: string
  restore_late_seconds: number
  restore_target_minutes: number
  offline_after_minutes: number
  back_for_minutes: number
  silent_after_reads: number
  friendly_hours: readonly FriendlyHours[]
  most_per_minute: number
  most_per_hour: number | null
  most_per_day_percent: number
  most_per_day_floor: number
  most_failed_reads_percent: number
  wave_factor: number
  wave_floor: number
}

const sitesQuery = `
  select s.id, s.name, s.time_zone, s.settings_version, s.reading_interval_minutes, s.service_phone, s.signature,
         s.authority_contact, s.restore_late_seconds, s.restore_target_minutes, s.offline_after_minutes, s.back_for_minutes,
         s.silent_after_reads, s.friendly_hours, t.most_per_minute, t.most_per_hour, t.most_per_day_percent,
         t.most_per_day_floor, t.most_failed_reads_percent, t.wave_factor, t.wave_floor,
         (select minutes from reading_schedule where scope = 'site' and site_id = s.id and data_set = 'energy') as own_interval,
         c.kind as compensation, c.rule
  from site s join trip_guard t on t.site_id = s.id
  left join lateral (select kind, rule from compensation_rule where site_id = s.id order by version desc limit 1) c on true`

const ruleOf = (rule: unknown): CompensationRule => {
  const read = readCompensationRule(rule)
  if (read === null) throw new Error('a rule of compensation can not be read back')
  return read
}

const compensationOf = ({ compensation, rule }: CompensationRow): Compensation => {
  if (compensation === null || compensation === 'installation') return { kind: 'installation' }
  return compensation === 'none' ? { kind: 'none' } : { kind: 'own', rule: ruleOf(rule) }
}

const siteOf = (row: SiteRow): SiteRecord => ({
  id: row.id,
  name: row.name,
  timeZone: row.time_zone,
  version: row.settings_version,
  intervalInForce: row.reading_interval_minutes,
  settings: {
    readingIntervalMinutes: row.own_interval,
    servicePhone: row.service_phone,
    signature: row.signature,
    authorityContact: row.authority_contact,
    restoreLateSeconds: row.restore_late_seconds,
    restoreTargetMinutes: row.restore_target_minutes,
    offlineAfterMinutes: row.offline_after_minutes,
    backForMinutes: row.back_for_minutes,
    silentAfterReads: row.silent_after_reads,
    friendlyHours: row.friendly_hours,
    compensation: compensationOf(row),
    tripsPerMinute: row.most_per_minute,
    tripsPerHour: row.most_per_hour,
    tripsPerDayPercent: row.most_per_day_percent,
    tripsPerDayFloor: row.most_per_day_floor,
    failedReadsPercent: row.most_failed_reads_percent,
    waveFactor: row.wave_factor,
    waveFloor: row.wave_floor,
  },
})

export const readSite = async (sql: Sql, siteId: number): Promise<SiteRecord | null> => {
  const [row] = await sql.query<SiteRow>(`${sitesQuery} where s.id = $1`, [siteId])
  return row === undefined ? null : siteOf(row)
}

/** More than one site of a name: null, as if there were none; nobody changes one of them by chance. */
export const findSite = async (sql: Sql, name: string): Promise<number | null> => {
  const rows = await sql.query<{ id: number }>('select id from site where name = $1 limit 2', [name])
  return rows.length === 1 ? (rows[0]?.id ?? null) : null
}

/** With its guard: a change and a trip that is being counted come one after the other. */
export const lockSite = async (sql: Sql, siteId: number): Promise<SiteRecord | null> => {
  await sql.query('select from site where id = $1 for no key update', [siteId])
  await sql.query('select from trip_guard where site_id = $1 for no key update', [siteId])
  return readSite(sql, siteId)
}

type By = Readonly<{ at: number; operatorId: number | null; reason: string }>

/** Writes what has changed; the compensation as a further version, the interval as the rule of the site. */
export const saveSite = async (
  sql: Sql,
  siteId: number,
  after: SiteSettings,
  names: readonly string[],
  by: By,
): Promise<void> => {
  await sql.query(
    `update site set settings_version = settings_version + 1, service_phone = $2, signature = $3, authority_contact = $4,
       restore_late_seconds = $5, restore_target_minutes = $6, offline_after_minutes = $7, back_for_minutes = $8,
       silent_after_reads = $9, friendly_hours = $10 where id = $1`,
    [
      siteId,
      after.servicePhone.trim(),
      after.signature.trim(),
      after.authorityContact.trim(),
      after.restoreLateSeconds,
      after.restoreTargetMinutes,
      after.offlineAfterMinutes,
      after.backForMinutes,
      after.silentAfterReads,
      JSON.stringify(after.friendlyHours),
    ],
  )
  await sql.query(
    `update trip_guard set most_per_minute = $2, most_per_hour = $3, most_per_day_percent = $4, most_per_day_floor = $5,
       most_failed_reads_percent = $6, wave_factor = $7, wave_floor = $8 where site_id = $1`,
    [
      siteId,
      after.tripsPerMinute,
      after.tripsPerHour,
      after.tripsPerDayPercent,
      after.tripsPerDayFloor,
      after.failedReadsPercent,
      after.waveFactor,
      after.waveFloor,
    ],
  )
  if (names.includes('compensation')) await addCompensation(sql, siteId, after.compensation, by)
  if (names.includes('readingIntervalMinutes')) {
    const subject = { scope: 'site', subjectId: siteId } as const
    const minutes = after.readingIntervalMinutes
    if (minutes === null) await removeRule(sql, subject, 'energy')
    else await saveRule(sql, { ...subject, dataSet: 'energy', minutes }, by.at)
  }
}

const addCompensation = async (
  sql: Sql,
  siteId: number | null,
  compensation: Compensation,
  { at, operatorId, reason }: By,
): Promise<void> => {
  await sql.query(
    `insert into compensation_rule (site_id, version, from_at, kind, rule, operator_id, reason)
     select $1::int, coalesce(max(version), 0) + 1, $2, $3, $4, $5, $6 from compensation_rule
     where site_id is not distinct from $1::int`,
    [
      siteId,
      new Date(at),
      compensation.kind,
      compensation.kind === 'own' ? JSON.stringify(documentOfRule(compensation.rule)) : null,
      operatorId,
      reason,
    ],
  )
}

/** Of installations that have no version of their own yet: micro-yuan as text, absent while nothing is paid. */
export const compensationSetting = 'restore-compensation'

/** What the setting of an installation without a version says. */
export const readOldCompensation = async (sql: Sql): Promise<CompensationRule | null> =>
  readCompensationRule(await readSetting(sql, compensationSetting))

export type InstallationRecord = Readonly<{ version: number; settings: InstallationSettings }>

type InstallationRow = CompensationRow & {
  settings_version: number
  most_per_minute: number | null
  most_per_hour: number | null
  most_per_day: number | null
  wave_factor: number | null
  wave_floor: number
}

export const readInstallation = async (sql: Sql): Promise<InstallationRecord> => {
  const [row] = await sql.query<InstallationRow>(
    `select t.settings_version, t.most_per_minute, t.most_per_hour, t.most_per_day, t.wave_factor, t.wave_floor,
            c.kind as compensation, c.rule
     from installation_guard t
     left join lateral (select kind, rule from compensation_rule where site_id is null order by version desc limit 1) c on true`,
  )
  if (row === undefined) throw new Error('the installation has lost its guard')
  return {
    version: row.settings_version,
    settings: {
      compensation: row.compensation === null ? await oldCompensation(sql) : ownOf(row),
      tripsPerMinute: row.most_per_minute,
      tripsPerHour: row.most_per_hour,
      tripsPerDay: row.most_per_day,
      waveFactor: row.wave_factor,
      waveFloor: row.wave_floor,
    },
  }
}

const oldCompensation = async (sql: Sql): Promise<CompensationOfAll> => {
  const rule = await readOldCompensation(sql)
  return rule === null ? { kind: 'none' } : { kind: 'own', rule }
}

const ownOf = ({ compensation, rule }: CompensationRow): CompensationOfAll =>
  compensation === 'own' ? { kind: 'own', rule: ruleOf(rule) } : { kind: 'none' }

export const lockInstallation = async (sql: Sql): Promise<InstallationRecord> => {
  await sql.query('select from installation_guard for no key update')
  return readInstallation(sql)
}

export const saveInstallation = async (
  sql: Sql,
  after: InstallationSettings,
  names: readonly string[],
  by: By,
): Promise<void> => {
  await sql.query(
    `update installation_guard set settings_version = settings_version + 1, most_per_minute = $1, most_per_hour = $2,
       most_per_day = $3, wave_factor = $4, wave_floor = $5`,
    [after.tripsPerMinute, after.tripsPerHour, after.tripsPerDay, after.waveFactor, after.waveFloor],
  )
  if (names.includes('compensation')) await addCompensation(sql, null, after.compensation, by)
}
