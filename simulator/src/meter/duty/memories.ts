import { minuteMs } from '../../time/local-time.ts'
import { ownNow } from '../meter-clock.ts'
import { currentOf, frequencyOf, powerFactorOf, powerOf, voltageOf } from '../power.ts'
import { quantities, rateRegister, ratesPerMeter, type Quantity } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { lastDemand, maximumDemand } from './demand.ts'
import { RecordRing } from './record-ring.ts'

/**
 * What a meter writes down by itself: freezes of the registers (class 05) and the load profile (class 06). Rows are
 * whole numbers in register steps; the moment is in minutes of own time.
 */
export type Memories = {
  readonly daily: RecordRing
  readonly hourly: RecordRing
  readonly instant: RecordRing
  readonly timed: RecordRing
  readonly settlement: RecordRing
  readonly profile: RecordRing
}
/** Freezes of all registers; the hourly one has the two active totals alone. */
export type FreezeKind = Exclude<keyof Memories, 'profile' | 'hourly'>

const depth = Object.freeze({ daily: 62, hourly: 254, instant: 3, timed: 12, settlement: 12 })

/** Columns of a freeze: minute, six quantities by total and rates, two demands with their minutes, P and Q by phase. */
export const freezeColumn = Object.freeze({
  minute: 0,
  quantity: (quantity: Quantity): number => 1 + quantities.indexOf(quantity) * (1 + ratesPerMeter),
  demandForward: 31,
  demandReverse: 33,
  active: 35,
  reactive: 39,
})
const freezeColumns = 43

export const hourColumn = Object.freeze({ minute: 0, forward: 1, reverse: 2 })
const hourColumns = 3

/** Columns of a profile record, in the order of its classes 1 to 6. */
export const profileColumn = Object.freeze({ minute: 0, first: 1 })
const profileColumns = 30

export const memoriesOf = (meter: Meter): Memories =>
  (meter.memories ??= {
    daily: new RecordRing(freezeColumns, depth.daily),
    hourly: new RecordRing(hourColumns, depth.hourly),
    instant: new RecordRing(freezeColumns, depth.instant),
    timed: new RecordRing(freezeColumns, depth.timed),
    settlement: new RecordRing(freezeColumns, depth.settlement),
    profile: new RecordRing(profileColumns, meter.model.memory.profileRecords),
  })

const steps = (wh: number): number => Math.floor(wh / 10)
const hundredMilliwatts = (milliwatts: number): number => Math.trunc(milliwatts / 100)
const ownMinute = (own: number): number => Math.floor(own / minuteMs)

/** Writes the registers down as they are now. */
export const freeze = (meter: Meter, kind: FreezeKind): void => {
  const { bank, row } = meter
  const power = powerOf(meter)
  const forward = maximumDemand(meter, 'forward')
  const reverse = maximumDemand(meter, 'reverse')
  memoriesOf(meter)[kind].push([
    ownMinute(ownNow(meter)),
    ...quantities.flatMap((quantity) => [
      steps(bank.totalWh(row, quantity)),
      ...Array.from({ length: ratesPerMeter }, (_, index) => steps(bank.wh(row, rateRegister(quantity, index + 1)))),
    ]),
    hundredMilliwatts(forward.milliwatts),
    ownMinute(forward.at),
    hundredMilliwatts(reverse.milliwatts),
    ownMinute(reverse.at),
    hundredMilliwatts(power.activeTotal),
    ...power.active.map(hundredMilliwatts),
    hundredMilliwatts(power.reactiveTotal),
    ...power.reactive.map(hundredMilliwatts),
  ])
}

/** Writes the active totals down. */
export const freezeHour = (meter: Meter): void => {
  const { bank, row } = meter
  memoriesOf(meter).hourly.push([
    ownMinute(ownNow(meter)),
    steps(bank.totalWh(row, 'forward')),
    steps(bank.totalWh(row, 'reverse')),
  ])
}

const phases = [0, 1, 2] as const

/** Writes a record of the load profile down. */
export const noteProfile = (meter: Meter): void => {
  const { bank, row } = meter
  const power = powerOf(meter)
  const total = (quantity: Quantity): number => steps(bank.totalWh(row, quantity))
  memoriesOf(meter).profile.push([
    ownMinute(ownNow(meter)),
    ...phases.map((phase) => Math.floor(voltageOf(meter, phase) / 100)),
    ...phases.map((phase) => currentOf(meter, power, phase)),
    Math.floor(frequencyOf(meter) / 10),
    hundredMilliwatts(power.activeTotal),
    ...power.active.map(hundredMilliwatts),
    hundredMilliwatts(power.reactiveTotal),
    ...power.reactive.map(hundredMilliwatts),
    powerFactorOf(power),
    ...phases.map((phase) => powerFactorOf(power, phase)),
    total('forward'),
    total('reverse'),
    total('quadrant1') + total('quadrant4'),
    total('quadrant2') + total('quadrant3'),
    total('quadrant1'),
    total('quadrant2'),
    total('quadrant3'),
    total('quadrant4'),
    hundredMilliwatts(lastDemand(meter).active),
    hundredMilliwatts(lastDemand(meter).reactive),
  ])
}
