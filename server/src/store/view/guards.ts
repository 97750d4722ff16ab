import type { Reach } from '../../domain/reach.ts'
import type { FreezeReason } from '../../domain/trip-guard.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export type GuardView = Readonly<{
  site_id: number
  name: string
  time_zone: string
  frozen_at: number | null
  frozen_because: FreezeReason | null
  day: string
  sent_in_day: number
  hour_at: number
  sent_in_hour: number
  most_per_minute: number
  most_per_hour: number | null
  most_per_day_percent: number
  most_per_day_floor: number
  accounts: bigint
}>

export const viewGuards = async (sql: Sql, reach: Reach = null): Promise<readonly GuardView[]> =>
  sql.query<GuardView>(
    `select t.site_id, s.name, s.time_zone, t.frozen_at, t.frozen_because, t.day, t.sent_in_day, t.hour_at, t.sent_in_hour,
            t.most_per_minute, t.most_per_hour, t.most_per_day_percent, t.most_per_day_floor,
            (select count(*) from account a where a.site_id = s.id and a.agreement_id is not null) as accounts
     from trip_guard t join site s on s.id = t.site_id where ${within('t.site_id', 1)} order by s.name`,
    [reach],
  )
