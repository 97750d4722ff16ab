import { isPriceable, type PricePlan, type Registers, type TariffNeeds } from './price-plan.ts'
import { addEnergy, energyOf, subtractEnergy, wattHours, type WattHours } from './quantity.ts'

/**
 * The gate that every reading passes before it may charge anything. What fails is kept and shown as held with its
 * reason; it charges nothing and nobody is cut while the newest reading is held.
 */
export type HeldReason =
  | 'from-the-future'
  | 'register-went-backwards'
  | 'rate-went-backwards'
  | 'rates-do-not-sum'
  | 'rates-missing'
  | 'more-energy-than-possible'
  | 'no-price-in-force'
  | 'not-between-its-neighbours'

export type GateReading = Readonly<{
  at: number
  registers: Registers
  /** The registers before and after, for one that was found later in the meter's memory. */
  between?: Readonly<{ lowWh: WattHours; highWh: WattHours }> | undefined
}>

export type GateFacts = Readonly<{
  /** The last good reading; null before the first. */
  last: Readonly<{ at: number; registers: Registers }> | null
  /** The most the connection can carry. */
  maximumWatts: number
  /** One step of the registers; behind transformers it is multiplied by their ratios. The usual 10 Wh when absent. */
  registerStepWh?: number
  plan: PricePlan | TariffNeeds | null
  now: number
}>

export type GateResult = Readonly<{ kind: 'good' } | { kind: 'late' } | { kind: 'held'; reason: HeldReason }>

/** A reading may be this much ahead of our clock: two clocks are never quite equal. */
export const futureToleranceMs = 60_000
/** Of most meters: two decimals of a kilowatt-hour. */
const usualStepWh = 10
/** Each register is cut at its last digit, so total and rates may differ by two steps for each rate. */
const toleratedSteps = 2
/** Over the connection's rating: real connections carry a little more than their plate says. */
const ratingMarginPercent = 120

/** Decides in the order of the reasons above; `late` is older than the last good one: its energy was charged with that. */
export const passGate = (reading: GateReading, facts: GateFacts): GateResult => {
  const { registers, at, between } = reading
  const toleranceWh = wattHours(BigInt(toleratedSteps * (facts.registerStepWh ?? usualStepWh)))
  if (at > facts.now + futureToleranceMs) return { kind: 'held', reason: 'from-the-future' }
  if (facts.last !== null && at <= facts.last.at) {
    const fits = between === undefined || (registers.totalWh >= between.lowWh && registers.totalWh <= between.highWh)
    return fits ? { kind: 'late' } : { kind: 'held', reason: 'not-between-its-neighbours' }
  }
  if (facts.last !== null) {
    const before = facts.last.registers
    if (registers.totalWh < before.totalWh) return { kind: 'held', reason: 'register-went-backwards' }
    if (registers.ratesWh.some((rate, index) => rate < (before.ratesWh[index] ?? 0n)))
      return { kind: 'held', reason: 'rate-went-backwards' }
  }
  if (facts.plan !== null && !isPriceable(facts.plan, registers)) return { kind: 'held', reason: 'rates-missing' }
  if (!ratesSum(registers, toleranceWh)) return { kind: 'held', reason: 'rates-do-not-sum' }
  if (facts.last !== null) {
    const used = subtractEnergy(registers.totalWh, facts.last.registers.totalWh)
    const watts = Math.ceil((facts.maximumWatts * ratingMarginPercent) / 100)
    if (used > addEnergy(energyOf(watts, at - facts.last.at), toleranceWh))
      return { kind: 'held', reason: 'more-energy-than-possible' }
  }
  return { kind: 'good' }
}

/**
 * What a person has looked at and believes: as much energy as it says, a total that is not the sum of its rates. What
 * would charge backwards, or can not be priced, stays held whatever anybody believes: that is for a change of meter, or
 * for the price plan.
 */
export const passReleased = (reading: GateReading, facts: GateFacts): GateResult => {
  const { registers, at } = reading
  const { last, plan, now } = facts
  if (at > now + futureToleranceMs) return { kind: 'held', reason: 'from-the-future' }
  if (last !== null && at <= last.at) {
    const fits = registers.totalWh <= last.registers.totalWh
    return fits ? { kind: 'late' } : { kind: 'held', reason: 'not-between-its-neighbours' }
  }
  if (last !== null && registers.totalWh < last.registers.totalWh)
    return { kind: 'held', reason: 'register-went-backwards' }
  if (last?.registers.ratesWh.some((rate, index) => (registers.ratesWh[index] ?? rate) < rate) === true)
    return { kind: 'held', reason: 'rate-went-backwards' }
  return plan !== null && !isPriceable(plan, registers) ? { kind: 'held', reason: 'rates-missing' } : { kind: 'good' }
}

const ratesSum = ({ totalWh, ratesWh }: Registers, toleranceWhPerRate: bigint): boolean => {
  if (ratesWh.length === 0) return true
  const difference = totalWh - ratesWh.reduce<bigint>((sum, rate) => sum + rate, 0n)
  const tolerance = toleranceWhPerRate * BigInt(ratesWh.length)
  return difference <= tolerance && difference >= -tolerance
}

export const heldWords: Readonly<Record<HeldReason, string>> = Object.freeze({
  'from-the-future': 'read at a time that has not come yet / 读数时间在将来',
  'register-went-backwards': 'the total register went backwards / 总电量倒走',
  'rate-went-backwards': 'a rate register went backwards / 费率电量倒走',
  'rates-do-not-sum': 'total and rates do not agree / 总电量与分费率电量不符',
  'rates-missing': 'the plan prices by rate but the meter gave no rates / 缺少分费率电量',
  'more-energy-than-possible': 'more energy than the connection can carry / 电量超出线路能力',
  'not-between-its-neighbours': 'found later, but not between the readings around it / 补抄值不在前后读数之间',
  'no-price-in-force': 'no version of the price plan is in force / 当日无有效电价',
})
