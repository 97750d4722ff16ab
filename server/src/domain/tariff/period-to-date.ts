import { noEnergy, type Watts, type WattHours } from '../quantity.ts'
import type { RatedDays } from './part-of-month.ts'
import type { Reactive } from './power-factor.ts'

/** All that a price depends on besides plan and contract: what has happened in the period until now. */
export type PeriodToDate = Readonly<{
  /** `to` is the first day that is not over yet. */
  days: RatedDays
  /** Whether this is the account's first stretch in its billing month: monthly grants and fees are due once. */
  opensMonth: boolean
  /** Metered energy, multiplier included, in the order of the plan's energy prices; one part for flat and tiers. */
  parts: readonly WattHours[]
  /** Billable energy of the ladder's cycle before this period. */
  ladderBefore: WattHours
  /** Of the period; null when the meter does not tell: then the power factor adjusts nothing. */
  reactive: Reactive | null
  maximumDemand: Watts | null
  /** Energy of shared areas that falls to this customer, and corrections of earlier errors (also below zero). */
  publicShare: WattHours
  correction: WattHours
  /** Free energy left over from before. */
  quotaCarried: WattHours
  sources: readonly string[]
}>

export const quietPeriod = (days: RatedDays, parts: readonly WattHours[]): PeriodToDate => ({
  days,
  opensMonth: true,
  parts,
  ladderBefore: noEnergy,
  reactive: null,
  maximumDemand: null,
  publicShare: noEnergy,
  correction: noEnergy,
  quotaCarried: noEnergy,
  sources: [],
})
