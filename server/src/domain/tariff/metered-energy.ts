import {
  addEnergy,
  energyOf,
  minusOne,
  noEnergy,
  ratio,
  scaleThousandths,
  subtractEnergy,
  timesRatio,
  wattHours,
  type Ratio,
  type WattHours,
} from '../quantity.ts'
import type { Installation } from './contract.ts'

/** A register between two readings of the same meter at the same place. */
export type Segment = Readonly<{ start: WattHours; end: WattHours; multiplier: Ratio }>

export type RegisterLimits = Readonly<{
  /** Digits before the point: a register of 6 rolls over at 1 000 000 kWh. */
  digits: number
  /** The most that the connection can have carried in between. */
  maximumWatts: number
  elapsedMs: number
}>

export type Difference = Readonly<
  { ok: true; energy: WattHours; rolledOver: boolean } | { ok: false; code: 'not-plausible' }
>

/** Over the rating of the connection, as at the reading gate. */
const marginPercent = 120n
/** Two steps of the register. */
const stepTolerance = wattHours(20n)

/**
 * What a register has counted. When it stands lower it may have rolled over, if that is plausible; otherwise it is
 * another meter, a reset or a wrong address, and a person must look: a negative difference is never billed.
 */
export const registerDifference = (start: WattHours, end: WattHours, limits: RegisterLimits): Difference => {
  if (end >= start) return { ok: true, energy: subtractEnergy(end, start), rolledOver: false }
  const capacity = wattHours(10n ** BigInt(limits.digits + 3))
  const energy = subtractEnergy(addEnergy(end, capacity), start)
  const most = scaleThousandths(energyOf(limits.maximumWatts, limits.elapsedMs), ratio(marginPercent, 100n))
  return energy <= addEnergy(most, stepTolerance)
    ? { ok: true, energy, rolledOver: true }
    : { ok: false, code: 'not-plausible' }
}

/** Energy over several installations: each segment has its own registers and its own multiplier. */
export const energyOfSegments = (segments: readonly Segment[]): WattHours =>
  segments.reduce((sum, segment) => addEnergy(sum, segmentEnergy(segment)), noEnergy)

/** The multiplier is applied after the difference, so no digit of the register is lost. */
export const segmentEnergy = ({ start, end, multiplier }: Segment): WattHours => {
  if (end < start) throw new RangeError('a segment ends below its start: roll-over is judged before')
  return scaleThousandths(subtractEnergy(end, start), multiplier)
}

export const multiplierOn = (installations: readonly Installation[], day: number): Ratio =>
  installations.findLast(({ from }) => from <= day)?.multiplier ?? ratio(1n, 1n)

/** What a wrong multiplier has left out (or, below zero, billed too much), as a part of what was billed. */
export const wrongMultiplierRate = (actual: Ratio, used: Ratio): Ratio =>
  minusOne(timesRatio(actual, ratio(used.denominator, used.numerator)))

/** Recorded energy × correction rate: what is to be billed in addition. */
export const correctionOf = (recorded: WattHours, rate: Ratio): WattHours => scaleThousandths(recorded, rate)
