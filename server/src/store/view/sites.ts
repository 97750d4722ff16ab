import type { FreezeReason } from '../../domain/trip-guard.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export { readInstallation, readSite, type InstallationRecord, type SiteRecord } from '../site-settings.ts'
export { readGuards, readWholeGuard } from '../trip-guard.ts'

export type SiteView = Readonly<{
  id: number
  name: string
  time_zone: string
  interval_minutes: number
  meters: number
  accounts: number
  gateways: number
  online: number
  frozen_at: number | null
  frozen_because: FreezeReason | null
}>

/** All sites, or one of them. Counted here, not kept: a page looks at them a few times a minute. */
export const viewSites = async (sql: Sql, siteId: number | null, reach: Reach = null): Promise<readonly SiteView[]> =>
  sql.query<SiteView>(
    `select s.id, s.name, s.time_zone, s.reading_interval_minutes as interval_minutes,
            coalesce(m.n, 0)::int as meters, coalesce(a.n, 0)::int as accounts, coalesce(g.n, 0)::int as gateways,
            coalesce(g.online, 0)::int as online, t.frozen_at, t.frozen_because
     from site s join trip_guard t on t.site_id = s.id
     left join (select site_id, count(*) as n from meter where $1::int is null or site_id = $1 group by 1) m on m.site_id = s.id
     left join (select site_id, count(*) as n from account
                where ($1::int is null or site_id = $1) and agreement_id is not null group by 1) a on a.site_id = s.id
     left join (select site_id, count(*) as n, count(*) filter (where online) as online from gateway
                where $1::int is null or site_id = $1 group by 1) g on g.site_id = s.id
     where ($1::int is null or s.id = $1) and ${within('s.id', 2)} order by s.name, s.id`,
    [siteId, reach],
  )

export type SettingChangeView = Readonly<{
  at: number
  action: string
  detail: Readonly<Record<string, unknown>>
  login: string | null
  name: string | null
}>

/** Changes of settings, the newest first; also those that other commands have made. */
export const viewSettingChanges = async (
  sql: Sql,
  subject: string,
  limit: number,
): Promise<readonly SettingChangeView[]> =>
  sql.query<SettingChangeView>(
    `select l.at, l.action, l.detail, o.login, o.name from audit_log l left join operator o on o.id = l.operator_id
     where l.subject = $1 and (l.subject like 'site:%' or l.subject = 'installation')
       and l.action in ('settings', 'watch-settings', 'site:authority', 'schedule:set', 'schedule:remove', 'trips:freeze',
                        'trips:release')
     order by l.id desc limit $2`,
    [subject, limit],
  )
