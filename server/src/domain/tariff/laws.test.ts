import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addEnergy,
  addMoney,
  costOfThousandths,
  exactAmount,
  largestRemainder,
  microYuan,
  one,
  powerFactorHundredths,
  ratio,
  roundAmount,
  roundAmountOnce,
  roundingModes,
  sameAmount,
  scaleAmount,
  subtractMoney,
  sumAmounts,
  sumEnergy,
  varHours,
  wattHours,
  zeroMoney,
  type ExactAmount,
} from '../quantity.ts'
import {
  anyCase,
  anyEnergy,
  anyPeriod,
  anyPlanDocument,
  compiled,
  energyPlanDocument,
} from './arbitraries.test-support.ts'
import { charge, nothingCharged } from './charge.ts'
import { plainContract } from './contract.ts'
import { splitByTier } from './ladder.ts'
import type { Line } from './line.ts'
import { beginChain, takeReading, type MeteringChain } from './metering-chain.ts'
import { readPlanBook } from './plan-book.ts'
import { powerFactorRate } from './power-factor.ts'
import { closeStatement } from './statement.ts'
import { zoneDays } from './tariff-clock.ts'
import type { Mark } from './usage.ts'

const exactOf = (line: Line): ExactAmount => {
  const whole =
    line.base ??
    (line.quantity === null || line.price === null
      ? null
      : exactAmount(costOfThousandths(line.quantity.thousandths, line.price)))
  if (whole === null) throw new Error(`line ${line.code} says not what it is made of`)
  return scaleAmount(whole, line.factor ?? one)
}

describe('lines', () => {
  test('add up to the total, and each is its quantity × price × factor', () => {
    fc.assert(
      fc.property(anyCase, ([tariff, period]) => {
        const { lines, total } = tariff.rate(period)
        expect(sameAmount(sumAmounts(lines.filter(({ memo }) => !memo).map(({ exact }) => exact)), total)).toBe(true)
        for (const line of lines) expect(sameAmount(exactOf(line), line.exact), line.code).toBe(true)
        expect(new Set(lines.map(({ sources }) => sources))).toEqual(
          new Set(lines.length === 0 ? [] : [period.sources]),
        )
      }),
    )
  })

  test('the quick price of a reading is the total of its lines', () => {
    const cases = energyPlanDocument
      .map((plan) => compiled(plan))
      .chain((tariff) => fc.tuple(fc.constant(tariff), anyPeriod(tariff.partNames.length)))
    fc.assert(
      fc.property(cases, ([tariff, period]) => {
        expect(sameAmount(tariff.price(period), tariff.rate(period).total)).toBe(true)
      }),
    )
  })

  test('energy is neither lost nor made: the parts and tiers of the bill are the billable energy', () => {
    fc.assert(
      fc.property(anyCase, ([tariff, period]) => {
        const { lines, billable, quotaLeft } = tariff.rate(period)
        const energy = lines.filter(({ code }) => code.startsWith('energy'))
        const sum = energy.reduce((all, { quantity }) => all + (quantity?.thousandths ?? 0n), 0n)
        expect(sum).toBe(billable)
        expect(quotaLeft >= 0n).toBe(true)
        const free = lines.find(({ code }) => code === 'free-quota')?.quantity?.thousandths ?? 0n
        const used = addEnergy(sumEnergy(period.parts), period.publicShare)
        const lost = billable + free - used
        expect(tariff.contract.losses === null ? lost === 0n : lost >= 0n).toBe(true)
      }),
    )
  })
})

describe('statement', () => {
  test('charges and the rounding difference are the printed total, whose lines add up', () => {
    fc.assert(
      fc.property(anyCase, ([tariff, period]) => {
        const { lines, total } = tariff.rate(period)
        const charged = roundAmountOnce(total)
        const statement = closeStatement(lines, charged, tariff.plan)
        expect(addMoney(charged, statement.rounding)).toBe(statement.total)
        expect(statement.total % tariff.plan.rounding.unit).toBe(0n)
        expect(addMoney(statement.net, statement.tax)).toBe(statement.total)
        const printed = statement.lines.filter(({ line }) => !line.memo).map(({ amount }) => amount)
        const addsUp = printed.reduce(addMoney, zeroMoney) === statement.total
        expect(addsUp || tariff.plan.rounding.per === 'total').toBe(true)
        const tolerance = tariff.plan.rounding.unit * BigInt(lines.length + 1)
        expect(statement.rounding < tolerance && 0n - statement.rounding < tolerance).toBe(true)
      }),
    )
  })
})

