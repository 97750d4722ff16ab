import type { Measured, Measurement } from './measurement.ts'
import { voltageLimits, type VoltageLimits } from './voltage-limits.table.ts'

/** Further than this from every nominal voltage, and nobody knows what it was to be. */
const farthestFromNominal = 0.3
/** A voltage below this share of the nominal one is a lost phase: an alarm of its own, and no quality of a voltage. */
const livePerMille = 600
/** Less than this is no voltage of any supply that is known. */
const leastLiveMillivolts = 40_000
/** How unequal currents are says nothing where hardly any flows. */
const leastJudgedMilliamperes = 1_000

/** How many of the voltages of a phase were judged, and how many of these were beyond a limit. */
export type PhaseQuality = Readonly<{ judged: number; above: number; below: number }>
/** Of so many moments, in thousandths. */
export type Imbalance = Readonly<{ count: number; meanPerMille: number; greatestPerMille: number }>

/**
 * Voltage qualification (电压合格率) and phase imbalance of measurements. Each measurement stands for the same time, so
 * counts are times; null imbalance: not three phases to a neutral, or too little current.
 */
export type PowerQuality = Readonly<{
  phases: Readonly<Record<'a' | 'b' | 'c', PhaseQuality | null>>
  voltage: Imbalance | null
  current: Imbalance | null
}>

type Voltages = readonly [a: number | undefined, b: number | undefined, c: number | undefined]
const voltagesOf = ({ voltageA, voltageB, voltageC }: Measured): Voltages => [voltageA, voltageB, voltageC]
const isLive = (millivolts: number | undefined): millivolts is number =>
  millivolts !== undefined && millivolts >= leastLiveMillivolts

/**
 * What the voltages of a meter are to be, told by what they are: by the phases that have any, and the nominal value that
 * their median is nearest to. Null without voltages, or when none is near.
 */
export const limitsOf = (measured: readonly Measured[]): VoltageLimits | null => {
  const all = measured.map(voltagesOf)
  const lives = [0, 1, 2].map((phase) => all.some((voltages) => isLive(voltages[phase])))
  const live = all.flatMap((voltages) => voltages.filter(isLive)).toSorted((x, y) => x - y)
  const median = live[Math.floor(live.length / 2)]
  if (median === undefined) return null
  // A meter without a neutral has no phase B, nor has one to a neutral whose phase B is lost.
  const supplies: readonly VoltageLimits['supply'][] =
    lives[1] === true ? ['four-wire'] : lives[2] === true ? ['three-wire', 'four-wire'] : ['single-phase']
  const distance = ({ nominalMillivolts: nominal }: VoltageLimits): number => Math.abs(median - nominal) / nominal
  const [nearest] = voltageLimits
    .filter(({ supply }) => supplies.includes(supply))
    .toSorted((x, y) => distance(x) - distance(y))
  return nearest === undefined || distance(nearest) > farthestFromNominal ? null : nearest
}

/** The bounds of a good voltage, in mV. */
export const boundsOf = ({ nominalMillivolts: nominal, abovePerMille, belowPerMille }: VoltageLimits) => ({
  lowest: (nominal * (1_000 - belowPerMille)) / 1_000,
  highest: (nominal * (1_000 + abovePerMille)) / 1_000,
})

export const qualityOf = (measurements: readonly Measurement[], limits: VoltageLimits | null): PowerQuality => {
  const all = measurements.map(({ measured }) => measured)
  const phase = (index: 0 | 1 | 2): PhaseQuality | null => (limits === null ? null : phaseQuality(all, index, limits))
  const isFourWire = limits?.supply === 'four-wire'
  return {
    phases: { a: phase(0), b: phase(1), c: phase(2) },
    voltage: isFourWire ? imbalance(all.map((measured) => voltageImbalance(voltagesOf(measured), limits))) : null,
    current: isFourWire ? imbalance(all.map(currentImbalance)) : null,
  }
}

