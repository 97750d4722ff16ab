import type { BalanceTemplate } from './ledger/templates.ts'

/**
 * Where a transfer that moves a customer's balance stands on a statement. A reversal stands where that which it reverses
 * does.
 */
export type StatementPart = 'payment' | 'energy' | 'fee' | 'rounding' | 'movement'

const parts = Object.freeze({
  payment: 'payment',
  'suspense-resolved': 'payment',
  'energy-charge': 'energy',
  'energy-credit': 'energy',
  fee: 'fee',
  'rounding-charge': 'rounding',
  'rounding-credit': 'rounding',
  refund: 'movement',
  'transfer-out': 'movement',
  'transfer-in': 'movement',
  freeze: 'movement',
  unfreeze: 'movement',
  'opening-balance': 'movement',
  'debt-collection': 'movement',
  'write-off': 'movement',
  'purchase-pending': 'movement',
  'purchase-voided': 'movement',
  'purchase-expired': 'movement',
  'wallet-return': 'movement',
  compensation: 'movement',
} as const satisfies Readonly<Record<BalanceTemplate, StatementPart>>)

export const partOfKind = (kind: string): StatementPart => {
  const part = Object.hasOwn(parts, kind) ? parts[kind as BalanceTemplate] : undefined
  if (part === undefined) throw new RangeError(`a transfer of kind ${kind} does not move a customer's balance`)
  return part
}

/** Fees and rounding: charges that no settlement period knows. */
export const plainChargeKinds: readonly string[] = Object.entries(parts).flatMap(([kind, part]) =>
  part === 'fee' || part === 'rounding' ? [kind] : [],
)
