import { describe, expect, test } from 'vitest'
import {
  addMoney,
  formatFen,
  formatKwh,
  formatMoney,
  formatThousandths,
  microYuan,
  powerFactorHundredths,
  ratio,
  varHours,
  wattHours,
  watts,
} from '../quantity.ts'
import { closeStatement } from './statement.ts'
import { dayNumber } from './day-number.ts'
import { limitsOn } from './ladder.ts'
import { quietPeriod } from './period-to-date.ts'
import { powerFactorRate } from './power-factor.ts'
import { tariffClock, zoneDays } from './tariff-clock.ts'
import { addReading, energyByCell, openUsage } from './usage.ts'
import {
  annual,
  bill,
  day,
  fen,
  flat,
  june,
  kwh,
  tariff,
  touPrices,
  yuan,
  type Bill,
} from './worked-examples.test-support.ts'

/** Worked examples of what a bill's lines cost, by their numbers; the others are in worked-examples-settling.test.ts. */

describe('energy', () => {
  test('#1 flat', () => {
    expect(bill(flat('0.5380'), ['236']).total).toBe('126.97')
  })

  test('#2 time of use by registers', () => {
    const { lines, total } = bill({ energy: { kind: 'rates', prices: touPrices } }, ['33', '77', '41', '19'])
    expect(Object.values(lines)).toEqual(['42.45', '69.28', '29.70', '6.95'])
    expect(total).toBe('148.38')
  })

  test('#3 rounding by line and rounding once', () => {
    const energy = { kind: 'rates', prices: ['0.335', '0.335', '0.335'] }
    expect(bill({ energy }, ['1', '1', '1']).total).toBe('1.02')
    expect(bill({ energy, rounding: { per: 'total' } }, ['1', '1', '1']).total).toBe('1.01')
  })

  test('#4 time of use by the clock', () => {
    const workday = [
      ['00:00', 'valley'],
      ['08:00', 'peak'],
      ['10:30', 'sharp'],
      ['11:30', 'peak'],
      ['12:00', 'flat'],
      ['17:00', 'peak'],
      ['19:00', 'sharp'],
      ['21:00', 'flat'],
    ]
    const [sharp, peak, flatPrice, valley] = touPrices
    const plan = {
      energy: {
        kind: 'clock',
        prices: { sharp, peak, flat: flatPrice, valley },
        calendar: { seasons: [{ workday }] },
      },
    }
    const compiled = tariff(plan)
    if (compiled.plan.energy.kind !== 'clock') throw new Error('not by the clock')
    const days = zoneDays('Asia/Shanghai')
    const clock = tariffClock(compiled.plan.energy.calendar, days)
    const start = days.startOf(june.from)
    const mark = (slot: number) => ({
      at: start + slot * 1_800_000,
      registers: { totalWh: wattHours(BigInt(slot) * 2_000n), ratesWh: [] },
    })
    let usage = openUsage(start, days.startOf(june.to), mark(0), 4)
    for (let slot = 1; slot <= 48; slot += 1) usage = addReading(usage, mark(slot), clock)
    const parts = energyByCell(usage, clock).map(({ totalWh }) => formatKwh(totalWh))
    expect(compiled.partNames).toEqual(['energy.sharp', 'energy.peak', 'energy.flat', 'energy.valley'])
    expect(parts).toEqual(['12.00', '20.00', '32.00', '32.00'])
    expect(bill({ ...plan, rounding: { per: 'total' } }, parts).total, 'rounded once, as the example has it').toBe(
      '68.32',
    )
    expect(bill(plan, parts).total, 'rounded by line').toBe('68.33')
  })

  test('#5 annual ladder', () => {
    const { lines, total } = bill(annual, ['5000'])
    expect(lines).toEqual({ energy: '2690.00', 'ladder.tier-2': '102.00', 'ladder.tier-3': '60.00' })
    expect(total).toBe('2852.00')
  })

  test('#6 an increment of the ladder', () => {
    const { lines, total } = bill(annual, ['260'], { ladderBefore: kwh('2700') })
    expect(lines).toEqual({ energy: '139.88', 'ladder.tier-2': '10.00' })
    expect(total).toBe('149.88')
  })

  test('#7 household adder', () => {
    const ladder = { ...annual.ladder, households: [{ fromPersons: 5, limits: ['1200', '1200'] }] }
    expect(bill({ ...annual, ladder }, ['5000'], {}, { persons: 5 }).total).toBe('2742.00')
    expect(bill({ ...annual, ladder }, ['5000'], {}, { persons: 4 }).total).toBe('2852.00')
  })

  test('#8 ladder on top of time of use', () => {
    const plan = { energy: { kind: 'rates', prices: ['0.568', '0.288'] }, ladder: annual.ladder }
    const { lines, total } = bill(plan, ['160', '100'], { ladderBefore: kwh('2700') })
    expect(lines['ladder.tier-2']).toBe('10.00')
    expect(total).toBe('129.68')
  })

  test.each([
    ['as adders', { ...flat('0.4883'), ladder: { scope: 'month', limits: ['240', '400'], adders: ['0.05', '0.30'] } }],
    [
      'as tiers',
      {
        energy: { kind: 'tiers', prices: ['0.4883', '0.5383', '0.7883'] },
        ladder: { scope: 'month', limits: ['240', '400'] },
      },
    ],
  ])('#9 monthly ladder, half up (%s)', (_, plan) => {
    expect(bill(plan, ['450'])).toMatchObject({ unroundedTotal: '242.735', total: '242.74' })
    expect(bill({ ...plan, rounding: { per: 'total' } }, ['450']).total).toBe('242.74')
  })

  test('#10 price change in mid-period', () => {
    const [before, after] = [flat('0.538'), flat('0.558')]
    const both = (first: string, second: string): string =>
      formatMoney(addMoney(yuan(bill(before, [first]).total), yuan(bill(after, [second]).total)))
    expect(both('100', '150'), 'frozen reading at the change').toBe('137.50')
    const days = zoneDays('Asia/Shanghai')
    const start = days.startOf(june.from)
    const [begin, end] = [0, 250].map((value, index) => ({
      at: days.startOf(index === 0 ? june.from : june.to),
      registers: { totalWh: kwh(String(value)), ratesWh: [] },
    }))
    if (begin === undefined || end === undefined) throw new Error('no marks')
    const clock = { days, cellAt: () => 0, until: () => Number.POSITIVE_INFINITY }
    const change = days.startOf(day('2024-06-16'))
    const halves = [openUsage(start, change, begin, 1), openUsage(change, days.startOf(june.to), begin, 1)]
    const split = halves.map((usage) => energyByCell(addReading(usage, end, clock), clock)[0]?.totalWh ?? kwh('0'))
    expect(split.map(formatKwh), 'by days').toEqual(['125.00', '125.00'])
    expect(both('125', '125'), 'no reading at the change').toBe('137.00')
  })

  test('#11 the ladder that a meter ships with', () => {
    const ladder = { scope: 'year', limits: ['2880', '4800'], adders: ['0.05', '0.30'] }
    const { lines, total } = bill({ ...flat('0.5'), ladder }, ['4900'])
    expect(Object.values(lines)).toEqual(['2450.00', '96.00', '30.00'])
    expect(total).toBe('2576.00')
  })

  test('#38 a list of tiers', () => {
    const energy = { kind: 'tiers', prices: ['0.195', '0.240', '0.333'] }
    expect(bill({ energy, ladder: { scope: 'month', limits: ['200', '300'] } }, ['400']).total).toBe('96.30')
  })

  test('#39 a year of the ladder, moved in on 1 July', () => {
    const { plan, contract } = tariff(annual, { ladderFrom: '2024-07-01' })
    if (plan.ladder === null) throw new Error('no ladder')
    expect(limitsOn(plan.ladder, contract, day('2024-07-01')).map(formatThousandths)).toEqual(['1380', '2400'])
  })
})

