import type { PaymentChannel } from '../domain/payment-channel.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

/** Counting a drawer and taking money for it wait for each other: else a payment in between would count as a surplus. */
export const lockDrawer = async (sql: Sql, cashierId: number): Promise<void> => {
  await sql.query(
    `select id from ledger_account where code = 'cash-drawer' and owner = $1 order by id for no key update`,
    [String(cashierId)],
  )
}

export const drawerBalance = async (sql: Sql, cashierId: number): Promise<MicroYuan> => {
  const [row] = await sql.query<{ balance: bigint }>(
    `select coalesce(sum(debits - credits), 0)::bigint as balance from ledger_account where code = 'cash-drawer' and owner = $1`,
    [String(cashierId)],
  )
  return microYuan(row?.balance ?? 0n)
}

/** What a channel has taken and not yet paid, over all buckets. */
export const channelBalance = async (sql: Sql, channel: PaymentChannel): Promise<MicroYuan> => {
  const [row] = await sql.query<{ balance: bigint }>(
    `select coalesce(sum(debits - credits), 0)::bigint as balance from ledger_account where code = 'channel-clearing' and owner = $1`,
    [channel],
  )
  return microYuan(row?.balance ?? 0n)
}

export type SuspenseStanding = Readonly<{
  transferId: string
  amount: MicroYuan
  channel: PaymentChannel
  resolved: boolean
}>

/** Money whose customer was not known, and whether it has found one since; locked against two who know it at once. */
export const suspenseStanding = async (sql: Sql, operationId: string): Promise<SuspenseStanding | null> => {
  // A statement of its own: what the next one sees must be what was there when the lock was got.
  await sql.query("select id from operation where id = $1 and kind = 'suspense-in' for update", [operationId])
  const [row] = await sql.query<{ id: string; amount: bigint; owner: PaymentChannel; resolved: boolean }>(
    `select t.id, t.amount, c.owner,
            exists (select from operation r where r.reverses = $1)
            or exists (select from transfer p where p.refers_to = t.id and p.kind = 'suspense-resolved'
              and not exists (select from operation r where r.reverses = p.operation_id)) as resolved
     from transfer t join ledger_account c on c.id = t.credit_id where t.operation_id = $1 and t.kind = 'suspense-in'`,
    [operationId],
  )
  return row === undefined
    ? null
    : { transferId: row.id, amount: microYuan(row.amount), channel: row.owner, resolved: row.resolved }
}