const phaseQuality = (all: readonly Measured[], index: 0 | 1 | 2, limits: VoltageLimits): PhaseQuality | null => {
  const { lowest, highest } = boundsOf(limits)
  const live = (limits.nominalMillivolts * livePerMille) / 1_000
  let [judged, above, below] = [0, 0, 0]
  for (const measured of all) {
    const voltage = voltagesOf(measured)[index]
    if (voltage === undefined || voltage < live) continue
    judged += 1
    if (voltage > highest) above += 1
    if (voltage < lowest) below += 1
  }
  return judged === 0 ? null : { judged, above, below }
}

/**
 * The farthest of three voltages from their mean, by the mean. The imbalance of GB/T 15543 is that of the negative
 * sequence, which needs the angles between the phases; magnitudes alone do not tell it.
 */
const voltageImbalance = (voltages: Voltages, { nominalMillivolts }: VoltageLimits): number | null => {
  const lost = (nominalMillivolts * livePerMille) / 1_000
  const live = voltages.filter((one): one is number => one !== undefined && one >= lost)
  if (live.length < voltages.length) return null
  const mean = live.reduce((sum, one) => sum + one, 0) / live.length
  return perMille(Math.max(...live.map((one) => Math.abs(one - mean))), mean)
}

/** Greatest less least current, by the greatest: SD 292-1988, where a transformer is to stay within 15 %. */
const currentImbalance = ({ currentA, currentB, currentC }: Measured): number | null => {
  if (currentA === undefined || currentB === undefined || currentC === undefined) return null
  const currents = [currentA, currentB, currentC].map(Math.abs)
  const greatest = Math.max(...currents)
  return greatest < leastJudgedMilliamperes ? null : perMille(greatest - Math.min(...currents), greatest)
}

const perMille = (part: number, whole: number): number => Math.round((part * 1_000) / whole)

const imbalance = (values: readonly (number | null)[]): Imbalance | null => {
  const told = values.filter((value) => value !== null)
  if (told.length === 0) return null
  return {
    count: told.length,
    meanPerMille: Math.round(told.reduce((sum, value) => sum + value, 0) / told.length),
    greatestPerMille: Math.max(...told),
  }
}

/** The quality of spans that follow one another, as of one. */
export const mergeQuality = (parts: readonly PowerQuality[]): PowerQuality => ({
  phases: {
    a: mergePhases(parts.map(({ phases }) => phases.a)),
    b: mergePhases(parts.map(({ phases }) => phases.b)),
    c: mergePhases(parts.map(({ phases }) => phases.c)),
  },
  voltage: mergeImbalance(parts.map(({ voltage }) => voltage)),
  current: mergeImbalance(parts.map(({ current }) => current)),
})

const mergePhases = (parts: readonly (PhaseQuality | null)[]): PhaseQuality | null =>
  parts.reduce<PhaseQuality | null>(
    (sum, part) =>
      sum === null || part === null
        ? (sum ?? part)
        : { judged: sum.judged + part.judged, above: sum.above + part.above, below: sum.below + part.below },
    null,
  )

const mergeImbalance = (parts: readonly (Imbalance | null)[]): Imbalance | null => {
  const told = parts.filter((part) => part !== null)
  const count = told.reduce((sum, part) => sum + part.count, 0)
  if (count === 0) return null
  return {
    count,
    meanPerMille: Math.round(told.reduce((sum, part) => sum + part.meanPerMille * part.count, 0) / count),
    greatestPerMille: Math.max(...told.map((part) => part.greatestPerMille)),
  }
}

/** Judged voltages within their limits, by all that were judged, in hundredths of a per cent; null: none was judged. */
export const qualification = (parts: readonly (PhaseQuality | null)[]): number | null => {
  const sum = mergePhases(parts)
  return sum === null ? null : Math.round(((sum.judged - sum.above - sum.below) * 10_000) / sum.judged)
}
