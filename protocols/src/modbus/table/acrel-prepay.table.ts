import type { Register } from '../register.ts'

// Set-up and prepayment, the same on all meters of the family, from SW1 (one program). 0057H and 0058H are confirmed by
// SW2.
const money = {
  type: 'u32',
  scale: [10_000, 1],
  unit: 'micro-yuan',
  access: 'rw',
  certainty: 'S',
  source: 'SW1',
} as const
const word = { type: 'u16', scale: [1, 1], unit: '', access: 'rw', certainty: 'S', source: 'SW1' } as const
const bits = { type: 'bits', scale: [1, 1], unit: '', access: 'rw', certainty: 'S', source: 'SW1' } as const
const bytes = { type: 'bytes', scale: [1, 1], unit: '', access: 'rw', certainty: 'S', source: 'SW1' } as const
/** In steps: 0.01 or 0.0001 yuan per kWh is not confirmed, so no unit is claimed. */
const price = { type: 'u32', scale: [1, 1], unit: 'step', access: 'rw', certainty: 'conflict', source: 'SW1' } as const

export const acrelPrepay = {
  runBits: {
    at: 0x0022,
    ...bits,
    bits: {
      multiTariff: 0,
      clockPulse: 1,
      secondPort: 2,
      externalControl: 3,
      radio: 4,
      encryption: 5,
      singlePhaseKind: 6,
      threeWire: 7,
    },
  },
  /** SW1 writes current and voltage ratio here in this order, SW2 takes 0038H for the current ratio. */
  setCurrentRatio: { at: 0x0037, ...word, certainty: 'conflict', source: 'SW1 SW2' },
  setVoltageRatio: { at: 0x0038, ...word, certainty: 'conflict', source: 'SW1 SW2' },
  meterNumber: {
    at: 0x0043,
    type: 'bcd',
    registers: 3,
    scale: [1, 1],
    unit: '',
    access: 'rw',
    certainty: 'S',
    source: 'SW1',
  },
  alarm1: { at: 0x0046, ...money },
  alarm2: { at: 0x0048, ...money },
  permittedOverdraft: { at: 0x004a, ...money },
  purchaseCountSetUp: { at: 0x004e, ...word, access: 'r' },
  balanceSetUp: { at: 0x004f, ...money, access: 'r' },
  /** High byte: 1 prepaid control on. */
  prepaidControl: { at: 0x0055, ...bits, bits: { prepaid: 8 } },
  /** 1: forced control is on, and `forcedOpen` says where to; 0: it is lifted (inferred). */
  forcedControl: { at: 0x0057, ...word, certainty: 'C', source: 'SW1 SW2' },
  /** 1: open; 0: closed. */
  forcedOpen: { at: 0x0058, ...word, certainty: 'C', source: 'SW1 SW2' },
  priceSharp: { at: 0x0059, ...price },
  pricePeak: { at: 0x005b, ...price },
  priceFlat: { at: 0x005d, ...price },
  priceValley: { at: 0x005f, ...price },
  /** Unit not known; written by a private function. */
  maximumPower: { at: 0x0061, ...word, access: 'r' },
  /** Address, rate index, parity, stop bits. */
  port1: { at: 0x0360, ...bytes, registers: 5 },
  port2: { at: 0x0365, ...bytes, registers: 5 },
} as const satisfies Record<string, Register>
