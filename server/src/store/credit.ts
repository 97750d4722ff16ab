import type { CreditFacts, CreditStage, CreditTerms, MeterFacts, Standing } from '../domain/credit-policy.ts'
import type { Language } from '../domain/notice.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'
import type { Sql } from './database.ts'

/** All that the credit policy and its notices need to know of one account, read under the account's lock. */
export type CreditRecord = Readonly<{
  accountId: number
  siteId: number
  bucket: number
  number: string
  place: string
  agreementId: number | null
  facts: CreditFacts
  /** Null without a signed agreement in force: then nobody is warned or cut. */
  terms: CreditTerms | null
  /** Reason codes saved with the last decision, to write only what changed. */
  savedReasons: readonly string[]
  signature: string
  servicePhone: string
  customerPhone: string
  language: Language
}>

type AccountRow = {
  id: number
  site_id: number
  bucket: number
  number: string
  agreement_id: number | null
  stage: CreditStage
  earliest_stop_at: number | null
  protected: boolean
  decision: { reasons: string[] } | null
  balance: bigint
  no_trip: { from: number; to: number }[]
  trips_frozen: boolean
  time_zone: string
  signature: string
  service_phone: string
  phone: string
  language: Language
  alarm1: bigint | null
  alarm2: bigint
  cut_off: bigint
  restore: bigint
  notice_lead_minutes: number
  reconnect: 'direct-close' | 'permit-close'
  trip_from_minute: number
  trip_to_minute: number
  trip_weekdays: number[]
}

type MeterRow = {
  id: number
  account_id: number
  place: string
  relay: MeterFacts['relay']
  keep_power: boolean
  alarm: boolean
  has_alarm: boolean
  load_hold: boolean
  last_failed_alarm_at: number | null
  last_at: number | null
  newest_quality: string | null
  restore_owed: boolean
  true_up: string
  failed_trips: number
  last_failed_trip_at: number | null
  last_failed_close_at: number | null
}

type CommandRow = { id: string; meter_id: number; kind: RelayCommandKind; state: RelayCommandState }

/**
 * Locks accounts in the order of their ids. Whoever locks meters or commands too locks the accounts first, so that two
 * transactions never wait for each other in a circle.
 */
export const lockAccounts = async (sql: Sql, accountIds: readonly number[]): Promise<void> => {
  await sql.query('select id from account where id = any($1::int[]) order by id for no key update', [accountIds])
}

/** An account as most postings need it: its purse, and whether the policy has anything to look at. */
export type AccountStanding = Standing &
  Readonly<{ accountId: number; bucket: number; prepaymentId: number; balance: MicroYuan; meterIds: readonly number[] }>

type StandingRow = {
  id: number
  bucket: number
  stage: CreditStage
  reasons: string[] | null
  prepayment_id: number
  balance: bigint
  alarm1: bigint | null
  stirred: boolean
  meter_ids: number[]
}

/** One statement for a whole batch; the accounts are locked. */
export const loadStanding = async (sql: Sql, accountIds: readonly number[]): Promise<readonly AccountStanding[]> => {
  const rows = await sql.query<StandingRow>(standingQuery, [accountIds])
  return rows.map((row) => ({
    accountId: row.id,
    bucket: row.bucket,
    prepaymentId: row.prepayment_id,
    balance: microYuan(row.balance),
    stage: row.stage,
    reasons: row.reasons ?? [],
    alarm1: row.alarm1 === null ? null : microYuan(row.alarm1),
    stirred: row.stirred,
    meterIds: row.meter_ids,
  }))
}

const standingQuery = `
  select a.id, a.bucket, a.stage, a.decision->'reasons' as reasons, l.id as prepayment_id, l.credits - l.debits as balance,
         g.alarm1, coalesce(m.stirred, false) as stirred, coalesce(m.ids, '{}') as meter_ids
  from account a
  join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
  left join agreement g on g.id = a.agreement_id
  left join lateral (
    select array_agg(m.id) as ids, bool_or(m.restore_owed or m.alarm or exists (
      select from relay_command c where c.meter_id = m.id and c.state in ('queued', 'sent', 'acknowledged'))) as stirred
    from meter m where m.account_id = a.id) m on true
  where a.id = any($1::int[]) order by a.id`

/**
 * Reads the facts of locked accounts. It is a statement of its own after the lock: a join inside the locking statement
 * would still see balances from before the wait.
 */
