import { createHash } from 'node:crypto'
import { canonicalText, revive, type OperationKind, type Plain } from '../domain/operation.ts'
import type { Sql } from './database.ts'

export type NewOperation = Readonly<{
  id: string
  bucket: number
  kind: OperationKind
  accountId: number | null
  key: string
  input: Plain
  result: Plain
  reason: string
  operatorId: number | null
  reverses: string | null
  at: number
}>

export type KnownOperation = Readonly<{ id: string; kind: OperationKind; inputHash: string; result: Plain }>

export const hashOfInput = (kind: OperationKind, input: Plain): string =>
  createHash('sha256')
    .update(`${kind}\n${canonicalText(input)}`)
    .digest('hex')

/** What this key did before, under the account's lock. */
export const findOperation = async (
  sql: Sql,
  accountId: number | null,
  key: string,
): Promise<KnownOperation | null> => {
  const [row] = await sql.query<{ id: string; kind: OperationKind; input_hash: string; result: unknown }>(
    'select id, kind, input_hash, result from operation where account_id is not distinct from $1 and key = $2',
    [accountId, key],
  )
  return row === undefined
    ? null
    : { id: row.id, kind: row.kind, inputHash: row.input_hash, result: revive(row.result) }
}

export const insertOperation = async (sql: Sql, operation: NewOperation): Promise<void> => {
  await sql.query(
    `insert into operation (id, bucket, kind, account_id, key, input, input_hash, result, reason, operator_id, reverses, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      operation.id,
      operation.bucket,
      operation.kind,
      operation.accountId,
      operation.key,
      canonicalText(operation.input),
      hashOfInput(operation.kind, operation.input),
      canonicalText(operation.result),
      operation.reason,
      operation.operatorId,
      operation.reverses,
      new Date(operation.at),
    ],
  )
}

export type StoredOperation = Readonly<{
  id: string
  kind: OperationKind
  accountId: number | null
  reverses: string | null
  reversedBy: string | null
  /** A transfer of another operation completes one of this: it was paid out, or credited. */
  completed: boolean
}>

/** An operation that is to be reversed, locked against a second reversal. */
export const lockOperation = async (sql: Sql, id: string): Promise<StoredOperation | null> => {
  // A statement of its own: what the next one sees must be what was there when the lock was got.
  await sql.query('select id from operation where id = $1 for update', [id])
  const [row] = await sql.query<{
    id: string
    kind: OperationKind
    account_id: number | null
    reverses: string | null
    reversed_by: string | null
    completed: boolean
  }>(
    `select o.id, o.kind, o.account_id, o.reverses, (select r.id from operation r where r.reverses = o.id) as reversed_by,
            exists (select from transfer t join transfer f on f.refers_to = t.id
              where t.operation_id = o.id and f.kind <> 'reversal'
                and not exists (select from operation r where r.reverses = f.operation_id)) as completed
     from operation o where o.id = $1`,
    [id],
  )
  return row === undefined
    ? null
    : {
        id: row.id,
        kind: row.kind,
        accountId: row.account_id,
        reverses: row.reverses,
        reversedBy: row.reversed_by,
        completed: row.completed,
      }
}

/** Whose operation it is; null when there is none of that id. */
export const findOperationAccount = async (
  sql: Sql,
  id: string,
): Promise<Readonly<{ accountId: number | null }> | null> => {
  const [row] = await sql.query<{ account_id: number | null }>('select account_id from operation where id = $1', [id])
  return row === undefined ? null : { accountId: row.account_id }
}
