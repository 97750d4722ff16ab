import { describe, expect, test } from 'vitest'
import { addMoney, formatMoney, microYuan, zeroMoney, type MicroYuan } from '../quantity.ts'
import { plainContract } from './contract.ts'
import { beginChain, periodToDate, takeReading, type MeteringChain } from './metering-chain.ts'
import { readPlanBook } from './plan-book.ts'
import { closeStatement } from './statement.ts'
import { zoneDays } from './tariff-clock.ts'
import type { Mark } from './usage.ts'
import { disturbed, households, marksOf, slotsOf, type Household } from './year-of-households.test-support.ts'

/**
 * A whole year of real households, settled half-hour by half-hour, against a price that is worked out from the yearly
 * sums by a few lines that share nothing with the engine.
 */

const workday = [
  ['00:00', 'valley'],
  ['08:00', 'peak'],
  ['11:30', 'flat'],
  ['18:00', 'peak'],
  ['22:30', 'flat'],
]
const summer = [
  ['00:00', 'deep-valley'],
  ['06:30', 'valley'],
  ['09:00', 'peak'],
  ['14:00', 'sharp'],
  ['17:00', 'flat'],
]
const weekend = [
  ['00:00', 'valley'],
  ['10:00', 'flat'],
]
const clock = {
  kind: 'clock',
  prices: { sharp: '1.0712345678', peak: '0.8998', flat: '0.5583', valley: '0.2897', 'deep-valley': '0.123456789' },
  calendar: {
    seasons: [
      { name: 'summer', from: '12-01', to: '02-14', workday: summer, weekend },
      { name: 'other', from: '02-15', to: '11-30', workday, weekend, holiday: [['00:00', 'valley']] },
    ],
    holidays: ['2013-05-01', '2013-10-01'],
    workdays: ['2013-09-29'],
  },
}
const ladder = { scope: 'year', limits: ['1500', '3000'], adders: ['0.05', '0.3000000001'] }
const flat = { kind: 'flat', price: '0.5380000007' }

const plans = {
  flat: { energy: flat },
  'time of use': { energy: clock },
  'annual ladder': { energy: flat, ladder },
  'ladder on time of use': { energy: clock, ladder },
} as const
type PlanName = keyof typeof plans

/** The price of one half hour in 10⁻¹⁰ yuan per kWh, looked up in the plainest way. */
const plainPrice = (name: PlanName, start: string): bigint => {
  if (name === 'flat' || name === 'annual ladder') return 5_380_000_007n
  const [date = '', time = ''] = start.split('T')
  const [minutes, monthDay] = [Number(time.slice(0, 2)) * 60 + Number(time.slice(3)), date.slice(5)]
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay()
  const prices = { sharp: 10_712_345_678n, peak: 8_998_000_000n, flat: 5_583_000_000n, valley: 2_897_000_000n }
  const deepValley = 1_234_567_890n
  const isSummer = monthDay >= '12-01' || monthDay <= '02-14'
  const isHoliday = monthDay === '05-01' || monthDay === '10-01'
  if (isHoliday) return prices.valley
  if ((weekday === 0 || weekday === 6) && monthDay !== '09-29') return minutes < 600 ? prices.valley : prices.flat
  if (isSummer) {
    if (minutes < 390) return deepValley
    if (minutes < 540) return prices.valley
    if (minutes < 840) return prices.peak
    return minutes < 1_020 ? prices.sharp : prices.flat
  }
  if (minutes < 480) return prices.valley
  if (minutes < 690) return prices.peak
  if (minutes < 1_080) return prices.flat
  return minutes < 1_350 ? prices.peak : prices.flat
}

type Plain = Readonly<{ months: readonly MicroYuan[]; lineTotal: bigint; year: bigint }>

const halfUp = (value: bigint, divisor: bigint): bigint => (value + divisor / 2n) / divisor

