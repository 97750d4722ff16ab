import { bucketOf } from '../domain/bucket.ts'
import { chart } from '../domain/ledger/chart.ts'
import { ownerOf, sidesOf, type LedgerCode, type Posting } from '../domain/ledger.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type LedgerEntry = Readonly<{
  id: string
  bucket: number
  posting: Posting
  operationId: string | null
  /** The customer's purse, when it is known already. */
  prepaymentId: number | null
  /** Null for a transfer of the house alone. */
  balanceAfter: MicroYuan | null
}>

type Key = Readonly<{ bucket: number; code: LedgerCode; accountId: number | null; owner: string | null }>
type AccountRow = { id: number; bucket: number; code: LedgerCode; account_id: number | null; owner: string | null }

/**
 * Writes transfers; a trigger moves the running debits and credits of both sides in the same statement. Only `flow/post`
 * calls this. The customers' rows are protected by the accounts' locks; the house's accounts are one row per bucket, and
 * the trigger locks all of them in the order of their ids.
 */
export const writeTransfers = async (sql: Sql, entries: readonly LedgerEntry[], postedAt: number): Promise<void> => {
  if (entries.length === 0) return
  const sides = entries.map((entry) => ({ entry, ...keysOf(entry) }))
  const ids = await ledgerAccountIds(
    sql,
    sides.flatMap(({ debit, credit }) => [debit, credit].filter((key) => typeof key !== 'number')),
  )
  const idOf = (key: Key | number): number => {
    const id = typeof key === 'number' ? key : ids.get(textOf(key))
    if (id === undefined) throw new Error(`ledger account ${textOf(key as Key)} is missing`)
    return id
  }
  await insertTransfers(
    sql,
    sides.map(({ entry, debit, credit }) => ({ entry, debitId: idOf(debit), creditId: idOf(credit) })),
    postedAt,
  )
}

const keysOf = (entry: LedgerEntry): Readonly<{ debit: Key | number; credit: Key | number }> => {
  const { posting, bucket, prepaymentId } = entry
  if (posting.template === 'reversal') return { debit: posting.debit.id, credit: posting.credit.id }
  const { debit, credit } = sidesOf(posting)
  const sideOf = (code: LedgerCode): Key | number =>
    code === 'customer-prepayment' && prepaymentId !== null ? prepaymentId : keyOf(posting, bucket, code)
  return { debit: sideOf(debit), credit: sideOf(credit) }
}

/** A drawer is one physical thing, and what is kept in suspense belongs to no bucket yet: one row each, wherever. */
const undivided: ReadonlySet<LedgerCode> = new Set(['cash-drawer', 'suspense'])

/**
 * Revenue is gathered over groups of buckets that lie side by side and so always move together: a batch of a thousand
 * charges then moves sixty rows of ours and not a thousand.
 */
const bucketsPerRevenueRow = 64

/** All else of the house is spread over the buckets, so that two customers never wait for one row. */
const keyOf = (posting: Posting, bucket: number, code: LedgerCode): Key => {
  const owner = ownerOf(posting, code)
  const kind = chart[code].owner
  const accountId = kind === 'account' || kind === 'meter' ? posting.accountId : null
  const home = homeOf(code, owner, bucket)
  return { bucket: home, code, accountId, owner }
}

const homeOf = (code: LedgerCode, owner: string | null, bucket: number): number => {
  if (undivided.has(code)) return bucketOf(`${code}/${String(owner)}`)
  return code === 'revenue' ? bucket - (bucket % bucketsPerRevenueRow) : bucket
}

const textOf = ({ bucket, code, accountId, owner }: Key): string =>
  `${String(bucket)}/${code}/${String(accountId)}/${String(owner)}`

const insertTransfers = async (
  sql: Sql,
  rows: readonly Readonly<{ entry: LedgerEntry; debitId: number; creditId: number }>[],
  postedAt: number,
): Promise<void> => {
  const charge = ({ posting }: LedgerEntry) => ('agreementId' in posting ? posting : null)
  const meterOf = ({ posting }: LedgerEntry) => ('meterId' in posting ? (posting.meterId ?? null) : null)
  const payment = ({ posting }: LedgerEntry) => (posting.template === 'payment' ? posting : null)
  const column = <T>(value: (entry: LedgerEntry) => T): T[] => rows.map(({ entry }) => value(entry))
  await sql.query(
    `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id,
                           agreement_id, price_plan_id, used_wh, payment_id, operation_id, refers_to, posted_at)
     select t.*, $17::timestamptz
     from unnest($1::timestamptz[], $2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::bigint[], $7::text[],
                 $8::int[], $9::bigint[], $10::int[], $11::int[], $12::int[], $13::bigint[], $14::uuid[], $15::uuid[],
                 $16::uuid[]) as t`,
    [
      column(({ posting }) => new Date(posting.at)),
      column(({ id }) => id),
      column(({ bucket }) => bucket),
      rows.map(({ debitId }) => debitId),
      rows.map(({ creditId }) => creditId),
      column(({ posting }) => posting.amount),
      column(({ posting }) => posting.template),
      column(({ posting }) => posting.accountId),
      column(({ balanceAfter }) => balanceAfter),
      column(meterOf),
      column((entry) => charge(entry)?.agreementId ?? null),
      column((entry) => charge(entry)?.pricePlanId ?? null),
      column(({ posting }) => ('used' in posting ? posting.used : null)),
      column((entry) => payment(entry)?.paymentId ?? null),
      column(({ operationId }) => operationId),
      column(({ posting }) => posting.refersTo ?? null),
      new Date(postedAt),
    ],
  )
}

/** Finds (or opens) ledger accounts. Opened in one order by everybody, so that two who open the same never deadlock. */
const ledgerAccountIds = async (sql: Sql, keys: readonly Key[]): Promise<ReadonlyMap<string, number>> => {
  const wanted = [...new Map(keys.map((key) => [textOf(key), key])).entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const list = wanted.map(([, key]) => key)
  const values = [
    list.map(({ bucket }) => bucket),
    list.map(({ code }) => code),
    list.map(({ accountId }) => accountId),
    list.map(({ owner }) => owner),
  ]
  const find = async (): Promise<readonly AccountRow[]> =>
    sql.query<AccountRow>(
      `select l.id, l.bucket, l.code, l.account_id, l.owner
       from unnest($1::smallint[], $2::text[], $3::int[], $4::text[]) as w(bucket, code, account_id, owner)
       join ledger_account l on l.bucket = w.bucket and l.code = w.code
         and l.account_id is not distinct from w.account_id and l.owner is not distinct from w.owner`,
      values,
    )
  let rows = await find()
  if (rows.length < list.length) {
    await sql.query(
      `insert into ledger_account (bucket, code, account_id, owner)
       select * from unnest($1::smallint[], $2::text[], $3::int[], $4::text[]) on conflict do nothing`,
      values,
    )
    rows = await find()
  }
  return new Map(rows.map((row) => [textOf({ ...row, accountId: row.account_id }), row.id]))
}
