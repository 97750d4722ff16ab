import {
  acrelDdsy1352,
  acrelDtsy1352,
  bitMask,
  encodeRegister,
  registerSpan,
  type Register,
  type RegisterTable,
} from '@xianfu/protocols'
import { ownLocalTime } from '../meter-clock.ts'
import { parameterNumber } from '../parameters.ts'
import { apparentOf, currentOf, frequencyOf, powerFactorOf, powerOf, voltageOf } from '../power.ts'
import { rateRegister } from '../register-bank.ts'
import type { Meter } from '../state.ts'
import { isAlarming, overdraftFen, priceOf, remainingFen } from '../wallet.ts'
import type { Rate } from '../rate-timetable.ts'

/** Models whose registers a virtual meter can show. */
const modbusTables = Object.freeze({ 'acrel-dtsy1352': acrelDtsy1352, 'acrel-ddsy1352': acrelDdsy1352 })
export type ModbusModel = keyof typeof modbusTables

type Value = number | string | Uint8Array
const microYuanPerFen = 10_000
const limit = Object.freeze({ alarm1: 0x0400_1001, alarm2: 0x0400_1002, overdraft: 0x0400_1003 })

const rateWh =
  (rate: Rate) =>
  ({ bank, row }: Meter): number =>
    bank.wh(row, rateRegister('forward', rate))
const voltage = (phase: number) => (meter: Meter) => voltageOf(meter, phase)
const current = (phase: 0 | 1 | 2) => (meter: Meter) => Math.abs(currentOf(meter, powerOf(meter), phase))
const active = (phase: 0 | 1 | 2) => (meter: Meter) => powerOf(meter).active[phase]
const reactive = (phase: 0 | 1 | 2) => (meter: Meter) => powerOf(meter).reactive[phase]
const factor = (phase: 0 | 1 | 2) => (meter: Meter) => powerFactorOf(powerOf(meter), phase)
const limitOf =
  (identifier: number) =>
  (meter: Meter): number =>
    parameterNumber(meter, identifier) * microYuanPerFen
const balance = ({ wallet }: Meter): number =>
  wallet === null ? 0 : (remainingFen(wallet) - overdraftFen(wallet)) * microYuanPerFen
/** The clock, seven bytes, and the first byte of the maximum demand behind it. */
const clock = (meter: Meter): Uint8Array => {
  const { year, month, day, weekday, hour, minute, second } = ownLocalTime(meter)
  return Uint8Array.of(year - 2_000, month, day, weekday, hour, minute, second, 0)
}

