import { registerTable } from '../register.ts'
import type { RegisterTable } from '../register.ts'

const quantity = { access: 'r', certainty: 'I', source: 'template' } as const
const energy = { type: 'u32', scale: [10, 1], unit: 'Wh', ...quantity } as const

/**
 * A template to copy, not a meter: three-phase values and a relay word in one block of input registers from 0 on. It is
 * read with function 04, so that the other function has a user too.
 */
export const genericMeter = registerTable({
  name: 'generic',
  readWith: 'read-input',
  registers: {
    energyTotal: { at: 0, ...energy },
    energySharp: { at: 2, ...energy },
    energyPeak: { at: 4, ...energy },
    energyFlat: { at: 6, ...energy },
    energyValley: { at: 8, ...energy },
    voltageA: { at: 10, type: 'u16', scale: [100, 1], unit: 'mV', ...quantity },
    voltageB: { at: 11, type: 'u16', scale: [100, 1], unit: 'mV', ...quantity },
    voltageC: { at: 12, type: 'u16', scale: [100, 1], unit: 'mV', ...quantity },
    currentA: { at: 13, type: 'u16', scale: [10, 1], unit: 'mA', ...quantity },
    currentB: { at: 14, type: 'u16', scale: [10, 1], unit: 'mA', ...quantity },
    currentC: { at: 15, type: 'u16', scale: [10, 1], unit: 'mA', ...quantity },
    activePowerTotal: { at: 16, type: 'i32', scale: [1000, 1], unit: 'mW', ...quantity },
    powerFactorTotal: { at: 18, type: 'i16', scale: [1, 1], unit: '1/1000', ...quantity },
    frequency: { at: 19, type: 'u16', scale: [10, 1], unit: 'mHz', ...quantity },
    relayStatus: { at: 20, type: 'bits', scale: [1, 1], unit: '', ...quantity, bits: { commandClosed: 0, closed: 1 } },
    /** Year from 2000, month, day, weekday (0 = Sunday), hour, minute, second, binary; written with 10H as a whole. */
    clock: { at: 24, type: 'bytes', registers: 4, scale: [1, 1], unit: '', ...quantity, access: 'rw' },
    /** Written with 10H: 0 open, 1 closed. */
    relayCommand: { at: 100, type: 'u16', scale: [1, 1], unit: '', ...quantity, access: 'rw' },
  },
} as const satisfies RegisterTable)
