import type { CreditStage, Standing } from '../domain/credit-policy.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import { lockAccounts } from './credit.ts'
import type { Sql } from './database.ts'
import { packedRows, type PackedRow } from './packed-rows.ts'

/** An account as most postings need it: its purse, and whether the policy has anything to look at. */
export type AccountStanding = Standing &
  Readonly<{ accountId: number; bucket: number; prepaymentId: number; balance: MicroYuan; meterIds: readonly number[] }>

/**
 * Accounts that are locked in the transaction of `sql`, as they stand. Whoever shows it to the one door need not lock
 * and read them again; it is of no use in any other transaction.
 */
export type LockedAccounts = Readonly<{ sql: Sql; standings: ReadonlyMap<number, AccountStanding> }>

/** Locks accounts and reads how they stand, in one journey to the server. */
export const lockAndReadAccounts = async (sql: Sql, accountIds: readonly number[]): Promise<LockedAccounts> => {
  const [, rows] = await Promise.all([lockAccounts(sql, accountIds), standingRows(sql, [accountIds])])
  return { sql, standings: new Map(rows.map((row) => [Number(row.account), standingOf(row)])) }
}

/** Of a query in which the account is `a`, its purse `l`, its agreement `g` and its {@link stirredMeters} `o`. */
export const standingColumns = {
  account: 'a.id',
  accountBucket: 'a.bucket',
  stage: 'a.stage',
  reasons: `a.decision->'reasons'`,
  prepayment: 'l.id',
  balance: 'l.credits - l.debits',
  alarm1: 'g.alarm1',
  stirred: `coalesce(o.stirred, false) or a.told_at is not null or a.emergency_offered_at is not null
    or a.emergency_granted > 0`,
  meterIds: 'o.ids',
} as const

/** Of the account `a`: all its meters, and whether any of them keeps the policy from being quiet. */
export const stirredMeters = `
  select array_agg(o.id) as ids, bool_or(o.restore_owed or o.alarm or exists (
    select from relay_command c where c.meter_id = o.id and c.state in ('queued', 'sent', 'acknowledged'))) as stirred
  from meter o where o.account_id = a.id`

const standingRows = packedRows(
  standingColumns,
  `from account a
   join ledger_account l on l.account_id = a.id and l.code = 'customer-prepayment'
   left join agreement g on g.id = a.agreement_id
   left join lateral (${stirredMeters}) o on true
   where a.id = any($1::int[])`,
)

export const standingOf = (row: PackedRow<keyof typeof standingColumns>): AccountStanding => ({
  accountId: Number(row.account),
  bucket: Number(row.accountBucket),
  prepaymentId: Number(row.prepayment),
  balance: microYuan(BigInt(row.balance)),
  stage: row.stage as CreditStage,
  reasons: reasonsOf(row.reasons),
  alarm1: row.alarm1 === '' ? null : microYuan(BigInt(row.alarm1)),
  stirred: row.stirred === 't',
  meterIds: row.meterIds === '' ? [] : row.meterIds.slice(1, -1).split(',').map(Number),
})

/** Locks the accounts of these meters, in the order of their ids: always before the meters themselves. */
export const lockAccountsOfMeters = async (sql: Sql, meterIds: readonly number[]): Promise<ReadonlySet<number>> => {
  const rows = await sql.query<{ id: number }>(
    `select id from account where id = any(array(select account_id from meter where id = any($1::int[])))
     order by id for no key update`,
    [meterIds],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Of nearly every account. */
const usualReasons = '["enough-money"]'
const usual: readonly string[] = Object.freeze(JSON.parse(usualReasons) as string[])

const reasonsOf = (text: string): readonly string[] => {
  if (text === usualReasons) return usual
  return text === '' ? [] : (JSON.parse(text) as string[])
}
