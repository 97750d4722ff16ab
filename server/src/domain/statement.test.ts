import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayNumber } from './tariff/day-number.ts'
import { plainContract } from './tariff/contract.ts'
import { compileTariff } from './tariff/compile-tariff.ts'
import { charge, nothingCharged } from './tariff/charge.ts'
import { quietPeriod } from './tariff/period-to-date.ts'
import type { RoundingRule, TariffPlan } from './tariff/plan.ts'
import type { PricePlan, Registers } from './price-plan.ts'
import {
  addMoney,
  formatMoney,
  microYuan,
  parseMoney,
  price,
  ratio,
  roundingModes,
  wattHours,
  zeroMoney,
  type MicroYuan,
} from './quantity.ts'
import { openPeriod, settle } from './settlement.ts'
import { buildStatement, type BalanceMove, type RatedPeriod, type StatementInput } from './statement.ts'
import { ratedByRegisters, tariffOfPlan } from './statement-tariff.ts'

const money = (text: string): MicroYuan => {
  const parsed = parseMoney(text)
  if (parsed === null) throw new Error(text)
  return parsed
}
const days = {
  from: dayNumber(2026, 11, 1),
  to: dayNumber(2026, 12, 1),
  monthStart: dayNumber(2026, 11, 1),
  monthEnd: dayNumber(2026, 12, 1),
}
const origin = { name: 'P', version: 1 }
const agreement = { id: 1, version: 1 }

const move = (kind: string, effect: string, change: Partial<BalanceMove> = {}): BalanceMove => ({
  kind,
  reverses: null,
  effect: money(effect),
  meterId: null,
  at: 0,
  ...change,
})

const flatPeriod = (kwh: string, perKwh: string, charged: string): RatedPeriod => {
  const plan: PricePlan = { kind: 'flat', price: price(money(perKwh) * 10_000n) }
  const registers = (wh: bigint): Registers => ({ totalWh: wattHours(wh), ratesWh: [] })
  const rated = ratedByRegisters(plan, origin, registers(0n), registers(money(kwh) / 1_000n), days)
  return { ...rated, meterId: 1, agreement, pricePlanId: 1, charged: money(charged) }
}

const closed = (input: Partial<StatementInput>) => {
  const result = buildStatement({ periods: [], moves: [], openingBalance: zeroMoney, ...input })
  if (!result.ok) return result.code
  const { lines, components, ...sums } = result.statement
  // A flat price is for energy alone.
  expect(components).toEqual({})
  const text = Object.fromEntries(Object.entries(sums).map(([name, amount]) => [name, formatMoney(amount)]))
  return { lines: lines.map(({ code, amount }) => `${code} ${formatMoney(amount)}`), ...text }
}

