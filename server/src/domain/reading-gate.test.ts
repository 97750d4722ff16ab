import { describe, expect, test } from 'vitest'
import type { PricePlan, Registers } from './price-plan.ts'
import { price, wattHours } from './quantity.ts'
import { futureToleranceMs, heldWords, passGate, type GateFacts, type GateResult } from './reading-gate.ts'

const hour = 3_600_000
const now = Date.parse('2026-11-25T10:00:00Z')
const registers = (total: number, rates: readonly number[] = []): Registers => ({
  totalWh: wattHours(BigInt(total)),
  ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
})
const one = price(1n)
const flat: PricePlan = { kind: 'flat', price: one }
const fourRate: PricePlan = { kind: 'four-rate', prices: [one, one, one, one] }
const before: GateFacts['last'] = { at: now - hour, registers: registers(100_000, [10_000, 20_000, 30_000, 40_000]) }
const facts: GateFacts = { last: before, maximumWatts: 10_000, plan: flat, now }
const same = [10_000, 20_000, 30_000, 40_000]
const held = (reason: keyof typeof heldWords): GateResult => ({ kind: 'held', reason })
const good: GateResult = { kind: 'good' }

describe('the reading gate', () => {
  test.each<[string, number, Registers, Partial<GateFacts>, GateResult]>([
    ['the first reading of a meter', now, registers(100_000, same), { last: null }, good],
    ['ordinary use', now, registers(103_000, [10_000, 23_000, 30_000, 40_000]), {}, good],
    ['nothing used', now, registers(100_000, same), {}, good],
    ['a minute ahead of us', now + futureToleranceMs, registers(100_000, same), {}, good],
    ['further ahead', now + futureToleranceMs + 1, registers(100_000, same), {}, held('from-the-future')],
    ['as old as the last one', now - hour, registers(100_000, same), {}, { kind: 'late' }],
    ['older, with other registers', now - 2 * hour, registers(90_000), {}, { kind: 'late' }],
    ['the total went back', now, registers(99_990, same), {}, held('register-went-backwards')],
    ['a rate went back', now, registers(100_000, [9_990, 20_010, 30_000, 40_000]), {}, held('rate-went-backwards')],
    ['rates that do not sum', now, registers(100_100, same), {}, held('rates-do-not-sum')],
    ['rates off by the steps of a register', now, registers(100_070, same), {}, good],
    ['no rates under a plan by rate', now, registers(100_100), { plan: fourRate }, held('rates-missing')],
    ['no rates under a flat plan', now, registers(100_100), {}, good],
    // 10 kW for an hour and a fifth more, and two steps of the register.
    ['the most that can flow', now, registers(112_020), {}, good],
    ['more than can flow', now, registers(112_030), {}, held('more-energy-than-possible')],
    ['the same jump when it was long ago', now, registers(112_030), { last: { ...before, at: now - 2 * hour } }, good],
  ])('%s', (_, at, reading, change, expected) => {
    expect(passGate({ at, registers: reading }, { ...facts, ...change })).toEqual(expected)
  })

  test('has words in both languages for each reason', () => {
    for (const words of Object.values(heldWords)) expect(words).toMatch(/^[ -~]+ \/ [^ -~].*$/u)
  })
})

describe('a reading that was found later in the meter', () => {
  const between = { lowWh: wattHours(90_000n), highWh: wattHours(100_000n) }
  test.each([
    ['between its neighbours', 95_000, { kind: 'late' }],
    ['as low as the one before', 90_000, { kind: 'late' }],
    ['lower than the one before', 89_999, held('not-between-its-neighbours')],
    ['higher than the one after', 100_001, held('not-between-its-neighbours')],
  ])('%s', (_, total, expected) => {
    expect(passGate({ at: now - 2 * hour, registers: registers(total), between }, facts)).toEqual(expected)
  })
})