describe('two-part tariff', () => {
  const nothing = { energy: { kind: 'flat', price: '0' } }
  const capacity = (price: string) => ({ ...nothing, basic: { kind: 'capacity', price } })

  test('#12 transformer swapped', () => {
    const parts = [
      { kva: '315', to: '2024-06-19' },
      { kva: '400', from: '2024-06-19' },
    ]
    const compiled = tariff(capacity('10'), { capacity: parts })
    const { lines } = compiled.rate(quietPeriod(june, [kwh('0')]))
    const statement = closeStatement(lines, microYuan(0n), compiled.plan)
    expect(statement.lines.map(({ amount }) => formatMoney(amount))).toEqual(['1890.00', '1600.00'])
    expect(formatMoney(statement.total)).toBe('3490.00')
  })

  test('#13 new capacity suspended', () => {
    const parts = [
      { kva: '630' },
      { kva: '1000', to: '2024-06-11' },
      { kva: '1000', from: '2024-06-11', percent: '50' },
    ]
    expect(bill(capacity('15'), ['0'], {}, { capacity: parts }).total).toBe('19450.00')
  })

  const demand = (rule: string, measured: string, rest: object = {}, contract: object = { demandKw: '1000' }): Bill =>
    bill(
      { ...nothing, basic: { kind: 'demand', price: '38', rule, ...rest } },
      ['0'],
      { maximumDemand: watts(kwh(measured)) },
      contract,
    )

  test.each([
    ['1020', '38760.00'],
    ['900', '36100.00'],
    ['1100', '45600.00'],
  ])('#14 demand by the older rule, %s kW', (measured, expected) => {
    expect(demand('approved-band', measured).total).toBe(expected)
  })

  test('#15 demand by the current rule', () => {
    expect(demand('contract', '1020').total).toBe('38000.00')
    const above = demand('contract', '1100')
    expect(Object.values(above.lines)).toEqual(['41800.00', '1900.00'])
    expect(above.total).toBe('43700.00')
    expect(demand('actual', '1100').total, 'variant: the actual demand').toBe('41800.00')
  })

  test('#16 demand discount', () => {
    const basic = { kind: 'demand', price: '38', rule: 'actual', discount: { percent: '10', fromKwhPerKva: '260' } }
    const of = (energy: string) =>
      bill({ ...nothing, basic }, [energy], { maximumDemand: watts(kwh('800')) }, { capacity: [{ kva: '1000' }] }).total
    expect([of('280000'), of('259999.999'), of('260000')]).toEqual(['27360.00', '30400.00', '27360.00'])
  })
})

