import type { PurseReading } from './meter-purchase.ts'
import type { MicroYuan } from './quantity.ts'

export type WriteOutcome = Readonly<
  | { kind: 'accepted' }
  /** The meter has said no, in its own words. */
  | { kind: 'refused'; reason: string }
  /** Nothing was heard, or nothing that can be understood: it may be in the meter or not. */
  | { kind: 'unknown'; reason: string }
>

/**
 * The field side of local fee control: function 03 of DL/T 645-2007 with its security module, a plain parameter write, or
 * a register. One exchange at a time on a meter's line, so a reading that follows a write sees what the write has done.
 */
export type PurchaseWriter = Readonly<{
  /** Null when the meter did not answer. */
  readPurse(meterId: number): Promise<PurseReading | null>
  /** Adds to the purse; the meter takes it only when its count before it is one less. */
  write(meterId: number, purchase: Readonly<{ amount: MicroYuan; purchaseCount: number }>): Promise<WriteOutcome>
}>
