import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatementDocument } from '../domain/statement-document.ts'
import { findStatement } from '../store/statements.ts'
import { audit } from './audit.ts'
import { closePeriods } from './close-period.ts'
import { createTown, type Town, type TownAccount } from './testing/town.ts'

/** All of November 2026 in Shanghai. */
const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const minute = 60_000
const hour = 60 * minute

const plan = (rest: object) => ({ code: 'T', version: 1, validFrom: '2026-01-01', ...rest })
const flat = (price: string) => ({ energy: { kind: 'flat', price } })

const bench = (accounts: readonly TownAccount[]) => {
  let made: Town | null = null
  const town = (): Town => {
    if (made === null) throw new Error('the town is not there yet')
    return made
  }
  beforeAll(async () => {
    made = await createTown(accounts, start + minute)
  })
  afterAll(async () => town().close())
  const settle = async (name: string, readings: readonly (readonly [number, number])[]) => {
    town().clock.set(Math.max(town().clock.now(), ...readings.map(([at]) => at)))
    return town().settle(await Promise.all(readings.map(async ([at, wh]) => town().reading(name, wh, { at }))))
  }
  const close = async (month: string) => {
    const result = await closePeriods(town().context, { month })
    if (!result.ok) throw new Error(result.code)
    return result.summary
  }
  const statement = async (number: string): Promise<StatementDocument> => {
    const found = await findStatement(town().database, number)
    if (found === null) throw new Error(`there is no ${number}`)
    return found
  }
  const wrong = async () => (await audit(town().database)).flatMap(({ wrong: lines }) => lines)
  return {
    settle,
    close: async (month: string) => close(month),
    statement,
    wrong,
    town,
    setClock: (at: number) => town().clock.set(at),
  }
}

describe('closing a month under tariffs, on a real database', () => {
  const { settle, close, statement, wrong, town, setClock } = bench([
    {
      place: 'ladder',
      opening: 100,
      tariff: plan({
        ...flat('0.335'),
        taxPercent: '13',
        ladder: { scope: 'month', limits: ['1'], adders: ['0.1'] },
        surcharges: [{ code: 'fund', price: '0.0271' }],
      }),
    },
    { place: 'late', opening: 100, tariff: plan({ ...flat('1'), taxPercent: '13' }) },
  ])

  const owedTax = async () => {
    const [row] = await town().database.query<{ owed: bigint }>(
      "select sum(credits - debits)::bigint as owed from ledger_account where code = 'tax-payable'",
    )
    return row?.owed
  }

  test('a reading after the end charges the month by the part before the end', async () => {
    await settle('ladder', [
      [start, 10_000],
      [end - 10 * minute, 11_500],
      // Two thirds of the 30 Wh fall into December.
      [end + 20 * minute, 11_530],
    ])
    const { closed, refused } = await close('2026-11')
    expect([closed, refused]).toEqual([['70001-202611'], []])
    const made = await statement('70001-202611')
    expect(made.meters).toMatchObject([
      {
        start: { totalWh: '10000', at: start },
        end: { totalWh: '11510', at: end },
        usedWh: '1510',
        closes: true,
        endMark: 'between',
      },
    ])
    expect(made.lines.map(({ code, quantity, price, amount }) => [code, quantity, price, amount])).toEqual([
      ['energy', '1.51', '0.3350', '0.51'],
      ['ladder.tier-2', '0.51', '0.1000', '0.05'],
      ['surcharge.fund', '1.51', '0.0271', '0.04'],
    ])
    // 1.51 × (0.335 + 0.0271) + 0.51 × 0.1
    expect(made).toMatchObject({
      charged: '0.597771',
      rounding: '0.002229',
      total: '0.60',
      net: '0.53',
      tax: '0.07',
      taxPercent: '13',
    })
    expect(made.closingBalance).toBe('99.40')
    expect(await wrong()).toEqual([])
  })

  test('the tax is moved from revenue to what is owed to the state', async () => {
    expect(await owedTax()).toBe(70_000n)
  })

  test('a late reading that moves energy over the end corrects the month, and the next one begins anew', async () => {
    await settle('late', [
      [start, 0],
      [end - 2 * hour, 1_000],
      [end + 2 * hour, 2_000],
    ])
    expect((await close('2026-11')).closed).toEqual(['70002-202611'])
    expect(await statement('70002-202611')).toMatchObject({ total: '1.50', closingBalance: '98.50' })
    const december = Date.parse('2026-12-31T16:00:00Z')
    await settle('late', [[december, 2_600]])
    await settle('ladder', [[december, 11_530]])
    expect((await close('2026-12')).closed).toEqual(['70001-202612', '70002-202612'])
    expect(await statement('70002-202612')).toMatchObject({
      openingBalance: '98.50',
      total: '1.10',
      closingBalance: '97.40',
    })
    expect(await wrong()).toEqual([])

    await settle('late', [[end - minute, 1_900]])
    expect((await wrong()).join()).toContain('70002-202611')
    const { closed, corrected, refused } = await close('2026-12')
    expect([closed, corrected, refused]).toEqual([[], ['70002-202611-R1', '70002-202612-R1'], []])
    expect(await statement('70002-202611-R1')).toMatchObject({ total: '1.90', closingBalance: '98.10' })
    expect(await statement('70002-202612-R1')).toMatchObject({
      openingBalance: '98.10',
      total: '0.70',
      closingBalance: '97.40',
    })
    expect(await wrong()).toEqual([])
    expect(await close('2026-12')).toMatchObject({ closed: [], corrected: [], refused: [] })
  })

  test('a correction moves the tax by what the new statement says, and no more', async () => {
    // 1.90 and 0.70 of the corrected months, 0.60 of the other account.
    const taxes = await Promise.all(
      ['70002-202611-R1', '70002-202612-R1', '70001-202611'].map(async (number) => (await statement(number)).tax),
    )
    expect(taxes).toEqual(['0.22', '0.08', '0.07'])
    expect(await owedTax()).toBe(370_000n)
  })

  test('what the books do not agree on is refused, not rounded away', async () => {
    await town().database.query(
      "update settlement_period set charged = charged + 1 where start_at = '2026-11-30T16:00:00Z' and meter_id = $1",
      [(await town().place('ladder')).meterId],
    )
    setClock(Date.parse('2027-01-31T17:00:00Z'))
    await settle('ladder', [[Date.parse('2027-01-31T16:00:00Z'), 12_000]])
    const { refused } = await close('2026-12')
    expect(refused.map(({ account }) => account)).toContain('70001')
    expect((await wrong()).join()).toContain('70001')
  })
})

