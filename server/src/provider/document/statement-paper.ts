import type { Language } from '../../domain/notice.ts'
import type { DocumentPurse } from '../../domain/purse-statement.ts'
import type { DocumentLine, DocumentMeter, DocumentMove, StatementDocument } from '../../domain/statement-document.ts'
import { drawEnergyChart } from './energy-chart.ts'
import { accent, faint, grey, makePaper, wash, type Paper, type Sheet } from './paper.ts'
import { kwhText, lineText, moveText, periodText, timeText } from './paper-text.ts'
import { channelWords, paperWords, unitWords } from './paper-words.table.ts'
import { drawFacts, drawHeading, drawTable, type Row } from './table.ts'

/** A statement on paper: who, what stood, what came and went, how it was measured and calculated. */
export const statementPaper = async (
  document: StatementDocument,
  language: Language = document.account.language,
): Promise<Paper> => {
  const words = paperWords[language]
  const title = `${document.corrects === null ? words.statement : words.corrective} ${document.month}`
  const info = { title: `${title} ${document.number}`, author: document.issuer.company, language }
  return makePaper(
    { ...info, createdAt: document.closedAt, format: 'A4' },
    (page, pages) => `${document.number}  ·  ${document.issuer.company}  ·  ${words.page(page, pages)}`,
    (sheet) => {
      drawHead(sheet, document, language, title)
      drawSummary(sheet, document, language)
      drawLines(sheet, document, language)
      drawMeters(sheet, document, language)
      drawPurses(sheet, document, language)
      drawDaily(sheet, document, language)
      drawMoves(sheet, document, language)
      drawHow(sheet, document, language)
    },
  )
}

const drawHead = (sheet: Sheet, document: StatementDocument, language: Language, title: string): void => {
  const words = paperWords[language]
  const { issuer, account, timeZone } = document
  sheet.text(issuer.company, sheet.left, sheet.y(), { size: 12, color: grey, width: sheet.width / 2 })
  sheet.text(title, sheet.left, sheet.y() - 3, { size: 17, align: 'right' })
  sheet.move(26)
  sheet.rule(sheet.left, sheet.y(), sheet.left + sheet.width, sheet.y(), accent)
  sheet.move(12)
  const places = [...new Set(document.meters.map(({ place }) => place))].join(language === 'zh' ? '、' : ', ')
  drawFacts(sheet, [
    [words.number, document.number],
    [words.period, periodText(document.start, document.end, timeZone)],
    [words.account, account.number],
    [words.closedAt, timeText(document.closedAt, timeZone)],
    [words.customer, account.customer],
    [words.branch, issuer.branch],
    [words.place, places === '' ? '—' : places],
    [words.servicePhone, issuer.phone],
  ])
  if (document.corrects === null) return
  const { number, total } = document.corrects
  sheet.text(words.correctsText(number, total), sheet.left, sheet.y(), { size: 9.5, color: accent })
  sheet.move(20)
}

/** The five figures that a customer looks for. */
const drawSummary = (sheet: Sheet, document: StatementDocument, language: Language): void => {
  const words = paperWords[language]
  const figures = [
    [words.openingBalance, document.openingBalance],
    [words.payments, document.paymentsTotal],
    ...(document.movements.length === 0 ? [] : [[words.movements, document.movementsTotal] as const]),
    [words.total, document.total],
    [words.closingBalance, document.closingBalance],
  ] as const
  const height = 46
  const width = sheet.width / figures.length
  sheet.box(sheet.left, sheet.y(), sheet.width, height, wash)
  for (const [index, [name, amount]] of figures.entries()) {
    const x = sheet.left + index * width
    if (index > 0) sheet.rule(x, sheet.y() + 8, x, sheet.y() + height - 8, faint)
    sheet.text(words.inYuan(name), x + 10, sheet.y() + 7, { size: 8, color: grey, width: width - 14 })
    sheet.text(amount, x + 10, sheet.y() + 21, { size: 12.5, width: width - 14 })
  }
  sheet.move(height + 16)
}

