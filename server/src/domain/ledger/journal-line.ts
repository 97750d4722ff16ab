import type { LedgerCode } from './chart.ts'
import { canonicalText, type Plain } from '../operation.ts'
import { formatMoney, type MicroYuan } from '../quantity.ts'

export type JournalSide = Readonly<{ id: number; code: LedgerCode; accountId: number | null; owner: string | null }>

/** A transfer with all that it says, as it is sealed and exported. */
export type JournalTransfer = Readonly<{
  entry: bigint
  id: string
  /** What it is about, and when it was posted: wall time. */
  at: number
  postedAt: number
  kind: string
  amount: MicroYuan
  debit: JournalSide
  credit: JournalSide
  accountId: number | null
  balanceAfter: MicroYuan | null
  meterId: number | null
  agreementId: number | null
  pricePlanId: number | null
  usedWh: bigint | null
  paymentId: string | null
  refersTo: string | null
  operation: Readonly<{
    id: string
    kind: string
    key: string
    reason: string
    operatorId: number | null
    reverses: string | null
    input: Plain
    result: Plain
  }> | null
}>

/**
 * The one line that a transfer is sealed by: JSON with its names in order and money in yuan, so that anybody can make the
 * same from an export and the words of docs/ledger.md.
 */
export const journalLine = (transfer: JournalTransfer): string =>
  canonicalText({
    ...transfer,
    entry: transfer.entry.toString(),
    at: new Date(transfer.at).toISOString(),
    postedAt: new Date(transfer.postedAt).toISOString(),
    amount: formatMoney(transfer.amount),
    balanceAfter: transfer.balanceAfter === null ? null : formatMoney(transfer.balanceAfter),
    usedWh: transfer.usedWh === null ? null : transfer.usedWh.toString(),
  })

const csvColumns = [
  'entry',
  'posted_at',
  'at',
  'kind',
  'amount',
  'debit',
  'credit',
  'account_id',
  'balance_after',
] as const
const csvReferences = [
  'meter_id',
  'agreement_id',
  'price_plan_id',
  'used_wh',
  'operation',
  'operator_id',
  'reason',
] as const

export const csvHeader = [...csvColumns, ...csvReferences, 'id', 'refers_to'].join(',')

export const csvLine = (transfer: JournalTransfer): string =>
  [
    transfer.entry,
    new Date(transfer.postedAt).toISOString(),
    new Date(transfer.at).toISOString(),
    transfer.kind,
    formatMoney(transfer.amount),
    sideText(transfer.debit),
    sideText(transfer.credit),
    transfer.accountId,
    transfer.balanceAfter === null ? null : formatMoney(transfer.balanceAfter),
    transfer.meterId,
    transfer.agreementId,
    transfer.pricePlanId,
    transfer.usedWh,
    transfer.operation?.id,
    transfer.operation?.operatorId,
    transfer.operation?.reason,
    transfer.id,
    transfer.refersTo,
  ]
    .map(csvField)
    .join(',')

/** `cash-drawer/7`, `customer-prepayment#12`. */
const sideText = ({ code, accountId, owner }: JournalSide): string =>
  `${code}${accountId === null ? '' : `#${String(accountId)}`}${owner === null ? '' : `/${owner}`}`

/** A field that a spreadsheet would take for a formula is told to be text. */
const csvField = (value: string | number | bigint | null | undefined): string => {
  const text = String(value ?? '')
  const safe = /^[=+@\t\r]|^-(?![\d.])/u.test(text) ? `'${text}` : text
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
