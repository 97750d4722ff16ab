import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PricePlan, Registers } from './price-plan.ts'
import { price, roundCost, wattHours } from './quantity.ts'
import { priceBetween } from './price-plan.ts'
import { openPeriod, periodAt, settle, type SettlementPeriod } from './settlement.ts'

const registers = (...rates: number[]): Registers => ({
  totalWh: wattHours(BigInt(rates.reduce((sum, rate) => sum + rate, 0))),
  ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
})
const perKwh = (tenBillionths: number) => price(BigInt(tenBillionths))
const flat: PricePlan = { kind: 'flat', price: perKwh(5_380_000_001) }
const fourRate: PricePlan = {
  kind: 'four-rate',
  prices: [perKwh(12_863_000_000), perKwh(8_998_000_000), perKwh(7_244_000_000), perKwh(3_658_000_000)],
}

const zone = 'Asia/Shanghai'
const at = (text: string): number => Date.parse(text)
const opened = (plan: PricePlan, opening: Registers): SettlementPeriod =>
  openPeriod(at('2026-11-10T00:00:00Z'), zone, plan, opening)

describe('rate the period, charge the difference', () => {
  test('time of use by the meter’s registers (reference, tariffs, example 2)', () => {
    const { charge } = settle(opened(fourRate, registers(0, 0, 0, 0)), registers(33_000, 77_000, 41_000, 19_000))
    // 42.4479 + 69.2846 + 29.7004 + 6.9502, not yet rounded to fen.
    expect(charge).toBe(148_383_100n)
  })

  test('the same registers again cost nothing', () => {
    const first = settle(opened(flat, registers(1_000)), registers(5_000))
    expect(settle(first.period, registers(5_000))).toMatchObject({ charge: 0n, used: 0n })
  })

  const steps = fc.array(fc.tuple(fc.nat(3_000), fc.nat(3_000), fc.nat(3_000), fc.nat(3_000)), {
    minLength: 1,
    maxLength: 48,
  })

  test.each([
    ['flat', flat],
    ['four-rate', fourRate],
  ] as const)('%s: a day in forty-eight steps costs what it costs in one', (_, plan) => {
    fc.assert(
      fc.property(steps, (used) => {
        let current = [1_000, 2_000, 3_000, 4_000]
        const opening = registers(...current)
        let period = opened(plan, opening)
        let charged = 0n
        for (const step of used) {
          current = current.map((value, index) => value + (step[index] ?? 0))
          const settled = settle(period, registers(...current))
          expect(settled.charge >= 0n).toBe(true)
          ;({ period } = settled)
          charged += settled.charge
        }
        const whole = settle(opened(plan, opening), registers(...current))
        expect(charged).toBe(whole.charge)
        expect(charged).toBe(roundCost(priceBetween(plan, opening, registers(...current))))
        expect(period.charged).toBe(charged)
      }),
    )
  })

  test('a price that falls without the registers is a fault, not a gift', () => {
    const { period } = settle(opened(flat, registers(1_000)), registers(5_000))
    expect(() => settle(period, registers(4_000))).toThrow(RangeError)
  })

  test('a rate that the plan prices must be there', () => {
    expect(() => settle(opened(fourRate, registers(0, 0, 0, 0)), registers(1))).toThrow(/rate register 2/u)
  })
})

describe('periods are months of the site', () => {
  test.each([
    ['2026-11-30T15:59:59Z', '2026-10-31T16:00:00.000Z'],
    // Midnight itself still belongs to the month that it ends: the reading at 24:00 closes it.
    ['2026-11-30T16:00:00Z', '2026-10-31T16:00:00.000Z'],
    ['2026-11-30T16:00:01Z', '2026-11-30T16:00:00.000Z'],
  ])('%s belongs to the period that begins %s', (instant, start) => {
    expect(new Date(periodAt(at(instant), zone).start).toISOString()).toBe(start)
  })
})
