import { registerTable } from '../register.ts'
import type { RegisterTable } from '../register.ts'
import { acrelBlock } from './acrel-block.table.ts'
import { acrelPrepay } from './acrel-prepay.table.ts'

const schedule = { type: 'bytes', scale: [1, 1], unit: '', access: 'rw', certainty: 'S', source: 'SW1' } as const

/**
 * Acrel ADF300 and ADF400L, many circuits in one housing. Each circuit has a relay and a balance of its own and is taken
 * for a unit of its own (inferred; no source says how a circuit is addressed).
 */
export const acrelAdf = registerTable({
  name: 'acrel-adf',
  readWith: 'read-holding',
  registers: {
    ...acrelBlock,
    ...acrelPrepay,
    schedule1: { at: 0x0914, ...schedule, registers: 21 },
    schedule2: { at: 0x0929, ...schedule, registers: 21 },
    schedule3: { at: 0x093e, ...schedule, registers: 21 },
  },
} as const satisfies RegisterTable)
