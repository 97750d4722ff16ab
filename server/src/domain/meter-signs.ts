/** Signs that something is wrong with a meter or its wiring; they hold no reading and stop nobody, a person looks. */
export type MeterSign =
  | 'phase-lost'
  | 'reverse-energy'
  | 'negative-power'
  | 'register-stuck'
  | 'energy-unlike-power'
  | 'number-changed'

/** What one look at a meter has told. */
export type MeterLook = Readonly<{
  /** Voltages of phases A, B and C in mV; null where the meter has none. */
  voltageMillivolts: readonly (number | null)[]
  reverseWh: bigint | null
  meterNumber: string | null
}>

/** What is kept of the look before. */
export type MeterMemo = Readonly<{
  reverseWh: bigint | null
  meterNumber: string | null
  /** Phases that have ever had voltage. */
  phases: readonly boolean[]
}>

/** A whole day of readings. */
export type MeterDayFacts = Readonly<{
  usedWh: number
  hours: number
  meanPowerMilliwatts: bigint | null
  leastPowerMilliwatts: bigint | null
}>

/** Below this a phase has no voltage to speak of: 60 % of 220 V, the usual limit of a lost phase. */
const livePhaseMillivolts = 132_000
/** Less reverse energy than this since the last look is noise. */
const reverseNoiseWh = 500n
/** Less power than this against the flow is noise. */
const powerNoiseMilliwatts = 20_000n
/** Power and energy are compared when both are more than this. */
const comparedWh = 2_000
/** Momentary powers tell a day's energy to a third or so; twice, or half, is more than chance. */
const mostRatio = 2

export const memoOf = (look: MeterLook, before: MeterMemo | null): MeterMemo => ({
  reverseWh: look.reverseWh ?? before?.reverseWh ?? null,
  // The number that was known stays, until a person has looked.
  meterNumber: before?.meterNumber ?? look.meterNumber,
  phases: [0, 1, 2].map((phase) => (before?.phases[phase] ?? false) || isLive(look.voltageMillivolts[phase] ?? null)),
})

const isLive = (millivolts: number | null): boolean => millivolts !== null && millivolts >= livePhaseMillivolts

export const signsOf = (look: MeterLook, before: MeterMemo | null, day: MeterDayFacts | null): readonly MeterSign[] => {
  const signs: MeterSign[] = []
  const live = [0, 1, 2].map((phase) => isLive(look.voltageMillivolts[phase] ?? null))
  const known = before?.phases ?? []
  // A meter without any voltage would not answer: then its voltages are not to be believed.
  if (live.some(Boolean) && known.some((was, phase) => was && live[phase] !== true)) signs.push('phase-lost')
  const reverse = before?.reverseWh ?? null
  if (reverse !== null && look.reverseWh !== null && look.reverseWh > reverse + reverseNoiseWh)
    signs.push('reverse-energy')
  const number = before?.meterNumber ?? null
  if (number !== null && look.meterNumber !== null && look.meterNumber !== number) signs.push('number-changed')
  return day === null ? signs : [...signs, ...signsOfDay(day)]
}

const signsOfDay = ({ usedWh, hours, meanPowerMilliwatts, leastPowerMilliwatts }: MeterDayFacts): MeterSign[] => {
  const signs: MeterSign[] = []
  if (leastPowerMilliwatts !== null && leastPowerMilliwatts < -powerNoiseMilliwatts) signs.push('negative-power')
  if (meanPowerMilliwatts === null) return signs
  const expectedWh = (Number(meanPowerMilliwatts) / 1_000) * hours
  if (expectedWh > comparedWh && usedWh === 0) signs.push('register-stuck')
  else if (
    expectedWh > comparedWh &&
    usedWh > comparedWh &&
    (usedWh > expectedWh * mostRatio || expectedWh > usedWh * mostRatio)
  )
    signs.push('energy-unlike-power')
  return signs
}
