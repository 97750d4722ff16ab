import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLab, type LabOptions } from '../lab/create-lab.ts'
import { number, read } from '../lab/frames.test-support.ts'
import { parseLoadProfile } from '../load/load-profile.ts'
import { phaseRegister, rateRegister, RegisterBank, rollOverWh } from './register-bank.ts'

const midnight = Date.UTC(2026, 2, 1, 16)
const hourMs = 3_600_000
const fourRates = [
  { fromMinute: 0, rate: 4 },
  { fromMinute: 8 * 60 + 10, rate: 2 },
  { fromMinute: 12 * 60, rate: 3 },
  { fromMinute: 19 * 60, rate: 1 },
  { fromMinute: 21 * 60, rate: 3 },
] as const

/** 100 W in even half hours, 900 W in odd ones, of one household. */
const loads = parseLoadProfile(
  ['start,H', ...Array.from({ length: 17_520 }, (_, index) => `x,${index % 2 === 0 ? '50' : '450'}`)].join('\n'),
)

const lab = (meter: LabOptions['meters'][number], options: Partial<LabOptions> = {}) =>
  createLab({ now: midnight, timetable: fourRates, loads, meters: [meter], ...options })

describe('energy', () => {
  test('is the same to the last mW·ms however often anybody looks', () => {
    const day = 24 * hourMs
    const save = (looks: readonly number[]): string => {
      const { clock, meters } = lab({ load: { household: 'H', scale: 1.237 }, constantWatts: 333.333 })
      let at = 0
      for (const look of [...looks].sort((a, b) => a - b)) {
        clock.pass(look - at)
        at = look
        meters[0]?.touch()
      }
      clock.pass(day - at)
      return meters[0]?.save().registers ?? ''
    }
    const once = save([])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: day }), { maxLength: 40 }), (looks) => {
        expect(save(looks)).toBe(once)
      }),
      { numRuns: 60 },
    )
  })

  test('is counted by rate to the minute of the timetable', () => {
    const { clock, meters } = lab({ constantWatts: 6_000 })
    clock.pass(24 * hourMs)
    // 00:00–08:10 valley, –12:00 peak, –19:00 and 21:00–24:00 flat, 19:00–21:00 sharp.
    expect(meters[0]?.look().ratesWh).toEqual(['12000', '23000', '60000', '49000'])
    expect(meters[0]?.look().totalWh).toBe('144000')
  })

  test('follows the measured load, scaled', () => {
    const { clock, meters } = lab({ load: { household: 'H', scale: 2 } })
    clock.pass(10 * 60_000)
    expect(meters[0]?.look()).toMatchObject({ totalWh: '33', milliwatts: '200000' })
    clock.pass(50 * 60_000)
    expect(meters[0]?.look()).toMatchObject({ totalWh: '1000', milliwatts: '200000' })
  })

  test('stops with an open relay and at a power failure', () => {
    const { clock, meters } = lab({ constantWatts: 1_000 })
    meters[0]?.change({ relayActual: 'open' })
    clock.pass(hourMs)
    meters[0]?.change({ relayActual: 'closed', lostPhases: 7 })
    clock.pass(hourMs)
    meters[0]?.change({ lostPhases: 0 })
    expect(meters[0]?.look().totalWh).toBe('0')
    clock.pass(hourMs)
    expect(meters[0]?.look().totalWh).toBe('1000')
  })

  test('that is fed back goes into the reverse register, and reactive energy into its quadrant', () => {
    const { clock, meters, ask } = lab({ constantWatts: -1_000, powerFactor: 0.8, reactive: 'lagging' })
    clock.pass(hourMs)
    expect(meters[0]?.look()).toMatchObject({ totalWh: '0', reverseWh: '1000' })
    const reactive = [5, 6, 7, 8].map((quadrant) => number(ask(read(quadrant << 16)), 4))
    // P < 0 and Q < 0: quadrant III, 0.75 of the active energy.
    expect(reactive).toEqual([0, 0, 75, 0])
  })

  test('of the phases adds up to the total, and a reversed phase counts backwards', () => {
    const { clock, meters, ask } = lab({ constantWatts: 1_000, phases: [50, 30, 20] })
    clock.pass(hourMs)
    expect([0x15, 0x29, 0x3d].map((phase) => number(ask(read(phase << 16)), 4))).toEqual([50, 30, 20])
    meters[0]?.change({ reversedPhases: 0b010 })
    const before = Number(meters[0]?.look().totalWh)
    clock.pass(hourMs)
    // 500 − 300 + 200
    expect(Number(meters[0]?.look().totalWh) - before).toBe(400)
    expect(number(ask(read(0x002a_0000)), 4)).toBe(30)
  })

  test('that passes by the meter is drawn but not seen', () => {
    const { clock, meters } = lab({ constantWatts: 2_000 })
    meters[0]?.change({ bypassPercent: 75 })
    clock.pass(hourMs)
    expect(meters[0]?.look()).toMatchObject({ totalWh: '500', milliwatts: '500000', demandedMilliwatts: '2000000' })
  })

  test('rolls over at a million kWh', () => {
    const { clock, meters, ask } = lab({ constantWatts: 1_000, startWh: [0, 0, 0, 999_999_500] })
    clock.pass(hourMs)
    expect(meters[0]?.look().totalWh).toBe('500')
    expect(number(ask(read(0x0001_0400)), 4)).toBe(50)
  })

  test('does not come from a wall clock that is set back, and a jump of years is cut', () => {
    const { clock, meters } = lab({ constantWatts: 1_000 })
    clock.pass(hourMs)
    meters[0]?.touch()
    clock.setWall(midnight)
    meters[0]?.touch()
    clock.pass(hourMs)
    expect(meters[0]?.look().totalWh).toBe('2000')
    clock.setWall(midnight + 3_650 * 24 * hourMs)
    expect(Number(meters[0]?.look().totalWh)).toBe(2_000 + 400 * 24_000)
  })

  test('has been used before the village begins', () => {
    const { meters } = lab({ constantWatts: 1_000, livedDays: 10 })
    expect(meters[0]?.look().totalWh).toBe('240000')
  })
})

