import type { NoticeKind } from '../domain/credit-facts.ts'
import type { Notifier } from '../provider/notifier.ts'
import type { Sql } from '../store/database.ts'
import { countAttempt, recordReceipt, takeMessages, type QueuedMessage } from '../store/messages.ts'
import { notifyLive } from '../store/notify.ts'
import { post } from './post.ts'
import { createBell, loop, type FlowContext } from './process.ts'

const messagesPerPass = 100
const maximumAttempts = 5
/** Longest sleep when nobody rings, elapsed time. */
const lookEveryMs = 2_000

export type NotifyLoop = Readonly<{ wake(): void; run(signal: AbortSignal): Promise<void> }>

/**
 * Hands queued messages to their channels, in order; one that is not taken is tried again a bounded number of times. What a
 * receipt changes for the way to a stop is decided in a transaction of its own: accounts come before messages in the order
 * of locks.
 */
export const createNotifyLoop = (context: FlowContext, notifiers: Notifier | readonly Notifier[]): NotifyLoop => {
  const bell = createBell()
  const channels = new Map([notifiers].flat().map((notifier) => [notifier.channel, notifier]))
  return {
    wake: () => bell.ring(),
    run: async (signal) =>
      loop(context, 'notify', signal, async () => {
        if ((await sendQueued(context, channels)) < messagesPerPass) await bell.wait(context.clock, lookEveryMs, signal)
      }),
  }
}

/** One pass; answers how many messages it has looked at. */
export const sendQueued = async (
  context: Pick<FlowContext, 'database' | 'clock' | 'ids'>,
  channels: ReadonlyMap<string, Notifier>,
): Promise<number> => {
  const taken = await context.database.transaction(async (sql) => {
    const messages = await takeMessages(sql, context.clock.now(), messagesPerPass)
    const proven: number[] = []
    for (const message of messages)
      if (await sendOne(sql, message, channels.get(message.channel), context.clock.now()))
        proven.push(message.accountId)
    if (messages.length > 0) await notifyLive(sql, ['message'])
    return { count: messages.length, accountIds: proven }
  })
  await decideAfterReceipts(context, taken.accountIds)
  return taken.count
}

/** Notices whose receipt moves the way to a stop. */
const proofs: ReadonlySet<NoticeKind> = new Set(['warning-2', 'pre-stop', 'pre-stop-again', 'authority-copy'])

/** Whether the policy must look at the account again. */
const sendOne = async (
  sql: Sql,
  message: QueuedMessage,
  notifier: Notifier | undefined,
  now: number,
): Promise<boolean> => {
  const { id: messageId, notice } = message
  const result = await notifier?.send(message)
  await countAttempt(sql, messageId)
  if (result?.accepted === true) {
    await recordReceipt(sql, { messageId, kind: 'sent', at: now, reference: result.reference ?? null })
    if (result.delivered !== true) return false
    await recordReceipt(sql, { messageId, kind: 'delivered', at: now })
    return proofs.has(notice)
  }
  if (message.attempts + 1 < maximumAttempts) return false
  const detail = result?.why ?? `there is no channel ${message.channel}`
  await recordReceipt(sql, { messageId, kind: 'failed', at: now, detail })
  return proofs.has(notice)
}

export const decideAfterReceipts = async (
  { database, clock, ids }: Pick<FlowContext, 'database' | 'clock' | 'ids'>,
  accountIds: readonly number[],
): Promise<void> => {
  if (accountIds.length === 0) return
  await database.transaction(async (sql) => {
    await post(sql, ids, { now: clock.now(), accountIds, postings: [] })
  })
}
