import type { CommandDetail } from '@xianfu/contract'

/** How far the close that a payment has set off has come. */
export type Restoration = Readonly<
  | { state: 'running'; /** Steps that are done, of four. */ steps: number }
  | { state: 'restored' | 'permitted'; tookMs: number | null }
  | { state: 'not-yet'; again: boolean; command: CommandDetail['state']; failure: string | null }
>

const stepsOf = { queued: 1, sent: 2, acknowledged: 3 } as const

export const restorationOf = (command: CommandDetail | undefined): Restoration => {
  if (command === undefined) return { state: 'running', steps: 1 }
  const { state, kind, tookMs, attempts, failure } = command
  if (state === 'verified') return { state: kind === 'permit-close' ? 'permitted' : 'restored', tookMs }
  // Back in the queue after an attempt: it will be tried again, but nobody should wait at the counter for it.
  if (state === 'queued' && attempts > 0) return { state: 'not-yet', again: true, command: state, failure }
  if (state === 'queued' || state === 'sent' || state === 'acknowledged')
    return { state: 'running', steps: stepsOf[state] }
  return { state: 'not-yet', again: false, command: state, failure }
}
