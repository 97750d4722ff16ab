import type { LegalPath } from '../domain/agreement.ts'
import type { NoTripKind } from '../domain/credit-facts.ts'
import type {
  CreditFacts,
  CreditStage,
  CreditTerms,
  Decision as CreditDecision,
  MeterFacts,
} from '../domain/credit-policy.ts'
import { absentContents } from '../domain/notice-contents.ts'
import type { Language } from '../domain/notice.ts'
import { microYuan } from '../domain/quantity.ts'
import type { RelayCommandKind, RelayCommandState } from '../domain/relay-command.ts'
import { stopTermsFrom, type FriendlyHours, type StopTerms } from '../domain/stop-terms.ts'
import type { Sql } from './database.ts'
import { agreedTerms, type AgreementRow } from './row-agreement.ts'
import { loadStopFacts, type StopFacts } from './stop-facts.ts'

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
  /** What a person was to look at by the last decision. */
  savedWork: readonly SavedWork[]
  /** Gets the copies of what is announced to important customers. */
  authorityContact: string
  signature: string
  servicePhone: string
  customerPhone: string
  language: Language
}>

type SavedWork = CreditDecision['workItems'][number]

/** Of an account without an agreement the columns of one are null. */
type AccountRow = (AgreementRow | Readonly<{ alarm1: null }>) & {
  id: number
  site_id: number
  bucket: number
  number: string
  agreement_id: number | null
  stage: CreditStage
  earliest_stop_at: number | null
  protected: boolean
  decision: { reasons: string[]; work?: SavedWork[] } | null
  balance: bigint
  no_trip: { from: number; to: number; kind: NoTripKind }[]
  stage_since: number
  told_at: number | null
  emergency_offered_at: number | null
  emergency_granted: bigint
  authority_contact: string
  trips_frozen: boolean
  time_zone: string
  signature: string
  service_phone: string
  phone: string
  language: Language
  legal_path: LegalPath
  stop_terms: Record<string, unknown>
  friendly_hours: readonly FriendlyHours[]
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

/**
 * Reads the facts of locked accounts. It is a statement of its own after the lock: a join inside the locking statement
 * would still see balances from before the wait.
 */
export const loadCredit = async (sql: Sql, accountIds: readonly number[]): Promise<readonly CreditRecord[]> => {
  if (accountIds.length === 0) return []
  const accounts = await sql.query<AccountRow>(accountsQuery, [accountIds])
  const meters = await sql.query<MeterRow>(metersQuery, [accountIds])
  const commands = await sql.query<CommandRow>(commandsQuery, [meters.map(({ id }) => id)])
  const stopFacts = await loadStopFacts(sql, accountIds)
  const commandsOf = groupBy(commands, ({ meter_id }) => meter_id)
  const metersOf = groupBy(meters, ({ account_id }) => account_id)
  return accounts.map((account) =>
    recordOf(account, metersOf.get(account.id) ?? [], commandsOf, stopFacts.get(account.id)),
  )
}

const recordOf = (
  row: AccountRow,
  meters: readonly MeterRow[],
  commandsOf: ReadonlyMap<number, readonly CommandRow[]>,
  stop: StopFacts | undefined,
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
    stageSince: row.stage_since,
    earliestStopAt: row.earliest_stop_at,
    toldAt: row.told_at,
    protected: row.protected,
    lists: stop?.lists ?? [],
    notices: stop?.notices ?? [],
    channels: stop?.channels ?? [],
    absent: absentContents({
      signature: row.signature,
      'account-number': row.number,
      // Without a meter there is nothing to stop, and its number is all the place there is.
      place: meters.length === 0 ? row.number : meters.map(({ place }) => place).join(' '),
      recipient: row.phone,
      'service-phone': row.service_phone,
      'authority-contact': row.authority_contact,
    }),
    overdueSince: stop?.overdueSince ?? null,
    approval: stop?.approval ?? null,
    emergency: { offeredAt: row.emergency_offered_at, granted: microYuan(row.emergency_granted) },
    paymentExpectedUntil: stop?.paymentExpectedUntil ?? null,
    lastPaymentAt: stop?.lastPaymentAt ?? null,
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
  savedWork: row.decision?.work ?? [],
  authorityContact: row.authority_contact,
  signature: row.signature,
  servicePhone: row.service_phone,
  customerPhone: row.phone,
  language: row.language,
})

const termsOf = (row: AccountRow): CreditTerms | null =>
  row.agreement_id === null || row.alarm1 === null
    ? null
    : {
        ...agreedTerms(row),
        timeZone: row.time_zone,
        stop: withHoursOfSite(stopTermsFrom(row.stop_terms, row.legal_path), row.friendly_hours),
      }

/** A site's own hours without trips stand beside those of the agreement. */
const withHoursOfSite = (terms: StopTerms, hours: readonly FriendlyHours[]): StopTerms =>
  hours.length === 0 ? terms : { ...terms, friendlyHours: [...terms.friendlyHours, ...hours] }

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
  select a.id, a.site_id, a.bucket, a.number, a.agreement_id, a.stage, a.stage_since, a.earliest_stop_at, a.told_at,
         a.emergency_offered_at, a.emergency_granted, s.authority_contact, s.friendly_hours, g.legal_path, g.stop_terms, a.protected, a.decision,
         l.credits - l.debits as balance, s.time_zone, t.frozen_at is not null as trips_frozen,
         (select coalesce(jsonb_agg(jsonb_build_object('kind', n.kind, 'from', extract(epoch from n.from_at) * 1000,
                                                        'to', extract(epoch from n.to_at) * 1000)), '[]')
          from (select kind, from_at, to_at from no_trip where site_id = s.id order by to_at desc limit ${String(spansLooked)}) n) as no_trip,
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