/** Plans of several kinds with prices, rounding and tax of any size. */
const anyPlan = fc
  .record({
    price: fc.integer({ min: 0, max: 20_000 }),
    adder: fc.integer({ min: 0, max: 5_000 }),
    kind: fc.constantFrom('flat', 'ladder', 'clock', 'capacity'),
    mode: fc.constantFrom('half-up', 'half-even', 'down', 'up'),
    unit: fc.constantFrom('0.01', '0.1'),
    per: fc.constantFrom('line', 'total'),
    tax: fc.constantFrom(null, '13', '3'),
  })
  .map(({ price, adder, kind, mode, unit, per, tax }) => {
    const text = (tenThousandths: number): string => (tenThousandths / 10_000).toFixed(4)
    const clock = {
      kind: 'clock',
      prices: { peak: text(price), valley: text(adder) },
      calendar: {
        seasons: [
          {
            workday: [
              ['00:00', 'valley'],
              ['08:00', 'peak'],
              ['22:00', 'valley'],
            ],
          },
        ],
      },
    }
    return plan({
      rounding: { mode, unit, per },
      ...(tax !== null && { taxPercent: tax }),
      ...(kind === 'clock' ? { energy: clock } : flat(text(price))),
      ...(kind === 'ladder' && { ladder: { scope: 'year', limits: ['3'], adders: [text(adder)] } }),
      ...(kind === 'capacity' && { basic: { kind: 'capacity', price: text(adder) } }),
    })
  })
const anySteps = fc.array(
  fc.record({ wh: fc.integer({ min: 0, max: 4_000 }), after: fc.integer({ min: 10, max: 6_000 }) }),
  {
    minLength: 3,
    maxLength: 25,
  },
)
const cases = fc.sample(fc.tuple(anyPlan, anySteps, fc.integer({ min: 1, max: 30 })), { numRuns: 24, seed: 20_261_130 })

describe('whatever the plan, whatever is read and in which order', () => {
  const { settle, close, wrong, town } = bench(
    cases.map(([tariff], index) => ({
      place: `p${String(index)}`,
      opening: 1_000,
      tariff,
      supplyTerms: { capacity: [{ kva: '5' }] },
    })),
  )

  test('every statement is what the ledger charged, to the last micro-yuan, over two months', async () => {
    const december = Date.parse('2026-12-31T16:00:00Z')
    for (const [index, [, steps, stride]] of cases.entries()) {
      let [at, wh] = [start + minute, 0]
      const readings: [number, number][] = [[at, 0]]
      for (const step of steps) {
        at += step.after * minute
        wh += step.wh
        readings.push([at, wh])
      }
      readings.push([Math.max(at, december) + 15 * minute, wh + 100])
      const within = readings.filter(([when]) => when <= december + 15 * minute)
      // The first opens the period; a few come late and out of order; the last one ends both months.
      const [first, last, rest] = [within[0], within.at(-1), within.slice(1, -1)]
      if (first === undefined || last === undefined) throw new Error('no reading')
      const late = rest.filter((_, place) => place % (stride + 1) === stride)
      const name = `p${String(index)}`
      await settle(name, [first])
      for (const one of rest.filter((reading) => !late.includes(reading))) await settle(name, [one])
      for (const one of late.toReversed()) await settle(name, [one])
      await settle(name, [last])
    }
    const november = await close('2026-11')
    const next = await close('2026-12')
    expect([november.refused, next.refused, next.corrected]).toEqual([[], [], []])
    expect(november.closed).toHaveLength(cases.length)
    expect(await wrong()).toEqual([])
    const [sums] = await town().database.query<{ total: bigint; ledger: bigint }>(
      `select (select sum(total) from statement)::bigint as total,
              (select sum(case when kind in ('energy-charge', 'rounding-charge') then amount else -amount end) from transfer
               where kind in ('energy-charge', 'energy-credit', 'rounding-charge', 'rounding-credit'))::bigint as ledger`,
    )
    const [later] = await town().database.query<{ charged: bigint }>(
      'select coalesce(sum(charged), 0)::bigint as charged from settlement_period where start_at >= $1',
      [new Date(december)],
    )
    expect((sums?.total ?? 0n) + (later?.charged ?? 0n)).toBe(sums?.ledger)
  })
})
