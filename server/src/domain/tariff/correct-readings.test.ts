import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { addMoney, wattHours, zeroMoney } from '../quantity.ts'
import { energyPlanDocument } from './arbitraries.test-support.ts'
import { plainContract } from './contract.ts'
import { correctReadings } from './correct-readings.ts'
import { beginChain, takeReading, type MeteringChain } from './metering-chain.ts'
import { readPlanBook } from './plan-book.ts'
import { zoneDays } from './tariff-clock.ts'
import type { Mark } from './usage.ts'

const days = zoneDays('Asia/Shanghai')
const start = Date.UTC(2024, 5, 29, 16)

/** Two days of half hours around the end of a month, one of them with a reading that somebody has mistyped. */
const marksOf = (energies: readonly bigint[]): readonly Mark[] => {
  let total = 500_000n
  return [0n, ...energies].map((energy, slot) => {
    total += energy
    const quarter = wattHours(total / 4n)
    const registers = { totalWh: wattHours(total), ratesWh: [quarter, quarter, quarter, quarter] }
    return { at: start + slot * 1_800_000, registers }
  })
}

const settle = (plan: unknown, marks: readonly Mark[]): MeteringChain => {
  const book = readPlanBook(plan)
  const [first, ...rest] = marks
  if (!book.ok || first === undefined) throw new Error(JSON.stringify(book))
  let chain = beginChain(book.value, plainContract, days, first)
  for (const mark of rest) chain = chain === null ? null : (takeReading(chain, mark)?.chain ?? null)
  if (chain === null) throw new Error('no plan in force')
  return chain
}

const chargedOf = ({ windows }: MeteringChain): readonly bigint[] => windows.map(({ charge }) => charge.charged)
const sumOf = (chain: MeteringChain): bigint =>
  chain.windows.reduce((sum, { charge }) => addMoney(sum, charge.charged), zeroMoney)

test('a correction charges what the corrected readings cost, and taking it back restores every charge', () => {
  const energies = fc.array(fc.bigInt({ min: 0n, max: 4_000n }), { minLength: 96, maxLength: 96 })
  fc.assert(
    fc.property(energyPlanDocument, energies, energies, (plan, wrong, right) => {
      const mistaken = settle(plan, marksOf(wrong))
      const corrected = correctReadings(mistaken, marksOf(right))
      expect(corrected?.usage).toBe(0n)
      const straight = settle(plan, marksOf(right))
      if (corrected === null) throw new Error('no plan in force')
      expect(chargedOf(corrected.chain)).toEqual(chargedOf(straight))
      expect(corrected.trueUp).toBe(sumOf(straight) - sumOf(mistaken))
      const back = correctReadings(corrected.chain, marksOf(wrong))
      expect(back === null ? null : chargedOf(back.chain)).toEqual(chargedOf(mistaken))
      expect(back?.trueUp).toBe(0n - corrected.trueUp)
      expect(correctReadings(corrected.chain, marksOf(right))?.trueUp, 'the same again').toBe(0n)
    }),
    { numRuns: 50 },
  )
})

test('a correction of another beginning is a mistake of the program', () => {
  const chain = settle(
    { code: 'P', version: 1, validFrom: '2024-01-01', energy: { kind: 'flat', price: '1' } },
    marksOf([5n]),
  )
  expect(() => correctReadings(chain, marksOf([5n]).slice(1))).toThrow(/begins where its chain does/u)
})
