import type { MicroYuan } from '../domain/quantity.ts'
import { microYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type NewPayment = Readonly<{
  id: string
  bucket: number
  accountId: number
  key: string
  inputHash: string
  channel: string
  amount: MicroYuan
  operatorId: number | null
  at: number
  balanceAfter: MicroYuan
}>

export type KnownPayment = Readonly<{ id: string; inputHash: string; balanceAfter: MicroYuan }>

/** The payment that this key made before, under the account's lock. */
export const findPayment = async (sql: Sql, accountId: number, key: string): Promise<KnownPayment | null> => {
  const [row] = await sql.query<{ id: string; input_hash: string; balance_after: bigint }>(
    'select id, input_hash, balance_after from payment where account_id = $1 and key = $2',
    [accountId, key],
  )
  return row === undefined
    ? null
    : { id: row.id, inputHash: row.input_hash, balanceAfter: microYuan(row.balance_after) }
}

export const insertPayment = async (sql: Sql, payment: NewPayment): Promise<void> => {
  await sql.query(
    `insert into payment (id, bucket, account_id, key, input_hash, channel, amount, operator_id, at, balance_after)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      payment.id,
      payment.bucket,
      payment.accountId,
      payment.key,
      payment.inputHash,
      payment.channel,
      payment.amount,
      payment.operatorId,
      new Date(payment.at),
      payment.balanceAfter,
    ],
  )
}
