/** What is wrong around a meter, as bits 0 to 2 for phases A to C; set by an experimenter. */
export type Faults = Readonly<{
  /** Phases without voltage; all three is a power failure. */
  lost: number
  /** Phases whose current flows backwards through the meter (crossed current transformer). */
  reversed: number
  /** Hundredths of the load that pass by the meter. */
  bypassPercent: number
  meterCoverOpen: boolean
  terminalCoverOpen: boolean
  /** The programming key is pressed: address and tables may be written. */
  programmingKey: boolean
}>

export const noFaults: Faults = Object.freeze({
  lost: 0,
  reversed: 0,
  bypassPercent: 0,
  meterCoverOpen: false,
  terminalCoverOpen: false,
  programmingKey: false,
})

const allPhases = 0b111

export const isDead = ({ lost }: Faults): boolean => lost === allPhases