describe('power factor', () => {
  const reactive = (forward: string, reverse = '0') => ({
    reactive: { forward: varHours(kwh(forward)), reverse: varHours(kwh(reverse)) },
  })
  const at90 = { powerFactor: { standard: '0.90' } }

  test('#17 with reverse reactive energy', () => {
    const plan = { ...flat('0.25'), ...at90, basic: { kind: 'capacity', price: '10' } }
    const contract = { capacity: [{ kva: '500' }] }
    const rated = tariff(plan, contract).rate({ ...quietPeriod(june, [kwh('40000')]), ...reactive('25000', '5000') })
    expect(rated.powerFactor).toBe(80)
    expect(bill(plan, ['40000'], reactive('25000', '5000'), contract).lines['power-factor']).toBe('750.00')
  })

  test('#18 with transformer and line losses', () => {
    const plan = { ...flat('0.50'), ...at90 }
    const losses = { transformer: { kind: 'table', kwh: '1037', kvarh: '7200' }, linePercent: '3' }
    const rated = tariff(plan, { losses }).rate({ ...quietPeriod(june, [kwh('40000')]), ...reactive('10000') })
    expect([formatKwh(rated.billable), rated.powerFactor]).toEqual(['42268.11', 92])
    expect(bill(plan, ['40000'], reactive('10000'), { losses }).lines['power-factor']).toBe('-63.40')
  })

  test('#19 an error found later', () => {
    const active = kwh('40000')
    expect(powerFactorHundredths(active, varHours(kwh('39670')))).toBe(71)
    expect([powerFactorRate(90, 80), powerFactorRate(90, 71)]).toEqual([ratio(500n, 10_000n), ratio(950n, 10_000n)])
    // What was billed at 0.80 contains 5 %.
    const billed = yuan('12600')
    const base = (billed * 100n) / 105n
    expect(formatFen(microYuan((base * 1_095n) / 1_000n - billed))).toBe('540.00')
    const plan = { ...flat('0.30'), ...at90 }
    const [first, corrected] = ['30000', '39670'].map((kvarh) => yuan(bill(plan, ['40000'], reactive(kvarh)).total))
    expect([formatMoney(first ?? fen), formatMoney(microYuan((corrected ?? fen) - (first ?? fen)))]).toEqual([
      '12600.00',
      '540.00',
    ])
  })

  test.each([
    ['19800', 90, 0n],
    ['20010', 89, 50n],
  ])('#20 rounding of the factor, %s kvarh', (kvarh, factor, rate) => {
    const found = powerFactorHundredths(kwh('40000'), varHours(kwh(kvarh)))
    expect([found, powerFactorRate(90, found)]).toEqual([factor, ratio(rate, 10_000n)])
  })

  test('#21 reward by the standard 0.85', () => {
    const plan = { ...flat('1'), powerFactor: { standard: '0.85' } }
    expect(powerFactorHundredths(kwh('60000'), varHours(kwh('27337')))).toBe(91)
    expect(bill(plan, ['60000'], reactive('27337')).lines['power-factor']).toBe('-390.00')
  })

  test('#22 a real bill that does not close: the base is a matter of switches', () => {
    const surcharges = (first: boolean, second: boolean) => [
      { code: 'one', price: '0.07161', inPowerFactorBase: first },
      { code: 'two', price: '0.12174', inPowerFactorBase: second },
    ]
    const of = (first: boolean, second: boolean): string | undefined => {
      const plan = {
        ...flat('3.20734'),
        ...at90,
        basic: { kind: 'capacity', price: '28750' },
        surcharges: surcharges(first, second),
      }
      return bill(plan, ['1000'], reactive('593.4'), { capacity: [{ kva: '1' }] }).lines['power-factor']
    }
    expect(powerFactorHundredths(kwh('1000'), varHours(kwh('593.4')))).toBe(86)
    // Printed was 639.97; no choice of components gives it, as the source itself shows.
    expect([of(false, false), of(true, false), of(false, true), of(true, true)]).toEqual([
      '639.15',
      '640.58',
      '641.58',
      '643.01',
    ])
  })

  test('#36 base without funds', () => {
    const fund = (inPowerFactorBase: boolean) => ({
      ...flat('0.65'),
      ...at90,
      basic: { kind: 'capacity', price: '12800' },
      surcharges: [{ code: 'fund', price: '0.0271', how: 'included', inPowerFactorBase }],
    })
    const of = (plan: object) => bill(plan, ['60000'], reactive('35601.7'), { capacity: [{ kva: '1' }] })
    expect(of(fund(false)).lines).toMatchObject({ 'power-factor': '1003.48', 'surcharge.fund': '1626.00' })
    expect(of(fund(false)).total, 'the included fund is shown, not added').toBe('52803.48')
    expect(of(fund(true)).lines['power-factor'], 'variant: fund in the base').toBe('1036.00')
  })

  test.each([
    [90, 60, 2_500n],
    [85, 59, 1_700n],
    [80, 54, 1_700n],
  ] as const)('#37 deep: standard %i, factor %i', (standard, factor, rate) => {
    expect(powerFactorRate(standard, factor)).toEqual(ratio(rate, 10_000n))
  })
})

test('the days of the examples are what they seem', () => {
  expect(june.to - june.from).toBe(30)
  expect(dayNumber(1970, 1, 1)).toBe(0)
})
