import { acrelAdf, acrelDdsy1352, acrelDtsy1352 } from '@xianfu/protocols'
import { meterModel, type RelayModel } from './meter-model.ts'

/*
 * Acrel prepayment meters, read from block 0200H: energies, power, ratios and relay status are one read of 37 registers.
 * The relay is forced by 0057H and 0058H and proven by 0224H. See docs/protocols/modbus.md for what is certain of this.
 */

/**
 * Holes inside block 0200H are read across: one program reads all 48 registers of it at once. The longest that a read of
 * ours meets is 13; 16 would cross from the printed map to the set-up, which nobody is known to do.
 */
const reading = { maxRegisters: 125, maxGap: 15 } as const

const forced = {
  open: { forcedControl: 1, forcedOpen: 1 },
  close: { forcedControl: 1, forcedOpen: 0 },
  release: { forcedControl: 0, forcedOpen: 0 },
} as const satisfies RelayModel['orders']

/** Shown in block 0200H. That 004EH and 004FH may be written is published nowhere: see acrel-register-purse.ts. */
const purse = { balance: 'balance', purchaseCount: 'purchaseCount', write: null } as const

// The clock is read in block 0200H and set by a private function: see acrel-register-clock.ts.

/** No source says what the fault bit stands for. */
const events = {
  counters: [{ kind: 'overload-trip', register: 'overloadTrips' }],
  states: [
    { kind: 'meter-fault', register: 'relayStatus', bit: 'fault' },
    { kind: 'overload', register: 'relayStatus', bit: 'overLimit' },
  ],
} as const

const energies = ['energySharp', 'energyPeak', 'energyFlat', 'energyValley'] as const

/** A single-phase meter without transformers uses the fields of phase A. */
const singlePhase = {
  reading,
  purse,
  clock: null,
  events,
  ratios: null,
  relay: {
    status: 'relayStatus',
    closed: ['relayClosedA'],
    orderedClosed: ['forcedClosedA'],
    ordered: 'forced',
    alarm: ['alarm1', 'alarm2'],
    orders: forced,
  },
} as const

const singlePhaseItems = {
  forwardActiveEnergyTotal: { kind: 'number', register: 'energyTotal' },
  forwardActiveEnergyRate1: { kind: 'number', register: 'energySharp' },
  forwardActiveEnergyRate2: { kind: 'number', register: 'energyPeak' },
  forwardActiveEnergyRate3: { kind: 'number', register: 'energyFlat' },
  forwardActiveEnergyRate4: { kind: 'number', register: 'energyValley' },
  forwardActiveEnergyBlock: { kind: 'totalAndRates', total: 'energyTotal', rates: energies },
  voltageA: { kind: 'number', register: 'voltageA' },
  voltageBlock: { kind: 'phases', a: 'voltageA', b: null, c: null },
  currentA: { kind: 'number', register: 'currentA' },
  currentBlock: { kind: 'phases', a: 'currentA', b: null, c: null },
  activePowerTotal: { kind: 'number', register: 'activePowerTotal' },
  activePowerBlock: { kind: 'totalAndPhases', total: 'activePowerTotal', a: 'activePowerA', b: null, c: null },
  reactivePowerTotal: { kind: 'number', register: 'reactivePowerTotal' },
  powerFactorTotal: { kind: 'number', register: 'powerFactorTotal' },
  dateAndWeekday: { kind: 'dateAndWeekday', clock: 'clock' },
  time: { kind: 'timeOfDay', clock: 'clock' },
  meterNumber: { kind: 'digits', register: 'meterNumber' },
  statusWord3: { kind: 'statusWord3' },
} as const

export const acrelDdsy1352Model = meterModel({
  name: 'acrel-ddsy1352',
  table: acrelDdsy1352,
  ...singlePhase,
  items: {
    ...singlePhaseItems,
    apparentPowerTotal: { kind: 'number', register: 'apparentPower' },
    frequency: { kind: 'number', register: 'frequency' },
  },
})

const threePhase = {
  reading,
  purse,
  clock: null,
  events,
  ratios: { voltage: 'voltageRatio', current: 'currentRatio' },
  items: {
    forwardActiveEnergyTotal: { kind: 'number', register: 'energyTotal', times: 'power' },
    forwardActiveEnergyRate1: { kind: 'number', register: 'energySharp', times: 'power' },
    forwardActiveEnergyRate2: { kind: 'number', register: 'energyPeak', times: 'power' },
    forwardActiveEnergyRate3: { kind: 'number', register: 'energyFlat', times: 'power' },
    forwardActiveEnergyRate4: { kind: 'number', register: 'energyValley', times: 'power' },
    forwardActiveEnergyBlock: { kind: 'totalAndRates', total: 'energyTotal', rates: energies, times: 'power' },
    voltageA: { kind: 'number', register: 'voltageA', times: 'voltage' },
    voltageB: { kind: 'number', register: 'voltageB', times: 'voltage' },
    voltageC: { kind: 'number', register: 'voltageC', times: 'voltage' },
    voltageBlock: { kind: 'phases', a: 'voltageA', b: 'voltageB', c: 'voltageC', times: 'voltage' },
    currentA: { kind: 'number', register: 'currentA', times: 'current' },
    currentB: { kind: 'number', register: 'currentB', times: 'current' },
    currentC: { kind: 'number', register: 'currentC', times: 'current' },
    currentBlock: { kind: 'phases', a: 'currentA', b: 'currentB', c: 'currentC', times: 'current' },
    activePowerTotal: { kind: 'number', register: 'activePowerTotal', times: 'power' },
    activePowerBlock: {
      kind: 'totalAndPhases',
      total: 'activePowerTotal',
      a: 'activePowerA',
      b: 'activePowerB',
      c: 'activePowerC',
      times: 'power',
    },
    reactivePowerTotal: { kind: 'number', register: 'reactivePowerTotal', times: 'power' },
    powerFactorTotal: { kind: 'number', register: 'powerFactorTotal' },
    dateAndWeekday: { kind: 'dateAndWeekday', clock: 'clock' },
    time: { kind: 'timeOfDay', clock: 'clock' },
    meterNumber: { kind: 'digits', register: 'meterNumber' },
    statusWord3: { kind: 'statusWord3' },
  },
  relay: {
    status: 'relayStatus',
    closed: ['relayClosedA', 'relayClosedB', 'relayClosedC'],
    orderedClosed: ['forcedClosedA', 'forcedClosedB', 'forcedClosedC'],
    ordered: 'forced',
    alarm: ['alarm1', 'alarm2'],
    orders: forced,
  },
} as const

export const acrelDtsy1352Model = meterModel({ name: 'acrel-dtsy1352', table: acrelDtsy1352, ...threePhase })

/** Each circuit is taken for a three-phase unit of its own. */
export const acrelAdfModel = meterModel({ name: 'acrel-adf', table: acrelAdf, ...threePhase })

/** The circuits of an ADF that are single-phase: fields of phase A, no transformers. */
export const acrelAdfSinglePhaseModel = meterModel({
  name: 'acrel-adf-single-phase',
  table: acrelAdf,
  ...singlePhase,
  items: singlePhaseItems,
})
