import { wattsAt } from '../load/load-profile.ts'
import { isDead } from './faults.ts'
import type { Meter } from './state.ts'

type Triple = readonly [number, number, number]

/** Whole mW and mvar; negative feeds back. */
export type Power = Readonly<{ active: Triple; reactive: Triple; activeTotal: number; reactiveTotal: number }>

const nowhere: Triple = [0, 0, 0]
const still: Power = Object.freeze({ active: nowhere, reactive: nowhere, activeTotal: 0, reactiveTotal: 0 })

/** What the customer draws if supply is on, mW, whatever the meter sees of it. */
export const demandedMilliwatts = (meter: Meter): number => {
  const { load, loadThousandths, loadShiftDays, around, livedTo, constantMilliwatts } = meter
  const watts = load === null ? 0 : wattsAt(load, around.halfHour(livedTo), loadShiftDays)
  return watts * loadThousandths + constantMilliwatts
}

/** What flows through the meter at the moment to which it has lived; constant until something changes. */
export const powerOf = (meter: Meter): Power => {
  const { relay, faults, model } = meter
  if (relay.actual === 'open' || isDead(faults)) return still
  const demanded = demandedMilliwatts(meter)
  const metered = faults.bypassPercent === 0 ? demanded : Math.trunc((demanded * (100 - faults.bypassPercent)) / 100)
  if (metered === 0) return still
  const [shareA, shareB] = model.phases
  const a = Math.trunc((metered * shareA) / 100)
  const b = Math.trunc((metered * shareB) / 100)
  const seen = (milliwatts: number, phase: number): number => {
    if (((faults.lost | faults.currentLost) & (1 << phase)) !== 0) return 0
    return (faults.reversed & (1 << phase)) === 0 ? milliwatts : -milliwatts
  }
  const active: Triple = [seen(a, 0), seen(b, 1), seen(metered - a - b, 2)]
  const slope = slopeOf(model.powerFactor) * (model.reactive === 'lagging' ? 1 : -1)
  const reactive: Triple = [
    Math.round(active[0] * slope) + 0,
    Math.round(active[1] * slope) + 0,
    Math.round(active[2] * slope) + 0,
  ]
  return {
    active,
    reactive,
    activeTotal: active[0] + active[1] + active[2],
    reactiveTotal: reactive[0] + reactive[1] + reactive[2],
  }
}

/** Reactive over active power. */
const slopeOf = (powerFactor: number): number => Math.sqrt(1 / (powerFactor * powerFactor) - 1)

const nominalMillivolts = 228_000
const nominalMillihertz = 50_000

/** Voltages wander slowly about 228 V, each meter a little differently. */
export const voltageOf = (meter: Meter, phase: number): number => {
  if ((meter.faults.lost & (1 << phase)) !== 0 || meter.model.phases[phase] === 0) return 0
  const minutes = meter.livedTo / 60_000
  const own = Number(meter.address.slice(-3))
  return Math.round(
    nominalMillivolts + 3_500 * Math.sin(minutes / 37 + own + phase * 2.1) + 1_200 * Math.sin(minutes / 7 + phase),
  )
}

/** mA, negative where power flows back: apparent power over voltage. */
export const currentOf = (meter: Meter, power: Power, phase: 0 | 1 | 2): number => {
  const millivolts = voltageOf(meter, phase)
  if (millivolts === 0) return 0
  const milliamperes = Math.round((apparentOf(power, phase) * 1_000) / millivolts)
  return power.active[phase] < 0 ? -milliamperes : milliamperes
}

/** mVA of a phase; without one, of all. */
export const apparentOf = (power: Power, phase?: 0 | 1 | 2): number =>
  phase === undefined
    ? Math.round(Math.hypot(power.activeTotal, power.reactiveTotal))
    : Math.round(Math.hypot(power.active[phase], power.reactive[phase]))

/** Thousandths, with the sign of the active power; 1.000 when nothing flows. */
export const powerFactorOf = (power: Power, phase?: 0 | 1 | 2): number => {
  const apparent = apparentOf(power, phase)
  if (apparent === 0) return 1_000
  return Math.round(((phase === undefined ? power.activeTotal : power.active[phase]) * 1_000) / apparent)
}

export const frequencyOf = (meter: Meter): number =>
  Math.round(nominalMillihertz + 20 * Math.sin(meter.livedTo / 180_000))