describe('closing a period', () => {
  test('one flat line, the fen that rounding gives back', () => {
    expect(
      closed({
        periods: [flatPeriod('236.000', '0.538', '126.968')],
        moves: [move('payment', '200')],
        openingBalance: money('10.5'),
      }),
    ).toEqual({
      lines: ['energy 126.97'],
      openingBalance: '10.50',
      payments: '200.00',
      movements: '0.00',
      energy: '126.968',
      charged: '126.968',
      rounding: '0.002',
      total: '126.97',
      net: '126.97',
      tax: '0.00',
      closingBalance: '83.53',
    })
  })

  test('three lines of 0.335 print as 1.02 (worked example 3), and 0.015 is posted', () => {
    const plan: PricePlan = {
      kind: 'four-rate',
      prices: [price(3_350_000_000n), price(3_350_000_000n), price(3_350_000_000n), price(0n)],
    }
    const registers = (wh: bigint): Registers => ({
      totalWh: wattHours(wh * 3n),
      ratesWh: [wh, wh, wh, 0n].map(wattHours),
    })
    const rated = ratedByRegisters(plan, origin, registers(0n), registers(1_000n), days)
    const period = { ...rated, meterId: 1, agreement, pricePlanId: 1, charged: money('1.005') }
    expect(closed({ periods: [period], moves: [] })).toMatchObject({
      lines: ['energy.rate-1 0.34', 'energy.rate-2 0.34', 'energy.rate-3 0.34'],
      total: '1.02',
      rounding: '0.015',
    })
  })

  test('a plan that rounds its total gets a line for what that adds, so the lines still add up', () => {
    const period = flatPeriod('1.000', '0.338', '0.338')
    const rounding: RoundingRule = { mode: 'half-up', unit: money('0.1'), per: 'total' }
    expect(
      closed({
        periods: [{ ...period, plan: { ...period.plan, rounding } }],
        moves: [],
      }),
    ).toMatchObject({ lines: ['energy 0.338', 'rounding -0.038'], total: '0.30', rounding: '-0.038' })
  })

  test('a closed account takes no rounding: a line says what the printed ones differ by', () => {
    expect(
      closed({
        periods: [flatPeriod('236.000', '0.538', '126.968')],
        moves: [move('payment', '126.968')],
        accountClosed: true,
      }),
    ).toMatchObject({
      lines: ['energy 126.97', 'rounding -0.002'],
      total: '126.968',
      rounding: '0.00',
      closingBalance: '0.00',
    })
  })

  test('a fee is a line of its own; refunds and transfers are no charges', () => {
    expect(
      closed({
        moves: [move('fee', '-3.005'), move('refund', '-20'), move('transfer-in', '5'), move('unfreeze', '1')],
      }),
    ).toMatchObject({
      lines: ['fee 3.01'],
      total: '3.01',
      movements: '-14.00',
      rounding: '0.005',
      closingBalance: '-17.01',
    })
  })

  test('a reversal stands where that which it reverses does', () => {
    expect(
      closed({
        moves: [
          move('payment', '50'),
          move('reversal', '-50', { reverses: 'payment' }),
          move('fee', '-2'),
          move('reversal', '2', { reverses: 'fee' }),
        ],
      }),
    ).toMatchObject({ payments: '0.00', lines: ['fee 2.00', 'fee -2.00'], total: '0.00' })
  })

  test('a second closing counts the rounding of the first as charged', () => {
    expect(
      closed({
        periods: [flatPeriod('2.000', '0.338', '0.676')],
        moves: [move('rounding-charge', '-0.002')],
      }),
    ).toMatchObject({ charged: '0.678', total: '0.68', rounding: '0.002' })
  })

  test('tax inside the price is split off, net and tax add up (worked example 35)', () => {
    const period = flatPeriod('126.970', '1', '126.97')
    expect(
      closed({
        periods: [{ ...period, plan: { ...period.plan, taxRate: ratio(13n, 100n) } }],
        moves: [],
      }),
    ).toMatchObject({ total: '126.97', net: '112.36', tax: '14.61' })
  })

  test('energy is charged by periods, never by a transfer beside them', () => {
    expect(() => closed({ moves: [move('energy-charge', '-0.5')] })).toThrow('periods')
    expect(() => closed({ moves: [move('reversal', '0.5', { reverses: 'energy-credit' })] })).toThrow('periods')
  })

  test('charges that are not the price of the energy are refused: that is no rounding', () => {
    expect(
      closed({
        periods: [flatPeriod('1.000', '0.5', '0.52')],
        moves: [],
      }),
    ).toBe('more-than-rounding')
  })

  test('a kind of transfer that nobody has thought of is a fault of the program', () => {
    expect(() => closed({ moves: [move('gift', '1')] })).toThrow('gift')
  })
})

/** Printed lines in whole units, their sum the total, and total = what was charged + what is posted. */
const lawsOf = (input: StatementInput, ledger: MicroYuan) => {
  const result = buildStatement(input)
  if (!result.ok) throw new Error(`${result.code}: ${result.detail}`)
  const { lines, total, charged, rounding, net, tax, openingBalance, closingBalance, payments, movements } =
    result.statement
  const printed = lines.filter(({ memo }) => !memo)
  const inUnits = input.periods.every(({ plan: { rounding: rule } }) =>
    (rule.per === 'total' ? [total] : lines.map(({ amount }) => amount)).every((amount) => amount % rule.unit === 0n),
  )
  return {
    got: {
      charged,
      total,
      lines: printed.reduce((sum, { amount }) => addMoney(sum, amount), zeroMoney),
      split: net + tax,
      closingBalance,
      inUnits,
    },
    want: {
      charged: ledger,
      total: ledger + rounding,
      lines: total,
      split: total,
      closingBalance: openingBalance + payments + movements - ledger - rounding,
      inUnits: true,
    },
  }
}

