import { formatKwh, formatMoney, subtractMoney, wattHours } from '../domain/quantity.ts'
import type { Language } from '../domain/notice.ts'
import { entryOfReceipt, receiptNumber, type ReceiptDocument } from '../domain/receipt.ts'
import { capitalAmount } from '../domain/receipt-capitals.ts'
import type { Paper } from '../provider/document/paper.ts'
import { receiptPaper } from '../provider/document/receipt-paper.ts'
import type { Sql } from '../store/database.ts'
import { findPaymentFacts, paymentOfEntry, type PaymentFacts } from '../store/statements-receipts.ts'

/** The receipt of a payment, found by the payment's id or by the receipt's own number; null when there is none. */
export const findReceipt = async (sql: Sql, paymentOrNumber: string): Promise<ReceiptDocument | null> => {
  const entry = entryOfReceipt(paymentOrNumber)
  const paymentId = entry === null ? paymentOrNumber : await paymentOfEntry(sql, entry)
  if (paymentId === null || !isUuid(paymentId)) return null
  const facts = await findPaymentFacts(sql, paymentId)
  if (facts === null) return null
  const document = documentOf(facts)
  // The day is a part of the number: a mistyped one must not print another person's paper.
  return entry !== null && document.number !== paymentOrNumber ? null : document
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu.test(text)

const documentOf = ({ site, entry, amount, toDebt, wish, balanceAfter, ...facts }: PaymentFacts): ReceiptDocument => ({
  ...facts,
  number: receiptNumber(facts.at, site.timeZone, entry),
  issuer: { company: site.name, branch: site.signature, phone: site.servicePhone },
  timeZone: site.timeZone,
  amount: formatMoney(amount),
  capitals: capitalAmount(amount),
  toDebt: formatMoney(toDebt),
  toBalance: formatMoney(subtractMoney(amount, toDebt)),
  wish: wish?.kind === 'energy' ? { kind: 'energy', kwh: formatKwh(wattHours(BigInt(wish.energy))) } : wish,
  balanceAfter: formatMoney(balanceAfter),
})

export const printReceipt = async (document: ReceiptDocument, language?: Language): Promise<Paper> =>
  receiptPaper(document, language ?? document.account.language)
