import type { PaymentChannel } from '../domain/payment-channel.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type RefundStanding = Readonly<{
  transferId: string
  amount: MicroYuan
  channel: PaymentChannel
  paid: boolean
  reversed: boolean
}>

/** A refund that a channel has to pay out; under the account's lock. Cash has left the drawer and is not asked for. */
export const refundStanding = async (sql: Sql, accountId: number, refundId: string): Promise<RefundStanding | null> => {
  const [row] = await sql.query<{
    id: string
    amount: bigint
    owner: PaymentChannel
    paid: boolean
    reversed: boolean
  }>(
    `select t.id, t.amount, c.owner,
            exists (select from transfer p where p.account_id = t.account_id and p.refers_to = t.id and p.kind = 'refund-paid'
              and not exists (select from operation r where r.reverses = p.operation_id)) as paid,
            exists (select from operation r where r.reverses = $2) as reversed
     from transfer t join ledger_account c on c.id = t.credit_id
     where t.account_id = $1 and t.operation_id = $2 and t.kind = 'refund' and c.code = 'refunds-payable'`,
    [accountId, refundId],
  )
  return row === undefined
    ? null
    : {
        transferId: row.id,
        amount: microYuan(row.amount),
        channel: row.owner,
        paid: row.paid,
        reversed: row.reversed,
      }
}
