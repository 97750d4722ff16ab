import type { CreditFacts, Decision } from '../credit-facts.ts'
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

/** What the facts are after a decision was saved: as the store would write it, commands queued and notices on their way. */
export const applyDecision = (facts: CreditFacts, decision: Decision, now: number): CreditFacts => ({
  ...facts,
  stage: decision.stage,
  stageSince: decision.stage === facts.stage ? facts.stageSince : now,
  earliestStopAt: decision.earliestStopAt,
  toldAt: decision.toldAt,
  notices: [
    ...facts.notices,
    ...decision.notices.map((order) => ({ ...order, at: now, deliveredAt: null, failedAt: null })),
  ],
  approval: approvalAfter(facts, decision),
  emergency: emergencyAfter(facts, decision, now),
  meters: facts.meters.map((meter) => ({
    ...meter,
    openCommands: [
      ...meter.openCommands.filter(({ id }) => !decision.cancel.includes(id)),
      ...decision.commands
        .filter(({ meterId }) => meterId === meter.meterId)
        .map(({ kind }) => ({
          id: `${kind} of ${String(meter.meterId)} at ${String(now)}`,
          kind,
          state: 'queued' as const,
        })),
    ],
  })),
})

export const approvalAfter = ({ approval }: CreditFacts, decision: Decision): CreditFacts['approval'] => {
  if (decision.approval === null) return approval
  if (decision.approval.kind === 'request') return { state: 'open', persons: decision.approval.persons, until: null }
  return approval === null ? null : { ...approval, state: 'withdrawn' }
}

export const emergencyAfter = (
  { emergency }: CreditFacts,
  decision: Decision,
  now: number,
): CreditFacts['emergency'] => {
  if (decision.emergency === 'offer') return { ...emergency, offeredAt: now }
  return decision.emergency === 'over' ? { offeredAt: null, granted: microYuan(0n) } : emergency
}