const drawLines = (sheet: Sheet, document: StatementDocument, language: Language): void => {
  const words = paperWords[language]
  drawHeading(sheet, words.lines)
  const several = document.meters.length > 1
  const rows = document.lines.map((line): Row => ({
    cells: lineCells(line, document, language, several),
    quiet: line.memo,
  }))
  const tax: readonly Row[] =
    document.tax === '0.00'
      ? []
      : [
          { cells: [words.net, '', '', document.net], quiet: true },
          { cells: [words.tax(document.taxPercent), '', '', document.tax], quiet: true },
        ]
  drawTable(
    sheet,
    [
      { head: words.item, share: 46 },
      { head: words.quantity, share: 20, align: 'right' },
      { head: words.unitPrice, share: 18, align: 'right' },
      { head: words.amount, share: 16, align: 'right' },
    ],
    [...rows, { cells: [words.total, '', '', document.total], strong: true }, ...tax],
  )
}

const lineCells = (
  line: DocumentLine,
  { timeZone }: StatementDocument,
  language: Language,
  several: boolean,
): readonly string[] => {
  const words = paperWords[language]
  const where = several && line.place !== null ? `  ${line.place}` : ''
  const when = line.at === null ? '' : `  ${timeText(line.at, timeZone)}`
  const mark = `${line.memo ? words.contained : ''}${line.plan?.provisional === true ? ` (${words.provisional})` : ''}`
  return [
    `${lineText(line.code, language)}${mark}${where}${when}`,
    line.quantity === null ? percentOf(line, words.yuan) : `${line.quantity} ${unitOf(line, language)}`,
    line.price ?? '',
    line.amount,
  ]
}

const unitOf = ({ unit }: DocumentLine, language: Language): string =>
  unit === null ? '' : (unitWords[language][unit] ?? unit)

const percentOf = ({ base, percent }: DocumentLine, yuan: string): string =>
  base === null || percent === null ? '' : `${percent}% × ${base} ${yuan}`

const drawMeters = (sheet: Sheet, document: StatementDocument, language: Language): void => {
  if (document.meters.length === 0) return
  const words = paperWords[language]
  drawHeading(sheet, words.meters)
  const register = ({ at, totalWh }: DocumentMeter['start']): string =>
    `${kwhText(totalWh)}\n${at === null ? words.notRead : timeText(at, document.timeZone)}`
  drawTable(
    sheet,
    [
      { head: words.meter, share: 30 },
      { head: words.start, share: 22, align: 'right' },
      { head: words.end, share: 22, align: 'right' },
      { head: words.multiplier, share: 10, align: 'right' },
      { head: words.used, share: 16, align: 'right' },
    ],
    document.meters.map(({ address, place, start, end, multiplier, usedWh }) => ({
      cells: [`${address}  ${place}`, register(start), register(end), multiplier, kwhText(usedWh)],
    })),
  )
}

const drawPurses = (sheet: Sheet, { purses = [] }: StatementDocument, language: Language): void => {
  if (purses.length === 0) return
  const words = paperWords[language]
  drawHeading(sheet, words.purses)
  drawTable(
    sheet,
    [
      { head: words.meter, share: 32 },
      { head: words.purseOpening, share: 17, align: 'right' },
      { head: words.purseBought, share: 17, align: 'right' },
      { head: words.purseDeducted, share: 17, align: 'right' },
      { head: words.purseClosing, share: 17, align: 'right' },
    ],
    purses.map(({ address, place, opening, bought, deducted, closing }) => ({
      cells: [`${address}  ${place}`, opening, bought, deducted, closing],
    })),
  )
}

/** What a purse took in and gave out, and how that stands to the price plan, in two sentences. */
export const purseSentences = (purse: DocumentPurse, language: Language): readonly string[] => {
  const words = paperWords[language]
  const { address, bought, broughtIn, deducted, returned, closing, usedWh, calculated, difference } = purse
  return [
    words.purseText(address, bought, broughtIn, deducted, returned, closing),
    usedWh === null || calculated === null || difference === null
      ? words.purseNotCompared
      : words.purseCompared(kwhText(usedWh), calculated, difference),
  ]
}