describe('charge', () => {
  test('one run is many runs, the same again charges nothing', () => {
    const cases = anyPlanDocument
      .map((plan) => compiled(plan))
      .chain((tariff) =>
        fc.tuple(fc.constant(tariff), fc.array(anyPeriod(tariff.partNames.length), { minLength: 1, maxLength: 6 })),
      )
    fc.assert(
      fc.property(cases, ([tariff, periods]) => {
        let [state, sum] = [nothingCharged, zeroMoney]
        for (const period of periods) {
          const step = charge(state, tariff, period)
          const again = charge(step.state, tariff, period)
          expect([again.usage, again.trueUp]).toEqual([0n, 0n])
          sum = addMoney(sum, addMoney(step.usage, step.trueUp))
          state = step.state
        }
        const last = periods.at(-1)
        if (last === undefined) throw new Error('no period')
        const once = charge(nothingCharged, tariff, last)
        expect(sum).toBe(once.usage)
        expect(state.charged).toBe(once.state.charged)
      }),
    )
  })

  test('a correction that is taken back restores what was charged, both as true-ups', () => {
    const cases = anyCase.chain(([tariff, period]) =>
      fc.tuple(fc.constant(tariff), fc.constant(period), fc.bigInt({ min: 0n, max: 500_000n })),
    )
    fc.assert(
      fc.property(cases, ([tariff, period, less]) => {
        const before = charge(nothingCharged, tariff, period).state
        const parts = period.parts.map((part) => wattHours(part > less ? part - less : 0n))
        const corrected = charge(before, tariff, { ...period, parts })
        expect(corrected.usage).toBe(0n)
        const restored = charge(corrected.state, tariff, { ...period, ladderBefore: wattHours(period.ladderBefore) })
        expect(restored.state.charged).toBe(before.charged)
        const back = addMoney(restored.usage, restored.trueUp)
        expect(addMoney(addMoney(corrected.usage, corrected.trueUp), back)).toBe(0n)
      }),
    )
  })

  test('a provisional price and its final one: the difference for energy already charged is the true-up', () => {
    const cases = fc
      .tuple(fc.tuple(anyEnergy, anyEnergy), fc.bigInt({ min: 1n, max: 300_000n }))
      .filter(([[a, b]]) => a.kind === 'flat' && b.kind === 'flat')
      .chain(([[a, b], more]) => fc.tuple(fc.constant(a), fc.constant(b), fc.constant(more), anyPeriod(1)))
    fc.assert(
      fc.property(cases, ([provisionalEnergy, finalEnergy, more, period]) => {
        const basics = { code: 'P', validFrom: '2024-01-01' }
        const provisional = compiled({ ...basics, version: 1, provisional: true, energy: provisionalEnergy })
        const final = compiled({ ...basics, version: 2, energy: finalEnergy })
        const before = charge(nothingCharged, provisional, period)
        expect(before.provisional).toBe(true)
        const grown = { ...period, parts: period.parts.map((part) => addEnergy(part, wattHours(more))) }
        const after = charge(before.state, final, grown)
        expect(after.provisional).toBe(false)
        expect(after.trueUp).toBe(subtractMoney(roundAmountOnce(final.price(period)), before.state.charged))
        expect(addMoney(addMoney(before.usage, after.usage), after.trueUp)).toBe(roundAmountOnce(final.price(grown)))
        const still = charge(before.state, final, period)
        expect([still.usage, still.trueUp]).toEqual([0n, after.trueUp])
      }),
    )
  })

  test('more energy never costs less', () => {
    const cases = energyPlanDocument
      .map((plan) => compiled(plan))
      .chain((tariff) =>
        fc.tuple(
          fc.constant(tariff),
          anyPeriod(tariff.partNames.length),
          fc.nat(tariff.partNames.length - 1),
          fc.bigInt({ min: 0n, max: 100_000n }),
        ),
      )
    fc.assert(
      fc.property(cases, ([tariff, period, index, more]) => {
        const quiet = { ...period, publicShare: wattHours(0n) }
        const parts = quiet.parts.map((part, at) => (at === index ? addEnergy(part, wattHours(more)) : part))
        const [less, bigger] = [tariff.price(quiet), tariff.price({ ...quiet, parts })]
        expect(roundAmountOnce(bigger) >= roundAmountOnce(less)).toBe(true)
      }),
    )
  })
})

