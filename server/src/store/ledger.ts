import { bucketCount, bucketOf } from '../domain/bucket.ts'
import { chart } from '../domain/ledger/chart.ts'
import { ownerOf, sidesOf, type LedgerCode, type Posting } from '../domain/ledger.ts'
import type { MicroYuan } from '../domain/quantity.ts'
import { homeOf, type Sql } from './database.ts'
import { unlessEmpty } from './settlement.ts'

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
type AccountRow = {
  id: number
  bucket: number
  code: LedgerCode
  account_id: number | null
  owner: string | null
  own: boolean | null
}

/** A transfer with the ledger accounts that it moves. */
export type PreparedTransfer = Readonly<{ entry: LedgerEntry; debitId: number; creditId: number }>

/** Finds the ledger accounts of transfers, and opens those that are not there yet. */
export const prepareTransfers = async (
  sql: Sql,
  entries: readonly LedgerEntry[],
): Promise<readonly PreparedTransfer[]> => {
  const revenueBucket = revenueBucketOf(entries[0]?.bucket ?? 0)
  const sides = entries.map((entry) => ({ entry, ...keysOf(entry, revenueBucket) }))
  const ids = await ledgerAccountIds(
    sql,
    sides.flatMap(({ debit, credit }) => [debit, credit].filter((key) => typeof key !== 'number')),
  )
  const idOf = (key: Key | number): number => {
    const id = typeof key === 'number' ? key : ids.get(textOf(key))
    if (id === undefined) throw new Error(`ledger account ${textOf(key as Key)} is missing`)
    return id
  }
  return sides.map(({ entry, debit, credit }) => ({ entry, debitId: idOf(debit), creditId: idOf(credit) }))
}

const keysOf = (entry: LedgerEntry, revenueBucket: number): Readonly<{ debit: Key | number; credit: Key | number }> => {
  const { posting, bucket, prepaymentId } = entry
  if (posting.template === 'reversal') return { debit: posting.debit.id, credit: posting.credit.id }
  const { debit, credit } = sidesOf(posting)
  const sideOf = (code: LedgerCode): Key | number =>
    code === 'customer-prepayment' && prepaymentId !== null
      ? prepaymentId
      : keyOf(posting, code === 'revenue' ? revenueBucket : bucket, code)
  return { debit: sideOf(debit), credit: sideOf(credit) }
}

/** A drawer is one physical thing, and what is kept in suspense belongs to no bucket yet: one row each, wherever. */
const undivided: ReadonlySet<LedgerCode> = new Set(['cash-drawer', 'suspense'])

/**
 * Revenue has so many rows. One posting of many charges takes them all to one of these, that of its first: a batch of a
 * thousand charges then moves one row of ours, and two batches side by side seldom wait for each other. Nobody asks which.
 */
const revenueRows = 64

/** All else of the house is spread over the buckets, so that two customers never wait for one row. */
const keyOf = (posting: Posting, bucket: number, code: LedgerCode): Key => {
  const owner = ownerOf(posting, code)
  const kind = chart[code].owner
  const accountId = kind === 'account' || kind === 'meter' ? posting.accountId : null
  return { bucket: bucketFor(code, owner, bucket), code, accountId, owner }
}

const bucketFor = (code: LedgerCode, owner: string | null, bucket: number): number =>
  undivided.has(code) ? bucketOf(`${code}/${String(owner)}`) : bucket

const revenueBucketOf = (bucket: number): number => bucket - (bucket % (bucketCount / revenueRows))

const textOf = ({ bucket, code, accountId, owner }: Key): string =>
  `${String(bucket)}/${code}/${String(accountId)}/${String(owner)}`

/**
 * Writes transfers; a trigger moves the running debits and credits of both sides in the same statement. Only `flow/post`
 * calls this. The customers' rows are protected by the accounts' locks; the house's accounts are one row per bucket, and
 * the trigger locks all of them in the order of their ids.
 */
