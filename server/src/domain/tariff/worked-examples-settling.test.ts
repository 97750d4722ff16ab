import { describe, expect, test } from 'vitest'
import {
  addMoney,
  formatKwh,
  formatMoney,
  microYuan,
  parsePercent,
  parsePrice,
  powerFactorHundredths,
  price,
  ratio,
  roundAmount,
  splitTax,
  sumEnergy,
  varHours,
  wattHours,
} from '../quantity.ts'
import { allocateMoney, checkBound, publicShareFactor, publicShareOf } from './allocation.ts'
import { lateFee } from './late-fee.ts'
import {
  correctionOf,
  energyOfSegments,
  registerDifference,
  segmentEnergy,
  wrongMultiplierRate,
} from './metered-energy.ts'
import { quietPeriod } from './period-to-date.ts'
import { energyForMoney, energyLeft } from './purchase.ts'
import { bill, day, fen, flat, june, kwh, tariff, yuan } from './worked-examples.test-support.ts'

/** Worked examples from registers to energy, of late fees and of prepayment, by their numbers. */

describe('from registers to energy', () => {
  test('#23 current and voltage transformers', () => {
    const multiplier = ratio(50n * 10_000n, 5n * 100n)
    const energy = segmentEnergy({ start: kwh('2155'), end: kwh('2305'), multiplier })
    expect(formatKwh(energy)).toBe('150000.00')
    expect(bill(flat('0.53'), [formatKwh(energy)]).total).toBe('79500.00')
  })

  test.each([
    ['999950', '40', '90.00'],
    ['999998.50', '1.25', '2.75'],
  ])('#24 roll-over from %s to %s', (start, end, expected) => {
    const limits = { digits: 6, maximumWatts: 13_000, elapsedMs: 24 * 3_600_000 }
    const difference = registerDifference(kwh(start), kwh(end), limits)
    expect(difference.ok && [formatKwh(difference.energy), difference.rolledOver]).toEqual([expected, true])
    expect(registerDifference(kwh('5000'), kwh('40'), limits)).toEqual({ ok: false, code: 'not-plausible' })
  })

  const swap = [
    { start: kwh('5200.00'), end: kwh('5236.40'), multiplier: ratio(20n, 1n) },
    { start: kwh('0.00'), end: kwh('12.15'), multiplier: ratio(30n, 1n) },
  ]

  test('#25 meter swapped', () => {
    expect(swap.map((segment) => formatKwh(segmentEnergy(segment)))).toEqual(['728.00', '364.50'])
    expect(formatKwh(energyOfSegments(swap))).toBe('1092.50')
  })

  test('#26 swapped with losses, time of use and power factor', () => {
    const twentyDays = { ...june, to: day('2024-06-21') }
    const losses = { transformer: { kind: 'table', kwh: '304', step: '1' } }
    const first = bill(flat('0.5'), ['6000'], { days: twentyDays }, { losses })
    expect(first.total).toBe('3101.50')
    const energies = ['40', '30', '110'].map((wh) => kwh(String(Number(wh) * 200)))
    const second = {
      energy: { kind: 'rates', prices: ['0.8', '0.2', '0.5'] },
      powerFactor: { standard: '0.90' },
    }
    const total = sumEnergy(energies)
    const kvarh = varHours((total * 4_556n) / 10_000n)
    expect(powerFactorHundredths(total, kvarh)).toBe(91)
    const later = bill(second, energies.map(formatKwh), { reactive: { forward: kvarh, reverse: varHours(0n) } })
    expect(Object.values(later.lines)).toEqual(['6400.00', '1200.00', '11000.00', '-27.90'])
    expect(formatMoney(addMoney(yuan(first.total), yuan(later.total)))).toBe('21673.60')
  })

  test('#27 one phase reversed', () => {
    const rate = parsePercent('200') ?? ratio(0n, 1n)
    const corrected = ['30000', '20000', '30000'].map((recorded) => {
      const energy = kwh(recorded)
      return formatKwh(wattHours(energy + correctionOf(energy, rate)))
    })
    expect(corrected).toEqual(['90000.00', '60000.00', '90000.00'])
    const plan = { energy: { kind: 'rates', prices: ['0.60', '0.20', '0.40'] } }
    const recorded = bill(plan, ['30000', '20000', '30000'])
    const whole = bill(plan, corrected)
    const additional = (code: string): string =>
      formatMoney(microYuan(yuan(whole.lines[code] ?? '') - yuan(recorded.lines[code] ?? '')))
    expect(['energy.rate-1', 'energy.rate-2', 'energy.rate-3'].map(additional)).toEqual([
      '36000.00',
      '8000.00',
      '24000.00',
    ])
    expect(formatMoney(microYuan(yuan(whole.total) - yuan(recorded.total)))).toBe('68000.00')
  })

  test('#28 wrong multiplier', () => {
    const rate = wrongMultiplierRate(ratio(600n, 5n), ratio(400n, 5n))
    expect(rate.numerator * 2n).toBe(rate.denominator)
    expect(formatKwh(correctionOf(kwh('3000'), rate))).toBe('1500.00')
    const refund = wrongMultiplierRate(ratio(400n, 5n), ratio(600n, 5n))
    expect(formatKwh(correctionOf(kwh('3000'), refund))).toBe('-1000.00')
  })
})

