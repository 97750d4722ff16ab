import { ownNow } from '../meter-clock.ts'
import type { Meter } from '../state.ts'

/** Mean powers of the demand period of 15 minutes, and the greatest since they were last cleared. */
export type DemandRegister = {
  /** What the registers showed when the present period began, Wh and varh. */
  from: Readonly<{ forward: number; reverse: number; reactive: number }>
  /** Mean powers of the last whole period, mW and mvar. */
  last: Readonly<{ active: number; reactive: number }>
  forward: Maximum
  reverse: Maximum
}
/** `at` is an own time; 0 for never. */
export type Maximum = Readonly<{ milliwatts: number; at: number }>

const never: Maximum = Object.freeze({ milliwatts: 0, at: 0 })
const none = Object.freeze({ active: 0, reactive: 0 })
const periodsPerHour = 4
const milliwattsPerWatt = 1_000

const registersOf = ({ bank, row }: Meter): DemandRegister['from'] => ({
  forward: bank.totalWh(row, 'forward'),
  reverse: bank.totalWh(row, 'reverse'),
  reactive: bank.totalWh(row, 'quadrant1') + bank.totalWh(row, 'quadrant4'),
})

/** Mean power of the period that ends now, from whole Wh: as coarse as the register it is made of. */
const meanOf = (wh: number, fromWh: number): number => Math.max(0, wh - fromWh) * periodsPerHour * milliwattsPerWatt

/** A demand period is over. The first one that a meter sees only in part does not count. */
export const noteDemand = (meter: Meter): void => {
  const now = registersOf(meter)
  const { demand } = meter
  if (demand === null) {
    meter.demand = { from: now, last: none, forward: never, reverse: never }
    return
  }
  const forward = meanOf(now.forward, demand.from.forward)
  const reverse = meanOf(now.reverse, demand.from.reverse)
  const at = ownNow(meter)
  if (forward > demand.forward.milliwatts) demand.forward = { milliwatts: forward, at }
  if (reverse > demand.reverse.milliwatts) demand.reverse = { milliwatts: reverse, at }
  demand.last = { active: forward, reactive: meanOf(now.reactive, demand.from.reactive) }
  demand.from = now
}

export const maximumDemand = ({ demand }: Meter, direction: 'forward' | 'reverse'): Maximum =>
  demand?.[direction] ?? never

/** Mean powers of the last whole period. */
export const lastDemand = ({ demand }: Meter): DemandRegister['last'] => demand?.last ?? none

export const clearDemand = (meter: Meter): void => {
  if (meter.demand !== null) meter.demand = { from: registersOf(meter), last: none, forward: never, reverse: never }
}
