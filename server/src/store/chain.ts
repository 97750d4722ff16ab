import type { LedgerCode } from '../domain/ledger/chart.ts'
import type { JournalTransfer } from '../domain/ledger/journal-line.ts'
import { revive } from '../domain/operation.ts'
import { microYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'

export type LedgerBlock = Readonly<{
  number: number
  firstEntry: bigint
  lastEntry: bigint
  transfers: number
  previousHash: string
  hash: string
  sealedAt: number
}>

type BlockRow = {
  number: number
  first_entry: bigint
  last_entry: bigint
  transfers: number
  previous_hash: string
  hash: string
  sealed_at: number
}

const blockOf = (row: BlockRow): LedgerBlock => ({
  number: row.number,
  firstEntry: row.first_entry,
  lastEntry: row.last_entry,
  transfers: row.transfers,
  previousHash: row.previous_hash,
  hash: row.hash,
  sealedAt: row.sealed_at,
})

export const lastBlock = async (sql: Sql): Promise<LedgerBlock | null> => {
  const [row] = await sql.query<BlockRow>('select * from ledger_block order by number desc limit 1')
  return row === undefined ? null : blockOf(row)
}

/** Blocks after a number, in order, so many at most. */
export const blocksAfter = async (sql: Sql, number: number, limit: number): Promise<readonly LedgerBlock[]> =>
  (
    await sql.query<BlockRow>('select * from ledger_block where number > $1 order by number limit $2', [number, limit])
  ).map(blockOf)

export const insertBlock = async (sql: Sql, block: LedgerBlock): Promise<void> => {
  await sql.query(
    `insert into ledger_block (number, first_entry, last_entry, transfers, previous_hash, hash, sealed_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      block.number,
      block.firstEntry,
      block.lastEntry,
      block.transfers,
      block.previousHash,
      block.hash,
      new Date(block.sealedAt),
    ],
  )
}

/** "xianfu" and three more: one seals at a time. */
const sealLock = 0x7869616e6678n

export const lockSealing = async (sql: Sql): Promise<void> => {
  await sql.query('select pg_advisory_xact_lock($1)', [sealLock])
}

/** The highest number of the journal that was ever drawn. */
export const highestEntry = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ highest: bigint }>(
    'select case when is_called then last_value else 0 end as highest from transfer_entry',
  )
  return row?.highest ?? 0n
}

/**
 * Draws a transaction id: whoever has drawn one before has a smaller one. (The end of a snapshot would not do: it is the
 * last id that has *completed*, so the newest writers under way lie beyond it.)
 */
export const drawTransaction = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ id: string }>('select pg_current_xact_id()::text as id')
  return BigInt(row?.id ?? '0')
}

/** The oldest transaction id that is still at work, or one behind all that were. */
export const oldestTransaction = async (sql: Sql): Promise<bigint> => {
  const [row] = await sql.query<{ oldest: string }>('select pg_snapshot_xmin(pg_current_snapshot())::text as oldest')
  return BigInt(row?.oldest ?? '0')
}

type TransferRow = {
  entry: bigint
  id: string
  at: number
  posted_at: number
  kind: string
  amount: bigint
  account_id: number | null
  balance_after: bigint | null
  meter_id: number | null
  agreement_id: number | null
  price_plan_id: number | null
  used_wh: bigint | null
  payment_id: string | null
  refers_to: string | null
  debit_id: number
  debit: LedgerCode
  debit_account: number | null
  debit_owner: string | null
  credit_id: number
  credit: LedgerCode
  credit_account: number | null
  credit_owner: string | null
  operation_id: string | null
  o_kind: string
  o_key: string
  o_reason: string
  o_operator: number | null
  o_reverses: string | null
  o_input: unknown
  o_result: unknown
}

const journalColumns = `
  t.entry, t.id, t.at, t.posted_at, t.kind, t.amount, t.account_id, t.balance_after, t.meter_id, t.agreement_id,
  t.price_plan_id, t.used_wh, t.payment_id, t.refers_to,
  t.debit_id, d.code as debit, d.account_id as debit_account, d.owner as debit_owner,
  t.credit_id, c.code as credit, c.account_id as credit_account, c.owner as credit_owner,
  t.operation_id, o.kind as o_kind, o.key as o_key, o.reason as o_reason, o.operator_id as o_operator,
  o.reverses as o_reverses, o.input as o_input, o.result as o_result`

const journalTables = `
  transfer t join ledger_account d on d.id = t.debit_id join ledger_account c on c.id = t.credit_id
  left join operation o on o.id = t.operation_id`

/** Transfers from one number of the journal to another, both included, in their order. */
export const transfersBetween = async (sql: Sql, first: bigint, last: bigint): Promise<readonly JournalTransfer[]> => {
  const rows = await sql.query<TransferRow>(
    `select ${journalColumns} from ${journalTables} where t.entry between $1 and $2 order by t.entry`,
    [first, last],
  )
  return rows.map(transferOf)
}

/** A row of {@link journalColumns} from {@link journalTables}. */
const transferOf = (row: TransferRow): JournalTransfer => ({
  entry: row.entry,
  id: row.id,
  at: row.at,
  postedAt: row.posted_at,
  kind: row.kind,
  amount: microYuan(row.amount),
  debit: { id: row.debit_id, code: row.debit, accountId: row.debit_account, owner: row.debit_owner },
  credit: { id: row.credit_id, code: row.credit, accountId: row.credit_account, owner: row.credit_owner },
  accountId: row.account_id,
  balanceAfter: row.balance_after === null ? null : microYuan(row.balance_after),
  meterId: row.meter_id,
  agreementId: row.agreement_id,
  pricePlanId: row.price_plan_id,
  usedWh: row.used_wh,
  paymentId: row.payment_id,
  refersTo: row.refers_to,
  operation:
    row.operation_id === null
      ? null
      : {
          id: row.operation_id,
          kind: row.o_kind,
          key: row.o_key,
          reason: row.o_reason,
          operatorId: row.o_operator,
          reverses: row.o_reverses,
          input: revive(row.o_input),
          result: revive(row.o_result),
        },
})
