import { expect, test } from 'vitest'
import {
  addMoney,
  formatKwh,
  formatMoney,
  microYuan,
  parseKwh,
  varHours,
  wattHours,
  watts,
  zeroMoney,
} from '../quantity.ts'
import { closeStatement } from './statement.ts'
import { beginChain, periodToDate, takeReading, type MeteringChain, type RatedWindow } from './metering-chain.ts'
import { parseDay } from './day-number.ts'
import { readContract } from './read-contract.ts'
import { readPlanBook } from './plan-book.ts'
import { zoneDays } from './tariff-clock.ts'
import { maximumGaps, type Mark } from './usage.ts'

const days = zoneDays('Asia/Shanghai')
const yuanOf = (amount: bigint) => microYuan(amount * 1_000_000n)
const kwh = (text: string) => parseKwh(text) ?? wattHours(-1n)

/** `2024-03-01` or `2024-03-01T10:00` (local), and what the meter shows. */
const mark = (text: string, shown: string, rest: Partial<Mark> = {}): Mark => {
  const [day = '', time = '00:00'] = text.split('T')
  const at = days.startOf(parseDay(day) ?? 0) + (Number(time.slice(0, 2)) * 60 + Number(time.slice(3))) * 60_000
  return { at, registers: { totalWh: kwh(shown), ratesWh: [] }, ...rest }
}

const settle = (plan: unknown, contract: unknown, marks: readonly Mark[]) => {
  const [book, terms] = [readPlanBook(plan), readContract(contract)]
  const [first, ...rest] = marks
  if (!book.ok || !terms.ok || first === undefined) throw new Error(JSON.stringify([book, terms]))
  let chain: MeteringChain | null = beginChain(book.value, terms.value, days, first)
  let charged = zeroMoney
  for (const next of rest) {
    const taken = chain === null ? null : takeReading(chain, next)
    if (taken === null) return { windows: [], charged, refused: true }
    charged = addMoney(charged, addMoney(taken.usage, taken.trueUp))
    chain = taken.chain
  }
  return { windows: chain?.windows ?? [], charged, refused: chain === null }
}

const totalOf = (rated: RatedWindow): string =>
  formatMoney(
    closeStatement(rated.tariff.rate(periodToDate(rated)).lines, rated.charge.charged, rated.tariff.plan).total,
  )

const plan = (rest: object) => ({ code: 'P', version: 1, validFrom: '2024-01-01', ...rest })
const flat = (price: string) => ({ energy: { kind: 'flat', price } })

test('a late reading moves energy into the next month, and free energy carried on follows through all later months', () => {
  const document = plan({ ...flat('1'), freeQuota: { kwhPerAccount: '30', unused: 'carries-over' } })
  const regular = [
    mark('2024-01-01', '0'),
    mark('2024-01-31', '35'),
    mark('2024-02-02', '45'),
    mark('2024-03-01', '60'),
    mark('2024-04-01', '80'),
    mark('2024-05-01', '141'),
  ]
  const late = mark('2024-02-01', '36')
  const straight = settle(
    document,
    {},
    [...regular, late].sort((a, b) => a.at - b.at),
  )
  const confused = settle(document, {}, [...regular, late])
  expect(confused.windows.map(({ quotaCarried }) => formatKwh(quotaCarried))).toEqual(['0.00', '0.00', '6.00', '16.00'])
  expect(confused.windows.map(({ quotaCarried }) => quotaCarried)).toEqual(
    straight.windows.map(({ quotaCarried }) => quotaCarried),
  )
  expect(confused.charged).toBe(straight.charged)
  expect(confused.windows.map(totalOf)).toEqual(['6.00', '0.00', '0.00', '15.00'])
})

test('a price change within a month: each part at its own price, split by the reading at the change', () => {
  const versions = [
    plan({ ...flat('0.538'), validTo: '2024-06-16' }),
    plan({ ...flat('0.558'), version: 2, validFrom: '2024-06-16' }),
  ]
  const frozen = [mark('2024-06-01', '1000'), mark('2024-06-16', '1100'), mark('2024-07-01', '1250')]
  expect(settle(versions, {}, frozen).windows.map(totalOf)).toEqual(['53.80', '83.70'])
  const without = [mark('2024-06-01', '1000'), mark('2024-07-01', '1250')]
  expect(settle(versions, {}, without).windows.map(totalOf), 'half and half, by days').toEqual(['67.25', '69.75'])
  expect(settle(versions, {}, [...without, mark('2024-06-16', '1100')]).windows.map(totalOf)).toEqual([
    '53.80',
    '83.70',
  ])
})

