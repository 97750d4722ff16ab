import type { Reach } from '../../domain/reach.ts'
import type { RelayCommandKind } from '../../domain/relay-command.ts'
import { fieldAlarms, type WorkItemKind } from '../../domain/work-item.ts'
import type { Sql } from '../database.ts'
import { meterWithin, siteOfWorkItem, within } from '../reach.ts'

type Where = Readonly<{ at: number; place: string; meter_id: number | null }>
export type FeedPaymentView = Where & Readonly<{ id: string; amount: bigint; balance_after: bigint }>
export type FeedCommandView = Where &
  Readonly<{
    id: bigint
    command: RelayCommandKind
    outcome: 'verified' | 'refused' | 'unanswered' | 'unverified' | 'expired'
  }>
export type FeedNoticeView = Where & Readonly<{ id: bigint; notice: string }>

export type FeedAlarmView = Where & Readonly<{ id: bigint; alarm: WorkItemKind; over: boolean }>

/** The newest steps of commands that are looked through; a command has about five. */
const stepsLookedAt = 600

/** An account is shown by its first metering point, or by its number. */
const firstMeter = `left join lateral (select id, place from meter where account_id = a.id order by id limit 1) m on true`

export const viewFeedPayments = async (
  sql: Sql,
  from: number,
  limit: number,
  reach: Reach = null,
): Promise<readonly FeedPaymentView[]> =>
  sql.query<FeedPaymentView>(
    `select t.id, t.at, t.amount, t.balance_after, m.id as meter_id, coalesce(m.place, a.number) as place
     from transfer t join account a on a.id = t.account_id ${firstMeter}
     where t.kind = 'payment' and t.at >= $1 and ${within('a.site_id', 3)} order by t.at desc limit $2`,
    [new Date(from), limit, reach],
  )

/** The ends of attempts at moving a relay. The meter's own alarm is left out: it is no news of its own. */
export const viewFeedCommands = async (
  sql: Sql,
  limit: number,
  reach: Reach = null,
): Promise<readonly FeedCommandView[]> =>
  sql.query<FeedCommandView>(
    `select e.id, e.at, e.kind as outcome, c.kind as command, m.id as meter_id, m.place
     from (select id, command_id, at, kind from command_event
           where $3::int[] is null or command_id in (select id from relay_command where ${meterWithin('meter_id', 3)})
           order by id desc limit $2) e
       join relay_command c on c.id = e.command_id join meter m on m.id = c.meter_id
     where e.kind in ('verified', 'refused', 'unanswered', 'unverified', 'expired') and c.kind not in ('alarm-on', 'alarm-off')
     order by e.id desc limit $1`,
    [limit, stepsLookedAt, reach],
  )

/** Warnings and failures; that supply was stopped or restored is told by its command. */
export const viewFeedNotices = async (
  sql: Sql,
  limit: number,
  reach: Reach = null,
): Promise<readonly FeedNoticeView[]> =>
  sql.query<FeedNoticeView>(
    `select n.id, n.at, n.notice, m.id as meter_id, coalesce(m.place, a.number) as place
     from message n join account a on a.id = n.account_id ${firstMeter}
     where n.notice in ('warning-1', 'warning-2', 'pre-stop', 'reconnect-permitted', 'failed') and ${within('a.site_id', 2)}
     order by n.id desc limit $1`,
    [limit, reach],
  )

/** Alarms about the field; one about a gateway or its line is shown by the gateway's name. */
export const viewFeedAlarms = async (sql: Sql, limit: number, reach: Reach = null): Promise<readonly FeedAlarmView[]> =>
  sql.query<FeedAlarmView>(
    `select w.id, w.opened_at as at, w.kind as alarm, w.closed_at is not null as over, w.meter_id,
            coalesce(m.place, g.code, w.subject) as place
     from (select * from work_item i where kind = any($2::text[]) and ${within(siteOfWorkItem('i'), 3)}
           order by id desc limit $1) w
       left join meter m on m.id = w.meter_id left join gateway g on g.id = w.gateway_id
     order by w.id desc`,
    [limit, fieldAlarms, reach],
  )