/** What stands in a register, in the unit of its table; a register that is not named here shows zero. */
const values: Readonly<Record<string, (meter: Meter) => Value>> = Object.freeze({
  deviceType: ({ modbus }) => (modbus?.model === 'acrel-ddsy1352' ? 7 : 5),
  voltageA: voltage(0),
  voltageB: voltage(1),
  voltageC: voltage(2),
  currentA: current(0),
  currentB: current(1),
  currentC: current(2),
  activePowerA: active(0),
  activePowerB: active(1),
  activePowerC: active(2),
  activePowerTotal: (meter) => powerOf(meter).activeTotal,
  reactivePowerA: reactive(0),
  reactivePowerB: reactive(1),
  reactivePowerC: reactive(2),
  reactivePowerTotal: (meter) => powerOf(meter).reactiveTotal,
  powerFactorA: factor(0),
  powerFactorB: factor(1),
  powerFactorC: factor(2),
  powerFactorTotal: (meter) => powerFactorOf(powerOf(meter)),
  // The map that the maker printed for single-phase meters.
  printedEnergyTotal: ({ bank, row }) => bank.totalWh(row, 'forward'),
  printedEnergySharp: rateWh(1),
  printedEnergyPeak: rateWh(2),
  printedEnergyFlat: rateWh(3),
  printedEnergyValley: rateWh(4),
  voltage: voltage(0),
  current: current(0),
  activePower: (meter) => powerOf(meter).activeTotal,
  reactivePower: (meter) => powerOf(meter).reactiveTotal,
  powerFactor: (meter) => powerFactorOf(powerOf(meter)),
  apparentPower: (meter) => apparentOf(powerOf(meter)),
  frequency: frequencyOf,
  voltageRatio: () => 1,
  currentRatio: () => 1,
  energyTotal: ({ bank, row }) => bank.totalWh(row, 'forward'),
  energySharp: rateWh(1),
  energyPeak: rateWh(2),
  energyFlat: rateWh(3),
  energyValley: rateWh(4),
  balance,
  balanceSetUp: (meter) => Math.max(0, balance(meter)),
  purchaseCount: ({ wallet }) => wallet?.purchases ?? 0,
  purchaseCountSetUp: ({ wallet }) => wallet?.purchases ?? 0,
  overloadTrips: ({ relay }) => relay.overloadTrips,
  overloadTripsPermitted: ({ model }) => model.overload?.reclosings ?? 0,
  relayStatus: (meter) => statusBits(meter),
  controlStatus: ({ wallet, model }) =>
    bits(acrelDtsy1352.registers.controlStatus, {
      prepaid: wallet !== null,
      prepaidA: wallet !== null,
      prepaidB: wallet !== null,
      prepaidC: wallet !== null,
      load: model.overload !== null,
      time: model.timeControl !== null,
    }),
  clock,
  meterNumber: ({ address }) => address,
  alarm1: limitOf(limit.alarm1),
  alarm2: limitOf(limit.alarm2),
  permittedOverdraft: limitOf(limit.overdraft),
  prepaidControl: ({ wallet }) => (wallet === null ? 0 : 0x0100),
  forcedControl: ({ forced }) => (forced === null ? 0 : 1),
  forcedOpen: ({ forced }) => (forced === 'open' ? 1 : 0),
  priceSharp: (meter) => priceOf(meter, 1),
  pricePeak: (meter) => priceOf(meter, 2),
  priceFlat: (meter) => priceOf(meter, 3),
  priceValley: (meter) => priceOf(meter, 4),
})

const bits = (register: Register, set: Readonly<Record<string, boolean>>): number =>
  bitMask(
    register,
    Object.keys(set).filter((name) => set[name] === true),
  )

const statusBits = (meter: Meter): number => {
  const { forced, relay, wallet } = meter
  const [isClosed, isForcedClosed] = [relay.actual === 'closed', forced === 'closed']
  return bits(acrelDtsy1352.registers.relayStatus, {
    forcedClosedA: isForcedClosed,
    forcedClosedB: isForcedClosed,
    forcedClosedC: isForcedClosed,
    forced: forced !== null,
    overLimit: relay.cause === 'overload',
    arrears: wallet !== null && wallet.balance <= 0,
    alarm1: wallet !== null && isAlarming(meter, wallet),
    alarm2: wallet !== null && wallet.balance <= parameterNumber(meter, limit.alarm2) * 100_000,
    relayClosedA: isClosed,
    relayClosedB: isClosed,
    relayClosedC: isClosed,
  })
}

const registerBytes = 2

/** The bytes of some registers, or null when the model has none of them; holes between its registers are zero. */
export const registerImage = (meter: Meter, start: number, count: number): Uint8Array | null => {
  const image = new Uint8Array(count * registerBytes)
  let found = false
  for (const [name, register] of Object.entries(tableOf(meter).registers)) {
    const span = registerSpan(register)
    if (span.start >= start + count || span.start + span.count <= start) continue
    found = true
    const value = values[name]?.(meter)
    if (value === undefined) continue
    const bytes = encodeRegister(register, typeof value === 'number' ? held(register, value) : value)
    for (const [index, byte] of bytes.entries()) {
      const at = (span.start - start) * registerBytes + index
      if (at >= 0 && at < image.length) image[at] = byte
    }
  }
  return found ? image : null
}

export const tableOf = ({ modbus }: Meter): RegisterTable => modbusTables[modbus?.model ?? 'acrel-dtsy1352']

const steps: Readonly<Record<string, readonly [number, number]>> = Object.freeze({
  u16: [0, 0xffff],
  bits: [0, 0xffff],
  i16: [-0x8000, 0x7fff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
})

/** A register of 16 bits holds 32.767 kW; what is more stays at its end, as a register does. */
const held = ({ type, scale: [numerator, denominator] }: Register, value: number): number => {
  const [least, most] = steps[type] ?? [value, value]
  return Math.min((most * numerator) / denominator, Math.max((least * numerator) / denominator, value))
}
