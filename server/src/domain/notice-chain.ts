import type { NoticeKind } from './credit-facts.ts'

/** A notice to the customer and what is known of it; all instants are wall time. */
export type NoticeFact = Readonly<{
  kind: NoticeKind
  channel: string
  /** When it was decided on, and when it may leave (send window). */
  at: number
  sendAt: number
  /** By a receipt of the channel, or of whoever brought it by hand. */
  deliveredAt: number | null
  failedAt: number | null
}>

/** Delivered by a person: the last resort of every chain; its receipt is what that person writes down. */
export const visitChannel = 'visit'

/** A channel that says nothing for so long after the sending has not delivered (wall time; the product's default). */
export const receiptWaitMs = 2 * 3_600_000

export type Chase = Readonly<
  | { kind: 'delivered'; at: number }
  | { kind: 'send'; channel: string }
  | { kind: 'wait'; until: number; channel: string }
  | { kind: 'exhausted' }
>

/**
 * What to do so that a notice of this kind, decided on at or after `since`, is proven to have arrived: send it, wait for the
 * receipt, take the next channel, or admit that all channels have failed. Sent is not delivered: only a receipt counts.
 */
export const chase = (
  notices: readonly NoticeFact[],
  kind: NoticeKind,
  since: number,
  channels: readonly string[],
  now: number,
): Chase => {
  const own = notices.filter((notice) => notice.kind === kind && notice.at >= since)
  const delivered = own.flatMap(({ deliveredAt }) => deliveredAt ?? [])
  if (delivered.length > 0) return { kind: 'delivered', at: Math.min(...delivered) }
  const tried = new Set(own.map(({ channel }) => channel))
  const newest = own.toSorted((a, b) => a.at - b.at).at(-1)
  if (newest?.failedAt === null) {
    const until = newest.sendAt + receiptWaitMs
    if (now < until || newest.channel === visitChannel) return { kind: 'wait', until, channel: newest.channel }
  }
  const channel = [...channels, visitChannel].find((one) => !tried.has(one))
  return channel === undefined ? { kind: 'exhausted' } : { kind: 'send', channel }
}
