import type { Language } from '../../domain/notice.ts'
import type { ReceiptDocument } from '../../domain/receipt.ts'
import { accent, grey, makePaper, wash, type Paper, type Sheet } from './paper.ts'
import { timeText } from './paper-text.ts'
import { channelWords, paperWords } from './paper-words.table.ts'
import { drawFacts } from './table.ts'

/** A receipt on paper. */
export const receiptPaper = async (
  document: ReceiptDocument,
  language: Language = document.account.language,
): Promise<Paper> => {
  const words = paperWords[language]
  const info = { title: `${words.receipt} ${document.number}`, author: document.issuer.company, language }
  return makePaper(
    { ...info, createdAt: document.reversedAt ?? document.at, format: 'A5-landscape' },
    () => `${words.paymentId} ${document.paymentId}  ·  ${words.copyNote}`,
    (sheet) => drawReceipt(sheet, document, language),
  )
}

const drawReceipt = (sheet: Sheet, document: ReceiptDocument, language: Language): void => {
  const words = paperWords[language]
  const { issuer, account, timeZone } = document
  sheet.text(issuer.company, sheet.left, sheet.y(), { size: 12, color: grey, width: sheet.width / 2 })
  sheet.text(words.receipt, sheet.left, sheet.y() - 3, { size: 17, align: 'right' })
  sheet.move(26)
  sheet.rule(sheet.left, sheet.y(), sheet.left + sheet.width, sheet.y(), accent)
  sheet.move(12)
  drawFacts(sheet, [
    [words.receiptNumber, document.number],
    [words.paidAt, timeText(document.at, timeZone)],
    [words.account, account.number],
    [words.channel, channelWords[language][document.channel] ?? document.channel],
    [words.customer, account.customer],
    [words.cashier, document.cashier ?? '—'],
    [words.place, account.places.length === 0 ? '—' : account.places.join(language === 'zh' ? '、' : ', ')],
    [words.servicePhone, issuer.phone],
    [words.branch, issuer.branch],
  ])
  const height = 66
  sheet.box(sheet.left, sheet.y(), sheet.width, height, wash)
  sheet.text(words.figures, sheet.left + 12, sheet.y() + 10, { size: 8.5, color: grey, width: 100 })
  sheet.text(`${document.amount} ${words.yuan}`, sheet.left + 110, sheet.y() + 6, { size: 15 })
  sheet.text(words.capitals, sheet.left + 12, sheet.y() + 38, { size: 8.5, color: grey, width: 100 })
  sheet.text(document.capitals, sheet.left + 110, sheet.y() + 36, { size: 12, width: sheet.width - 122 })
  sheet.move(height + 12)
  drawFacts(sheet, [
    ...partsOfAmount(document, language),
    [words.balanceAfter, `${document.balanceAfter} ${words.yuan}`],
    [words.seal, ''],
  ])
  if (document.reversedAt === null) return
  sheet.move(6)
  sheet.text(words.reversed(timeText(document.reversedAt, timeZone)), sheet.left, sheet.y(), {
    size: 11,
    color: '#b42318',
  })
  sheet.move(20)
}

/** What a payment was split into and asked for as; nothing for one that was credited as a whole and asked for by amount. */
export const partsOfAmount = (
  { toDebt, toBalance, wish }: ReceiptDocument,
  language: Language,
): readonly (readonly [name: string, value: string])[] => {
  const words = paperWords[language]
  return [
    ...(wish === null
      ? []
      : [
          [
            words.boughtAs,
            wish.kind === 'energy' ? words.boughtEnergy(wish.kwh) : words.boughtDays(wish.days),
          ] as const,
        ]),
    ...(/^0\.0+$/u.test(toDebt)
      ? []
      : [[words.toDebt, `${toDebt} ${words.yuan}`] as const, [words.toBalance, `${toBalance} ${words.yuan}`] as const]),
  ]
}
