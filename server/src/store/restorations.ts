import { documentOfRule, readCompensationRule, type CompensationRule } from '../domain/restoration.ts'
import type { Sql } from './database.ts'

/** A close that was just queued for supply that is owed. */
export type NewRestoration = Readonly<{
  commandId: string
  meterId: number
  accountId: number
  kind: 'direct-close' | 'permit-close'
  paymentId: string | null
}>

/** Opens a case for each close; a case that runs already goes on with its own clock. */
export const openRestorations = async (sql: Sql, cases: readonly NewRestoration[], now: number): Promise<void> => {
  if (cases.length === 0) return
  await sql.query(
    `insert into restoration (bucket, account_id, meter_id, payment_id, command_id, kind, online, opened_at,
                              real_accepted_at, real_queued_at)
     select m.bucket, n.account_id, n.meter_id, n.payment_id, n.command_id, n.kind, g.online, $1,
            coalesce(p.real_at, clock_timestamp()), clock_timestamp()
     from unnest($2::int[], $3::int[], $4::uuid[], $5::uuid[], $6::text[]) as n(account_id, meter_id, payment_id, command_id, kind)
       join meter m on m.id = n.meter_id join gateway g on g.id = m.gateway_id left join payment p on p.id = n.payment_id
     on conflict (meter_id) where state in ('running', 'hand') do nothing`,
    [
      new Date(now),
      cases.map(({ accountId }) => accountId),
      cases.map(({ meterId }) => meterId),
      cases.map(({ paymentId }) => paymentId),
      cases.map(({ commandId }) => commandId),
      cases.map(({ kind }) => kind),
    ],
  )
}

/** Later than its site allows; behind a gateway that was away the time was not ours. Of `restoration r` and `site s`. */
const isLate = `(r.online and r.payment_id is not null
         and clock_timestamp() - r.real_accepted_at > s.restore_late_seconds * interval '1 second')`

/** A close of the meter is proven: the case is over, or waits for a hand. Its steps get the times of that command. */
export const proveRestoration = async (
  sql: Sql,
  { meterId, commandId, needsHand }: Readonly<{ meterId: number; commandId: string; needsHand: boolean }>,
  now: number,
): Promise<void> => {
  await sql.query(
    `update restoration r set state = case when $3 then 'hand' else 'restored' end, ended_at = case when $3 then null else $4::timestamptz end,
       real_sent_at = coalesce(c.real_sent_at, clock_timestamp()),
       real_acknowledged_at = coalesce(c.real_acknowledged_at, c.real_sent_at, clock_timestamp()), real_verified_at = clock_timestamp(),
       late = r.late or ${isLate}
     from relay_command c, account a join site s on s.id = a.site_id
     where c.id = $2 and a.id = r.account_id and r.meter_id = $1 and r.state = 'running'`,
    [meterId, commandId, needsHand, new Date(now)],
  )
}

/** Meters whose cases have just ended by what readings and decisions have shown. */
export type EndedRestoration = Readonly<{ meterId: number; accountId: number; restored: boolean; byHand: boolean }>

/**
 * Ends cases that no command of ours has ended: a relay seen closed (by hand, or after an answer that was lost), and
 * supply that is not owed any more because the money is gone again. Behind a breaker that no status word tells of, power
 * that flows is the proof.
 */