export const loadCredit = async (sql: Sql, accountIds: readonly number[]): Promise<readonly CreditRecord[]> => {
  const accounts = await sql.query<AccountRow>(accountsQuery, [accountIds])
  const meters = await sql.query<MeterRow>(metersQuery, [accountIds])
  const commands = await sql.query<CommandRow>(commandsQuery, [meters.map(({ id }) => id)])
  const commandsOf = groupBy(commands, ({ meter_id }) => meter_id)
  const metersOf = groupBy(meters, ({ account_id }) => account_id)
  return accounts.map((account) => recordOf(account, metersOf.get(account.id) ?? [], commandsOf))
}

const recordOf = (
  row: AccountRow,
  meters: readonly MeterRow[],
  commandsOf: ReadonlyMap<number, readonly CommandRow[]>,
): CreditRecord => ({
  accountId: row.id,
  siteId: row.site_id,
  bucket: row.bucket,
  number: row.number,
  place: meters.map(({ place }) => place).join(' '),
  agreementId: row.agreement_id,
  facts: {
    balance: microYuan(row.balance),
    stage: row.stage,
    earliestStopAt: row.earliest_stop_at,
    protected: row.protected,
    trueUp: microYuan(meters.reduce((sum, meter) => sum + BigInt(meter.true_up), 0n)),
    tripsFrozen: row.trips_frozen,
    noTrip: row.no_trip,
    meters: meters.map((meter) => ({
      meterId: meter.id,
      relay: meter.relay,
      keepPower: meter.keep_power,
      alarm: meter.alarm,
      hasAlarm: meter.has_alarm,
      loadHold: meter.load_hold,
      lastFailedAlarmAt: meter.last_failed_alarm_at,
      lastReadAt: meter.last_at,
      newestHeld: meter.newest_quality === 'held',
      restoreOwed: meter.restore_owed,
      openCommands: (commandsOf.get(meter.id) ?? []).map(({ id, kind, state }) => ({ id, kind, state })),
      failedTrips: meter.failed_trips,
      lastFailedTripAt: meter.last_failed_trip_at,
      lastFailedCloseAt: meter.last_failed_close_at,
    })),
  },
  terms: termsOf(row),
  savedReasons: row.decision?.reasons ?? [],
  signature: row.signature,
  servicePhone: row.service_phone,
  customerPhone: row.phone,
  language: row.language,
})

const termsOf = (row: AccountRow): CreditTerms | null =>
  row.agreement_id === null || row.alarm1 === null
    ? null
    : {
        thresholds: {
          alarm1: microYuan(row.alarm1),
          alarm2: microYuan(row.alarm2),
          cutOff: microYuan(row.cut_off),
          restore: microYuan(row.restore),
        },
        noticeLeadMs: row.notice_lead_minutes * 60_000,
        reconnect: row.reconnect,
        tripWindow: {
          fromMinute: row.trip_from_minute,
          toMinute: row.trip_to_minute,
          weekdays: row.trip_weekdays,
        },
        timeZone: row.time_zone,
      }

const groupBy = <T>(rows: readonly T[], key: (row: T) => number): ReadonlyMap<number, readonly T[]> => {
  const groups = new Map<number, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [row])
    else group.push(row)
  }
  return groups
}

/** Newest spans without trips of a site that are looked at: years of holidays. */
const spansLooked = 100

const accountsQuery = `
  select a.id, a.site_id, a.bucket, a.number, a.agreement_id, a.stage, a.earliest_stop_at, a.protected, a.decision,
         l.credits - l.debits as balance, s.time_zone, t.frozen_at is not null as trips_frozen,
         (select coalesce(jsonb_agg(jsonb_build_object('from', extract(epoch from n.from_at) * 1000,
                                                        'to', extract(epoch from n.to_at) * 1000)), '[]')
          from (select from_at, to_at from no_trip where site_id = s.id order by to_at desc limit ${String(spansLooked)}) n) as no_trip,
         s.signature, s.service_phone, c.phone, c.language,
         g.alarm1, g.alarm2, g.cut_off, g.restore, g.notice_lead_minutes, g.reconnect,
         g.trip_from_minute, g.trip_to_minute, g.trip_weekdays
  from account a
  join site s on s.id = a.site_id
  join trip_guard t on t.site_id = s.id
  join customer c on c.id = a.customer_id
  join ledger_account l on l.account_id = a.id and l.bucket = a.bucket and l.code = 'customer-prepayment'
  -- A meter with a purse of its own cuts by itself: the policy here has no terms for it.
  left join agreement g on g.id = a.agreement_id and g.settlement_mode = 'remote'
  where a.id = any($1::int[]) order by a.id`

