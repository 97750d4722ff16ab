import { expect, it } from 'vitest'
import { dayColumns } from './day-data.ts'

const midnight = Date.UTC(2026, 10, 24, 16)
const hour = (index: number) => midnight + index * 3_600_000

it('puts each hour in its place and fills the silent ones', () => {
  const hours = [
    { at: hour(1), usedWh: '1500', charged: '0.900000', paid: '0' },
    { at: hour(3), usedWh: '250', charged: '0.15', paid: '50' },
  ]
  expect(dayColumns(midnight, hours, hour(3) + 60_000)).toEqual({
    labels: ['00', '01', '02', '03'],
    energyKwh: [0, 1.5, 0, 0.25],
    charged: [0, 0.9, 0, 0.15],
    paid: [0, 0, 0, 50],
  })
})

it('has one hour at midnight, and no more than a day with a clock change', () => {
  expect(dayColumns(midnight, [], midnight).labels).toEqual(['00'])
  expect(dayColumns(midnight, [], hour(40)).labels).toHaveLength(25)
})
