import type { ListEntry, ListKind } from '../domain/protection-list.ts'
import type { Sql } from './database.ts'

export const entriesOfAccount = async (sql: Sql, accountId: number): Promise<readonly ListEntry[]> =>
  (
    await sql.query<{ kind: ListKind; from_at: number; to_at: number | null }>(
      'select kind, from_at, to_at from account_list where account_id = $1',
      [accountId],
    )
  ).map(({ kind, from_at: from, to_at: to }) => ({ kind, from, to }))

export const insertListEntry = async (
  sql: Sql,
  accountId: number,
  entry: ListEntry,
  said: Readonly<{ reason: string; operatorId: number | null; now: number }>,
): Promise<number> => {
  const [row] = await sql.query<{ id: number }>(
    `insert into account_list (account_id, kind, from_at, to_at, reason, operator_id, at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [
      accountId,
      entry.kind,
      new Date(entry.from),
      entry.to === null ? null : new Date(entry.to),
      said.reason,
      said.operatorId,
      new Date(said.now),
    ],
  )
  if (row === undefined) throw new Error('an insert gave no id')
  return row.id
}

export const accountOfEntry = async (sql: Sql, id: number): Promise<number | null> => {
  const [row] = await sql.query<{ account_id: number }>('select account_id from account_list where id = $1', [id])
  return row?.account_id ?? null
}

/** Ends an entry that holds or is still to begin; false when it is over already. */
export const endListEntry = async (
  sql: Sql,
  id: number,
  said: Readonly<{ reason: string; operatorId: number | null; now: number }>,
): Promise<boolean> =>
  (
    await sql.query(
      `update account_list set to_at = greatest(from_at, $2), ended_by = $3, ended_because = $4
       where id = $1 and (to_at is null or to_at > $2) returning id`,
      [id, new Date(said.now), said.operatorId, said.reason],
    )
  ).length > 0

/** Grants the credit; under the account's lock. */
export const grantEmergency = async (sql: Sql, accountId: number, amount: bigint, now: number): Promise<void> => {
  await sql.query(
    `update account set emergency_granted = $2, emergency_offered_at = coalesce(emergency_offered_at, $3) where id = $1`,
    [accountId, amount, new Date(now)],
  )
}

/** Notes that a payment is on its way; the same reference again changes nothing. Answers until when it counts. */
export const expectPayment = async (
  sql: Sql,
  payment: Readonly<{
    accountId: number
    channel: string
    reference: string
    operatorId: number | null
    at: number
    until: number
  }>,
): Promise<number> => {
  const [row] = await sql.query<{ until_at: number }>(
    `insert into payment_expected as x (account_id, channel, reference, operator_id, at, until_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (account_id, reference) do update set until_at = x.until_at returning until_at`,
    [
      payment.accountId,
      payment.channel,
      payment.reference,
      payment.operatorId,
      new Date(payment.at),
      new Date(payment.until),
    ],
  )
  return row?.until_at ?? payment.until
}

/** How many payments were announced for an account since a moment. */
export const paymentsExpectedSince = async (sql: Sql, accountId: number, since: number): Promise<number> => {
  const [row] = await sql.query<{ n: bigint }>(
    'select count(*) as n from payment_expected where account_id = $1 and at >= $2',
    [accountId, new Date(since)],
  )
  return Number(row?.n ?? 0n)
}
