import { bcd, binary, joined, nothing } from './bytes.ts'
import { ownLocalTime } from './meter-clock.ts'
import { currentOf, powerFactorOf, powerOf, voltageOf } from './power.ts'
import { phaseRegister, quantities, rollOverWh, type Quantity } from './register-bank.ts'
import type { Meter } from './state.ts'

/**
 * What a meter remembers of what happened to it: how often, and the last ten records as they are sent. The key is
 * DI3 DI2 DI1 of the event (033000 programming, 1D00 trips …).
 */
export type EventMemory = Map<number, EventLog>
export type EventLog = { count: number; minutes: number; records: Uint8Array[]; began: Beginning | null }

/** How things stood when something began that has not ended yet. */
export type Beginning = Readonly<{ at: number; time: Uint8Array; registers: readonly number[]; measured: Uint8Array }>

export const recordsKept = 10

export const event = Object.freeze({
  phaseBreakA: 0x03_0401,
  phaseBreakB: 0x03_0402,
  phaseBreakC: 0x03_0403,
  currentLossA: 0x03_0b01,
  currentLossB: 0x03_0b02,
  currentLossC: 0x03_0b03,
  overload: 0x03_0f01,
  reversedA: 0x03_0e01,
  reversedB: 0x03_0e02,
  reversedC: 0x03_0e03,
  powerFailure: 0x03_1100,
  programming: 0x03_3000,
  meterClear: 0x03_3001,
  demandClear: 0x03_3002,
  eventClear: 0x03_3003,
  timeAdjustment: 0x03_3004,
  meterCover: 0x03_300d,
  terminalCover: 0x03_300e,
  /** What a record of it holds no source tells: here, beginning and end. */
  magneticField: 0x03_3500,
  trip: 0x1d_00ff,
  close: 0x1e_00ff,
} as const)

/** Records of clearing survive every clearing. */
const indelible: ReadonlySet<number> = new Set([event.meterClear, event.demandClear, event.eventClear])

export const logOf = (meter: Meter, kind: number): EventLog => {
  meter.events ??= new Map()
  let log = meter.events.get(kind)
  if (log === undefined) {
    log = { count: 0, minutes: 0, records: [], began: null }
    meter.events.set(kind, log)
  }
  return log
}

export const record = (meter: Meter, kind: number, data: Uint8Array): void => {
  const log = logOf(meter, kind)
  log.count += 1
  log.records = [data, ...log.records].slice(0, recordsKept)
}

/** Something begins that will have an end; it is recorded when it ends. */
export const begin = (meter: Meter, kind: number): void => {
  logOf(meter, kind).began ??= {
    at: meter.livedTo,
    time: timeBytes(meter),
    registers: registersOf(meter),
    measured: measuredOfPhases(meter),
  }
}

export const end = (meter: Meter, kind: number, compose: (meter: Meter, start: Beginning) => Uint8Array): void => {
  const log = logOf(meter, kind)
  const { began } = log
  if (began === null) return
  log.began = null
  log.minutes += Math.floor((meter.livedTo - began.at) / 60_000)
  record(meter, kind, compose(meter, began))
}

export const forgetEvents = (meter: Meter, identifier: number): void => {
  for (const kind of meter.events?.keys() ?? []) {
    const chosen = identifier === 0xffff_ffff || kind === identifier >>> 8
    if (chosen && !indelible.has(kind)) meter.events?.delete(kind)
  }
}

/** ss mm hh DD MM YY of the meter's clock. */
export const timeBytes = (meter: Meter, time = ownLocalTime(meter)): Uint8Array => {
  const { year, month, day, hour, minute, second } = time
  return joined(...[second, minute, hour, day, month, year % 100].map((part) => bcd(part, 1)))
}

/** mm hh DD MM YY. */
export const minuteBytes = (meter: Meter): Uint8Array => timeBytes(meter).subarray(1)

