/**
 * How far the voltage of a supply may be from its nominal value: GB/T 12325-2008, chapter 4. Up to 20 kV three-phase
 * supply may be 7 % off, single-phase supply of 220 V 7 % above and 10 % below. Behind a voltage transformer the meter's
 * own voltage stands for that of the line.
 */
export type VoltageLimits = Readonly<{
  nominalMillivolts: number
  /** `three-wire`: between the lines, told as A and C. */
  supply: 'single-phase' | 'four-wire' | 'three-wire'
  abovePerMille: number
  belowPerMille: number
  clause: string
}>

const threePhase = { abovePerMille: 70, belowPerMille: 70, clause: 'GB/T 12325-2008 4.2' } as const

export const voltageLimits: readonly VoltageLimits[] = Object.freeze([
  {
    nominalMillivolts: 220_000,
    supply: 'single-phase',
    abovePerMille: 70,
    belowPerMille: 100,
    clause: 'GB/T 12325-2008 4.3',
  },
  { nominalMillivolts: 220_000, supply: 'four-wire', ...threePhase },
  // 100 V between the lines of a voltage transformer, here to its neutral.
  { nominalMillivolts: 57_735, supply: 'four-wire', ...threePhase },
  { nominalMillivolts: 380_000, supply: 'three-wire', ...threePhase },
  { nominalMillivolts: 100_000, supply: 'three-wire', ...threePhase },
])
