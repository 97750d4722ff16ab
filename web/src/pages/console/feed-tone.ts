import type { FeedItem } from '@xianfu/contract'

/** How a happening looks: money, supply gone, supply back, a warning, trouble, or nothing special. */
export type FeedTone = 'money' | 'stop' | 'back' | 'warn' | 'trouble' | 'plain'

export const feedTone = (item: FeedItem): FeedTone => {
  if (item.kind === 'payment') return 'money'
  if (item.kind === 'notice') return item.notice === 'failed' ? 'trouble' : 'warn'
  if (item.kind === 'alarm') return item.over ? 'plain' : 'trouble'
  if (item.outcome !== 'verified') return 'trouble'
  if (item.command === 'trip') return 'stop'
  return item.command === 'direct-close' || item.command === 'permit-close' ? 'back' : 'plain'
}
