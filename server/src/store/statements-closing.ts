import type { Language } from '../domain/notice.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import { partsOf, type RevenueParts } from '../domain/revenue-parts.ts'
import type { Sql } from './database.ts'

/** What closing a month needs to know. Everything is read for a batch of accounts at once, under their locks. */

/**
 * A period whose meter was taken off its account gives its key to the one that follows and moves a microsecond ahead
 * (meter-binding): it still belongs to the month that it began in.
 */
export const cut = "interval '500 microseconds'"

export type Span = Readonly<{ start: number; end: number }>

export type ClosingSite = Readonly<{
  id: number
  name: string
  signature: string
  servicePhone: string
  timeZone: string
  readingIntervalMs: number
}>

export const sitesToClose = async (sql: Sql): Promise<readonly ClosingSite[]> => {
  const rows = await sql.query<{
    id: number
    name: string
    signature: string
    service_phone: string
    time_zone: string
    reading_interval_minutes: number
  }>('select id, name, signature, service_phone, time_zone, reading_interval_minutes from site order by id')
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    signature: row.signature,
    servicePhone: row.service_phone,
    timeZone: row.time_zone,
    readingIntervalMs: row.reading_interval_minutes * 60_000,
  }))
}

/**
 * Accounts of a site with something to close: used or moved in the month and not closed; or closed, and charged since
 * for the month or for one before it.
 */
export const accountsToClose = async (
  sql: Sql,
  siteId: number,
  { start, end }: Span,
  which: 'all' | 'closed before',
): Promise<readonly number[]> => {
  const rows = await sql.query<{ id: number }>(
    `select a.id from account a
     left join lateral (select last_entry, energy from statement s where s.account_id = a.id and s.start_at = $2
                        order by revision desc limit 1) s on true
     where a.site_id = $1 and case when s.last_entry is null then $4 and (
       exists (select from settlement_period p join agreement g on g.id = p.agreement_id
               where g.account_id = a.id and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut})
       or exists (select from transfer t where t.account_id = a.id and t.at > $2 and t.at <= $3))
     else
       s.energy <> (select coalesce(sum(p.charged), 0) from settlement_period p join agreement g on g.id = p.agreement_id
                    where g.account_id = a.id and p.start_at >= $2::timestamptz - ${cut} and p.start_at < $3::timestamptz - ${cut})
       or exists (select from statement e where e.account_id = a.id and e.end_at <= $2 and e.last_entry > s.last_entry)
     end order by a.id`,
    [siteId, new Date(start), new Date(end), which === 'all'],
  )
  return rows.map(({ id }) => id)
}

export type ClosingAccount = Readonly<{
  accountId: number
  bucket: number
  number: string
  customer: string
  language: Language
  balance: MicroYuan
  /** Its money is returned and its ledger accounts take nothing more. */
  accountClosed: boolean
  /** The newest revision for this month. */
  closed: Readonly<{
    id: string
    number: string
    revision: number
    total: MicroYuan
    tax: MicroYuan
    openingBalance: MicroYuan
    closingBalance: MicroYuan
    taxTransferId: string | null
    /** What it and those that it corrects have moved to revenue of other components. */
    components: RevenueParts
  }> | null
  /** The newest revision for the month before; null where that month has no statement. */
  previous: Readonly<{ number: string; closingBalance: MicroYuan }> | null
}>

export const closingAccounts = async (
  sql: Sql,
  accountIds: readonly number[],
  { start }: Span,
): Promise<readonly ClosingAccount[]> => {
  const rows = await sql.query<{
    id: number
    bucket: number
    number: string
    name: string
    language: Language
    balance: bigint | null
    account_closed: boolean
    s_id: string | null
    s_number: string
    s_revision: number
    s_total: bigint
    s_tax: bigint
    s_opening: bigint
    s_closing: bigint
    s_tax_transfer: string | null
    s_components: Record<string, string>
    b_number: string | null
    b_closing: bigint
  }>(
    `select a.id, a.bucket, a.number, c.name, c.language, l.credits - l.debits as balance,
            l.closed_at is not null as account_closed, s.id as s_id, s.number as s_number,
            s.revision as s_revision, s.total as s_total, s.tax as s_tax, s.opening_balance as s_opening,
            s.closing_balance as s_closing, s.tax_transfer_id as s_tax_transfer, s.components as s_components, b.number as b_number,
            b.closing_balance as b_closing
     from account a join customer c on c.id = a.customer_id
     left join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
     left join lateral (select * from statement s where s.account_id = a.id and s.start_at = $2
                        order by revision desc limit 1) s on true
     left join lateral (select * from statement b where b.account_id = a.id and b.end_at = $2
                        order by revision desc limit 1) b on true
     where a.id = any($1::int[]) order by a.id`,
    [accountIds, new Date(start)],
  )
  return rows.map((row) => ({
    accountId: row.id,
    bucket: row.bucket,
    number: row.number,
    customer: row.name,
    language: row.language,
    balance: microYuan(row.balance ?? 0n),
    accountClosed: row.account_closed,
    closed:
      row.s_id === null
        ? null
        : {
            id: row.s_id,
            number: row.s_number,
            revision: row.s_revision,
            total: microYuan(row.s_total),
            tax: microYuan(row.s_tax),
            openingBalance: microYuan(row.s_opening),
            closingBalance: microYuan(row.s_closing),
            taxTransferId: row.s_tax_transfer,
            components: partsOf(row.s_components),
          },
    previous: row.b_number === null ? null : { number: row.b_number, closingBalance: microYuan(row.b_closing) },
  }))
}
