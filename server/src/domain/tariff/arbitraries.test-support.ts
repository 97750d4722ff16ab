import * as fc from 'fast-check'
import { varHours, wattHours, watts } from '../quantity.ts'
import { compileTariff, type CompiledTariff } from './compile-tariff.ts'
import { parseDay } from './day-number.ts'
import type { PeriodToDate } from './period-to-date.ts'
import { readContract } from './read-contract.ts'
import { readPlan } from './read-plan.ts'

/** Plans, contracts and periods as strangers may write them: all of them pass the validator. */

const decimal = (max: number, digits: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max }), fc.integer({ min: 0, max: 10 ** digits - 1 }))
    .map(([whole, fraction]) => `${String(whole)}.${String(fraction).padStart(digits, '0')}`)

const priceText = fc.oneof(decimal(1, 4), decimal(1, 10))
const yesNo = fc.boolean()

const workdays = fc
  .uniqueArray(fc.integer({ min: 1, max: 47 }), { maxLength: 6 })
  .chain((slots) =>
    fc.tuple(fc.constant([0, ...slots.sort((a, b) => a - b)]), fc.array(fc.nat(2), { minLength: 7, maxLength: 7 })),
  )
  .map(([slots, cells]) =>
    slots.map((slot, index) => [
      `${String(Math.floor(slot / 2)).padStart(2, '0')}:${slot % 2 === 0 ? '00' : '30'}`,
      ['peak', 'flat', 'valley'][cells[index] ?? 0],
    ]),
  )

const clockEnergy = fc.record({
  kind: fc.constant('clock'),
  prices: fc.record({ peak: priceText, flat: priceText, valley: priceText }),
  calendar: fc.record({
    seasons: fc.tuple(
      fc.record({ from: fc.constant('04-01'), to: fc.constant('09-30'), workday: workdays, weekend: workdays }),
      fc.record({ from: fc.constant('10-01'), to: fc.constant('03-31'), workday: workdays }),
    ),
    holidays: fc.constant(['2024-06-10']),
  }),
})

const flatEnergy = fc.record({ kind: fc.constant('flat'), price: priceText })
const ratesEnergy = fc.record({
  kind: fc.constant('rates'),
  prices: fc.array(priceText, { minLength: 1, maxLength: 4 }),
})
export const anyEnergy = fc.oneof(flatEnergy, ratesEnergy, clockEnergy)

const limits = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }))
  .map(([first, more]) => [String(first), String(first + more)])
const ladder = fc.record({
  scope: fc.constantFrom('month', 'year'),
  limits,
  adders: fc.tuple(priceText, priceText),
})

const basic = fc.oneof(
  fc.record({
    kind: fc.constant('capacity'),
    price: priceText,
    days: fc.constantFrom('thirty', 'calendar'),
    inPowerFactorBase: yesNo,
  }),
  fc.record({
    kind: fc.constant('demand'),
    price: priceText,
    rule: fc.constantFrom('approved-band', 'contract', 'actual'),
    inPowerFactorBase: yesNo,
  }),
)

const surcharges = fc.array(fc.record({ price: priceText, inPowerFactorBase: yesNo }), { maxLength: 2 })
const fees = fc.array(
  fc.record({
    amount: decimal(20, 2),
    per: fc.constantFrom('month', 'day'),
    due: fc.constantFrom('daily', 'first-day'),
  }),
  { maxLength: 2 },
)

const coded = <T extends object>(items: readonly T[]): readonly (T & { code: string })[] =>
  items.map((item, index) => ({ ...item, code: `c${String(index)}` }))

export const anyPlanDocument = fc
  .record(
    {
      energy: anyEnergy,
      ladder,
      basic,
      powerFactor: fc.record({ standard: fc.constantFrom('0.90', '0.85', '0.80'), energyInBase: yesNo }),
      surcharges: surcharges.map(coded),
      fees: fees.map(coded),
      freeQuota: fc.record({ kwhPerPerson: decimal(30, 1) }),
      rounding: fc.record({
        mode: fc.constantFrom('half-up', 'half-even', 'down', 'up'),
        per: fc.constantFrom('line', 'total'),
      }),
    },
    { requiredKeys: ['energy'] },
  )
  .map((document) => ({ code: 'ANY', version: 1, validFrom: '2020-01-01', ...document }))

/** A plan of energy prices alone, which the quick way of pricing is for. */
export const energyPlanDocument = fc
  .record({ energy: anyEnergy, ladder, surcharges: surcharges.map(coded) }, { requiredKeys: ['energy'] })
  .map((document) => ({ code: 'ENERGY', version: 1, validFrom: '2020-01-01', ...document }))

export const anyContractDocument = fc.record(
  {
    persons: fc.integer({ min: 0, max: 7 }),
    capacity: fc.constantFrom(
      [{ kva: '315' }],
      [
        { kva: '100', to: '2024-06-12' },
        { kva: '250.5', from: '2024-06-12' },
      ],
    ),
    demandKw: decimal(300, 1),
    losses: fc.record({
      linePercent: decimal(5, 2),
      transformer: fc.constantFrom({ kind: 'table', kwh: '304', kvarh: '900' }, { kind: 'formula', ironKw: '0.29' }),
      spread: fc.constantFrom('pro-rata', 'flat'),
    }),
  },
  { requiredKeys: [] },
)

export const compiled = (plan: object, contract: object = {}): CompiledTariff => {
  const [readP, readC] = [readPlan(plan), readContract(contract)]
  if (!readP.ok || !readC.ok) throw new Error(JSON.stringify([readP, readC]))
  return compileTariff(readP.value, readC.value)
}

const monthStart = parseDay('2024-06-01') ?? 0
const monthEnd = parseDay('2024-07-01') ?? 0
const energy = fc.bigInt({ min: 0n, max: 900_000n })

export const anyPeriod = (parts: number): fc.Arbitrary<PeriodToDate> =>
  fc.record({
    days: fc
      .integer({ min: 0, max: 30 })
      .map((days) => ({ from: monthStart, to: monthStart + days, monthStart, monthEnd })),
    opensMonth: fc.boolean(),
    parts: fc.array(energy.map(wattHours), { minLength: parts, maxLength: parts }),
    ladderBefore: energy.map(wattHours),
    reactive: fc.option(fc.record({ forward: energy.map(varHours), reverse: energy.map(varHours) })),
    maximumDemand: fc.option(fc.bigInt({ min: 0n, max: 400_000n }).map(watts)),
    publicShare: energy.map(wattHours),
    correction: fc.constant(wattHours(0n)),
    quotaCarried: fc.constant(wattHours(0n)),
    sources: fc.constant(['reading']),
  })

/** A plan, a contract, and a period that fits them. */
export const anyCase = fc
  .tuple(anyPlanDocument, anyContractDocument)
  .map(([plan, contract]) => compiled(plan, contract))
  .chain((tariff) => fc.tuple(fc.constant(tariff), anyPeriod(tariff.partNames.length)))
