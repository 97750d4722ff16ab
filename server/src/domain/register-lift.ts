import type { Registers } from './price-plan.ts'
import { wattHours, type WattHours } from './quantity.ts'

/**
 * A register starts again at nothing once its digits are full. Kept registers go on counting instead: to what the meter
 * shows, as many full turns are added as the last known value has, and one more where that would otherwise have fallen by
 * more than half a turn. What falls by less has gone backwards, and is for the gate.
 */
const liftOne = (shown: WattHours, last: WattHours, turnWh: bigint): WattHours => {
  const lifted = shown + (last / turnWh) * turnWh
  const half = turnWh / 2n
  if (lifted + half < last) return wattHours(lifted + turnWh)
  // An older value from before the turn.
  return wattHours(lifted > last + half && lifted >= turnWh ? lifted - turnWh : lifted)
}

/** `turnWh`: what the register can not show any more; null where that is not known. */
export const liftRegisters = (shown: Registers, last: Registers | null, turnWh: bigint | null): Registers => {
  if (last === null || turnWh === null) return shown
  const totalWh = liftOne(shown.totalWh, last.totalWh, turnWh)
  const ratesWh = shown.ratesWh.map((rate, index) => liftOne(rate, last.ratesWh[index] ?? rate, turnWh))
  return { totalWh, ratesWh }
}

/** DL/T 645-2007 A.1: energies have eight digits, in steps of the register. */
const digitsOfDlt645 = 100_000_000n

/** What a register of a meter counts to; of Modbus meters no map tells it. */
export const turnOf = (protocol: string, registerStepWh: number): bigint | null =>
  protocol === 'dlt645' ? digitsOfDlt645 * BigInt(registerStepWh) : null
