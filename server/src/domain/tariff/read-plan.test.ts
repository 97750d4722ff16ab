import { describe, expect, test } from 'vitest'
import { readContract } from './read-contract.ts'
import { readPlan } from './read-plan.ts'
import { readPlanBook } from './plan-book.ts'

const good = { code: 'A', version: 1, validFrom: '2024-01-01', energy: { kind: 'flat', price: '0.5' } }
const clock = (calendar: object) => ({
  ...good,
  energy: { kind: 'clock', prices: { peak: '1', valley: '0.3' }, calendar },
})
const workday = [['00:00', 'peak']]

const problemsOf = (
  result: ReturnType<typeof readPlan> | ReturnType<typeof readPlanBook> | ReturnType<typeof readContract>,
) => (result.ok ? [] : result.problems.map(({ at, words }) => `${at}: ${words}`))

describe('a plan file', () => {
  test('the shortest plan is good', () => {
    expect(problemsOf(readPlan(good))).toEqual([])
  })

  test.each<[string, unknown, RegExp]>([
    ['no object', 'text', /^document: must be an object/u],
    ['a mistyped key', { ...good, laddder: {} }, /^laddder: is not known here; known are code, version/u],
    [
      'a price without quotes',
      { ...good, energy: { kind: 'flat', price: 0.5 } },
      /^energy\.price: must be text in quotes \("0.5"\)/u,
    ],
    [
      'eleven decimals',
      { ...good, energy: { kind: 'flat', price: '0.12345678901' } },
      /^energy\.price: must be a price like/u,
    ],
    ['a price below zero', { ...good, energy: { kind: 'flat', price: '-1' } }, /^energy\.price: must be a price/u],
    [
      'an unknown kind',
      { ...good, energy: { kind: 'spot' } },
      /^energy\.kind: must be one of flat, rates, clock, tiers/u,
    ],
    ['no price', { ...good, energy: { kind: 'flat' } }, /^energy\.price: is missing/u],
    [
      'prices of another kind',
      { ...good, energy: { kind: 'flat', price: '1', prices: [] } },
      /^energy\.prices: does not belong/u,
    ],
    [
      'a day that is none',
      { ...good, validFrom: '2023-02-29' },
      /^validFrom: must be a day like "2024-07-01", not "2023-02-29"/u,
    ],
    ['an end before the begin', { ...good, validTo: '2023-12-31' }, /^validTo: must be later than validFrom/u],
    ['tiers without limits', { ...good, energy: { kind: 'tiers', prices: ['1', '2'] } }, /^ladder: is missing/u],
    [
      'too few adders',
      { ...good, ladder: { scope: 'year', limits: ['1', '2'], adders: ['1'] } },
      /^ladder\.adders: must be one for each limit \(2\)/u,
    ],
    [
      'limits that fall',
      { ...good, ladder: { scope: 'year', limits: ['2', '1'], adders: ['1', '2'] } },
      /^ladder\.limits\[1\]: must be above the limit before it/u,
    ],
    [
      'a period off the half hour',
      clock({
        seasons: [
          {
            workday: [
              ['00:00', 'peak'],
              ['08:15', 'valley'],
            ],
          },
        ],
      }),
      /^energy\.calendar\.seasons\[0\]\.workday\[1\]\[0\]: must be a full or half hour/u,
    ],
    [
      'a period without a price',
      clock({ seasons: [{ workday: [['00:00', 'sharp']] }] }),
      /^energy\.calendar\.seasons\[0\]\.workday\[0\]\[1\]: has no price; priced are peak, valley/u,
    ],
    [
      'a day that does not begin at midnight',
      clock({ seasons: [{ workday: [['01:00', 'peak']] }] }),
      /^energy\.calendar\.seasons\[0\]\.workday: must begin at "00:00"/u,
    ],
    [
      'days without a season',
      clock({ seasons: [{ from: '01-01', to: '12-30', workday }] }),
      /^energy\.calendar\.seasons: 12-31 is in no season/u,
    ],
    [
      'days of two seasons',
      clock({ seasons: [{ workday }, { from: '02-29', to: '02-29', workday }] }),
      /^energy\.calendar\.seasons: 02-29 is in more than one season/u,
    ],
    [
      'a holiday that is worked',
      clock({ seasons: [{ workday }], holidays: ['2024-10-01'], workdays: ['2024-10-01'] }),
      /^energy\.calendar\.workdays: names 2024-10-01, which is a holiday as well/u,
    ],
    [
      'more included than the price',
      { ...good, surcharges: [{ code: 'f', price: '0.6', how: 'included' }] },
      /^surcharges: contain more "included" parts/u,
    ],
    [
      'a code twice',
      {
        ...good,
        fees: [
          { code: 'f', amount: '1', per: 'day' },
          { code: 'f', amount: '1', per: 'day' },
        ],
      },
      /^fees\[1\]\.code: "f" is there twice/u,
    ],
    [
      'a minimum above the limit',
      { ...good, purchase: { minimum: '9', hoardLimit: '5' } },
      /^purchase\.minimum: is above/u,
    ],
    [
      'a limit of energy where a kWh has no one price',
      { ...good, energy: { kind: 'rates', prices: ['1', '2'] }, purchase: { hoardKwh: '100' } },
      /^purchase\.hoardKwh: needs energy of one price, not of kind "rates"/u,
    ],
    [
      'a standard that is none',
      { ...good, powerFactor: { standard: '0.95' } },
      /^powerFactor\.standard: must be "0.90"/u,
    ],
  ])('%s is named with its place', (_, document, words) => {
    const problems = problemsOf(readPlan(document))
    expect(
      problems.some((problem) => words.test(problem)),
      problems.join('\n'),
    ).toBe(true)
  })

  test('all problems are told at once', () => {
    const problems = problemsOf(readPlan({ version: '1', energy: { kind: 'rates', prices: ['x', 2] } }))
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'code',
      'validFrom',
      'energy.prices[0]',
      'energy.prices[1]',
      'version',
    ])
  })
})

