import type { Register } from '../register.ts'

// Block 0200H, 48 registers: what a master polls, the same on all meters of the family. Source SW1, and SW2 for the
// energies and the clock. Single-phase meters use the fields of phase A (inferred).
const energy = { type: 'u32', scale: [10, 1], unit: 'Wh', access: 'r', certainty: 'C', source: 'SW1 SW2' } as const
const voltage = { type: 'u16', scale: [100, 1], unit: 'mV', access: 'r', certainty: 'S', source: 'SW1' } as const
const current = { type: 'u16', scale: [10, 1], unit: 'mA', access: 'r', certainty: 'S', source: 'SW1' } as const
const power = { type: 'i16', scale: [1000, 1], unit: 'mW', access: 'r', certainty: 'S', source: 'SW1' } as const
const reactivePower = { ...power, unit: 'mvar' } as const
const powerFactor = { ...power, scale: [1, 1], unit: '1/1000' } as const
const count = { type: 'u16', scale: [1, 1], unit: '', access: 'r', certainty: 'S', source: 'SW1' } as const
const bits = { type: 'bits', scale: [1, 1], unit: '', access: 'r', certainty: 'S', source: 'SW1' } as const
const bytes = { type: 'bytes', scale: [1, 1], unit: '', access: 'r', certainty: 'S', source: 'SW1' } as const

export const acrelBlock = {
  /** 5 DTSY, 7 DDSY, 10 ADF300. */
  deviceType: { at: 0x0200, ...count },
  voltageA: { at: 0x0201, ...voltage },
  voltageB: { at: 0x0202, ...voltage },
  voltageC: { at: 0x0203, ...voltage },
  currentA: { at: 0x0204, ...current },
  currentB: { at: 0x0205, ...current },
  currentC: { at: 0x0206, ...current },
  activePowerA: { at: 0x0207, ...power },
  activePowerB: { at: 0x0208, ...power },
  activePowerC: { at: 0x0209, ...power },
  activePowerTotal: { at: 0x020a, ...power },
  reactivePowerA: { at: 0x020b, ...reactivePower },
  reactivePowerB: { at: 0x020c, ...reactivePower },
  reactivePowerC: { at: 0x020d, ...reactivePower },
  reactivePowerTotal: { at: 0x020e, ...reactivePower },
  powerFactorA: { at: 0x020f, ...powerFactor },
  powerFactorB: { at: 0x0210, ...powerFactor },
  powerFactorC: { at: 0x0211, ...powerFactor },
  powerFactorTotal: { at: 0x0212, ...powerFactor },
  voltageRatio: { at: 0x0213, ...count },
  currentRatio: { at: 0x0214, ...count },
  energyTotal: { at: 0x0215, ...energy },
  energySharp: { at: 0x0217, ...energy },
  energyPeak: { at: 0x0219, ...energy },
  energyFlat: { at: 0x021b, ...energy },
  energyValley: { at: 0x021d, ...energy },
  /** Signed where an overdraft is allowed (inferred; the sources say unsigned). */
  balance: {
    at: 0x021f,
    type: 'i32',
    scale: [10_000, 1],
    unit: 'micro-yuan',
    access: 'r',
    certainty: 'I',
    source: 'SW1',
  },
  purchaseCount: { at: 0x0221, ...count },
  overloadTrips: { at: 0x0222, ...count },
  overloadTripsPermitted: { at: 0x0223, ...count },
  relayStatus: {
    at: 0x0224,
    ...bits,
    bits: {
      forcedClosedA: 0,
      forcedClosedB: 1,
      forcedClosedC: 2,
      forced: 3,
      overLimit: 4,
      arrears: 5,
      alarm1: 6,
      alarm2: 7,
      fault: 8,
      relayClosedA: 13,
      relayClosedB: 14,
      relayClosedC: 15,
    },
  },
  controlStatus: {
    at: 0x0225,
    ...bits,
    bits: {
      prepaidA: 0,
      prepaidB: 1,
      prepaidC: 2,
      prepaid: 3,
      timeA: 4,
      timeB: 5,
      timeC: 6,
      time: 7,
      loadA: 8,
      loadB: 9,
      loadC: 10,
      load: 11,
    },
  },
  energyBase: { at: 0x0226, ...energy, certainty: 'S', source: 'SW1' },
  /** Year from 2000, month, day, weekday (0 = Sunday), hour, minute, second, binary; the eighth byte is demand. */
  clock: { at: 0x0228, ...bytes, registers: 4, certainty: 'C', source: 'SW1 SW2' },
  /** From the second byte on: maximum demand (2 bytes), its minute, hour, day and month, and one byte behind it. */
  maximumDemand: { at: 0x022b, ...bytes, registers: 4 },
  /** First byte: 0 = 36 single-phase circuits, 1 = 24, 2 = 12 (ADF); second byte: 0 = three-phase. */
  circuitType: { at: 0x022f, ...bytes, registers: 1 },
} as const satisfies Record<string, Register>
