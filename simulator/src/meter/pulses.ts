import { ownNow } from './meter-clock.ts'
import type { Meter, Terminal } from './state.ts'

/** What a counter on the pulse terminals has counted. */
export type Pulses = Readonly<{
  /** imp/kWh */
  constant: number
  /** Active pulses since the registers began: one for each 1/constant kWh, of either direction. */
  active: string
  terminal: Readonly<{ output: Terminal['output']; pulses: number }>
}>

/** mW·ms in a kWh. */
const perKwh = 3_600_000_000_000n

/** Exact: the sum in mW·ms times the constant, cut off; so a count over any time agrees with the register. */
export const pulsesOf = (meter: Meter): Pulses => {
  const { bank, row, model, terminal } = meter
  const energy = bank.energy(row, 'forward') + bank.energy(row, 'reverse')
  const seconds = Math.floor(ownNow(meter) / 1_000) - Math.floor(terminal.since / 1_000)
  return {
    constant: model.pulseConstant,
    active: String((energy * BigInt(model.pulseConstant)) / perKwh),
    terminal: { output: terminal.output, pulses: terminal.output === 'clock-second' ? seconds : terminal.pulses },
  }
}
