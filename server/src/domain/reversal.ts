import type { LedgerCode } from './ledger/chart.ts'
import type { Reversal } from './ledger.ts'
import type { OperationKind } from './operation.ts'
import type { MicroYuan } from './quantity.ts'

/** A transfer as it stands in the journal, with both its sides. */
export type JournalLine = Readonly<{
  id: string
  accountId: number | null
  amount: MicroYuan
  meterId: number | null
  debit: Readonly<{ id: number; code: LedgerCode; owner: string | null }>
  credit: Readonly<{ id: number; code: LedgerCode; owner: string | null }>
}>

export type ReversalRefusal =
  | 'unknown-operation'
  | 'reason-missing'
  | 'reversed-already'
  | 'is-a-reversal'
  | 'not-reversible'
  /** Another has built on it (a refund was paid out, suspense was credited): reverse that first. */
  | 'completed-already'

/**
 * What may be undone by itself. Charges are corrected by settling again, purchases for a meter end by their own life,
 * and opening, closing and signing are facts.
 */
const reversible: Readonly<Record<OperationKind, boolean>> = Object.freeze({
  payment: true,
  refund: true,
  'refund-paid': true,
  transfer: true,
  freeze: true,
  unfreeze: true,
  'collect-debt': true,
  'write-off': true,
  fee: true,
  compensate: true,
  reverse: true,
  'hand-over-cash': true,
  'settle-channel': true,
  'suspense-in': true,
  'resolve-suspense': true,
  // A shift is counted again in the next one.
  'open-shift': false,
  'close-shift': false,
  'open-account': false,
  'close-account': false,
  'move-payment': false,
  'sign-agreement': false,
  'buy-for-meter': false,
  'settle-purchase': false,
  'return-purse': false,
  'accept-purse': false,
})

export type Reversed = Readonly<{ kind: OperationKind; reversedBy: string | null; completed: boolean }>

/** A reversal is undone only by whoever says that it is one: else a slip would pay twice. */
export const objectionToReverse = (
  operation: Reversed | null,
  { reason, ofReversal }: Readonly<{ reason: string; ofReversal: boolean }>,
): ReversalRefusal | null => {
  if (operation === null) return 'unknown-operation'
  if (reason.trim() === '') return 'reason-missing'
  if (operation.reversedBy !== null) return 'reversed-already'
  if ((operation.kind === 'reverse') !== ofReversal) return ofReversal ? 'not-reversible' : 'is-a-reversal'
  if (operation.completed) return 'completed-already'
  return reversible[operation.kind] ? null : 'not-reversible'
}

/** Undoes what really happened: every line with its sides exchanged, the last one first. */
export const reversalsOf = (lines: readonly JournalLine[], at: number): readonly Reversal[] =>
  lines.toReversed().map(({ id, accountId, amount, meterId, debit, credit }) => ({
    template: 'reversal',
    accountId,
    amount,
    at,
    refersTo: id,
    debit: { id: credit.id, code: credit.code },
    credit: { id: debit.id, code: debit.code },
    ...(meterId !== null && { meterId }),
  }))
