import { ownNow } from '../meter-clock.ts'
import type { Meter } from '../state.ts'

/** Greatest mean power of a demand period of 15 minutes since it was last cleared, and when that was (own time). */
export type DemandRegister = {
  /** Wh·4 of the registers when the present period began. */
  forwardFromWh: number
  reverseFromWh: number
  forward: Maximum
  reverse: Maximum
}
export type Maximum = Readonly<{ milliwatts: number; at: number }>

const never: Maximum = Object.freeze({ milliwatts: 0, at: 0 })
const periodsPerHour = 4
const milliwattsPerWatt = 1_000

const startOf = ({ bank, row }: Meter): Pick<DemandRegister, 'forwardFromWh' | 'reverseFromWh'> => ({
  forwardFromWh: bank.totalWh(row, 'forward'),
  reverseFromWh: bank.totalWh(row, 'reverse'),
})

/** Mean power of the period that ends now, from whole Wh: as coarse as the register it is made of. */
const meanOf = (wh: number, fromWh: number): number => Math.max(0, wh - fromWh) * periodsPerHour * milliwattsPerWatt

export const noteDemand = (meter: Meter): void => {
  const start = startOf(meter)
  const { demand } = meter
  if (demand === null) {
    meter.demand = { ...start, forward: never, reverse: never }
    return
  }
  const forward = meanOf(start.forwardFromWh, demand.forwardFromWh)
  const reverse = meanOf(start.reverseFromWh, demand.reverseFromWh)
  const at = ownNow(meter)
  if (forward > demand.forward.milliwatts) demand.forward = { milliwatts: forward, at }
  if (reverse > demand.reverse.milliwatts) demand.reverse = { milliwatts: reverse, at }
  demand.forwardFromWh = start.forwardFromWh
  demand.reverseFromWh = start.reverseFromWh
}

export const maximumDemand = ({ demand }: Meter, direction: 'forward' | 'reverse'): Maximum =>
  demand?.[direction] ?? never

export const clearDemand = (meter: Meter): void => {
  if (meter.demand !== null) meter.demand = { ...startOf(meter), forward: never, reverse: never }
}
