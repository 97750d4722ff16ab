import type { DataSet } from '../domain/collection/data-set.ts'
import { eventCounterNames } from '../headend/events/event-sources.ts'
import type { ItemName } from '../headend/headend.ts'
import { scheduledItems } from './field-reading.ts'

/**
 * What is asked of a meter for each set, in the names of DL/T 645; the blocks hold all rates and phases. A Modbus meter is
 * asked for what its model has of it. Balances of meters with a purse of their own are read beside the energy, under an
 * identity (`watch-purses`).
 */
export const dataSetItems: Readonly<Record<DataSet, readonly ItemName[]>> = Object.freeze({
  energy: scheduledItems,
  instantaneous: [
    'voltageBlock',
    'currentBlock',
    'activePowerBlock',
    'reactivePowerBlock',
    'powerFactorBlock',
    'frequency',
  ],
  // What a collector of their own asks for (`collect-events`): these count for the airtime, and records come on top.
  states: ['statusWordBlock'],
  events: eventCounterNames,
  demand: ['forwardActiveDemandTotal', 'presentActiveDemand', 'presentReactiveDemand', 'reverseActiveEnergyBlock'],
  // What the meter itself has closed; half hours are fetched where a gap asks for them.
  freeze: ['frozenTimeDailyLast1', 'frozenForwardActiveEnergyDailyLast1', 'energyThisMonth', 'energyLastMonth'],
  parameters: ['meterNumber', 'dateAndWeekday', 'time', 'statusWordBlock', 'activeConstant', 'currentRatio'],
})
