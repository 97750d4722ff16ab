import { bcd, joined } from '../bytes.ts'
import { freezeColumn, type Memories } from '../duty/memories.ts'
import { parameterBytes } from '../parameters.ts'
import { phaseRegister, quantities, rateRegister, ratesPerMeter, type Quantity } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { overdraftFen, remainingFen } from '../wallet.ts'

/** Class 00 (A.1): energy `00 TT RR SS` in steps of 0.01 kWh, and the purse at `0090`. */

const block = 0xff
const energyBytes = 4
const settlements = 12
const combination = Object.freeze({ active: 0x0400_0601, reactive1: 0x0400_0602, reactive2: 0x0400_0603 })

/** Registers of one moment: of a quantity by rate (0 for the total), in steps of 0.01 kWh. */
type Shown = (quantity: Quantity) => number

export const energyItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const [quantity, rate, settlement] = [(identifier >>> 16) & 0xff, (identifier >>> 8) & 0xff, identifier & 0xff]
  if (quantity === 0x90) return purseItem(meter, identifier)
  if (quantity === 0x0b || quantity === 0x0c) return monthItem(meter, settlement)
  const rates = rate === block ? ratesOf(quantity) : [rate]
  const days = settlement === block ? Array.from({ length: settlements + 1 }, (_, day) => day) : [settlement]
  const parts: Uint8Array[] = []
  for (const day of days)
    for (const part of rates) {
      const steps = energySteps(meter, quantity, part, day)
      if (steps === null) return null
      parts.push(bcd(steps, energyBytes))
    }
  return joined(...parts)
}

const phaseStart = [0x15, 0x29, 0x3d] as const
const phaseOf = (quantity: number): number => phaseStart.findIndex((start) => start <= quantity && quantity < start + 8)
const ratesOf = (quantity: number): number[] =>
  phaseOf(quantity) >= 0 ? [0] : Array.from({ length: 1 + ratesPerMeter }, (_, rate) => rate)

const energySteps = (meter: Meter, quantity: number, rate: number, day: number): number | null => {
  const phase = phaseOf(quantity)
  if (phase >= 0) {
    if (rate !== 0 || day !== 0) return null
    const shown: Shown = (of) => steps(meter.bank.wh(meter.row, phaseRegister(of, phase)))
    return combined(meter, quantity - (phaseStart[phase] ?? 0) + 1, shown)
  }
  if (rate > ratesPerMeter || day > settlements) return null
  return combined(meter, quantity, day === 0 ? shownNow(meter, rate) : shownThen(meter.memories, rate, day))
}

const steps = (wh: number): number => Math.floor(wh / 10)

const shownNow =
  ({ bank, row }: Meter, rate: number): Shown =>
  (quantity) =>
    steps(rate === 0 ? bank.totalWh(row, quantity) : bank.wh(row, rateRegister(quantity, rate)))

/** Of a settlement day that has not been yet, zero, as meters show it. */
const shownThen = (memories: Memories | null, rate: number, day: number): Shown => {
  const row = memories?.settlement.newest(day - 1)
  return (quantity) => row?.[freezeColumn.quantity(quantity) + rate] ?? 0
}

const combined = (meter: Meter, quantity: number, shown: Shown): number | null => {
  switch (quantity) {
    case 0x00:
      return signs(meter, combination.active, [shown('forward'), shown('reverse')])
    case 0x01:
      return shown('forward')
    case 0x02:
      return shown('reverse')
    case 0x03:
      return signs(meter, combination.reactive1, quadrants.map(shown))
    case 0x04:
      return signs(meter, combination.reactive2, quadrants.map(shown))
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x08:
      return shown(quadrants[quantity - 0x05] ?? 'quadrant1')
    default:
      return null
  }
}
const quadrants = quantities.slice(2)

/** The combination word: for each part a bit to add it and one to subtract it. */
const signs = (meter: Meter, word: number, parts: readonly number[]): number => {
  const bits = parameterBytes(meter, word)?.[0] ?? 0
  return parts.reduce(
    (sum, part, index) => sum + part * (((bits >> (2 * index)) & 1) - ((bits >> (2 * index + 1)) & 1)),
    0,
  )
}

const purseItem = ({ wallet }: Meter, identifier: number): Uint8Array | null => {
  if (identifier === 0x0090_0200) return bcd(wallet === null ? 0 : remainingFen(wallet), energyBytes)
  if (identifier === 0x0090_0201) return bcd(wallet === null ? 0 : overdraftFen(wallet), energyBytes)
  return null
}

/** Energy of the current (00) or the last (01) settlement period. */
const monthItem = (meter: Meter, which: number): Uint8Array | null => {
  if (which > 1) return null
  const at = (day: number): number => (day === 0 ? shownNow(meter, 0) : shownThen(meter.memories, 0, day))('forward')
  return bcd(Math.max(0, at(which) - at(which + 1)), energyBytes)
}