describe('versions', () => {
  const second = { ...good, version: 2, validFrom: '2024-07-01' }

  test.each<[string, readonly unknown[], RegExp | null]>([
    ['follow each other', [good, second], null],
    ['may leave a gap', [{ ...good, validTo: '2024-05-01' }, second], null],
    ['overlap', [{ ...good, validTo: '2024-08-01' }, second], /^\[1\]: is valid from 2024-07-01, but/u],
    ['of another plan', [good, { ...second, code: 'B' }], /^\[1\]: is of plan "B"/u],
    ['fall back', [second, { ...good, validFrom: '2024-09-01' }], /^\[1\]: must have a higher version/u],
    ['none', [], /^document: must have at least one version/u],
    [
      'final prices for provisional ones',
      [
        { ...good, provisional: true },
        { ...good, version: 2 },
      ],
      null,
    ],
    [
      'final prices of other parts',
      [
        { ...good, provisional: true },
        { ...good, version: 2, energy: { kind: 'rates', prices: ['1'] } },
      ],
      /^\[1\]\.energy: must have the kind, periods and calendar of the provisional version/u,
    ],
    [
      'final prices for other days',
      [
        { ...good, provisional: true },
        { ...good, version: 2, validTo: '2024-02-01' },
      ],
      /^\[1\]\.validTo: must be as in the provisional version/u,
    ],
    ['the same days again', [good, { ...good, version: 2 }], /^\[1\]: must be valid from a later day/u],
  ])('%s', (_, versions, words) => {
    const problems = problemsOf(readPlanBook(versions))
    const found = words === null ? problems.length === 0 : problems.some((problem) => words.test(problem))
    expect(found, problems.join('\n')).toBe(true)
  })
})

describe('a contract file', () => {
  test('everything at once is good', () => {
    const contract = {
      persons: [{ persons: 3 }, { from: '2024-05-01', persons: 5 }],
      ladderFrom: '2024-07-01',
      capacity: [
        { kva: '315', to: '2024-06-19' },
        { kva: '400', from: '2024-06-19', percent: '50' },
      ],
      demandKw: '1000',
      powerFactorStandard: '0.85',
      losses: {
        transformer: { kind: 'formula', ironKw: '0.5', copperPercent: '1.5' },
        linePercent: '3',
        spread: 'flat',
      },
      exempt: ['fund'],
      multiplier: [{ ct: '50/5', pt: '10000/100' }],
    }
    expect(problemsOf(readContract(contract))).toEqual([])
  })

  test.each<[unknown, RegExp]>([
    [
      { capacity: [{ kva: '1', from: '2024-06-02', to: '2024-06-02' }] },
      /^capacity\[0\]\.to: must be later than from/u,
    ],
    [
      {
        persons: [
          { from: '2024-06-02', persons: 1 },
          { from: '2024-06-01', persons: 1 },
        ],
      },
      /^persons\[1\]: must start later/u,
    ],
    [{ persons: 2.5 }, /^persons: must be a whole number from 0/u],
    [{ multiplier: '50/0' }, /^multiplier: must be a ratio like "50\/5"/u],
    [{ losses: {} }, /^losses: must have transformer or linePercent/u],
    [{ losses: { linePercent: '101' } }, /^losses\.linePercent: must be per cent/u],
  ])('%j', (document, words) => {
    const problems = problemsOf(readContract(document))
    expect(
      problems.some((problem) => words.test(problem)),
      problems.join('\n'),
    ).toBe(true)
  })
})
