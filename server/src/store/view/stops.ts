import type { CreditStage } from '../../domain/credit-facts.ts'
import type { ListKind } from '../../domain/protection-list.ts'
import type { Reach } from '../../domain/reach.ts'
import type { RelayCommandKind, RelayCommandState } from '../../domain/relay-command.ts'
import type { StopTerms } from '../../domain/stop-terms.ts'
import type { LegalPath } from '../../domain/agreement.ts'
import { loadStopFacts, type StopFacts } from '../stop-facts.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export type ListView = Readonly<{
  id: number
  kind: ListKind
  from_at: number
  to_at: number | null
  reason: string
  by: string | null
  ended_by: string | null
  ended_because: string | null
}>

export type ApprovalView = Readonly<{
  id: number
  account_id: number
  state: 'open' | 'approved' | 'refused' | 'withdrawn'
  persons: number
  voices: readonly string[]
  requested_by: string | null
  requested_at: number
  notice: string
  until_at: number | null
  because: string | null
}>

export type AccountStopView = Readonly<{
  stage: CreditStage
  protected: boolean
  told_at: number | null
  decide_at: number | null
  emergency_offered_at: number | null
  emergency_granted: bigint
  legal_path: LegalPath | null
  stop_terms: Readonly<Partial<Record<keyof StopTerms, unknown>>> | null
}>

export type MeterPowerView = Readonly<{
  id: number
  place: string
  relay: 'closed' | 'open' | 'unknown'
  relay_command: 'closed' | 'open' | 'unknown'
  restore_owed: boolean
  failed_trips: number
  last_failed_close_at: number | null
  open_commands: readonly Readonly<{ kind: RelayCommandKind; state: RelayCommandState; attempts: number }>[]
}>

/** Rows shown of each kind. */
const rowsShown = 50

const approvals = `
  select p.id, p.account_id, p.state, p.persons, r.name as requested_by, p.requested_at, p.notice, p.until_at, p.because,
         array(select o.name from stop_approval_voice v join operator o on o.id = v.operator_id
               where v.approval_id = p.id order by v.at) as voices
  from stop_approval p left join operator r on r.id = p.requested_by`

export const viewAccountStop = async (
  sql: Sql,
  accountId: number,
): Promise<Readonly<{
  account: AccountStopView
  meters: readonly MeterPowerView[]
  lists: readonly ListView[]
  approvals: readonly ApprovalView[]
  facts: StopFacts | undefined
}> | null> => {
  const [account] = await sql.query<AccountStopView>(
    `select a.stage, a.protected, a.told_at, a.decide_at, a.emergency_offered_at, a.emergency_granted, g.legal_path, g.stop_terms
     from account a left join agreement g on g.id = a.agreement_id where a.id = $1`,
    [accountId],
  )
  if (account === undefined) return null
  return {
    account,
    meters: await sql.query<MeterPowerView>(
      `select m.id, m.place, m.relay, m.relay_command, m.restore_owed, f.failed_trips::int, f.last_failed_close_at,
              coalesce((select jsonb_agg(jsonb_build_object('kind', c.kind, 'state', c.state, 'attempts', c.attempts))
                        from relay_command c where c.meter_id = m.id and c.state in ('queued', 'sent', 'acknowledged')), '[]')
                as open_commands
       from meter m join account a on a.id = m.account_id
       cross join lateral (
         select count(*) filter (where c.kind = 'trip' and a.stage = 'cut-off' and c.at >= a.stage_since) as failed_trips,
                max(c.finished_at) filter (where c.kind in ('direct-close', 'permit-close') and m.restore_owed)
                  as last_failed_close_at
         from relay_command c
         where c.meter_id = m.id and c.requested_by = 'policy' and c.state in ('failed', 'refused')) f
       where m.account_id = $1 order by m.id`,
      [accountId],
    ),
    lists: await sql.query<ListView>(
      `select e.id, e.kind, e.from_at, e.to_at, e.reason, b.name as by, x.name as ended_by, e.ended_because
       from account_list e left join operator b on b.id = e.operator_id left join operator x on x.id = e.ended_by
       where e.account_id = $1 order by e.to_at desc nulls first, e.id desc limit ${String(rowsShown)}`,
      [accountId],
    ),
    approvals: await sql.query<ApprovalView>(
      `${approvals} where p.account_id = $1 order by p.id desc limit ${String(rowsShown)}`,
      [accountId],
    ),
    facts: (await loadStopFacts(sql, [accountId])).get(accountId),
  }
}

export type StopRowView = Readonly<{
  id: number
  number: string
  customer: string
  meter_id: number | null
  place: string | null
  stage: CreditStage
  stage_since: number
  balance: bigint
  reasons: readonly string[] | null
  earliest_stop_at: number | null
}>

const stopsShown = 500

/** Accounts on the way to a stop, approvals first, then the poorest. */
export const viewStops = async (
  sql: Sql,
  reach: Reach = null,
): Promise<Readonly<{ rows: readonly StopRowView[]; approvals: readonly ApprovalView[] }>> => {
  const rows = await sql.query<StopRowView>(
    `select a.id, a.number, c.name as customer, m.id as meter_id, m.place, a.stage, a.stage_since,
            l.credits - l.debits as balance, a.decision->'reasons' as reasons, a.earliest_stop_at
     from account a join customer c on c.id = a.customer_id
     join ledger_account l on l.account_id = a.id and l.bucket = a.bucket and l.code = 'customer-prepayment'
     left join lateral (select id, place from meter where account_id = a.id order by id limit 1) m on true
     where a.closed_at is null and a.stage in ('stop-due', 'await-approval', 'suspended', 'stop-notified')
       and ${within('a.site_id', 1)}
     order by array_position(array['await-approval', 'suspended', 'stop-due', 'stop-notified'], a.stage),
              l.credits - l.debits, a.id
     limit ${String(stopsShown)}`,
    [reach],
  )
  const ids = rows.map(({ id }) => id)
  return {
    rows,
    approvals: await sql.query<ApprovalView>(
      `${approvals} where p.id in (select max(id) from stop_approval where account_id = any($1::int[]) group by account_id)
       and p.state <> 'withdrawn'`,
      [ids],
    ),
  }
}
