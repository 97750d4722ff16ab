import { wattHours } from '../domain/quantity.ts'
import type { ReadOutcome } from '../headend/headend.ts'
import type { FieldReading } from './settle.ts'

/**
 * What every scheduled round asks of a meter: status word, registers, power. The status word comes first: a relay that was
 * open before the registers were read explains all energy that is counted after them.
 */
export const scheduledItems = ['statusWord3', 'forwardActiveEnergyBlock', 'activePowerTotal'] as const

/** What a person who waits gets: the same, and voltages and currents. */
export const personItems = [...scheduledItems, 'voltageBlock', 'currentBlock'] as const

/**
 * Turns an answer of the field into a reading, or null when it carries no registers. A meter that gave its registers but
 * refused another item (power, status) is charged all the same. Registers and status word each have the time at which
 * they were read: a read of a person may pass between the two, and the meter counts on.
 */
export const fieldReadingOf = (
  meterId: number,
  outcome: ReadOutcome,
  obtained: FieldReading['obtained'],
): FieldReading | null => {
  const block = outcome.values.forwardActiveEnergyBlock
  const at = outcome.times.forwardActiveEnergyBlock
  if (block === undefined || block.total === null || at === undefined) return null
  const rates = block.rates.filter((rate) => rate !== null)
  return {
    meterId,
    at,
    // A block with a missing rate is kept as "no rates": the gate then decides whether the plan can do without.
    registers: {
      totalWh: wattHours(BigInt(block.total)),
      ratesWh: rates.length === block.rates.length ? rates.map((rate) => wattHours(BigInt(rate))) : [],
    },
    powerMilliwatts: outcome.values.activePowerTotal ?? null,
    obtained,
    status: statusOf(outcome),
  }
}

const statusOf = ({ values: { statusWord3 }, times }: ReadOutcome): FieldReading['status'] =>
  statusWord3 === undefined || times.statusWord3 === undefined
    ? null
    : {
        at: times.statusWord3,
        relay: statusWord3.relay,
        relayCommand: statusWord3.relayCommand,
        keepPower: statusWord3.keepPower,
        alarm: statusWord3.preTripAlarm,
      }
