import { bucketOf } from '../domain/bucket.ts'
import type { Language } from '../domain/notice.ts'
import type { Sql } from './database.ts'

export type NewCustomer = Readonly<{ name: string; phone: string; language: Language }>

/** "xianfu" and two more: keeps two from opening the same number at once. */
const openingLock = 0x7869616e6677n

/** Under the lock of all openings: whose account a number is, null when it is free. */
export const findAccountByNumber = async (sql: Sql, number: string): Promise<number | null> => {
  const [row] = await sql.query<{ id: number }>('select id from account where number = $1', [number])
  return row?.id ?? null
}

export const lockOpenings = async (sql: Sql): Promise<void> => {
  await sql.query('select pg_advisory_xact_lock($1)', [openingLock])
}

export const siteExists = async (sql: Sql, id: number): Promise<boolean> =>
  (await sql.query('select from site where id = $1', [id])).length > 0

export const customerExists = async (sql: Sql, id: number): Promise<boolean> =>
  (await sql.query('select from customer where id = $1', [id])).length > 0

export const insertCustomer = async (sql: Sql, { name, phone, language }: NewCustomer): Promise<number> => {
  const [row] = await sql.query<{ id: number }>(
    'insert into customer (name, phone, language) values ($1, $2, $3) returning id',
    [name, phone, language],
  )
  if (row === undefined) throw new Error('an insert gave no id')
  return row.id
}

export type NewAccount = Readonly<{
  number: string
  siteId: number
  customerId: number
  protected: boolean
  openedAt: number
}>

/** An account and the ledger account on which its prepayment stands. */
export const insertOpenAccount = async (sql: Sql, account: NewAccount): Promise<number> => {
  const [row] = await sql.query<{ account_id: number }>(
    `with opened as (
       insert into account (bucket, number, site_id, customer_id, stage_since, opened_at, protected)
       values ($1, $2, $3, $4, $5, $5, $6) returning id, bucket)
     insert into ledger_account (bucket, code, account_id) select bucket, 'customer-prepayment', id from opened
     returning account_id`,
    [
      bucketOf(account.number),
      account.number,
      account.siteId,
      account.customerId,
      new Date(account.openedAt),
      account.protected,
    ],
  )
  if (row === undefined) throw new Error('an insert gave no id')
  return row.account_id
}

/** Closes an account and its ledger accounts, which must be empty: the database refuses else. */
export const closeAccount = async (sql: Sql, accountId: number, now: number): Promise<void> => {
  await sql.query('update ledger_account set closed_at = $2 where account_id = $1', [accountId, new Date(now)])
  await sql.query(
    `update account set closed_at = $2, stage = 'normal', stage_since = $2, earliest_stop_at = null where id = $1`,
    [accountId, new Date(now)],
  )
}
