import type { Shift } from '@xianfu/contract'
import { describe, expect, it } from 'vitest'
import { shiftLines } from './shift-lines.ts'

const shift: Shift = {
  id: '1',
  cashier: 'c',
  openedAt: 0,
  carried: '0.00',
  opening: '200.00',
  totals: [
    {
      means: 'cash-counter',
      payments: 2,
      taken: '80.00',
      refunds: 1,
      refunded: '5.00',
      reversed: '-30.00',
      net: '45.00',
    },
  ],
  byOthers: '0.00',
  expected: '245.00',
  closed: null,
}

describe('how the cash adds up', () => {
  it('says nothing of what is nothing', () => {
    expect(shiftLines(shift).map(({ name, amount }) => [name, amount])).toEqual([
      ['opening', '200.00'],
      ['cash', '45.00'],
      ['expected', '245.00'],
    ])
    expect(shiftLines({ ...shift, totals: [] })[1]).toEqual({ name: 'cash', amount: '0.00' })
  })
  it('shows what was carried, what others did, what was counted', () => {
    const closed = { at: 1, counted: '230.00', difference: '-7.00', note: 'n' }
    const whole = { ...shift, carried: '20.00', byOthers: '-8.00', expected: '237.00', closed }
    expect(shiftLines(whole).map(({ name }) => name)).toEqual([
      'carried',
      'opening',
      'cash',
      'byOthers',
      'expected',
      'counted',
      'difference',
    ])
  })
})
