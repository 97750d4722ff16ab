import { localDayText } from './calendar.ts'
import type { Language } from './notice.ts'
import type { PaymentChannel } from './payment-channel.ts'

/** A receipt as data: what its paper is printed from. Money is text with all its decimals. */
export type ReceiptDocument = Readonly<{
  number: string
  paymentId: string
  issuer: Issuer
  account: Readonly<{ number: string; customer: string; language: Language; places: readonly string[] }>
  timeZone: string
  at: number
  amount: string
  /** The amount in Chinese capital numerals (大写), which cannot be altered by a stroke. */
  capitals: string
  channel: PaymentChannel
  cashier: string | null
  /** The part of the amount that paid old debt (欠费扣收), and what it left for the balance. */
  toDebt: string
  toBalance: string
  /** What was asked for when it was no amount: energy in kWh, or days. */
  wish: Readonly<{ kind: 'energy'; kwh: string } | { kind: 'time'; days: number }> | null
  balanceAfter: string
  /** Set when the payment was undone afterwards: the paper says so. */
  reversedAt: number | null
}>

export type Issuer = Readonly<{ company: string; branch: string; phone: string }>

/**
 * `R20261125-42`: the local day and the number that the payment's transfer has in the journal. Nothing has to be counted
 * or kept for it, and no two payments share one.
 */
export const receiptNumber = (at: number, timeZone: string, entry: bigint): string =>
  `R${localDayText(at, timeZone).replaceAll('-', '')}-${entry.toString()}`

/** The journal's number in a receipt's; null when the text is none. */
export const entryOfReceipt = (number: string): bigint | null => {
  const match = /^R\d{8}-(\d{1,18})$/u.exec(number)
  return match?.[1] === undefined ? null : BigInt(match[1])
}
