import { genericMeter } from '@xianfu/protocols'
import { meterModel } from './meter-model.ts'

/** A template to copy for another make; see docs/protocols/modbus.md, "A further model". */
export const genericModel = meterModel({
  name: 'generic',
  table: genericMeter,
  reading: { maxRegisters: 64, maxGap: 8 },
  ratios: null,
  items: {
    forwardActiveEnergyTotal: { kind: 'number', register: 'energyTotal' },
    forwardActiveEnergyBlock: {
      kind: 'totalAndRates',
      total: 'energyTotal',
      rates: ['energySharp', 'energyPeak', 'energyFlat', 'energyValley'],
    },
    voltageBlock: { kind: 'phases', a: 'voltageA', b: 'voltageB', c: 'voltageC' },
    currentBlock: { kind: 'phases', a: 'currentA', b: 'currentB', c: 'currentC' },
    activePowerTotal: { kind: 'number', register: 'activePowerTotal' },
    powerFactorTotal: { kind: 'number', register: 'powerFactorTotal' },
    frequency: { kind: 'number', register: 'frequency' },
    dateAndWeekday: { kind: 'dateAndWeekday', clock: 'clock' },
    time: { kind: 'timeOfDay', clock: 'clock' },
    statusWord3: { kind: 'statusWord3' },
  },
  relay: {
    status: 'relayStatus',
    closed: ['closed'],
    orderedClosed: ['commandClosed'],
    ordered: null,
    alarm: [],
    orders: { open: { relayCommand: 0 }, close: { relayCommand: 1 }, release: null },
  },
  purse: null,
  clock: { set: 'clock', order: ['year', 'month', 'day', 'weekday', 'hour', 'minute', 'second'] },
  events: null,
})