export const sweepRestorations = async (sql: Sql, now: number): Promise<readonly EndedRestoration[]> => {
  const rows = await sql.query<{ meter_id: number; account_id: number; state: string; by_hand: boolean }>(
    `with seen as (
       select r.id, r.state = 'hand' as by_hand,
         case when r.state = 'hand' and m.relay = 'closed' and m.status_at >= r.opened_at
                and (m.wiring not in ('shunt-trip', 'external-breaker') or m.newest_at > r.opened_at and m.power_mw > $2) then 'restored'
              when r.state = 'running' and not m.restore_owed and m.relay = 'closed' then 'restored'
              when (r.state = 'hand' and m.relay_command = 'open')
                or (r.state = 'running' and (not m.restore_owed or a.stage = 'cut-off') and not exists (
                  select from relay_command c where c.meter_id = m.id and c.kind in ('direct-close', 'permit-close')
                    and c.state in ('queued', 'sent', 'acknowledged'))) then 'withdrawn'
         end as ends
       from restoration r join meter m on m.id = r.meter_id join account a on a.id = r.account_id
       where r.state in ('running', 'hand'))
     update restoration r set state = s.ends, ended_at = $1, real_verified_at = coalesce(r.real_verified_at, clock_timestamp())
     from seen s where s.id = r.id and s.ends is not null
     returning r.meter_id, r.account_id, r.state, s.by_hand`,
    [new Date(now), powerThatFlowsMilliwatts],
  )
  return rows.map((row) => ({
    meterId: row.meter_id,
    accountId: row.account_id,
    restored: row.state === 'restored',
    byHand: row.by_hand,
  }))
}

/** Above the noise of an open circuit. */
const powerThatFlowsMilliwatts = 20_000

export type CaseOf = Readonly<{ id: number; meterId: number; accountId: number; sinceMs: number }>
type CaseRow = { id: bigint; meter_id: number; account_id: number; since_ms: number }

const caseOf = (row: CaseRow): CaseOf => ({
  id: Number(row.id),
  meterId: row.meter_id,
  accountId: row.account_id,
  sinceMs: row.since_ms,
})

/** Payments whose power has not come in the time of their site, marked late now; once each. */
export const markLateRestorations = async (sql: Sql): Promise<readonly CaseOf[]> => {
  const rows = await sql.query<CaseRow>(
    `update restoration r set late = true from account a join site s on s.id = a.site_id
     where a.id = r.account_id and r.state = 'running' and not r.late and ${isLate}
     returning r.id, r.meter_id, r.account_id,
       (extract(epoch from clock_timestamp() - r.real_accepted_at) * 1000)::float8 as since_ms`,
  )
  return rows.map(caseOf)
}

export type FieldOrder = CaseOf & Readonly<{ targetMinutes: number; failure: string | null; attempts: number }>

/** Cases that only a person can end: running for so long, whatever kept the close. Those with an open order are left out. */
export const restorationsForField = async (sql: Sql, now: number, afterMs: number): Promise<readonly FieldOrder[]> => {
  const rows = await sql.query<CaseRow & { target: number; failure: string | null; attempts: number }>(
    `select r.id, r.meter_id, r.account_id, s.restore_target_minutes as target, c.failure, coalesce(c.attempts, 0) as attempts,
            (extract(epoch from clock_timestamp() - r.real_accepted_at) * 1000)::float8 as since_ms
     from restoration r join account a on a.id = r.account_id join site s on s.id = a.site_id
       left join lateral (select failure, attempts from relay_command c where c.meter_id = r.meter_id
         and c.kind in ('direct-close', 'permit-close') order by c.at desc limit 1) c on true
     where r.state = 'running' and r.opened_at <= $1
       and not exists (select from work_item w where w.kind = 'field-reconnect' and w.closed_at is null
                         and w.subject = 'meter:' || r.meter_id)`,
    [new Date(now - afterMs)],
  )
  return rows.map((row) => ({
    ...caseOf(row),
    targetMinutes: row.target,
    failure: row.failure,
    attempts: row.attempts,
  }))
}

/** Customers who have not pressed their button for so long, once each. */
export const remindOfButtons = async (sql: Sql, now: number, afterMs: number): Promise<readonly CaseOf[]> => {
  const rows = await sql.query<CaseRow>(
    `update restoration r set reminded_at = $1 where r.state = 'hand' and r.reminded_at is null and r.opened_at <= $2
     returning r.id, r.meter_id, r.account_id, 0::float8 as since_ms`,
    [new Date(now), new Date(now - afterMs)],
  )
  return rows.map(caseOf)
}

/** A late case with the rule that was in force when it was opened; `ruleId` null: the setting without a version. */
export type CompensatedCase = CaseOf & Readonly<{ rule: CompensationRule; ruleId: number | null }>