test('the year of a ladder runs through months and plan versions, and begins anew on its day', () => {
  const ladder = { scope: 'year', yearStart: '05-01', limits: ['100'], adders: ['1'] }
  const versions = [
    plan({ ...flat('1'), ladder, validTo: '2024-03-01' }),
    plan({ ...flat('2'), ladder, version: 2, validFrom: '2024-03-01' }),
  ]
  const marks = [
    mark('2024-02-01', '0'),
    mark('2024-03-01', '80'),
    mark('2024-04-01', '110'),
    mark('2024-05-01', '111'),
    mark('2024-06-01', '171'),
  ]
  expect(settle(versions, {}, marks).windows.map(totalOf)).toEqual(['80.00', '70.00', '3.00', '120.00'])
})

test('more persons raise the limits from their day on, by whole months', () => {
  const ladder = {
    scope: 'year',
    limits: ['120'],
    adders: ['1'],
    households: [{ fromPersons: 5, limits: ['120'] }],
  }
  const persons = [{ persons: 3 }, { from: '2024-07-01', persons: 5 }]
  const marks = [mark('2024-06-01', '0'), mark('2024-07-01', '130'), mark('2024-08-01', '190')]
  const { windows } = settle(plan({ ...flat('1'), ladder }), { persons }, marks)
  // 120 until June; from July 120 + 120 × 6/12 = 180: of 130 → 190 the last 10 are above.
  expect(windows.map(totalOf)).toEqual(['140.00', '70.00'])
})

test('another multiplier counts from its day on', () => {
  const contract = { multiplier: [{ ct: '50/5' }, { from: '2024-06-11', ct: '100/5', pt: '10' }] }
  const marks = [mark('2024-06-01', '5'), mark('2024-06-11', '6'), mark('2024-07-01', '7')]
  expect(settle(plan(flat('0.5')), contract, marks).windows.map(totalOf)).toEqual(['5.00', '100.00'])
})

test('capacity accrues by the day, and a whole month is a whole price whatever its length', () => {
  const document = plan({ ...flat('0'), basic: { kind: 'capacity', price: '30' } })
  const contract = { capacity: [{ kva: '10' }] }
  const to = (last: string) =>
    formatMoney(settle(document, contract, [mark('2024-02-01', '0'), mark(last, '0')]).charged)
  expect([
    to('2024-02-01T12:00'),
    to('2024-02-02'),
    to('2024-02-11T08:00'),
    to('2024-02-29'),
    to('2024-03-01'),
  ]).toEqual(['0.00', '10.00', '100.00', '280.00', '300.00'])
  expect(to('2024-04-01'), 'February and March').toBe('600.00')
})

test('reactive registers and demand of the readings, in any order', () => {
  const document = plan({
    ...flat('0.25'),
    basic: { kind: 'demand', price: '10', rule: 'actual' },
    powerFactor: { standard: '0.90' },
  })
  const reactive = (forward: string, reverse: string) => ({
    forward: varHours(kwh(forward)),
    reverse: varHours(kwh(reverse)),
  })
  const marks = [
    mark('2024-06-01', '0', { reactive: reactive('100', '50') }),
    mark('2024-06-10', '10000', { reactive: reactive('9000', '2000'), demand: watts(500_000n) }),
    mark('2024-07-01', '40000', { reactive: reactive('25100', '5050'), demand: watts(480_000n) }),
  ]
  for (const order of [marks, [marks[0], marks[2], marks[1]].flatMap((found) => found ?? [])]) {
    const { windows } = settle(document, {}, order)
    // Base 10 000 + 5 000 at a factor of 0.80: 5 %.
    expect(windows.map(totalOf)).toEqual(['15750.00'])
  }
})

test('hourly readings that never meet the changes of price: gaps are bounded, and no energy is lost', () => {
  const calendar = {
    seasons: [
      {
        workday: Array.from({ length: 24 }, (_, hour) => [
          `${String(hour).padStart(2, '0')}:00`,
          hour % 2 === 0 ? 'peak' : 'valley',
        ]),
      },
    ],
  }
  const document = plan({ energy: { kind: 'clock', prices: { peak: '2', valley: '1' }, calendar } })
  const marks = Array.from({ length: 24 * 30 }, (_, hour) => {
    const first = mark('2024-06-01T00:20', '0')
    return { at: first.at + hour * 3_600_000, registers: { totalWh: wattHours(BigInt(hour) * 3_000n), ratesWh: [] } }
  })
  const { windows, charged } = settle(document, {}, marks)
  expect(windows.map(({ usage }) => usage.gaps.length)).toEqual([maximumGaps])
  const [window] = windows
  if (window === undefined) throw new Error('no window')
  const parts = periodToDate(window).parts
  expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(719n * 3_000n)
  // Each hour from twenty past has forty minutes of the one price and twenty of the other.
  expect(formatMoney(charged)).toBe(formatMoney(yuanOf(360n * 5n + 359n * 4n)))
})

test('a plan that ends leaves a reading after it unpriced, and says so', () => {
  const document = plan({ ...flat('1'), validTo: '2024-06-16' })
  expect(settle(document, {}, [mark('2024-06-01', '0'), mark('2024-06-20', '5')]).refused).toBe(true)
  expect(settle(document, {}, [mark('2023-12-01', '0')]).refused).toBe(true)
})
