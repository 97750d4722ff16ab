import type { ApprovalFact, CreditFacts } from '../domain/credit-facts.ts'
import type { Sql } from './database.ts'

/** What lists, notices, bills and approvals say of an account that is on its way to a stop. */
export type StopFacts = Pick<
  CreditFacts,
  'lists' | 'notices' | 'channels' | 'approval' | 'overdueSince' | 'paymentExpectedUntil' | 'lastPaymentAt'
>

type Row = {
  id: number
  lists: CreditFacts['lists'] | null
  notices: CreditFacts['notices'] | null
  channels: string[] | null
  approval: { state: ApprovalFact['state']; persons: number; until: number | null } | null
  overdue_since: number | null
  payment_expected_until: number | null
  last_payment_at: number | null
}

/** Channels to customers in the order of choice, of an installation that has set none. */
const defaultChannels = ['outbox'] as const

/** Under the accounts' locks. */
export const loadStopFacts = async (
  sql: Sql,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, StopFacts>> => {
  const rows = await sql.query<Row>(query, [accountIds])
  return new Map(
    rows.map((row) => [
      row.id,
      {
        lists: row.lists ?? [],
        notices: row.notices ?? [],
        channels: row.channels ?? defaultChannels,
        approval: row.approval,
        overdueSince: row.overdue_since,
        paymentExpectedUntil: row.payment_expected_until,
        lastPaymentAt: row.last_payment_at,
      },
    ]),
  )
}

/** Newest rows looked at: many more than one way to a stop can have. */
const listsLooked = 30
const noticesLooked = 40
const epoch = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`

// A bill is unpaid as long as what came in since its month's end does not make up for its closing balance; what was used
// since is on later bills. Only the newest revision of a month counts.
const query = `
  select a.id,
    (select jsonb_agg(jsonb_build_object('kind', e.kind, 'from', ${epoch('e.from_at')}, 'to', ${epoch('e.to_at')}))
     from (select * from account_list where account_id = a.id order by to_at desc nulls first, id desc
           limit ${String(listsLooked)}) e) as lists,
    (select jsonb_agg(jsonb_build_object('kind', m.notice, 'channel', m.channel, 'at', ${epoch('m.at')},
       'sendAt', ${epoch('coalesce(m.not_before, m.at)')}, 'deliveredAt', ${epoch('m.delivered_at')},
       'failedAt', ${epoch('m.failed_at')}))
     from (select * from message where account_id = a.id and state <> 'withdrawn'
             and notice in ('reminder', 'warning-2', 'pre-stop', 'pre-stop-again', 'authority-copy')
           order by id desc limit ${String(noticesLooked)}) m) as notices,
    (select value from setting where key = 'notice-channels') as channels,
    (select jsonb_build_object('state', p.state, 'persons', p.persons, 'until', ${epoch('p.until_at')})
     from stop_approval p where p.account_id = a.id order by p.id desc limit 1) as approval,
    (select max(x.until_at) from payment_expected x where x.account_id = a.id
       and not exists (select from payment y where y.account_id = a.id and y.at >= x.at)) as payment_expected_until,
    case when a.stage = 'cut-off' then (select max(y.at) from payment y where y.account_id = a.id) end as last_payment_at,
    case when g.legal_path = 'overdue-30' then (
      select min(s.closed_at + make_interval(days => coalesce((g.stop_terms->>'dueDays')::int, 10)))
      from statement s
      join ledger_account l on l.account_id = a.id and l.bucket = a.bucket and l.code = 'customer-prepayment'
      where s.account_id = a.id and s.closing_balance < 0
        and not exists (select from statement c where c.corrects = s.id)
        and s.closing_balance + coalesce((
          select sum(case when t.credit_id = l.id then t.amount else -t.amount end)
          from transfer t where t.account_id = a.id and t.at > s.end_at and l.id in (t.debit_id, t.credit_id)
            and t.kind not in ('energy-charge', 'energy-credit', 'fee', 'rounding-charge', 'rounding-credit')), 0) < 0
    ) end as overdue_since
  from account a left join agreement g on g.id = a.agreement_id
  where a.id = any($1::int[])`
