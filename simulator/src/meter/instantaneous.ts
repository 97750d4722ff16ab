/** What a three-phase meter measures at one moment, in the units of the protocol (mV, mA, mW, 1/1000). */
export type Instantaneous = Readonly<{
  voltages: readonly [number, number, number]
  currents: readonly [number, number, number]
  powers: readonly [number, number, number]
  powerFactor: number
  frequency: number
}>

/** How an ordinary house spreads its load over the phases, hundredths. */
const shares = [42, 33, 25] as const
const powerFactor = 980
const nominalMillivolts = 228_000

/** Power is what the registers integrate; voltages wander slowly about 228 V; currents follow from both. */
export const instantaneousAt = (milliwatts: number, instant: number, phase: number): Instantaneous => {
  const minutes = instant / 60_000
  const voltage = (index: number): number =>
    Math.round(
      nominalMillivolts + 3_500 * Math.sin(minutes / 37 + phase + index * 2.1) + 1_200 * Math.sin(minutes / 7 + index),
    )
  const voltages = [voltage(0), voltage(1), voltage(2)] as const
  const power = (index: 0 | 1 | 2): number => Math.round((milliwatts * shares[index]) / 100)
  const powers = [power(0), power(1), power(2)] as const
  const current = (index: 0 | 1 | 2): number =>
    Math.round((powers[index] * 1_000_000) / (voltages[index] * powerFactor))
  return {
    voltages,
    currents: [current(0), current(1), current(2)],
    powers,
    powerFactor: milliwatts === 0 ? 1_000 : powerFactor,
    frequency: Math.round(50_000 + 20 * Math.sin(minutes / 3)),
  }
}
