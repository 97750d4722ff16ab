import { quoteTopUp } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { buyingKinds, isWanted, quoteQuery, wishOf, type Wanted } from './top-up-wish.ts'

describe('what is typed to buy', () => {
  it.each([
    ['amount', '50', true],
    ['amount', '12.345', false],
    ['amount', '0.00', false],
    ['energy', '100', true],
    ['energy', '0.001', true],
    ['energy', '0.0001', false],
    ['energy', '0', false],
    ['energy', '-5', false],
    ['time', '30', true],
    ['time', '0', false],
    ['time', '3661', false],
    ['time', '1.5', false],
    ['time', ' ', false],
    ['time', '', false],
  ] as const)('%s %s: %s', (kind, value, wanted) => {
    expect(isWanted({ kind, value })).toBe(wanted)
  })

  it('is asked for as the contract understands it', () => {
    for (const kind of buyingKinds)
      expect(quoteTopUp.query.safeParse(quoteQuery({ kind, value: '7' })).success).toBe(true)
  })

  it('is told with the payment, unless it is an amount', () => {
    const wishes = buyingKinds.map((kind): Wanted => ({ kind, value: '7' })).map(wishOf)
    expect(wishes).toEqual([null, { kind: 'energy', kwh: '7' }, { kind: 'time', days: 7 }])
  })
})
