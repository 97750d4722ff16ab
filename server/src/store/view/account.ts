import type { BalanceTemplate } from '../../domain/ledger/templates.ts'
import type { Reach } from '../../domain/reach.ts'
import type { Sql } from '../database.ts'
import { within } from '../reach.ts'

export type EntryView = Readonly<{
  id: string
  at: number
  kind: BalanceTemplate | 'reversal'
  /** Above zero when the balance rose. */
  amount: bigint
  balance_after: bigint
  used_wh: bigint | null
  place: string | null
  channel: string | null
}>

export type MessageView = Readonly<{
  id: bigint
  at: number
  account_id: number
  account_number: string
  customer_name: string
  notice: string
  channel: string
  recipient: string
  text: string
  state: 'queued' | 'shown' | 'failed' | 'withdrawn'
  attempts: number
  sent_at: number | null
  not_before: number | null
  delivered_at: number | null
}>

const rowsShown = 200

export const accountExists = async (sql: Sql, accountId: number): Promise<boolean> =>
  (await sql.query('select from account where id = $1', [accountId])).length > 0

/** What has moved the balance; what passes by it (the purse of a meter, an old debt) is in the whole explanation. */
export const viewEntries = async (sql: Sql, accountId: number): Promise<readonly EntryView[]> =>
  sql.query<EntryView>(
    `select t.id, t.at, t.kind, case when l.id = t.credit_id then t.amount else -t.amount end as amount,
            t.balance_after, t.used_wh, m.place, p.channel
     from transfer t join ledger_account l on l.account_id = t.account_id and l.code = 'customer-prepayment'
       and l.id in (t.debit_id, t.credit_id)
     left join meter m on m.id = t.meter_id left join payment p on p.id = t.payment_id
     where t.account_id = $1 order by t.at desc, t.id desc limit ${String(rowsShown)}`,
    [accountId],
  )

export const viewMessages = async (
  sql: Sql,
  accountId: number | null,
  reach: Reach = null,
): Promise<readonly MessageView[]> =>
  sql.query<MessageView>(
    `select m.id, m.at, m.account_id, a.number as account_number, c.name as customer_name, m.notice, m.channel,
            m.recipient, m.text, m.state, m.attempts, m.sent_at, m.not_before, m.delivered_at
     from message m join account a on a.id = m.account_id join customer c on c.id = a.customer_id
     where ($1::int is null or m.account_id = $1) and ${within('a.site_id', 2)} order by m.id desc limit ${String(rowsShown)}`,
    [accountId, reach],
  )
