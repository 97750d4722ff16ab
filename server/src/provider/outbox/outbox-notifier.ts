import type { Notifier } from '../notifier.ts'

/**
 * The channel of a system without an SMS service: the message is kept and shown in the console's outbox, where the
 * staff reads it. It reaches no telephone, and the console says so by naming the channel.
 */
export const outboxNotifier: Notifier = Object.freeze({
  channel: 'outbox',
  send: async () => Promise.resolve({ accepted: true } as const),
})
