import { registerTable } from '../register.ts'
import type { RegisterTable } from '../register.ts'
import { acrelBlock } from './acrel-block.table.ts'
import { acrelPrepay } from './acrel-prepay.table.ts'

const plan = { type: 'bytes', scale: [1, 1], unit: '', access: 'rw', source: 'SW2' } as const

/** Acrel DTSY1352, three-phase prepayment meter. The printed map of DTSD1352 is not its own beyond 0008H. */
export const acrelDtsy1352 = registerTable({
  name: 'acrel-dtsy1352',
  readWith: 'read-holding',
  registers: {
    ...acrelBlock,
    ...acrelPrepay,
    /** 4 × 3 bytes: SW2 has month, day, plan; SW1 has plan, day, month. */
    datePlan: { at: 0x0028, ...plan, registers: 6, certainty: 'conflict', source: 'SW1 SW2' },
    /** 14 × 3 bytes: tariff, minute, hour. */
    dayPlan1: { at: 0x2000, ...plan, registers: 21, certainty: 'S' },
    dayPlan2: { at: 0x2015, ...plan, registers: 21, certainty: 'S' },
  },
} as const satisfies RegisterTable)
