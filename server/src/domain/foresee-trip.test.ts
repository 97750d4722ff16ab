import { describe, expect, test } from 'vitest'
import type { CreditFacts, MeterFacts } from './credit-policy.ts'
import { foreseeTrip } from './foresee-trip.ts'
import { plainFacts, plainMeter, plainTerms } from './testing/plain-facts.ts'
import { yuan } from './testing/yuan.ts'

const minute = 60_000
/** A Wednesday, 11:00 in Shanghai: inside the window. */
const now = Date.parse('2026-11-25T03:00:00Z')
const terms = plainTerms
const meter: MeterFacts = { ...plainMeter, meterId: 7, lastReadAt: now - 10 * minute }
const facts = (change: Partial<CreditFacts>): CreditFacts => ({
  ...plainFacts,
  balance: yuan(100),
  meters: [meter],
  ...change,
})
const told = { stage: 'cut-off', toldAt: now - 60 * minute, earliestStopAt: now - minute } as const
const notice = (kind: 'pre-stop', at: number) => ({
  kind,
  channel: 'outbox',
  at,
  sendAt: at,
  deliveredAt: at,
  failedAt: null,
})

describe('a single trip of a person is foreseen', () => {
  const of = (change: Partial<CreditFacts>, keepPower = false) =>
    foreseeTrip({ meterId: 7, keepPower, credit: { facts: facts(change), terms } }, now)

  test.each([
    ['enough money', {}, 'taken-back', ['enough-money']],
    ['below an alarm, but above the cut-off', { balance: yuan(10) }, 'taken-back', ['below-alarm-2']],
    ['used up, nobody told yet', { balance: yuan(-5) }, 'taken-back', ['used-up', 'notice-sent']],
    ['on the protected list', { protected: true }, 'refused', ['protected']],
    ['in dispute', { lists: [{ kind: 'disputed', from: 0, to: null }] }, 'refused', ['bill-disputed']],
  ] as const)('%s', (_, change, outcome, because) => {
    const foreseen = of(change)
    expect(foreseen.outcome).toBe(outcome)
    expect(foreseen.because).toEqual(because)
  })

  test('keep-power refuses it, whatever the money', () => {
    expect(of({}, true)).toEqual({ outcome: 'refused', because: ['keep-power'] })
  })

  test('used up and everything done: it goes', () => {
    const at = now - 60 * minute
    expect(of({ balance: yuan(-5), ...told, notices: [notice('pre-stop', at)] })).toEqual({
      outcome: 'goes',
      because: [],
    })
  })

  test('without an account, or an agreement, there is no policy to take it back', () => {
    expect(foreseeTrip({ meterId: 7, keepPower: false, credit: null }, now).outcome).toBe('goes')
    const credit = { facts: facts({}), terms: null }
    expect(foreseeTrip({ meterId: 7, keepPower: false, credit }, now).outcome).toBe('goes')
  })
})
