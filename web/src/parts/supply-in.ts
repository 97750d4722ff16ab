import type { CreditStage, MeterRow, RelayState } from '@xianfu/contract'
import type { TopUpFacts } from './top-up-plan.ts'

export type Account = NonNullable<MeterRow['account']>

/** Supply is off for want of money, or the way to it has begun; a relay that a person has opened is another matter. */
export const supplyIn = (relay: RelayState, stage: CreditStage): TopUpFacts['state'] => {
  if (stage === 'cut-off') return relay === 'open' ? 'off' : 'due'
  return stage === 'stop-notified' || stage === 'stop-due' || stage === 'await-approval' ? 'due' : 'on'
}
