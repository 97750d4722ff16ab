import type { CreditFacts, CreditTerms, MeterFacts } from '../credit-facts.ts'
import { microYuan } from '../quantity.ts'
import { yuan } from './yuan.ts'

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

/** A meter behind it that supplies, without its alarm, and of which nothing special is known either. */
export const plainMeter: Omit<MeterFacts, 'meterId' | 'lastReadAt'> = Object.freeze({
  relay: 'closed',
  keepPower: false,
  alarm: false,
  newestHeld: false,
  restoreOwed: false,
  openCommands: [],
  failedTrips: 0,
  lastFailedTripAt: null,
  lastFailedCloseAt: null,
})

/** What was agreed with most accounts of these tests: half an hour's notice, trips on working days from nine to four. */
export const plainTerms: CreditTerms = Object.freeze({
  thresholds: { alarm1: yuan(50), alarm2: yuan(20), cutOff: yuan(0), restore: yuan(5) },
  noticeLeadMs: 30 * 60_000,
  reconnect: 'direct-close',
  tripWindow: { fromMinute: 9 * 60, toMinute: 16 * 60, weekdays: [1, 2, 3, 4, 5] },
  timeZone: 'Asia/Shanghai',
})