export const writeTransfers = async (sql: Sql, rows: readonly PreparedTransfer[], postedAt: number): Promise<void> => {
  if (rows.length === 0) return
  const charge = ({ posting }: LedgerEntry) => ('agreementId' in posting ? posting : null)
  const meterOf = ({ posting }: LedgerEntry) => ('meterId' in posting ? (posting.meterId ?? null) : null)
  const payment = ({ posting }: LedgerEntry) => (posting.template === 'payment' ? posting : null)
  const column = <T>(value: (entry: LedgerEntry) => T): T[] => rows.map(({ entry }) => value(entry))
  await sql.query(
    `insert into transfer (at, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id,
                           agreement_id, price_plan_id, used_wh, payment_id, operation_id, refers_to, posted_at)
     select to_timestamp(t.ms / 1000), t.id, t.bucket, t.debit_id, t.credit_id, t.amount, t.kind, t.account_id, t.balance_after,
            t.meter_id, t.agreement_id, t.price_plan_id, t.used_wh, t.payment_id, t.operation_id, t.refers_to, $17::timestamptz
     from unnest($1::float8[], $2::uuid[], $3::smallint[], $4::int[], $5::int[], $6::bigint[], $7::text[],
                 $8::int[], $9::bigint[], $10::int[], $11::int[], $12::int[], $13::bigint[], $14::uuid[], $15::uuid[],
                 $16::uuid[])
       as t(ms, id, bucket, debit_id, credit_id, amount, kind, account_id, balance_after, meter_id, agreement_id,
            price_plan_id, used_wh, payment_id, operation_id, refers_to)`,
    [
      column(({ posting }) => posting.at),
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
      unlessEmpty(column((entry) => payment(entry)?.paymentId ?? null)),
      unlessEmpty(column(({ operationId }) => operationId)),
      unlessEmpty(column(({ posting }) => posting.refersTo ?? null)),
      new Date(postedAt),
    ],
  )
}

/** How many ledger accounts of the house are remembered of one database; then all are forgotten at once. */
const maximumRemembered = 100_000

/** A ledger account is for ever what it is (a trigger sees to it), so those of the house are looked up once. */
const memories = new WeakMap<object, Map<string, number>>()

const memoryOf = (sql: Sql): Map<string, number> => {
  const home = homeOf(sql)
  const memory = memories.get(home)
  if (memory !== undefined && memory.size < maximumRemembered) return memory
  const fresh = new Map<string, number>()
  memories.set(home, fresh)
  return fresh
}

/** Finds (or opens) ledger accounts. Opened in one order by everybody, so that two who open the same never deadlock. */
const ledgerAccountIds = async (sql: Sql, keys: readonly Key[]): Promise<ReadonlyMap<string, number>> => {
  const memory = memoryOf(sql)
  const found = new Map<string, number>()
  const wanted = new Map<string, Key>()
  for (const key of keys) {
    const text = textOf(key)
    const id = memory.get(text)
    if (id === undefined) wanted.set(text, key)
    else found.set(text, id)
  }
  if (wanted.size === 0) return found
  const list = [...wanted.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
  for (const row of await findOrOpen(sql, list)) {
    const text = textOf({ ...row, accountId: row.account_id })
    found.set(text, row.id)
    // What this very transaction has opened may yet be undone.
    if (row.account_id === null && row.own !== true) memory.set(text, row.id)
  }
  return found
}

const findOrOpen = async (sql: Sql, list: readonly Key[]): Promise<readonly AccountRow[]> => {
  const values = [
    list.map(({ bucket }) => bucket),
    list.map(({ code }) => code),
    list.map(({ accountId }) => accountId),
    list.map(({ owner }) => owner),
  ]
  const find = async (): Promise<readonly AccountRow[]> =>
    sql.query<AccountRow>(
      `select l.id, l.bucket, l.code, l.account_id, l.owner, l.xmin = pg_current_xact_id_if_assigned()::xid as own
       from unnest($1::smallint[], $2::text[], $3::int[], $4::text[]) as w(bucket, code, account_id, owner)
       join ledger_account l on l.bucket = w.bucket and l.code = w.code
         and l.account_id is not distinct from w.account_id and l.owner is not distinct from w.owner`,
      values,
    )
  const rows = await find()
  if (rows.length >= list.length) return rows
  await sql.query(
    `insert into ledger_account (bucket, code, account_id, owner)
     select * from unnest($1::smallint[], $2::text[], $3::int[], $4::text[]) on conflict do nothing`,
    values,
  )
  return find()
}