describe('readings', () => {
  const days = zoneDays('Asia/Shanghai')
  const firstAt = Date.UTC(2024, 5, 28, 16)

  /** Two and a half days of half hours around the end of a month. */
  const load = fc.array(fc.bigInt({ min: 0n, max: 5_000n }), { minLength: 20, maxLength: 120 })
  const marksOf = (load: readonly bigint[], offsetMs: number): readonly Mark[] => {
    let total = 1_000_000n
    return [0n, ...load].map((wh, slot) => {
      total += wh
      const totalWh = wattHours(total)
      const quarter = wattHours(total / 4n)
      return {
        at: firstAt + slot * 1_800_000 + offsetMs,
        registers: { totalWh, ratesWh: [quarter, quarter, quarter, quarter] },
      }
    })
  }

  const settle = (plan: object, marks: readonly Mark[]): Readonly<{ chain: MeteringChain; charged: bigint }> => {
    const book = readPlanBook(plan)
    const [first, ...rest] = marks
    if (!book.ok || first === undefined) throw new Error(JSON.stringify(book))
    let chain = beginChain(book.value, plainContract, days, first)
    let charged = zeroMoney
    for (const mark of rest) {
      const taken = chain === null ? null : takeReading(chain, mark)
      if (taken === null) throw new Error('no plan in force')
      charged = addMoney(charged, addMoney(taken.usage, taken.trueUp))
      chain = taken.chain
    }
    if (chain === null) throw new Error('no chain')
    return { chain, charged }
  }

  const chargesOf = ({ chain }: Readonly<{ chain: MeteringChain }>): readonly bigint[] =>
    chain.windows.map(({ charge }) => charge.charged)

  const shuffled = fc
    .tuple(energyPlanDocument, load, fc.integer({ min: -900_000, max: 900_000 }))
    .chain(([plan, wh, offset]) => {
      const marks = marksOf(wh, offset)
      const rest = marks.slice(1)
      return fc.tuple(
        fc.constant(plan),
        fc.constant(marks),
        fc.shuffledSubarray(rest, { minLength: rest.length, maxLength: rest.length }),
        fc.array(fc.nat(rest.length - 1), { maxLength: 10 }),
      )
    })

  test('order does not matter and duplicates do nothing, even when a month and a plan change lie between', () => {
    fc.assert(
      fc.property(shuffled, ([plan, marks, mixed, twice]) => {
        const versions = [
          { ...plan, validTo: '2024-06-30' },
          { ...plan, version: 2, validFrom: '2024-06-30' },
        ]
        const straight = settle(versions, marks)
        const [first] = marks
        if (first === undefined) throw new Error('no first reading')
        const repeated = twice.flatMap((index) => mixed[index] ?? [])
        const confused = settle(versions, [first, ...mixed, ...repeated])
        expect(confused.charged).toBe(straight.charged)
        expect(chargesOf(confused)).toEqual(chargesOf(straight))
        expect(confused.chain.windows.map(({ usage }) => usage.cells)).toEqual(
          straight.chain.windows.map(({ usage }) => usage.cells),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('settling once at the end is settling every half hour, where the clock does not count', () => {
    const cases = fc.tuple(
      energyPlanDocument.filter(({ energy }) => energy.kind !== 'clock'),
      load.map((wh) => wh.slice(0, 90)),
    )
    fc.assert(
      fc.property(cases, ([plan, wh]) => {
        const marks = marksOf(wh, 0)
        const ends = [marks[0], marks.at(-1)].flatMap((mark) => mark ?? [])
        expect(settle(plan, ends).charged).toBe(settle(plan, marks).charged)
      }),
    )
  })

  test('no watt-hour is lost: the windows add up to what the meter counted', () => {
    fc.assert(
      fc.property(shuffled, ([plan, marks, mixed]) => {
        const [first, last] = [marks[0], marks.at(-1)]
        if (first === undefined || last === undefined) throw new Error('no marks')
        const { chain } = settle(plan, [first, ...mixed])
        const counted = chain.windows.flatMap(({ usage }) => usage.cells.map(({ totalWh }) => totalWh))
        expect(sumEnergy(counted)).toBe(last.registers.totalWh - first.registers.totalWh)
      }),
      { numRuns: 60 },
    )
  })
})

test('a late reading whose registers do not lie between its neighbours changes nothing', () => {
  const read = readPlanBook({
    code: 'T',
    version: 1,
    validFrom: '2024-01-01',
    energy: {
      kind: 'clock',
      prices: { peak: '2', valley: '1' },
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
  })
  const days = zoneDays('Asia/Shanghai')
  const mark = (hour: number, wh: bigint): Mark => ({
    at: Date.UTC(2024, 5, 2, 16 + hour),
    registers: { totalWh: wattHours(wh), ratesWh: [] },
  })
  const begun = read.ok ? beginChain(read.value, plainContract, days, mark(6, 1_000n)) : null
  const open = begun === null ? null : takeReading(begun, mark(10, 5_000n))
  if (open === null) throw new Error('no chain')
  for (const wh of [999n, 5_001n]) {
    const taken = takeReading(open.chain, mark(8, wh))
    expect([taken?.usage, taken?.trueUp, taken?.windows]).toEqual([0n, 0n, []])
  }
  expect(takeReading(open.chain, mark(8, 5_000n))?.trueUp).toBe(-2_000_000n)
})

describe('arithmetic', () => {
  const energy = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(wattHours)

  test('tiers add up, and an increment is priced as if all had been priced at once', () => {
    const limits = fc
      .uniqueArray(fc.bigInt({ min: 1n, max: 10n ** 8n }), { minLength: 1, maxLength: 5 })
      .map((values) => values.sort((a, b) => (a < b ? -1 : 1)).map(wattHours))
    fc.assert(
      fc.property(limits, energy, energy, energy, (steps, before, first, second) => {
        const [a, b] = [splitByTier(steps, before, first), splitByTier(steps, addEnergy(before, first), second)]
        const whole = splitByTier(steps, before, addEnergy(first, second))
        expect(a.map((tier, index) => tier + (b[index] ?? 0n))).toEqual(whole)
        expect(sumEnergy(whole)).toBe(first + second)
      }),
    )
  })

  test('parts by largest remainder add up and none is a whole unit off', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 9n }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), weights, (total, given) => {
        const all = given.some((weight) => weight > 0n) ? given : [1n, ...given]
        const sum = all.reduce((a, b) => a + b, 0n)
        const parts = largestRemainder(total, all)
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(total)
        for (const [index, part] of parts.entries()) {
          const off = part * sum - total * (all[index] ?? 0n)
          expect(off < sum && -off < sum).toBe(true)
        }
      }),
    )
  })

  test('every way of rounding stays within a unit, on its own side, and mirrors at zero', () => {
    const amount = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n })
    const cases = fc.tuple(amount, fc.bigInt({ min: 1n, max: 997n }), fc.constantFrom(1n, 10_000n, 1_000_000n))
    fc.assert(
      fc.property(cases, fc.constantFrom(...roundingModes), ([cost, divisor, unit], mode) => {
        const of = (value: bigint) =>
          roundAmount({ cost: value as ExactAmount['cost'], divisor }, mode, microYuan(unit))
        const rounded = of(cost)
        const scale = divisor * 10_000_000n
        const off = rounded * scale - cost
        expect(rounded % unit).toBe(0n)
        expect(of(-cost)).toBe(0n - rounded)
        const [size, step] = [off < 0n ? -off : off, unit * scale]
        expect(size < step).toBe(true)
        const away = cost < 0n ? -off : off
        const allowed = {
          down: away <= 0n,
          up: away >= 0n,
          'half-up': 2n * size < step || (2n * size === step && away > 0n),
          'half-even': 2n * size < step || (2n * size === step && (rounded / unit) % 2n === 0n),
        }
        expect(allowed[mode]).toBe(true)
      }),
    )
  })

  test('the power factor is the rounded quotient, and a worse one never costs less', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 7 }), fc.integer({ min: 0, max: 10 ** 7 }), (active, reactive) => {
        const found = powerFactorHundredths(wattHours(BigInt(active)), varHours(BigInt(reactive)))
        const plain = (active / Math.hypot(active, reactive)) * 100
        expect(Math.abs(found - plain)).toBeLessThanOrEqual(0.500_000_1)
      }),
    )
    for (const standard of [90, 85, 80] as const)
      for (let factor = 1; factor <= 100; factor += 1) {
        const [worse, better] = [powerFactorRate(standard, factor - 1), powerFactorRate(standard, factor)]
        expect(worse.numerator >= better.numerator, `${String(standard)} at ${String(factor)}`).toBe(true)
      }
  })
})

/** The published look-up table: power factor, then the percentages by the standards 0.90, 0.85 and 0.80. */
test.each([
  [66, 1_400n, 950n, 700n],
  [65, 1_500n, 1_000n, 750n],
  [64, 1_700n, 1_100n, 800n],
  [60, 2_500n, 1_500n, 1_000n],
  [30, 8_500n, 7_500n, 6_500n],
  [94, -60n, -110n, -130n],
  [100, -75n, -110n, -130n],
  [90, 0n, -50n, -100n],
])('published row of the power-factor table: %i', (factor, at90, at85, at80) => {
  expect([90, 85, 80].map((standard) => powerFactorRate(standard as 90 | 85 | 80, factor))).toEqual(
    [at90, at85, at80].map((rate) => ratio(rate, 10_000n)),
  )
})
