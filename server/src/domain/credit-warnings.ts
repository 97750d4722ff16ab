import type { Case } from './credit-case.ts'
import { severity } from './credit-case.ts'
import type { Decision, NoticeOrder } from './credit-facts.ts'
import { receiptWaitMs, visitChannel } from './notice-chain.ts'

/** The second warning is said again as long as it holds (wall time). */
const repeatAfterMs = 2 * 86_400_000

type Warned = Readonly<{ notices: readonly NoticeOrder[]; workItems: Decision['workItems']; look: readonly number[] }>
const silent: Warned = Object.freeze({ notices: [], workItems: [], look: [] })

/**
 * Rows 4 and 5: each threshold is told once per crossing. The second warning is repeated every two days, and one without a
 * receipt goes by the next channel, in the end by a visit.
 */
export const warnings = (c: Case, stage: 'normal' | 'warned-1' | 'warned-2'): Warned => {
  const { facts, now, sendAt } = c
  if (stage === 'normal') return silent
  const kind = stage === 'warned-1' ? 'warning-1' : 'warning-2'
  const channels = [...facts.channels, visitChannel]
  const order = (channel: string): Warned => ({
    notices: [{ kind, channel, sendAt }],
    workItems: channel === visitChannel ? [{ kind: 'notice-undelivered' }] : [],
    look: stage === 'warned-2' ? [sendAt + receiptWaitMs] : [],
  })
  const first = channels[0] ?? visitChannel
  if (severity[stage] > severity[facts.stage]) return order(first)
  if (stage === 'warned-1') return silent
  const last = facts.notices
    .filter((notice) => notice.kind === kind)
    .toSorted((a, b) => a.at - b.at)
    .at(-1)
  const saidAt = last?.at ?? facts.stageSince
  if (now >= saidAt + repeatAfterMs) return order(first)
  const look = [saidAt + repeatAfterMs]
  if (last === undefined || last.deliveredAt !== null) return { ...silent, look }
  if (last.channel === visitChannel) return { ...silent, workItems: [{ kind: 'notice-undelivered' }], look }
  if (last.failedAt === null && now < last.sendAt + receiptWaitMs)
    return { ...silent, look: [...look, last.sendAt + receiptWaitMs] }
  return order(channels[channels.indexOf(last.channel) + 1] ?? visitChannel)
}
