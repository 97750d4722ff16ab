import { sidesOf, type LedgerCode, type Posting } from '../domain/ledger.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type LedgerEntry = Readonly<{ id: string; bucket: number; posting: Posting; balanceAfter: MicroYuan }>

type LedgerAccountRow = { id: number; bucket: number; code: LedgerCode; account_id: number | null }

/**
 * Writes transfers and moves the running debits and credits of both sides. Only `flow/post` calls this. The customers'
 * rows are protected by the accounts' locks; the house's accounts are one row per bucket and are updated in order.
 */
export const writeTransfers = async (sql: Sql, entries: readonly LedgerEntry[]): Promise<void> => {
  if (entries.length === 0) return
  const idOf = await ledgerAccountIds(sql, entries)
  const rows = entries.map((entry) => {
    const { debit, credit } = sidesOf(entry.posting)
    return { entry, debitId: idOf(entry, debit), creditId: idOf(entry, credit) }
  })
  await insertTransfers(sql, rows)
  const debits = new Map<number, bigint>()
  const credits = new Map<number, bigint>()
  for (const { entry, debitId, creditId } of rows) {
    debits.set(debitId, (debits.get(debitId) ?? 0n) + entry.posting.amount)
    credits.set(creditId, (credits.get(creditId) ?? 0n) + entry.posting.amount)
  }
  const moved = [...new Set([...debits.keys(), ...credits.keys()])].sort((a, b) => a - b)
  // Locked in the order of their ids first: an update alone would lock in whatever order the plan finds.
  await sql.query('select id from ledger_account where id = any($1::int[]) order by id for no key update', [moved])
  await sql.query(
    `update ledger_account l set debits = l.debits + m.debit, credits = l.credits + m.credit
     from unnest($1::int[], $2::bigint[], $3::bigint[]) as m(id, debit, credit) where l.id = m.id`,
    [moved, moved.map((id) => debits.get(id) ?? 0n), moved.map((id) => credits.get(id) ?? 0n)],
  )
}

const insertTransfers = async (
  sql: Sql,
  rows: readonly { entry: LedgerEntry; debitId: number; creditId: number }[],
): Promise<void> => {
  const charge = (posting: Posting) => (posting.template === 'energy-charge' ? posting : null)
  const payment = (posting: Posting) => (posting.template === 'payment' ? posting : null)
  await sql.query(
    `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after,
                           meter_id, agreement_id, price_plan_id, used_wh, payment_id)
     select * from unnest($1::timestamptz[], $2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::bigint[], $7::text[],
                          $8::int[], $9::bigint[], $10::int[], $11::int[], $12::int[], $13::bigint[], $14::uuid[])`,
    [
      rows.map(({ entry }) => new Date(entry.posting.at)),
      rows.map(({ entry }) => entry.id),
      rows.map(({ entry }) => entry.bucket),
      rows.map(({ debitId }) => debitId),
      rows.map(({ creditId }) => creditId),
      rows.map(({ entry }) => entry.posting.amount),
      rows.map(({ entry }) => entry.posting.template),
      rows.map(({ entry }) => entry.posting.accountId),
      rows.map(({ entry }) => entry.balanceAfter),
      rows.map(({ entry }) => charge(entry.posting)?.meterId ?? null),
      rows.map(({ entry }) => charge(entry.posting)?.agreementId ?? null),
      rows.map(({ entry }) => charge(entry.posting)?.pricePlanId ?? null),
      rows.map(({ entry }) => charge(entry.posting)?.used ?? null),
      rows.map(({ entry }) => payment(entry.posting)?.paymentId ?? null),
    ],
  )
}

/** Finds (or opens) the ledger accounts of both sides of every entry. */
const ledgerAccountIds = async (
  sql: Sql,
  entries: readonly LedgerEntry[],
): Promise<(entry: LedgerEntry, code: LedgerCode) => number> => {
  const keyOf = (bucket: number, code: string, accountId: number | null): string =>
    `${String(bucket)}/${code}/${String(accountId)}`
  const ownerOf = (entry: LedgerEntry, code: LedgerCode): number | null =>
    code === 'customer-prepayment' ? entry.posting.accountId : null
  const wanted = new Map<string, { bucket: number; code: LedgerCode; accountId: number | null }>()
  for (const entry of entries)
    for (const code of Object.values(sidesOf(entry.posting))) {
      const accountId = ownerOf(entry, code)
      wanted.set(keyOf(entry.bucket, code, accountId), { bucket: entry.bucket, code, accountId })
    }
  const list = [...wanted.values()]
  const values = [list.map((w) => w.bucket), list.map((w) => w.code), list.map((w) => w.accountId)]
  const find = async (): Promise<readonly LedgerAccountRow[]> =>
    sql.query<LedgerAccountRow>(
      `select l.id, l.bucket, l.code, l.account_id
       from unnest($1::smallint[], $2::text[], $3::int[]) as w(bucket, code, account_id)
       join ledger_account l on l.bucket = w.bucket and l.code = w.code and l.account_id is not distinct from w.account_id`,
      values,
    )
  let rows = await find()
  if (rows.length < list.length) {
    await sql.query(
      `insert into ledger_account (bucket, code, account_id)
       select * from unnest($1::smallint[], $2::text[], $3::int[]) on conflict do nothing`,
      values,
    )
    rows = await find()
  }
  const ids = new Map(rows.map((row) => [keyOf(row.bucket, row.code, row.account_id), row.id]))
  return (entry, code) => {
    const id = ids.get(keyOf(entry.bucket, code, ownerOf(entry, code)))
    if (id === undefined) throw new Error(`ledger account ${code} of bucket ${String(entry.bucket)} is missing`)
    return id
  }
}
