import { visitChannel } from '../domain/notice-chain.ts'
import { writeAudit } from '../store/audit.ts'
import { findMessage, findMessageByReference, recordReceipt, type StoredMessage } from '../store/messages.ts'
import { notifyLive } from '../store/notify.ts'
import { decideAfterReceipts } from './notify.ts'
import type { FlowContext } from './process.ts'

type ReceiptContext = Pick<FlowContext, 'database' | 'clock' | 'ids'>

export type ChannelReceipt = Readonly<{
  channel: string
  /** As the channel called the message when it took it over. */
  reference: string
  kind: 'delivered' | 'failed'
  detail: string
}>
export type ReceiptResult = Readonly<{ ok: true } | { ok: false; code: 'unknown-notice' | 'not-by-hand' }>

/** A channel says what became of a message. The same receipt again changes nothing. */
export const createTakeReceipt =
  (context: ReceiptContext) =>
  async ({ channel, reference, kind, detail }: ChannelReceipt): Promise<ReceiptResult> => {
    const now = context.clock.now()
    const message = await context.database.transaction(async (sql): Promise<StoredMessage | null> => {
      const found = await findMessageByReference(sql, channel, reference)
      if (found === null) return null
      await recordReceipt(sql, { messageId: found.id, kind, at: now, detail })
      await notifyLive(sql, ['message'])
      return found
    })
    if (message === null) return { ok: false, code: 'unknown-notice' }
    await decideAfterReceipts(context, [message.accountId])
    return { ok: true }
  }

export type HandDelivery = Readonly<{ messageId: number; operatorId: number; detail: string }>
export type DeliverByHand = (input: HandDelivery) => Promise<ReceiptResult>

/** Somebody has been there: the receipt of a notice that was to be brought by hand. */
export const createDeliverByHand =
  (context: ReceiptContext): DeliverByHand =>
  async ({ messageId, operatorId, detail }) => {
    const now = context.clock.now()
    const done = await context.database.transaction(
      async (sql): Promise<ReceiptResult & Readonly<{ accountId?: number }>> => {
        const message = await findMessage(sql, messageId)
        if (message === null) return { ok: false, code: 'unknown-notice' }
        if (message.channel !== visitChannel) return { ok: false, code: 'not-by-hand' }
        const fresh = await recordReceipt(sql, {
          messageId: message.id,
          kind: 'delivered',
          at: now,
          detail,
          operatorId,
        })
        const subject = `account:${String(message.accountId)}`
        if (fresh)
          await writeAudit(sql, {
            at: now,
            operatorId,
            action: 'notice:delivered-by-hand',
            subject,
            detail: { message: messageId, notice: message.notice, detail },
          })
        await notifyLive(sql, ['message'])
        return { ok: true, accountId: message.accountId }
      },
    )
    if (!done.ok) return done
    await decideAfterReceipts(context, done.accountId === undefined ? [] : [done.accountId])
    return { ok: true }
  }
