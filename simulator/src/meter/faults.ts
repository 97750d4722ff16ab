/** What is wrong around a meter, as bits 0 to 2 for phases A to C; set by an experimenter. */
export type Faults = Readonly<{
  /** Phases without voltage; all three is a power failure. */
  lost: number
  /** Phases whose current flows backwards through the meter (crossed current transformer). */
  reversed: number
  /** Phases whose current the meter does not see though it flows (a bridged transformer). */
  currentLost: number
  /** Hundredths of the load that pass by the meter. */
  bypassPercent: number
  meterCoverOpen: boolean
  terminalCoverOpen: boolean
  /** A strong magnet lies at the meter. */
  magneticField: boolean
  clockBatteryLow: boolean
  clockFault: boolean
  /** The programming key is pressed: address and tables may be written. */
  programmingKey: boolean
}>

export const noFaults: Faults = Object.freeze({
  lost: 0,
  reversed: 0,
  currentLost: 0,
  bypassPercent: 0,
  meterCoverOpen: false,
  terminalCoverOpen: false,
  magneticField: false,
  clockBatteryLow: false,
  clockFault: false,
  programmingKey: false,
})

const allPhases = 0b111

export const isDead = ({ lost }: Faults): boolean => lost === allPhases
