import type { Standing } from '../domain/account.ts'
import { microYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

type Row = {
  id: number
  bucket: number
  number: string
  customer_id: number
  closed: boolean
  agreement_id: number | null
  prepayment: bigint
  frozen: bigint
  receivable: bigint
  pending: bigint
  wallet: bigint
}

/** What stands on the ledger accounts of these customers; exact under the accounts' locks. */
export const loadStandings = async (
  sql: Sql,
  accountIds: readonly number[],
): Promise<ReadonlyMap<number, Standing>> => {
  const rows = await sql.query<Row>(
    `select a.id, a.bucket, a.number, a.customer_id, a.closed_at is not null as closed, a.agreement_id,
            coalesce(sum(l.credits - l.debits) filter (where l.code = 'customer-prepayment'), 0)::bigint as prepayment,
            coalesce(sum(l.credits - l.debits) filter (where l.code = 'customer-frozen'), 0)::bigint as frozen,
            coalesce(sum(l.debits - l.credits) filter (where l.code = 'customer-receivable'), 0)::bigint as receivable,
            coalesce(sum(l.credits - l.debits) filter (where l.code = 'meter-purchase-pending'), 0)::bigint as pending,
            coalesce(sum(l.credits - l.debits) filter (where l.code = 'meter-wallet'), 0)::bigint as wallet
     from account a left join ledger_account l on l.account_id = a.id
     where a.id = any($1::int[]) group by a.id`,
    [accountIds],
  )
  return new Map(rows.map((row) => [row.id, standingOf(row)]))
}

const standingOf = (row: Row): Standing => ({
  accountId: row.id,
  bucket: row.bucket,
  number: row.number,
  customerId: row.customer_id,
  closed: row.closed,
  agreementId: row.agreement_id,
  prepayment: microYuan(row.prepayment),
  frozen: microYuan(row.frozen),
  receivable: microYuan(row.receivable),
  pending: microYuan(row.pending),
  wallet: microYuan(row.wallet),
})
