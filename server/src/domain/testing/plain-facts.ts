import type { CreditFacts } from '../credit-facts.ts'
import { microYuan } from '../quantity.ts'

/** Facts of an account of which nothing special is known; a test says only what differs. */
export const plainFacts: Omit<CreditFacts, 'balance' | 'meters'> = Object.freeze({
  stage: 'normal',
  stageSince: 0,
  earliestStopAt: null,
  toldAt: null,
  protected: false,
  lists: [],
  trueUp: microYuan(0n),
  noTrip: [],
  tripsFrozen: false,
  notices: [],
  channels: ['outbox'],
  absent: [],
  overdueSince: null,
  approval: null,
  emergency: { offeredAt: null, granted: microYuan(0n) },
  paymentExpectedUntil: null,
  lastPaymentAt: null,
})