const drawDaily = (sheet: Sheet, { daily }: StatementDocument, language: Language): void => {
  if (daily.length === 0) return
  drawHeading(sheet, paperWords[language].daily)
  sheet.move(6)
  const bars = daily.map(({ day, energyWh }) => ({
    label: String(Number(day.slice(8))),
    value: Number(energyWh) / 1_000,
  }))
  drawEnergyChart(sheet, bars)
}

const drawMoves = (sheet: Sheet, document: StatementDocument, language: Language): void => {
  const words = paperWords[language]
  const table = (heading: string, moves: readonly DocumentMove[]): void => {
    if (moves.length === 0) return
    drawHeading(sheet, heading)
    drawTable(
      sheet,
      [
        { head: words.at, share: 24 },
        { head: words.kind, share: 22 },
        { head: words.channel, share: 20 },
        { head: words.receiptColumn, share: 20 },
        { head: words.amount, share: 14, align: 'right' },
      ],
      moves.map(({ at, kind, reverses, channel, receipt, amount }) => ({
        cells: [
          timeText(at, document.timeZone),
          moveText(kind, reverses, language),
          channel === null ? '' : (channelWords[language][channel] ?? channel),
          receipt ?? '',
          amount,
        ],
      })),
    )
  }
  table(words.paymentList, document.payments)
  table(words.movementList, document.movements)
}

const drawHow = (sheet: Sheet, document: StatementDocument, language: Language): void => {
  const words = paperWords[language]
  drawHeading(sheet, words.how)
  const say = (text: string): void => {
    const style = { size: 8.5, width: sheet.width }
    const height = sheet.heightOf(text, style)
    sheet.need(height)
    sheet.text(text, sheet.left, sheet.y(), style)
    sheet.move(height + 3)
  }
  for (const meter of document.meters) say(meterFormula(meter, document, language))
  for (const line of document.lines) say(lineFormula(line, language))
  for (const purse of document.purses ?? []) for (const text of purseSentences(purse, language)) say(text)
  if (document.rounding !== '0.00') say(words.roundingText(document.charged, document.rounding, document.total))
  const { openingBalance, paymentsTotal, movementsTotal, total, closingBalance } = document
  say(words.sumText(openingBalance, paymentsTotal, movementsTotal, total, closingBalance))
  sheet.move(6)
  sheet.text(words.copyNote, sheet.left, sheet.y(), { size: 8, color: grey })
  sheet.move(14)
}

const meterFormula = (meter: DocumentMeter, { timeZone }: StatementDocument, language: Language): string => {
  const words = paperWords[language]
  const { address, start, end, multiplier, usedWh, endMark, closes } = meter
  if (!closes) return `${words.meter} ${address}: ${kwhText(usedWh)} kWh. ${words.notClosing}`
  const factor = multiplier === '1' ? '' : ` × ${multiplier}`
  const formula = `${words.meter} ${address}: ${factor === '' ? '' : '('}${kwhText(end.totalWh)} − ${kwhText(start.totalWh)}${factor === '' ? '' : ')'}${factor} = ${kwhText(usedWh)} kWh`
  if (endMark === 'at-end' || end.at === null) return formula
  return `${formula}. ${endMark === 'between' ? words.between : words.earlier(timeText(end.at, timeZone))}`
}

/** `236 kWh × 0.5380 = 126.97 yuan (plan, agreement)`. */
const lineFormula = (line: DocumentLine, language: Language): string => {
  const words = paperWords[language]
  const { plan, agreementVersion, quantity, price, amount, percent } = line
  const origin = [
    ...(plan === null ? [] : [words.planOf(plan.name, plan.version)]),
    ...(agreementVersion === null ? [] : [words.agreementOf(agreementVersion)]),
  ].join(language === 'zh' ? '，' : ', ')
  const product =
    quantity === null || price === null
      ? percentOf(line, words.yuan)
      : `${quantity} ${unitOf(line, language)} × ${price}${percent === null ? '' : ` × ${percent}%`}`
  const formula = product === '' ? `${amount} ${words.yuan}` : `${product} = ${amount} ${words.yuan}`
  return `${lineText(line.code, language)}: ${formula}${origin === '' ? '' : ` (${origin})`}`
}
