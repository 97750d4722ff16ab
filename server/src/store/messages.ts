import type { NoticeKind } from '../domain/credit-policy.ts'
import type { Sql } from './database.ts'

export type NewMessage = Readonly<{
  bucket: number
  accountId: number
  notice: NoticeKind
  recipient: string
  text: string
}>

export type QueuedMessage = Readonly<{
  id: bigint
  accountId: number
  recipient: string
  text: string
  attempts: number
}>

/** The channel of this build: the outbox in the console. Telephones are reached when an SMS channel is configured. */
export const outboxChannel = 'outbox'

export const queueMessages = async (sql: Sql, messages: readonly NewMessage[], now: number): Promise<void> => {
  if (messages.length === 0) return
  await sql.query(
    `insert into message (bucket, account_id, notice, channel, recipient, text, at)
     select m.*, $7 from unnest($1::smallint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) as m`,
    [
      messages.map(({ bucket }) => bucket),
      messages.map(({ accountId }) => accountId),
      messages.map(({ notice }) => notice),
      messages.map(() => outboxChannel),
      messages.map(({ recipient }) => recipient),
      messages.map(({ text }) => text),
      new Date(now),
    ],
  )
}

/** Takes queued messages under a lock that other processes skip; finish them in the same transaction. */
export const takeMessages = async (sql: Sql, limit: number): Promise<readonly QueuedMessage[]> => {
  const rows = await sql.query<{ id: bigint; account_id: number; recipient: string; text: string; attempts: number }>(
    `select id, account_id, recipient, text, attempts from message where state = 'queued'
     order by id limit $1 for update skip locked`,
    [limit],
  )
  return rows.map(({ account_id, ...row }) => ({ ...row, accountId: account_id }))
}

export const finishMessage = async (
  sql: Sql,
  id: bigint,
  state: 'queued' | 'shown' | 'failed',
  now: number,
): Promise<void> => {
  await sql.query(
    `update message set state = $2, attempts = attempts + 1, sent_at = case when $2 = 'shown' then $3::timestamptz end
     where id = $1`,
    [id, state, new Date(now)],
  )
}
