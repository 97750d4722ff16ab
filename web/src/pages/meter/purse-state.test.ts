import type { MeterPurse } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { canBuy, mostToBuy } from './purse-state.ts'

const purse: MeterPurse = {
  mode: 'local',
  shown: { balance: '20.00', purchaseCount: 3, at: 0 },
  booked: '20.00',
  pending: '0.00',
  available: '100.005',
  hoardLimit: null,
  dispute: null,
  purchases: [],
}
const purchase = (state: MeterPurse['purchases'][number]['state']): MeterPurse['purchases'][number] => ({
  id: 'p',
  at: 0,
  amount: '1.00',
  state,
  resolving: false,
  provingCount: null,
  attempts: 0,
  expiresAt: 0,
  finishedAt: null,
  operator: null,
  life: [],
})

describe('buying for a meter', () => {
  it.each([
    [{}, true],
    [{ mode: 'remote' }, false],
    [{ dispute: 'count-ran-ahead' }, false],
    [{ available: '0.009999' }, false],
    [{ purchases: [purchase('posted'), purchase('voided')] }, true],
    [{ purchases: [purchase('posted'), purchase('waiting')] }, false],
    [{ purchases: [purchase('written')] }, false],
    [{ purchases: [purchase('disputed')] }, false],
  ] as const)('%j: %s', (change, possible) => {
    expect(canBuy({ ...purse, ...change } as MeterPurse)).toBe(possible)
  })

  it.each([
    [{}, 100_000_000n],
    [{ hoardLimit: '50.00' }, 30_000_000n],
    [{ hoardLimit: '20.00' }, 0n],
    [{ hoardLimit: '10.00' }, 0n],
    [{ hoardLimit: '50.00', shown: null, booked: '45.00' }, 5_000_000n],
    [{ available: '-3.00' }, 0n],
  ] as const)('%j: at most %d', (change, most) => {
    expect(mostToBuy({ ...purse, ...change })).toBe(most)
  })
})
