import { addMoney, zeroMoney } from '../quantity.ts'
import { charge } from './charge.ts'
import {
  beginChain,
  periodToDate,
  takeReading,
  type ChainCharge,
  type MeteringChain,
  type WindowCharge,
} from './metering-chain.ts'
import type { Mark } from './usage.ts'

/**
 * Puts a corrected series of readings in the place of the one that a chain was made of: every window is rated anew from
 * them, and what that differs from its charges is a true-up, also below zero. Correcting back restores every charge. The
 * series begins where the chain does and names all readings since; null when no version of the plan is in force.
 */
export const correctReadings = (chain: MeteringChain, readings: readonly Mark[]): ChainCharge | null => {
  const [first, ...rest] = readings.toSorted((a, b) => a.at - b.at)
  const [oldest] = chain.windows
  if (first === undefined || oldest === undefined) throw new RangeError('a correction needs readings and a chain')
  if (first.at !== oldest.usage.first.at) throw new RangeError('a correction begins where its chain does')
  const { ladderBefore, opensMonth } = oldest
  let fresh = beginChain(chain.book, chain.contract, chain.days, first, { ladderBefore, opensMonth })
  for (const mark of rest) fresh = fresh === null ? null : (takeReading(fresh, mark)?.chain ?? null)
  if (fresh === null) return null
  const before = new Map(chain.windows.map((rated) => [rated.usage.start, rated.charge]))
  const windows = fresh.windows.map((rated): WindowCharge => {
    const charged = before.get(rated.usage.start)
    if (charged === undefined) return { rated, usage: rated.charge.charged, trueUp: zeroMoney }
    const { state, usage, trueUp } = charge(charged, rated.tariff, periodToDate(rated))
    return { rated: { ...rated, charge: state }, usage: zeroMoney, trueUp: addMoney(usage, trueUp) }
  })
  return {
    chain: { ...fresh, windows: windows.map(({ rated }) => rated) },
    usage: windows.reduce((sum, { usage }) => addMoney(sum, usage), zeroMoney),
    trueUp: windows.reduce((sum, { trueUp }) => addMoney(sum, trueUp), zeroMoney),
    provisional: windows.some(({ rated }) => rated.tariff.plan.provisional),
    windows,
  }
}