/** Registers as records show them: XXXXXX.XX kWh each. */
export const energies = (meter: Meter, shown: readonly Quantity[] = quantities): Uint8Array =>
  joined(...shown.map((quantity) => bcd(Math.floor(meter.bank.totalWh(meter.row, quantity) / 10), 4)))

/** Trips and closings: time, operator, six energies. */
export const recordSwitch = (meter: Meter, kind: 'trip' | 'close', operator: number): void =>
  record(meter, event[kind], joined(timeBytes(meter), binary(operator, 4), energies(meter)))

const increment = (wh: number): Uint8Array => bcd(Math.floor(((wh + rollOverWh) % rollOverWh) / 10), 4)

/** Wh of all totals, then of phases A, B and C, in the order of the quantities. */
const registersOf = ({ bank, row }: Meter): number[] => [
  ...quantities.map((quantity) => bank.totalWh(row, quantity)),
  ...[0, 1, 2].flatMap((phase) => quantities.map((quantity) => bank.wh(row, phaseRegister(quantity, phase)))),
]

/** By how much forward, reverse and both combined reactive energies grew: of the total, of A, of B, of C. */
const incrementsOf = (meter: Meter, { registers }: Beginning): Uint8Array[] => {
  const grown = registersOf(meter).map((wh, index) => wh - (registers[index] ?? 0))
  return [0, 1, 2, 3].map((part) => {
    const [forward = 0, reverse = 0, first = 0, second = 0, third = 0, fourth = 0] = grown.slice(
      part * quantities.length,
    )
    return joined(increment(forward), increment(reverse), increment(first + fourth), increment(second + third))
  })
}

/** U, I, P, Q and power factor of a phase: 13 bytes. */
const measuredOf = (meter: Meter, phase: 0 | 1 | 2): Uint8Array => {
  const power = powerOf(meter)
  return joined(
    bcd(voltageOf(meter, phase) / 100, 2),
    bcd(currentOf(meter, power, phase), 3),
    bcd(Math.trunc(power.active[phase] / 100), 3),
    bcd(Math.trunc(power.reactive[phase] / 100), 3),
    bcd(powerFactorOf(power, phase), 2),
  )
}
const measuredOfPhases = (meter: Meter): Uint8Array =>
  joined(measuredOf(meter, 0), measuredOf(meter, 1), measuredOf(meter, 2))
const measuredBytes = 13

/** 12 bytes. */
export const startAndEnd = (meter: Meter, { time }: Beginning): Uint8Array => joined(time, timeBytes(meter))

/** Registers before and after: 60 bytes. */
export const startEndAndEnergies = (meter: Meter, { time, registers }: Beginning): Uint8Array =>
  joined(
    time,
    timeBytes(meter),
    ...registers.slice(0, quantities.length).map((wh) => bcd(Math.floor(wh / 10), 4)),
    energies(meter),
  )

/** How much was used meanwhile: 76 bytes. */
export const startEndAndIncrements = (meter: Meter, start: Beginning): Uint8Array =>
  joined(start.time, timeBytes(meter), ...incrementsOf(meter, start))

/** Ampere-hours are not measured: 16 bytes of "no value". */
const noAmpereHours = new Uint8Array(16).fill(0xff)

/** How much was used meanwhile, and what was measured at the beginning: 131 bytes. */
export const startEndAndPhases = (meter: Meter, start: Beginning): Uint8Array =>
  joined(startEndAndCurrents(meter, start), noAmpereHours)

/** The same without ampere-hours: 115 bytes. */
export const startEndAndCurrents = (meter: Meter, start: Beginning): Uint8Array => {
  const [total = nothing, ...phases] = incrementsOf(meter, start)
  return joined(
    start.time,
    timeBytes(meter),
    total,
    ...phases.flatMap((grown, phase) => [
      grown,
      start.measured.subarray(phase * measuredBytes, (phase + 1) * measuredBytes),
    ]),
  )
}
