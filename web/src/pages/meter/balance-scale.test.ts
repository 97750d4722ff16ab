import { describe, expect, it } from 'vitest'
import { balanceScale } from './balance-scale.ts'

const thresholds = { alarm1: '10.00', alarm2: '5.00', cutOff: '0.00', restore: '1.00' }

describe('where the balance stands', () => {
  it.each([
    ['-50.00', 0],
    ['-5.00', 0],
    ['0.00', 20],
    ['5.00', 40],
    ['10.00', 60],
    ['20.00', 100],
    ['2000.00', 100],
  ])('%s at %d %%', (balance, percent) => {
    expect(balanceScale(balance, thresholds).percent).toBe(percent)
  })

  it('places the thresholds in their order', () => {
    expect(balanceScale('0', thresholds).marks).toEqual([
      { name: 'cutOff', percent: 20 },
      { name: 'restore', percent: 24 },
      { name: 'alarm2', percent: 40 },
      { name: 'alarm1', percent: 60 },
    ])
  })

  it('has a scale when all thresholds are one', () => {
    const { percent, marks } = balanceScale('0', { alarm1: '0', alarm2: '0', cutOff: '0', restore: '0' })
    expect([percent, ...marks.map((mark) => mark.percent)].every((value) => value >= 0 && value <= 100)).toBe(true)
  })
})
