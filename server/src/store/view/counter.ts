import type { Standing } from '../../domain/account.ts'
import type { CreditStage } from '../../domain/credit-policy.ts'
import { revive, type OperationKind } from '../../domain/operation.ts'
import type { PaymentChannel } from '../../domain/payment-channel.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'
import type { RequestState } from '../operation-requests.ts'
import { loadStandings } from '../standing.ts'

export type FoundAccountView = Readonly<{
  id: number
  number: string
  customer_id: number
  customer: string
  phone: string
  site: string
  closed: boolean
  stage: CreditStage
  balance: bigint
  places: readonly string[]
}>

/**
 * Accounts whose number, customer, phone, place or meter holds the text: open ones first, and among them the number itself,
 * then whoever lives there or is called so, then those whose long numbers merely contain it.
 */
export const findAccountViews = async (
  sql: Sql,
  text: string,
  limit: number,
  reach: Reach = null,
): Promise<readonly FoundAccountView[]> =>
  sql.query<FoundAccountView>(
    `select a.id, a.number, a.customer_id, c.name as customer, c.phone, s.name as site, a.closed_at is not null as closed, a.stage,
            coalesce((select l.credits - l.debits from ledger_account l
                      where l.account_id = a.id and l.code = 'customer-prepayment'), 0) as balance,
            array(select m.place from meter m where m.account_id = a.id order by m.place limit 5) as places
     from account a join customer c on c.id = a.customer_id join site s on s.id = a.site_id
     where (a.number ilike $1 or c.name ilike $1 or c.phone like $1
       or a.id in (select m.account_id from meter m where m.place ilike $1 or m.address like $1))
       and ${within('a.site_id', 4)}
     order by a.closed_at is not null,
       case when lower(a.number) = lower($2) then 0
            when exists (select from meter m where m.account_id = a.id and m.place ilike $1) then 1
            when c.name ilike $1 then 2 else 3 end, a.number limit $3`,
    [`%${text.replaceAll(/[\\%_]/gu, (sign) => `\\${sign}`)}%`, text, limit, reach],
  )

export type AccountFileView = Readonly<{
  number: string
  customer_id: number
  customer: string
  phone: string
  site: string
  opened_at: number | null
  closed_at: number | null
  stage: CreditStage
  prepaid: boolean
  meters: readonly Readonly<{
    id: number
    place: string
    address: string
    relay: 'closed' | 'open' | 'unknown'
  }>[]
}>

export const viewAccountFile = async (sql: Sql, accountId: number): Promise<AccountFileView | null> => {
  const [row] = await sql.query<AccountFileView>(
    `select a.number, a.customer_id, c.name as customer, c.phone, s.name as site, a.opened_at, a.closed_at, a.stage,
            a.agreement_id is not null as prepaid,
            coalesce((select jsonb_agg(jsonb_build_object('id', m.id, 'place', m.place, 'address', m.address, 'relay', m.relay)
                                       order by m.place) from meter m where m.account_id = a.id), '[]') as meters
     from account a join customer c on c.id = a.customer_id join site s on s.id = a.site_id where a.id = $1`,
    [accountId],
  )
  return row ?? null
}

/** What stands on its ledger accounts. */
export const viewStanding = async (sql: Sql, accountId: number): Promise<Standing | null> =>
  (await loadStandings(sql, [accountId])).get(accountId) ?? null

type Named = Readonly<{ id: number; number: string; customer: string }>

export type OperationView = Readonly<{
  id: string
  kind: OperationKind
  at: number
  by: string | null
  reason: string
  amount: bigint | null
  means: PaymentChannel | null
  to: Named | null
  reversedBy: string | null
  /** Another operation has built on it: a refund that was paid out. */
  completed: boolean
  unpaid: boolean
}>

const operationsShown = 50

/** The newest operations of an account; a reversal and a move show the amount of what they undo. */
export const viewOperations = async (sql: Sql, accountId: number): Promise<readonly OperationView[]> => {
  const rows = await sql.query<{
    id: string
    kind: OperationKind
    at: number
    by: string | null
    reason: string
    amount: string | null
    means: PaymentChannel | null
    to: Named | null
    reversed_by: string | null
    completed: boolean
  }>(
    `select o.id, o.kind, o.at, p.name as by, o.reason,
            coalesce(o.input->>'amount', o.result->>'returned', b.input->>'amount') as amount,
            coalesce(o.input->>'channel', b.input->>'channel') as means, r.id as reversed_by,
            (select jsonb_build_object('id', a.id, 'number', a.number, 'customer', c.name)
             from account a join customer c on c.id = a.customer_id where a.id = (o.input->>'toAccountId')::int) as to,
            o.kind = 'refund' and exists (
              select from operation f where f.account_id = $1 and f.kind = 'refund-paid' and f.input->>'refundId' = o.id::text
                and not exists (select from operation x where x.reverses = f.id)) as completed
     from operation o left join operator p on p.id = o.operator_id left join operation b on b.id = o.reverses
       left join operation r on r.reverses = o.id
     where o.account_id = $1 order by o.at desc, o.id desc limit ${String(operationsShown)}`,
    [accountId],
  )
  return rows.map(({ amount, reversed_by: reversedBy, ...row }) => ({
    ...row,
    amount: moneyIn(amount),
    reversedBy,
    unpaid: row.kind === 'refund' && row.means !== 'cash-counter' && reversedBy === null && !row.completed,
  }))
}

