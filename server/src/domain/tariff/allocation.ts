import {
  largestRemainder,
  microYuan,
  ratio,
  scaleThousandths,
  subtractEnergy,
  sumEnergy,
  type MicroYuan,
  type Ratio,
  type WattHours,
} from '../quantity.ts'

/** Shared areas (公摊) and losses between a master meter and its sub-meters. */

/** By how much more than their meters show the tenants pay when the whole master reading is passed on. */
export const publicShareFactor = (master: WattHours, subMeters: readonly WattHours[]): Ratio =>
  ratio(master, sumEnergy(subMeters))

/** The energy of shared areas that falls to one tenant by the factor. */
export const publicShareOf = (own: WattHours, factor: Ratio): WattHours =>
  subtractEnergy(scaleThousandths(own, factor), own)

/** Shares an amount so that the parts add up to it: by energy, floor area, households or fixed weights. */
export const allocateMoney = (total: MicroYuan, weights: readonly bigint[], unit: MicroYuan): readonly MicroYuan[] => {
  if (total % unit !== 0n) throw new RangeError('the total is no whole number of units')
  return largestRemainder(total / unit, weights).map((share) => microYuan(share * unit))
}

export type BoundCheck = Readonly<{ ok: true } | { ok: false; code: 'billed-more-than-paid'; by: MicroYuan }>

/** A reseller must not bill more than the grid has billed: kept with every allocation. */
export const checkBound = (paidToGrid: MicroYuan, billed: readonly MicroYuan[]): BoundCheck => {
  const sum = billed.reduce<bigint>((total, amount) => total + amount, 0n)
  return sum <= paidToGrid
    ? { ok: true }
    : { ok: false, code: 'billed-more-than-paid', by: microYuan(sum - paidToGrid) }
}
