import type { Notifier } from '../provider/notifier.ts'
import { finishMessage, takeMessages } from '../store/messages.ts'
import { notifyLive } from '../store/notify.ts'
import { createBell, loop, type FlowContext } from './process.ts'

const messagesPerPass = 100
const maximumAttempts = 5
/** Longest sleep when nobody rings, elapsed time. */
const lookEveryMs = 2_000

export type NotifyLoop = Readonly<{ wake(): void; run(signal: AbortSignal): Promise<void> }>

/** Hands queued messages to their channel, in order; one that is not taken is tried again a bounded number of times. */
export const createNotifyLoop = (context: FlowContext, notifier: Notifier): NotifyLoop => {
  const bell = createBell()
  const pass = async (): Promise<number> =>
    context.database.transaction(async (sql) => {
      const messages = await takeMessages(sql, messagesPerPass)
      for (const message of messages) {
        const result = await notifier.send(message)
        const failed = message.attempts + 1 >= maximumAttempts ? 'failed' : 'queued'
        await finishMessage(sql, message.id, result.accepted ? 'shown' : failed, context.clock.now())
      }
      if (messages.length > 0) await notifyLive(sql, ['message'])
      return messages.length
    })
  return {
    wake: () => bell.ring(),
    run: async (signal) =>
      loop(context, 'notify', signal, async () => {
        if ((await pass()) < messagesPerPass) await bell.wait(context.clock, lookEveryMs, signal)
      }),
  }
}