describe('late fees', () => {
  const rules = (fee: object) => {
    const { plan } = tariff({ ...flat('1'), lateFee: fee })
    if (plan.lateFee === null) throw new Error('no late fee')
    return plan.lateFee
  }
  const rounding = { mode: 'half-up', unit: fen, per: 'line' } as const

  test('#29 others, in the year and carried over its end', () => {
    const rule = rules({ percentPerDay: '0.2', carriedOverPercentPerDay: '0.3', minimum: '1' })
    // Three days late in the year; and due on 15 December, paid on 18 January (18 days of the new year).
    const inYear = lateFee(rule, rounding, { amount: yuan('3000'), due: day('2024-06-15'), until: day('2024-06-19') })
    const old = { amount: yuan('2000'), due: day('2023-12-15'), until: day('2024-01-19') }
    const carriedOver = lateFee(rule, rounding, old)
    expect([inYear, carriedOver, addMoney(inYear, carriedOver)].map(formatMoney)).toEqual(['18.00', '108.00', '126.00'])
    const strict = lateFee({ ...rule, dayCount: 'strict' }, rounding, old)
    expect(formatMoney(strict), 'strict: 16 days of December at 0.2 % come on top').toBe('172.00')
  })

  test('#30 residential, with the minimum', () => {
    const rule = rules({ percentPerDay: '0.1', minimum: '1' })
    const arrears = { amount: yuan('100'), due: day('2024-06-01'), until: day('2024-06-06') }
    expect(formatMoney(lateFee({ ...rule, minimum: yuan('0') }, rounding, arrears))).toBe('0.40')
    expect(formatMoney(lateFee(rule, rounding, arrears))).toBe('1.00')
  })
})

describe('prepayment', () => {
  test('#31 shared areas', () => {
    const subMeters = [kwh('1200'), kwh('8800')]
    const factor = publicShareFactor(kwh('10500'), subMeters)
    const shares = subMeters.map((own) => publicShareOf(own, factor))
    const billed = subMeters.map((own, index) =>
      yuan(bill(flat('0.75'), [formatKwh(own)], { publicShare: shares[index] ?? kwh('0') }).total),
    )
    expect(billed.map(formatMoney)).toEqual(['945.00', '6930.00'])
    expect(checkBound(yuan('7875.00'), billed)).toEqual({ ok: true })
    expect(checkBound(yuan('7874.99'), billed)).toEqual({ ok: false, code: 'billed-more-than-paid', by: fen })
    const parts = allocateMoney(yuan('100.00'), [1n, 1n, 1n], fen).map(formatMoney)
    expect(parts, 'parts of an amount add up').toEqual(['33.34', '33.33', '33.33'])
  })

  test('#32 free quota', () => {
    const plan = { ...flat('0.5380'), freeQuota: { kwhPerPerson: '30' } }
    const { lines, total } = bill(plan, ['158'], {}, { persons: 4 })
    expect(lines).toEqual({ 'free-quota': '0.00', energy: '20.44' })
    expect(total).toBe('20.44')
    const rated = tariff(plan, { persons: 4 }).rate(quietPeriod(june, [kwh('100')]))
    expect([formatKwh(rated.billable), formatKwh(rated.quotaLeft)]).toEqual(['0.00', '20.00'])
  })

  test('#33 money as energy', () => {
    const { energy, left } = energyForMoney(yuan('100'), parsePrice('0.5380') ?? price(1n))
    expect([formatKwh(energy), formatMoney(roundAmount(left, 'half-up', microYuan(100n)))]).toEqual([
      '185.87',
      '0.0019',
    ])
    expect(formatMoney(roundAmount(left, 'down', fen))).toBe('0.00')
  })

  test('#34 how far the overdraft reaches', () => {
    expect(formatKwh(energyLeft(yuan('3.20'), yuan('10.00'), parsePrice('0.5380') ?? price(1n)))).toBe('24.53')
  })

  test.each([
    ['1130.00', '1000.00', '130.00'],
    ['126.97', '112.36', '14.61'],
  ])('#35 tax in %s', (gross, net, tax) => {
    const split = splitTax(yuan(gross), parsePercent('13') ?? ratio(0n, 1n), fen)
    expect([formatMoney(split.net), formatMoney(split.tax)]).toEqual([net, tax])
  })
})