/** Cases that ended longer ago are settled: a rule of today does not pay for the whole past. */
const compensateWithinDays = 31

/**
 * Late cases that are over, for which something is owed and nothing has been given yet, at most `limit`. The site's version
 * comes first, then the installation's, then `old`, the setting of installations that have no version.
 */
export const restorationsToCompensate = async (
  sql: Sql,
  old: CompensationRule | null,
  limit: number,
): Promise<readonly CompensatedCase[]> => {
  const rows = await sql.query<CaseRow & { rule: unknown; rule_id: number | null }>(
    `select r.id, r.meter_id, r.account_id, p.rule, p.rule_id,
            (extract(epoch from r.real_verified_at - r.real_accepted_at) * 1000)::float8 as since_ms
     from restoration r join account a on a.id = r.account_id
       left join lateral (select id, kind, rule from compensation_rule
         where site_id = a.site_id and from_at <= r.opened_at order by version desc limit 1) own on true
       left join lateral (select id, kind, rule from compensation_rule
         where site_id is null and from_at <= r.opened_at order by version desc limit 1) whole on true
       cross join lateral (select
         case when own.kind in ('own', 'none') then own.id else whole.id end as rule_id,
         case when own.kind in ('own', 'none') then own.rule when whole.id is not null then whole.rule
              else $2::jsonb end as rule) p
     where r.late and r.state = 'restored' and r.compensation_id is null and p.rule is not null
       and r.real_verified_at > clock_timestamp() - $3 * interval '1 day'
       and r.real_verified_at - r.real_accepted_at > (p.rule->>'afterSeconds')::int * interval '1 second'
     order by r.id limit $1`,
    [limit, old === null ? null : JSON.stringify(documentOfRule(old)), compensateWithinDays],
  )
  return rows.map((row) => {
    const rule = readCompensationRule(row.rule)
    if (rule === null) throw new Error('a rule of compensation can not be read back')
    return { ...caseOf(row), rule, ruleId: row.rule_id }
  })
}

export const saveCompensation = async (
  sql: Sql,
  { id, ruleId }: Pick<CompensatedCase, 'id' | 'ruleId'>,
  operationId: string,
): Promise<void> => {
  await sql.query('update restoration set compensation_id = $2, compensation_rule_id = $3 where id = $1', [
    id,
    operationId,
    ruleId,
  ])
}

/** Field orders to reconnect whose meter has supply, or is not owed any. */
export const fieldReconnectsOver = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ subject: string }>(
    `select w.subject from work_item w where w.kind = 'field-reconnect' and w.closed_at is null
       and not exists (select from restoration r where r.meter_id = w.meter_id and r.state = 'running')`,
  )
  return rows.map(({ subject }) => subject)
}

/** Field orders about trips that are settled by now: the relay is open, or nobody is to be cut. */
export const fieldTripsOver = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ subject: string }>(
    `select w.subject from work_item w join meter m on m.id = w.meter_id left join account a on a.id = m.account_id
     where w.kind = 'field-trip' and w.closed_at is null and (m.relay = 'open' or a.stage is distinct from 'cut-off')`,
  )
  return rows.map(({ subject }) => subject)
}

/** Alarms about energy behind an open relay whose relay is closed again. */
export const energyAlarmsOver = async (sql: Sql): Promise<readonly string[]> => {
  const rows = await sql.query<{ subject: string }>(
    `select w.subject from work_item w join meter m on m.id = w.meter_id
     where w.kind = 'energy-while-open' and w.closed_at is null and m.relay = 'closed' and m.status_at > w.opened_at`,
  )
  return rows.map(({ subject }) => subject)
}

/** From a field order at a meter to its supply, wall time. */
export const restoreTargetMs = async (sql: Sql, meterId: number): Promise<number> => {
  const [row] = await sql.query<{ minutes: number }>(
    'select s.restore_target_minutes as minutes from meter m join site s on s.id = m.site_id where m.id = $1',
    [meterId],
  )
  if (row === undefined) throw new Error(`there is no meter ${String(meterId)}`)
  return row.minutes * 60_000
}
