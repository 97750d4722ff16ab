import type { Language } from '../../domain/notice.ts'
import type { ReceiptDocument } from '../../domain/receipt.ts'
import { partsOfAmount } from '../../provider/document/receipt-paper.ts'
import { purseSentences } from '../../provider/document/statement-paper.ts'
import type { DocumentLine, StatementDocument } from '../../domain/statement-document.ts'
import type { StatementHead } from '../../flow/statement.ts'
import { formatMoney } from '../../domain/quantity.ts'
import { kwhText, lineText, moveText, periodText, timeText } from '../../provider/document/paper-text.ts'
import { channelWords, paperWords, unitWords } from '../../provider/document/paper-words.table.ts'

/** Papers as plain text for a terminal, with the words of the papers. */

/** Chinese characters take two columns. */
const widthOf = (text: string): number => text.length + (text.match(/[\u2E80-\u9FFF\uFF00-\uFF60]/gu)?.length ?? 0)
const left = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
const right = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text

const fact = (name: string, value: string): string => `${left(name, 22)}${value}`

export const statementText = (document: StatementDocument, language: Language): string => {
  const words = paperWords[language]
  const { timeZone, corrects } = document
  const lines = document.lines.map((line) => lineRow(line, language))
  const meters = document.meters.map(
    ({ address, place, start, end, usedWh }) =>
      `${left(`${address} ${place}`, 34)}${right(kwhText(start.totalWh), 14)}${right(kwhText(end.totalWh), 14)}${right(kwhText(usedWh), 14)}`,
  )
  const moves = [...document.payments, ...document.movements].map(
    ({ at, kind, reverses, channel, receipt, amount }) =>
      `${left(timeText(at, timeZone), 18)}${left(moveText(kind, reverses, language), 26)}${left(channel === null ? '' : (channelWords[language][channel] ?? channel), 18)}${left(receipt ?? '', 20)}${right(amount, 14)}`,
  )
  return [
    `${corrects === null ? words.statement : words.corrective} ${document.month}  ${document.number}`,
    ...(corrects === null ? [] : [words.correctsText(corrects.number, corrects.total)]),
    '',
    fact(words.account, `${document.account.number}  ${document.account.customer}`),
    fact(words.period, periodText(document.start, document.end, timeZone)),
    fact(words.closedAt, timeText(document.closedAt, timeZone)),
    fact(words.branch, `${document.issuer.branch}  ${document.issuer.phone}`),
    '',
    fact(words.openingBalance, right(document.openingBalance, 16)),
    fact(words.payments, right(document.paymentsTotal, 16)),
    ...(document.movements.length === 0 ? [] : [fact(words.movements, right(document.movementsTotal, 16))]),
    fact(words.total, right(document.total, 16)),
    fact(words.closingBalance, right(document.closingBalance, 16)),
    '',
    ...section(words.lines, lines),
    ...(document.tax === '0.00'
      ? []
      : [`${words.net} ${document.net}, ${words.tax(document.taxPercent)} ${document.tax}`, '']),
    ...section(words.meters, meters),
    ...section(
      words.purses,
      (document.purses ?? []).flatMap((purse) => purseSentences(purse, language)),
    ),
    ...section(`${words.paymentList} / ${words.movementList}`, moves),
    ...(document.rounding === '0.00' ? [] : [words.roundingText(document.charged, document.rounding, document.total)]),
  ].join('\n')
}

const section = (heading: string, rows: readonly string[]): readonly string[] =>
  rows.length === 0 ? [] : [heading, ...rows.map((row) => `  ${row}`), '']

const lineRow = (line: DocumentLine, language: Language): string => {
  const { code, memo, quantity, unit, base, percent, price, amount, plan } = line
  const words = paperWords[language]
  const what = `${lineText(code, language)}${memo ? words.contained : ''}`
  const much =
    quantity === null
      ? base === null || percent === null
        ? ''
        : `${percent}% × ${base}`
      : `${quantity} ${unit === null ? '' : (unitWords[language][unit] ?? unit)}`
  const from = plan === null ? '' : `  ${words.planOf(plan.name, plan.version)}`
  return `${left(what, 34)}${right(much, 18)}${right(price === null ? '' : `× ${price}`, 14)}${right(amount, 14)}${from}`
}

export const receiptText = (document: ReceiptDocument, language: Language): string => {
  const words = paperWords[language]
  return [
    `${words.receipt}  ${document.number}`,
    '',
    fact(words.account, `${document.account.number}  ${document.account.customer}`),
    fact(words.paidAt, timeText(document.at, document.timeZone)),
    fact(words.channel, channelWords[language][document.channel] ?? document.channel),
    fact(words.cashier, document.cashier ?? '—'),
    fact(words.figures, `${document.amount} ${words.yuan}`),
    fact(words.capitals, document.capitals),
    ...partsOfAmount(document, language).map(([name, value]) => fact(name, value)),
    fact(words.balanceAfter, `${document.balanceAfter} ${words.yuan}`),
    fact(words.paymentId, document.paymentId),
    ...(document.reversedAt === null ? [] : [words.reversed(timeText(document.reversedAt, document.timeZone))]),
  ].join('\n')
}

export const headText = ({ number, month, total, closingBalance, correctedBy }: StatementHead): string =>
  `${left(number, 26)}${month}${right(formatMoney(total), 14)}${right(formatMoney(closingBalance), 16)}${correctedBy === null ? '' : `  corrected by ${correctedBy}`}`