// Failures are counted only where they can matter: for accounts that are cut off, and for supply that is owed.
const metersQuery = `
  select m.id, m.account_id, m.place, m.relay, m.keep_power, m.alarm, m.last_at, m.newest_quality, m.restore_owed,
         m.protocol = 'dlt645' as has_alarm,
         exists (select from load_control h where h.meter_id = m.id and h.holds <> '{}') as load_hold,
         (select coalesce(sum(p.true_up), 0)::text from (
            select true_up from settlement_period where meter_id = m.id order by start_at desc limit 2) p) as true_up,
         (select max(c.finished_at) from relay_command c where c.meter_id = m.id and c.requested_by = 'policy'
            and c.kind in ('alarm-on', 'alarm-off') and c.state in ('refused', 'failed')) as last_failed_alarm_at,
         coalesce(f.failed_trips, 0)::int as failed_trips, f.last_failed_trip_at, f.last_failed_close_at
  from meter m join account a on a.id = m.account_id
  left join lateral (
    select count(*) filter (where c.kind = 'trip' and c.at >= a.stage_since) as failed_trips,
           max(c.finished_at) filter (where c.kind = 'trip' and c.at >= a.stage_since) as last_failed_trip_at,
           max(c.finished_at) filter (where c.kind in ('direct-close', 'permit-close')) as last_failed_close_at
    from relay_command c
    where c.meter_id = m.id and c.requested_by = 'policy' and c.state in ('failed', 'refused')
      and (a.stage = 'cut-off' or m.restore_owed)
  ) f on true
  where m.account_id = any($1::int[]) order by m.id`

const commandsQuery = `
  select c.id, c.meter_id, c.kind, c.state from relay_command c
  where c.meter_id = any($1::int[]) and c.state in ('queued', 'sent', 'acknowledged')
    -- What two persons have ordered whatever the balance is not the policy's to withdraw.
    -- Nor is what load control has ordered.
    and not (c.kind = 'trip' and (c.requested_by = 'load-control' or exists (
      select from batch_item i join batch b on b.id = i.batch_id where i.command_id = c.id and b.override)))`

export type SavedDecision = Readonly<{
  accountId: number
  stage: CreditStage
  earliestStopAt: number | null
  reasons: readonly string[]
  balance: MicroYuan
}>

/** Writes decisions; `stage_since` moves only when the stage does. */
export const saveDecisions = async (sql: Sql, decisions: readonly SavedDecision[], now: number): Promise<void> => {
  if (decisions.length === 0) return
  await sql.query(
    `update account a
     set stage = d.stage, earliest_stop_at = d.earliest, decision = d.decision, decided_at = $5,
         stage_since = case when a.stage = d.stage then a.stage_since else $5 end
     from unnest($1::int[], $2::text[], $3::timestamptz[], $4::jsonb[]) as d(id, stage, earliest, decision)
     where a.id = d.id`,
    [
      decisions.map(({ accountId }) => accountId),
      decisions.map(({ stage }) => stage),
      decisions.map(({ earliestStopAt }) => (earliestStopAt === null ? null : new Date(earliestStopAt))),
      decisions.map(({ reasons, balance }) => JSON.stringify({ reasons, balance: balance.toString() })),
      new Date(now),
    ],
  )
}

/** How often an account that waits (for the trip window, for a trip to come through) is decided again, wall time. */
const decideAgainAfterMs = 5 * 60_000

/** Accounts whose lead time has just ended, and those that have been waiting since for a window or a proven trip. */
export const accountsDue = async (sql: Sql, now: number, limit: number): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select id from account
     where stage in ('stop-notified', 'cut-off') and earliest_stop_at <= $1
       and (decided_at < earliest_stop_at or decided_at < $2) and not coalesce(decision->'reasons' ? 'supply-stopped', false)
     order by earliest_stop_at limit $3`,
    [new Date(now), new Date(now - decideAgainAfterMs), limit],
  )
  return rows.map(({ id }) => id)
}
