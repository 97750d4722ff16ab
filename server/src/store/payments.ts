import type { PaymentChannel } from '../domain/payment-channel.ts'
import type { PurchaseWish } from '../domain/purchase-amount.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type NewPayment = Readonly<{
  id: string
  accountId: number
  key: string
  inputHash: string
  channel: PaymentChannel
  amount: MicroYuan
  /** The part of it that pays old debt; posted by the caller. */
  toDebt: MicroYuan
  wish: PurchaseWish | null
  operatorId: number | null
  at: number
}>

export type KnownPayment = Readonly<{ id: string; inputHash: string; toDebt: MicroYuan; balanceAfter: MicroYuan }>

export type Payer = Readonly<{
  closed: boolean
  known: KnownPayment | null
  keyTaken: boolean
  /** Some version of its plan has rules of buying. */
  ruled: boolean
}>

/** Whether the account can be paid to, and what this key did before; under the account's lock. */
export const findPayer = async (sql: Sql, accountId: number, key: string): Promise<Payer | null> => {
  const [row] = await sql.query<{
    closed: boolean
    operation: string | null
    payment: string | null
    input_hash: string
    to_debt: bigint
    balance_after: bigint
    ruled: boolean
  }>(
    `select a.closed_at is not null as closed, o.id as operation, p.id as payment, p.input_hash, p.to_debt, p.balance_after,
            exists (select from agreement g join price_plan n on n.id = g.price_plan_id
                    join price_plan v on v.name = n.name and v.kind = 'tariff'
                    where g.id = a.agreement_id and v.document ? 'purchase') as ruled
     from account a
     left join operation o on o.account_id = a.id and o.key = $2
     left join payment p on p.id = o.id
     where a.id = $1`,
    [accountId, key],
  )
  if (row === undefined) return null
  const known =
    row.payment === null
      ? null
      : {
          id: row.payment,
          inputHash: row.input_hash,
          toDebt: microYuan(row.to_debt),
          balanceAfter: microYuan(row.balance_after),
        }
  return { closed: row.closed, known, keyTaken: row.operation !== null, ruled: row.ruled }
}

/**
 * Writes a payment, its operation and its audit entry in one statement; under the account's lock the balance after it is exact. Returns
 * that balance.
 */
export const insertPayment = async (sql: Sql, payment: NewPayment): Promise<MicroYuan> => {
  const [row] = await sql.query<{ balance_after: bigint }>(
    `with paid as (
       insert into payment (id, bucket, account_id, key, input_hash, channel, amount, operator_id, at, balance_after, to_debt, wish)
       select $1, a.bucket, a.id, $3, $4, $5, $6, $7, $8, l.credits - l.debits + $6 - $9, $9, $10
       from account a join ledger_account l on l.account_id = a.id and l.bucket = a.bucket and l.code = 'customer-prepayment'
       where a.id = $2 returning *),
     logged as (
       insert into audit_log (at, operator_id, action, subject, detail)
       select at, operator_id, 'ledger:payment', 'account:' || account_id,
              jsonb_build_object('operation', id, 'channel', channel, 'amount', amount || 'n') from paid)
     insert into operation (id, bucket, kind, account_id, key, input, input_hash, result, operator_id, at)
     select id, bucket, 'payment', account_id, key, jsonb_build_object('channel', channel, 'amount', amount || 'n'), input_hash,
            jsonb_build_object('paymentId', id, 'balance', balance_after || 'n'), operator_id, at from paid
     returning (select balance_after from paid)`,
    [
      payment.id,
      payment.accountId,
      payment.key,
      payment.inputHash,
      payment.channel,
      payment.amount,
      payment.operatorId,
      new Date(payment.at),
      payment.toDebt,
      payment.wish === null ? null : wishRow(payment.wish),
    ],
  )
  if (row === undefined) throw new Error(`account ${String(payment.accountId)} has no ledger account`)
  return microYuan(row.balance_after)
}

/** Energy as text, as every large number in JSON. */
const wishRow = (wish: PurchaseWish): string =>
  JSON.stringify(wish, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))

export type StoredPayment = Readonly<{
  accountId: number
  amount: MicroYuan
  channel: PaymentChannel
  operatorId: number | null
}>

export const findPaymentById = async (sql: Sql, id: string): Promise<StoredPayment | null> => {
  const [row] = await sql.query<{
    account_id: number
    amount: bigint
    channel: PaymentChannel
    operator_id: number | null
  }>('select account_id, amount, channel, operator_id from payment where id = $1', [id])
  return row === undefined
    ? null
    : { accountId: row.account_id, amount: microYuan(row.amount), channel: row.channel, operatorId: row.operator_id }
}
