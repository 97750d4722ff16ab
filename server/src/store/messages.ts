import type { NoticeKind } from '../domain/credit-facts.ts'
import { visitChannel } from '../domain/notice-chain.ts'
import type { Sql } from './database.ts'

export type NewMessage = Readonly<{
  bucket: number
  accountId: number
  notice: NoticeKind
  channel: string
  recipient: string
  text: string
  /** Not sent before, wall time; null: at once. */
  notBefore: number | null
}>

export type QueuedMessage = Readonly<{
  id: bigint
  accountId: number
  notice: NoticeKind
  channel: string
  recipient: string
  text: string
  attempts: number
}>

/** The channel of a house that has configured none: the outbox in the console. */
export const outboxChannel = 'outbox'

export const queueMessages = async (sql: Sql, messages: readonly NewMessage[], now: number): Promise<void> => {
  if (messages.length === 0) return
  await sql.query(
    `insert into message (bucket, account_id, notice, channel, recipient, text, not_before, at)
     select m.*, $8 from unnest($1::smallint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[],
       $7::timestamptz[]) as m`,
    [
      messages.map(({ bucket }) => bucket),
      messages.map(({ accountId }) => accountId),
      messages.map(({ notice }) => notice),
      messages.map(({ channel }) => channel),
      messages.map(({ recipient }) => recipient),
      messages.map(({ text }) => text),
      messages.map(({ notBefore }) => (notBefore === null ? null : new Date(notBefore))),
      new Date(now),
    ],
  )
}

/** Takes back notices whose cause is over and that have not left yet. Under the accounts' locks. */
export const withdrawMessages = async (sql: Sql, accountIds: readonly number[]): Promise<void> => {
  if (accountIds.length === 0) return
  await sql.query(
    `update message set state = 'withdrawn'
     where account_id = any($1::int[]) and state = 'queued' and sent_at is null
       and notice in ('reminder', 'warning-1', 'warning-2', 'emergency-offer', 'pre-stop', 'pre-stop-again', 'authority-copy')`,
    [accountIds],
  )
}

/** Takes queued messages under a lock that other processes skip; finish them in the same transaction. */
export const takeMessages = async (sql: Sql, now: number, limit: number): Promise<readonly QueuedMessage[]> => {
  const rows = await sql.query<Omit<QueuedMessage, 'accountId'> & { account_id: number }>(
    `select id, account_id, notice, channel, recipient, text, attempts from message
     where state = 'queued' and channel <> $3 and (not_before is null or not_before <= $1)
     order by id limit $2 for update skip locked`,
    [new Date(now), limit, visitChannel],
  )
  return rows.map(({ account_id: accountId, ...row }) => ({ ...row, accountId }))
}

export type Receipt = Readonly<{
  messageId: bigint
  kind: 'sent' | 'delivered' | 'failed'
  at: number
  detail?: string
  /** Who brought it by hand. */
  operatorId?: number | null
  /** What the channel calls the message from now on. */
  reference?: string | null
}>

/** Keeps a receipt as it came and what follows from it for its message. The same kind again changes nothing. */
export const recordReceipt = async (sql: Sql, receipt: Receipt): Promise<boolean> => {
  const { messageId, kind, at, detail = '', operatorId = null, reference = null } = receipt
  const rows = await sql.query(
    `with received as (
       insert into message_receipt (message_id, kind, at, detail, operator_id) values ($1, $2, $3, left($4, 500), $5)
       on conflict do nothing returning message_id)
     update message m
     set state = case when $2 = 'failed' and delivered_at is null then 'failed' when $2 = 'failed' then state else 'shown' end,
         sent_at = case when $2 = 'failed' then sent_at else coalesce(sent_at, $3) end,
         delivered_at = case when $2 = 'delivered' then $3 else delivered_at end,
         failed_at = case when $2 = 'failed' then $3 else failed_at end,
         reference = coalesce($6, reference)
     from received r where m.id = r.message_id returning m.id`,
    [messageId, kind, new Date(at), detail, operatorId, reference],
  )
  return rows.length > 0
}

/** An attempt that the channel did not take; it stays in the queue. */
export const countAttempt = async (sql: Sql, id: bigint): Promise<void> => {
  await sql.query('update message set attempts = attempts + 1 where id = $1', [id])
}

export type StoredMessage = Readonly<{ id: bigint; accountId: number; channel: string; notice: NoticeKind }>

export const findMessage = async (sql: Sql, id: number): Promise<StoredMessage | null> =>
  oneOf(await sql.query<MessageRow>('select id, account_id, channel, notice from message where id = $1', [id]))

export const findMessageByReference = async (
  sql: Sql,
  channel: string,
  reference: string,
): Promise<StoredMessage | null> =>
  oneOf(
    await sql.query<MessageRow>(
      'select id, account_id, channel, notice from message where channel = $1 and reference = $2',
      [channel, reference],
    ),
  )

type MessageRow = { id: bigint; account_id: number; channel: string; notice: NoticeKind }

const oneOf = ([row]: readonly MessageRow[]): StoredMessage | null =>
  row === undefined ? null : { id: row.id, accountId: row.account_id, channel: row.channel, notice: row.notice }
