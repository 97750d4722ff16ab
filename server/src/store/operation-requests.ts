import type { CounterOperation } from '../domain/counter-operation.ts'
import { canonicalText, revive, type Plain } from '../domain/operation.ts'
import { microYuan, type MicroYuan } from '../domain/quantity.ts'
import type { Sql } from './database.ts'
import { notifyLive } from './notify.ts'

export type RequestState = 'waiting' | 'approved' | 'done' | 'refused' | 'withdrawn'

export type OperationRequestRow = Readonly<{
  id: string
  accountId: number
  operation: CounterOperation
  reason: string
  requestedBy: number
  state: RequestState
  decidedBy: number | null
}>

export type NewRequest = Readonly<{
  id: string
  accountId: number
  operation: CounterOperation
  inputHash: string
  reason: string
  key: string
  requestedBy: number
  at: number
}>

/** False when who asks has used the key for this account before. */
export const insertRequest = async (sql: Sql, request: NewRequest): Promise<boolean> => {
  const rows = await sql.query(
    `insert into operation_request (id, account_id, operation, input_hash, reason, key, requested_by, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (account_id, requested_by, key) do nothing returning id`,
    [
      request.id,
      request.accountId,
      canonicalText(request.operation),
      request.inputHash,
      request.reason,
      request.key,
      request.requestedBy,
      new Date(request.at),
    ],
  )
  if (rows.length > 0) await notifyLive(sql, [`account:${String(request.accountId)}`])
  return rows.length > 0
}

/** What this key has asked for before. */
export const findRequestByKey = async (
  sql: Sql,
  { accountId, requestedBy, key }: Pick<NewRequest, 'accountId' | 'requestedBy' | 'key'>,
): Promise<Readonly<{ id: string; inputHash: string }> | null> => {
  const [row] = await sql.query<{ id: string; input_hash: string }>(
    'select id, input_hash from operation_request where account_id = $1 and requested_by = $2 and key = $3',
    [accountId, requestedBy, key],
  )
  return row === undefined ? null : { id: row.id, inputHash: row.input_hash }
}

export const lockRequest = async (sql: Sql, id: string): Promise<OperationRequestRow | null> => {
  const [row] = await sql.query<{
    id: string
    account_id: number
    operation: unknown
    reason: string
    requested_by: number
    state: RequestState
    decided_by: number | null
  }>(
    `select id, account_id, operation, reason, requested_by, state, decided_by
     from operation_request where id = $1 for no key update`,
    [id],
  )
  return row === undefined
    ? null
    : {
        id: row.id,
        accountId: row.account_id,
        operation: revive(row.operation) as CounterOperation,
        reason: row.reason,
        requestedBy: row.requested_by,
        state: row.state,
        decidedBy: row.decided_by,
      }
}

export type Decided = Readonly<{
  id: string
  accountId: number
  state: Exclude<RequestState, 'done'>
  /** Null puts it back to wait. */
  by: number | null
  reason: string | null
  at: number
}>

export const decideRequest = async (sql: Sql, { id, accountId, state, by, reason, at }: Decided): Promise<void> => {
  await sql.query(
    'update operation_request set state = $2, decided_by = $3, decision_reason = $4, decided_at = $5 where id = $1',
    [id, state, by, reason, by === null ? null : new Date(at)],
  )
  await notifyLive(sql, [`account:${String(accountId)}`])
}

/** It has been carried out: by this operation. */
export const finishRequest = async (sql: Sql, id: string, operationId: string): Promise<void> => {
  await sql.query(
    `update operation_request set state = 'done', operation_id = $2 where id = $1 and state = 'approved'`,
    [id, operationId],
  )
}

/** Whose an operation is, what it was about, and whether it stands; null when there is none. */
export const operationStake = async (
  sql: Sql,
  id: string,
): Promise<Readonly<{ accountId: number | null; amount: MicroYuan | null; reversed: boolean }> | null> => {
  const [row] = await sql.query<{ account_id: number | null; amount: string | null; reversed: boolean }>(
    `select o.account_id, coalesce(o.input->>'amount', o.result->>'returned') as amount,
            exists (select from operation r where r.reverses = o.id) as reversed
     from operation o where o.id = $1`,
    [id],
  )
  if (row === undefined) return null
  const amount: Plain = row.amount === null ? null : revive(row.amount)
  return {
    accountId: row.account_id,
    amount: typeof amount === 'bigint' ? microYuan(amount) : null,
    reversed: row.reversed,
  }
}
