import { registerTable } from '../register.ts'
import type { RegisterTable } from '../register.ts'
import { acrelBlock } from './acrel-block.table.ts'
import { acrelPrepay } from './acrel-prepay.table.ts'

// The map from 0000H on is the one that the maker printed (M1).
const energy = { type: 'u32', scale: [10, 1], unit: 'Wh', access: 'r', certainty: 'C', source: 'M1 SW2' } as const
const plan = { type: 'bytes', scale: [1, 1], unit: '', access: 'rw', source: 'SW2' } as const

/** Acrel DDSY1352, single-phase prepayment meter. */
export const acrelDdsy1352 = registerTable({
  name: 'acrel-ddsy1352',
  readWith: 'read-holding',
  registers: {
    printedEnergyTotal: { at: 0x0000, ...energy, source: 'M1 SW2 TB' },
    printedEnergySharp: { at: 0x0002, ...energy },
    printedEnergyPeak: { at: 0x0004, ...energy },
    printedEnergyFlat: { at: 0x0006, ...energy },
    printedEnergyValley: { at: 0x0008, ...energy },
    code: { at: 0x000a, type: 'u16', scale: [1, 1], unit: '', access: 'rw', certainty: 'C', source: 'M1' },
    voltage: { at: 0x000b, type: 'u16', scale: [100, 1], unit: 'mV', access: 'r', certainty: 'C', source: 'M1' },
    current: { at: 0x000c, type: 'u16', scale: [10, 1], unit: 'mA', access: 'r', certainty: 'C', source: 'M1' },
    activePower: { at: 0x000d, type: 'i16', scale: [1000, 1], unit: 'mW', access: 'r', certainty: 'C', source: 'M1' },
    /** Fills a gap of the printed map. */
    reactivePower: {
      at: 0x000e,
      type: 'i16',
      scale: [1000, 1],
      unit: 'mvar',
      access: 'r',
      certainty: 'I',
      source: 'M1',
    },
    apparentPower: {
      at: 0x000f,
      type: 'u16',
      scale: [1000, 1],
      unit: 'mVA',
      access: 'r',
      certainty: 'C',
      source: 'M1',
    },
    powerFactor: { at: 0x0010, type: 'i16', scale: [1, 1], unit: '1/1000', access: 'r', certainty: 'C', source: 'M1' },
    /** Fills a gap of the printed map. */
    frequency: { at: 0x0011, type: 'u16', scale: [10, 1], unit: 'mHz', access: 'r', certainty: 'I', source: 'M1' },
    ...acrelBlock,
    ...acrelPrepay,
    /** 4 × 3 bytes: SW2 has month, day, plan; SW1 has plan, day, month. */
    datePlan: { at: 0x2000, ...plan, registers: 6, certainty: 'conflict', source: 'SW1 SW2' },
    /** 14 × 3 bytes: tariff, minute, hour. */
    dayPlan1: { at: 0x2006, ...plan, registers: 21, certainty: 'S' },
    dayPlan2: { at: 0x201b, ...plan, registers: 21, certainty: 'S' },
    /** Models with eight tariffs. */
    energyDeepValley: { at: 0x5030, ...energy, certainty: 'S', source: 'SW2' },
  },
} as const satisfies RegisterTable)