const energies = fc.array(fc.bigInt({ min: 0n, max: 50_000n }), { minLength: 1, maxLength: 60 })
const prices = fc.bigInt({ min: 0n, max: 30_000_000_000n })
const roundingRule: fc.Arbitrary<RoundingRule> = fc.record({
  mode: fc.constantFrom(...roundingModes),
  unit: fc.constantFrom(10_000n, 100_000n, 1n).map(microYuan),
  per: fc.constantFrom('line', 'total'),
})
const taxRate = fc.constantFrom(null, ratio(13n, 100n), ratio(3n, 100n))

describe('whatever is read and whatever it costs', () => {
  test('settled in any steps, flat or by four rates: statement = ledger + rounding', () => {
    const plans = fc.oneof(
      prices.map((one): PricePlan => ({ kind: 'flat', price: price(one) })),
      fc
        .tuple(prices, prices, prices, prices)
        .map(([a, b, c, d]): PricePlan => ({ kind: 'four-rate', prices: [price(a), price(b), price(c), price(d)] })),
    )
    fc.assert(
      fc.property(plans, energies, roundingRule, taxRate, (plan, steps, rounding, tax) => {
        let at: Registers = { totalWh: wattHours(7n), ratesWh: [1n, 2n, 3n, 1n].map(wattHours) }
        const opening = at
        let period = openPeriod(Date.parse('2026-11-10T00:00:00Z'), 'Asia/Shanghai', plan, at)
        let ledger = zeroMoney
        for (const [index, used] of steps.entries()) {
          const ratesWh = at.ratesWh.map((wh, rate) => (rate === index % 4 ? wattHours(wh + used) : wh))
          at = { totalWh: wattHours(at.totalWh + used), ratesWh }
          const settled = settle(period, at)
          period = settled.period
          ledger = addMoney(ledger, settled.charge)
        }
        const rated = ratedByRegisters(plan, origin, opening, at, days)
        const ruled = { ...rated.plan, rounding, taxRate: tax }
        const whole = { ...rated, plan: ruled, meterId: 1, agreement, pricePlanId: 1, charged: period.charged }
        const { got, want } = lawsOf({ periods: [whole], moves: [], openingBalance: money('12.345678') }, ledger)
        expect(got).toEqual(want)
      }),
    )
  })

  test('ladders, surcharges, fees by the day: statement = ledger + rounding', () => {
    const plans = fc
      .record({
        first: prices,
        adders: fc.tuple(prices, prices),
        fund: prices,
        fee: fc.bigInt({ min: 0n, max: 99_999_999n }),
      })
      .map(({ first, adders, fund, fee }): TariffPlan => ({
        ...tariffOfPlan({ kind: 'flat', price: price(first) }, origin),
        ladder: {
          scope: 'month',
          yearStart: 101,
          limits: [wattHours(200_000n), wattHours(400_000n)],
          adders: adders.map(price),
          households: [],
        },
        surcharges: [
          { code: 'fund', name: 'fund', price: price(fund), how: 'added', inPowerFactorBase: false },
          { code: 'shown', name: 'shown', price: price(fund), how: 'included', inPowerFactorBase: false },
        ],
        fees: [{ code: 'service', name: 'service', amount: microYuan(fee), per: 'month', due: 'daily' }],
      }))
    fc.assert(
      fc.property(plans, energies, roundingRule, taxRate, (plain, steps, rounding, tax) => {
        const plan = { ...plain, rounding, taxRate: tax }
        const tariff = compileTariff(plan, plainContract)
        let state = nothingCharged
        let used = 0n
        let ledger = zeroMoney
        for (const [index, step] of steps.entries()) {
          used += step
          const to = Math.min(days.from + 1 + Math.floor(index / 2), days.to)
          const made = charge(state, tariff, quietPeriod({ ...days, to }, [wattHours(used)]))
          state = made.state
          ledger = addMoney(ledger, addMoney(made.usage, made.trueUp))
        }
        if (state.at === null) throw new Error('nothing was rated')
        const period = { plan, contract: plainContract, period: state.at, charged: state.charged }
        const { got, want } = lawsOf(
          {
            periods: [{ ...period, meterId: 1, agreement, pricePlanId: 1 }],
            moves: [],
            openingBalance: zeroMoney,
          },
          ledger,
        )
        expect(got).toEqual(want)
      }),
    )
  })
})
