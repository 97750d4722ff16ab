import { bcd, joined } from '../bytes.ts'
import { lastDemand } from '../duty/demand.ts'
import { ownNow } from '../meter-clock.ts'
import { apparentOf, currentOf, frequencyOf, powerFactorOf, powerOf, voltageOf, type Power } from '../power.ts'
import { rateAt } from '../rate-timetable.ts'
import { remainingMinutes } from '../security/session.ts'
import type { Meter } from '../state.ts'
import { priceOf } from '../wallet.ts'

/** Class 02 (A.3): what is measured at this moment. */

type Phase = 0 | 1 | 2
const phases = [0, 1, 2] as const
const block = 0xff

type Row = Readonly<{
  bytes: number
  total: ((meter: Meter, power: Power) => number) | null
  phase: (meter: Meter, power: Power, phase: Phase) => number
}>

const hundreds = (value: number): number => Math.trunc(value / 100)
const rows: Readonly<Record<number, Row>> = Object.freeze({
  0x01: { bytes: 2, total: null, phase: (meter, _, phase) => hundreds(voltageOf(meter, phase)) },
  0x02: { bytes: 3, total: null, phase: currentOf },
  0x03: {
    bytes: 3,
    total: (_, power) => hundreds(power.activeTotal),
    phase: (_, power, phase) => hundreds(power.active[phase]),
  },
  0x04: {
    bytes: 3,
    total: (_, power) => hundreds(power.reactiveTotal),
    phase: (_, power, phase) => hundreds(power.reactive[phase]),
  },
  0x05: {
    bytes: 3,
    total: (_, power) => hundreds(apparentOf(power)),
    phase: (_, power, phase) => hundreds(apparentOf(power, phase)),
  },
  0x06: {
    bytes: 2,
    total: (_, power) => powerFactorOf(power),
    phase: (_, power, phase) => powerFactorOf(power, phase),
  },
  0x07: { bytes: 2, total: null, phase: (_, power, phase) => angleOf(power, phase) },
})

/** Tenths of a degree between voltage and current, 0 to 360. */
const angleOf = (power: Power, phase: Phase): number => {
  const degrees = (Math.atan2(power.reactive[phase], power.active[phase]) * 180) / Math.PI
  return Math.round(((degrees + 360) % 360) * 10)
}

export const measuredItem = (meter: Meter, identifier: number): Uint8Array | null => {
  const [kind, which, last] = [(identifier >>> 16) & 0xff, (identifier >>> 8) & 0xff, identifier & 0xff]
  if (kind === 0x80) return which === 0 ? (single[last]?.(meter) ?? null) : null
  const row = rows[kind]
  if (row === undefined || last !== 0) return null
  const power = powerOf(meter)
  const ofPhase = (phase: Phase): Uint8Array => bcd(row.phase(meter, power, phase), row.bytes)
  const total = row.total === null ? null : bcd(row.total(meter, power), row.bytes)
  if (which === block) return joined(...(total === null ? [] : [total]), ...phases.map(ofPhase))
  if (which === 0) return total
  const phase = phases[which - 1]
  return phase === undefined ? null : ofPhase(phase)
}

const neutralCurrent = (meter: Meter): number => {
  const power = powerOf(meter)
  const [a, b, c] = phases.map((phase) => Math.abs(currentOf(meter, power, phase))) as [number, number, number]
  return Math.round(Math.sqrt(Math.max(0, a * a + b * b + c * c - a * b - b * c - a * c)))
}

const single: Readonly<Record<number, (meter: Meter) => Uint8Array>> = Object.freeze({
  0x01: (meter) => bcd(neutralCurrent(meter), 3),
  0x02: (meter) => bcd(Math.floor(frequencyOf(meter) / 10), 2),
  0x03: (meter) => bcd(hundreds(powerOf(meter).activeTotal), 3),
  0x04: (meter) => bcd(hundreds(lastDemand(meter).active), 3),
  0x05: (meter) => bcd(hundreds(lastDemand(meter).reactive), 3),
  0x06: (meter) => bcd(hundreds(Math.hypot(lastDemand(meter).active, lastDemand(meter).reactive)), 3),
  0x07: () => bcd(250, 2),
  0x08: () => bcd(360, 2),
  0x09: () => bcd(600, 2),
  0x0a: () => bcd(0, 4),
  0x20: (meter) => bcd(priceNow(meter), 4),
  0x21: (meter) => bcd(priceNow(meter), 4),
  0x22: (meter) => bcd(remainingMinutes(meter), 2),
})

const priceNow = (meter: Meter): number =>
  priceOf(meter, rateAt(meter.timetable, ownNow(meter), meter.around.zone).rate)
