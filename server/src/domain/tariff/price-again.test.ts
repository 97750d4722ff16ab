import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addMoney, microYuan, price, wattHours, zeroMoney } from '../quantity.ts'
import { plainContract } from './contract.ts'
import { beginChain, takeReading } from './metering-chain.ts'
import { countedBefore, countsFrom, priceAgain, type ThoughtPlan } from './price-again.ts'
import { readPlan } from './read-plan.ts'
import { zoneDays } from './tariff-clock.ts'
import type { Mark } from './usage.ts'

const days = zoneDays('Asia/Shanghai')
const base = { contract: plainContract, days }
const halfHour = 1_800_000
/** Wednesday, 2026-11-25, 00:00 in Shanghai. */
const start = Date.parse('2026-11-24T16:00:00Z')

const tariff = (change: object): ThoughtPlan & { kind: 'tariff' } => {
  const document = {
    code: 'THOUGHT',
    version: 1,
    validFrom: '2027-01-01',
    energy: { kind: 'flat', price: '1' },
    ...change,
  }
  const read = readPlan(document)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return { kind: 'tariff', plan: read.value }
}
const mark = (at: number, totalWh: number, ratesWh: readonly number[] = [0, 0, totalWh, 0]): Mark => ({
  at,
  registers: { totalWh: wattHours(BigInt(totalWh)), ratesWh: ratesWh.map((rate) => wattHours(BigInt(rate))) },
})
/** So many half hours of so much each. */
const series = (halfHours: number, whEach: number, from = 0): Mark[] =>
  Array.from({ length: halfHours + 1 }, (_, index) => mark(start + index * halfHour, from + index * whEach))
const yuan = (amount: number) => microYuan(BigInt(Math.round(amount * 1_000_000)))

const clock = {
  energy: {
    kind: 'clock',
    prices: { peak: '2', valley: '0.5' },
    calendar: {
      seasons: [
        {
          workday: [
            ['00:00', 'valley'],
            ['08:00', 'peak'],
          ],
        },
      ],
    },
  },
}

describe('readings priced once more, in thought', () => {
  test('a plan that is in force only next year is priced as if it were now', () => {
    expect(priceAgain(tariff({}), base, series(48, 500))).toBe(yuan(24))
  })

  test('a flat and a four-rate plan by registers', () => {
    const flat = { kind: 'flat', price: price(5_000_000_000n) } as const
    expect(priceAgain(flat, base, series(4, 500))).toBe(yuan(1))
    const four = [4n, 3n, 2n, 1n].map((one) => price(one * 10_000_000_000n))
    const [a, b, c, d] = four
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('four prices')
    const plan = { kind: 'four-rate', prices: [a, b, c, d] } as const
    expect(
      priceAgain(plan, base, [mark(start, 0, [0, 0, 0, 0]), mark(start + halfHour, 4_000, [1_000, 0, 2_000, 1_000])]),
    ).toBe(yuan(9))
    expect(priceAgain(plan, base, [mark(start, 0, []), mark(start + halfHour, 4_000, [])])).toBeNull()
  })

  test('the ladder goes on from what was used before, and begins anew with its cycle', () => {
    const plan = tariff({ ladder: { scope: 'month', limits: ['10'], adders: ['1'] } })
    // Twelve kilowatt-hours: from nothing two lie in the second tier, from nine eleven do.
    expect(priceAgain(plan, base, series(24, 500))).toBe(yuan(14))
    expect(priceAgain(plan, base, series(24, 500), wattHours(9_000n))).toBe(yuan(23))
    const days5 = 5 * 48
    const half = 6 * 48
    // From the 25th on: six days at half a kilowatt-hour a day, then a new month.
    expect(priceAgain(plan, base, series(half + days5, 100), wattHours(10_000n))).toBe(
      yuan(0.1 * (half + days5) + 0.1 * half + Math.max(0, 0.1 * days5 - 10)),
    )
  })

  test('what readings or contract do not say makes no price of nothing', () => {
    const byRates = tariff({ energy: { kind: 'rates', prices: ['4', '3', '2', '1'] } })
    expect(priceAgain(byRates, base, [mark(start, 0, [0]), mark(start + halfHour, 1_000, [1_000])])).toBeNull()
    expect(priceAgain(tariff({ basic: { kind: 'capacity', price: '30' } }), base, series(4, 500))).toBeNull()
    expect(priceAgain(tariff({}), base, series(0, 0))).toBeNull()
    expect(priceAgain(tariff({}), base, [])).toBeNull()
  })

  test('where a ladder counts from, and what it has counted', () => {
    expect(countsFrom(tariff({}), base, start)).toBeNull()
    const monthly = tariff({ ladder: { scope: 'month', limits: ['10'], adders: ['1'] } })
    expect(countsFrom(monthly, base, start)).toBe(days.dayAt(Date.parse('2026-10-31T16:00:00Z')))
    const movedIn = { ...base, contract: { ...plainContract, ladderFrom: days.dayAt(start) - 3 } }
    expect(countsFrom(monthly, movedIn, start)).toBe(days.dayAt(start) - 3)
    expect(countedBefore(wattHours(500n), mark(start, 2_000), base)).toBe(1_500n)
    // A register that has turned over, or a meter that was replaced, counts as nothing.
    expect(countedBefore(wattHours(9_000n), mark(start, 2_000), base)).toBe(0n)
  })

  test('whatever was used when, it is what the chain that settles readings charges', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 2, maxLength: 96 }), fc.boolean(), (used, byClock) => {
        const thought = tariff(byClock ? clock : { ladder: { scope: 'month', limits: ['20'], adders: ['0.5'] } })
        let total = 0
        const marks = used.map((wh, index) => {
          total += wh
          return mark(start + index * halfHour, total)
        })
        const [first, ...others] = marks
        if (first === undefined) throw new Error('there is a first reading')
        let chain = beginChain([{ ...thought.plan, validFrom: 0 }], plainContract, days, first, { opensMonth: false })
        let charged = zeroMoney
        for (const one of others) {
          const taken = chain === null ? null : takeReading(chain, one)
          if (taken === null) throw new Error('the plan is in force')
          charged = addMoney(charged, addMoney(taken.usage, taken.trueUp))
          ;({ chain } = taken)
        }
        expect(priceAgain(thought, base, marks)).toBe(charged)
        // Two days of clock prices: the total alone, at the dearest and the cheapest price, holds it in between.
        const kwh = (total - Number(first.registers.totalWh)) / 1_000
        expect(Number(charged) / 1e6 <= kwh * 2 + 0.001 && Number(charged) / 1e6 >= kwh * 0.5 - 0.001).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