describe('the register bank', () => {
  test('adds the largest powers exactly', () => {
    const bank = new RegisterBank(1)
    const register = rateRegister('forward', 1)
    // 20 MW for a quarter hour is above what a double holds in mW·ms.
    expect(bank.add(0, register, 20_000_000_001, 900_000)).toBe(5_000_000)
    expect(bank.rest(0, register)).toBe(900_000)
  })

  test('keeps rows and registers apart', () => {
    const bank = new RegisterBank(3)
    bank.addWh(1, phaseRegister('quadrant4', 2), 7)
    expect([0, 1, 2].map((row) => bank.save(row).match(/7/gu)?.length ?? 0)).toEqual([0, 1, 0])
  })

  test('a row survives being written down', () => {
    const bank = new RegisterBank(2)
    bank.add(0, rateRegister('forward', 2), 123_456, 987_654)
    bank.addWh(0, rateRegister('reverse', 4), rollOverWh - 1)
    bank.load(1, bank.save(0))
    expect(bank.save(1)).toBe(bank.save(0))
    expect(bank.energy(1, 'forward')).toBe(123_456n * 987_654n)
  })

  test('a total may exceed the sum of its truncated rates', () => {
    const bank = new RegisterBank(1)
    for (const rate of [1, 2]) bank.add(0, rateRegister('forward', rate), 500_000, 3_600_000)
    for (const rate of [1, 2]) bank.add(0, rateRegister('forward', rate), 500, 3_600_000)
    expect([bank.wh(0, rateRegister('forward', 1)), bank.wh(0, rateRegister('forward', 2))]).toEqual([500, 500])
    expect(bank.totalWh(0, 'forward')).toBe(1_001)
  })
})