/** Each month's price, the year's by lines in fen, and the year's exact price, all in plain integers. */
const plainly = (name: PlanName, household: Household): Plain => {
  const perMonth = Array.from({ length: 12 }, () => ({ byPrice: new Map<bigint, bigint>(), wh: 0n }))
  for (const { start, wh } of slotsOf(household)) {
    const month = perMonth[Number(start.slice(5, 7)) - 1]
    if (month === undefined) throw new Error('no such month')
    const price = plainPrice(name, start)
    month.byPrice.set(price, (month.byPrice.get(price) ?? 0n) + wh)
    month.wh += wh
  }
  const hasLadder = name.includes('ladder')
  let [before, lineTotal, year] = [0n, 0n, 0n]
  const months = perMonth.map(({ byPrice, wh }) => {
    const lines = [...byPrice].map(([price, energy]) => price * energy)
    if (hasLadder) {
      const above = (limit: bigint, total: bigint): bigint => (total > limit ? total - limit : 0n)
      const [second, third] = [1_500_000n, 3_000_000n].map((limit) => above(limit, before + wh) - above(limit, before))
      if (second === undefined || third === undefined) throw new Error('no tiers')
      lines.push((second - third) * 500_000_000n, third * 3_000_000_001n)
    }
    before += wh
    const exact = lines.reduce((sum, line) => sum + line, 0n)
    year += exact
    lineTotal += lines.reduce((sum, line) => sum + halfUp(line, 100_000_000_000n) * 10_000n, 0n)
    return microYuan(halfUp(exact, 10_000_000n))
  })
  return { months, lineTotal, year }
}

const settleAll = (name: PlanName, marks: readonly Mark[]) => {
  const book = readPlanBook({ code: name, version: 1, validFrom: '2013-01-01', ...plans[name] })
  const [first, ...rest] = marks
  if (!book.ok || first === undefined) throw new Error(JSON.stringify(book))
  let chain: MeteringChain | null = beginChain(book.value, plainContract, zoneDays('Asia/Shanghai'), first)
  let [charged, trueUps] = [zeroMoney, zeroMoney]
  for (const mark of rest) {
    const taken = chain === null ? null : takeReading(chain, mark)
    if (taken === null) throw new Error('no plan in force')
    charged = addMoney(charged, addMoney(taken.usage, taken.trueUp))
    trueUps = addMoney(trueUps, taken.trueUp)
    chain = taken.chain
  }
  return { windows: chain?.windows ?? [], charged, trueUps }
}

describe.each(households)('%s', (household) => {
  const marks = marksOf(household)

  describe.each(Object.keys(plans) as PlanName[])('%s', (name) => {
    const plain = plainly(name, household)

    test.each([
      ['in order', marks],
      ['disturbed, seed 20130101', disturbed(marks, 20_130_101)],
      ['disturbed, seed 7', disturbed(marks, 7)],
    ])('17 520 settlements %s equal the price of the year', (_, delivered) => {
      const { windows, charged } = settleAll(name, delivered)
      expect(windows.map(({ charge }) => charge.charged)).toEqual(plain.months)
      expect(charged).toBe(plain.months.reduce(addMoney))
      expect(halfUp(charged, 10_000n), 'to the last fen').toBe(halfUp(plain.year, 100_000_000_000n))
      expect(windows.flatMap(({ usage }) => usage.gaps)).toEqual([])
      const statements = windows.map((rated) =>
        closeStatement(rated.tariff.rate(periodToDate(rated)).lines, rated.charge.charged, rated.tariff.plan),
      )
      const printed = statements.reduce((sum, { total }) => addMoney(sum, total), zeroMoney)
      expect(printed, 'as printed').toBe(plain.lineTotal)
      const posted = statements.reduce((sum, { rounding }) => addMoney(sum, rounding), charged)
      expect(posted, 'charges and rounding differences equal the statements').toBe(printed)
    })
  })
})

test('what is back-filled is a true-up, and is named as such', () => {
  const marks = marksOf('H17936').slice(0, 48 * 3)
  const late = marks.filter((_, index) => index !== 18 && index !== 19)
  const { trueUps } = settleAll('time of use', [...late, ...marks.slice(18, 20)])
  expect(trueUps).not.toBe(0n)
  const straight = settleAll('time of use', marks)
  expect(straight.trueUps).toBe(0n)
  expect(formatMoney(settleAll('time of use', [...late, ...marks.slice(18, 20)]).charged)).toBe(
    formatMoney(straight.charged),
  )
})
