import { powerFactorHundredths, ratio, varHours, type Ratio, type VarHours, type WattHours } from '../quantity.ts'
import { powerFactorTable } from './power-factor.table.ts'
import type { PowerFactorStandard } from './plan.ts'

/** Reactive energy of both directions counts, each by its amount. */
export type Reactive = Readonly<{ forward: VarHours; reverse: VarHours }>

/** The power factor of a month in hundredths; null without active energy: then nothing is adjusted. */
export const powerFactorOf = (active: WattHours, reactive: VarHours): number | null =>
  active <= 0n ? null : powerFactorHundredths(active, reactive)

export const reactiveSum = ({ forward, reverse }: Reactive): VarHours =>
  varHours(magnitude(forward) + magnitude(reverse))

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)

/** By how much the base is raised (or, below zero, reduced) for a power factor in hundredths. */
export const powerFactorRate = (standard: PowerFactorStandard, hundredths: number): Ratio => {
  const { rewards, penalties } = powerFactorTable[standard]
  const better = hundredths > standard
  let [at, sum] = [standard as number, 0]
  for (const { until, perHundredth } of better ? rewards : penalties) {
    const end = better ? Math.min(until, hundredths) : Math.max(until, hundredths)
    sum += Math.abs(end - at) * perHundredth
    at = end
    if (at === hundredths) break
  }
  return ratio(BigInt(sum), 10_000n)
}
