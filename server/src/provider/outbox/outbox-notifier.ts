import type { Notifier } from '../notifier.ts'

/**
 * The channel of a system without an SMS service: the message is kept and shown in the console's outbox, where the
 * staff reads it. It reaches no telephone, and the console says so by naming the channel.
 * It is its own receipt: what is shown to the staff has arrived where this channel leads.
 */
export const outboxNotifier: Notifier = Object.freeze({
  channel: 'outbox',
  send: async () => Promise.resolve({ accepted: true, delivered: true } as const),
})