const moneyIn = (text: string | null): bigint | null => {
  const value = text === null ? null : revive(text)
  return typeof value === 'bigint' ? value : null
}

export type RequestView = Readonly<{
  id: string
  account: Named
  kind: string
  amount: bigint | null
  about: Readonly<{ kind: string; at: number; amount: bigint | null }> | null
  to: Named | null
  means: PaymentChannel | null
  reason: string
  requestedBy: Readonly<{ login: string; name: string }>
  at: number
  state: RequestState
  decided: Readonly<{ by: string; at: number; reason: string }> | null
}>

type RequestRow = {
  id: string
  account_id: number
  number: string
  customer: string
  kind: string
  amount: string | null
  means: PaymentChannel | null
  about_kind: string | null
  about_at: number | null
  about_amount: string | null
  to: Named | null
  reason: string
  requester: Readonly<{ login: string; name: string }>
  at: number
  state: RequestState
  decider: string | null
  decided_at: number | null
  decision_reason: string | null
}

export type RequestsWanted = Readonly<{ kind: 'waiting' | 'decided' } | { kind: 'of-account'; accountId: number }>

const requestsShown = 200

/** Requests that wait, oldest first, or were decided, newest first; or the newest of an account. */
export const viewRequests = async (
  sql: Sql,
  wanted: RequestsWanted,
  reach: Reach = null,
): Promise<readonly RequestView[]> => {
  const accountId = wanted.kind === 'of-account' ? wanted.accountId : null
  const rows = await sql.query<RequestRow>(
    `select q.id, q.account_id, a.number, c.name as customer, q.operation->>'kind' as kind,
            q.operation->>'amount' as amount, q.operation->>'channel' as means, b.kind as about_kind, b.at as about_at,
            b.input->>'amount' as about_amount,
            (select jsonb_build_object('id', t.id, 'number', t.number, 'customer', u.name)
             from account t join customer u on u.id = t.customer_id
             where t.id = (q.operation->>'toAccountId')::int) as to,
            q.reason, jsonb_build_object('login', p.login, 'name', p.name) as requester, q.at, q.state,
            d.name as decider, q.decided_at, q.decision_reason
     from operation_request q join account a on a.id = q.account_id join customer c on c.id = a.customer_id
       join operator p on p.id = q.requested_by left join operator d on d.id = q.decided_by
       left join operation b on b.id = coalesce(q.operation->>'operationId', q.operation->>'paymentId')::uuid
     where case when $1 = 'of-account' then q.account_id = $2
                else ($1 = 'waiting') = (q.state in ('waiting', 'approved')) end
       and ${within('a.site_id', 3)}
     order by case when $1 = 'waiting' then q.at end, q.at desc, q.id desc limit ${String(requestsShown)}`,
    [wanted.kind, accountId, reach],
  )
  return rows.map((row) => ({
    id: row.id,
    account: { id: row.account_id, number: row.number, customer: row.customer },
    kind: row.kind,
    amount: moneyIn(row.amount),
    about:
      row.about_kind === null || row.about_at === null
        ? null
        : { kind: row.about_kind, at: row.about_at, amount: moneyIn(row.about_amount) },
    to: row.to,
    means: row.means,
    reason: row.reason,
    requestedBy: row.requester,
    at: row.at,
    state: row.state,
    decided:
      row.decider === null || row.decided_at === null
        ? null
        : { by: row.decider, at: row.decided_at, reason: row.decision_reason ?? '' },
  }))
}

export type OpeningsView = Readonly<{
  sites: readonly Readonly<{ id: number; name: string }>[]
  meters: readonly Readonly<{ id: number; site_id: number; place: string; address: string }>[]
}>

const freeMetersShown = 200

/** What an account may be opened with. */
export const viewOpenings = async (sql: Sql, reach: Reach = null): Promise<OpeningsView> => {
  const [sites, meters] = await Promise.all([
    sql.query<OpeningsView['sites'][number]>(`select id, name from site where ${within('id', 1)} order by name`, [
      reach,
    ]),
    sql.query<OpeningsView['meters'][number]>(
      `select id, site_id, place, address from meter where account_id is null and ${within('site_id', 1)}
       order by place limit ${String(freeMetersShown)}`,
      [reach],
    ),
  ])
  return { sites, meters }
}
