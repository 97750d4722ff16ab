import {
  addMoney,
  formatKwh,
  formatMoney,
  formatPercent,
  formatPrice,
  formatThousandths,
  formatAmount,
  sumEnergy,
  zeroMoney,
  type MicroYuan,
  type WattHours,
} from '../../domain/quantity.ts'
import { lineTexts } from '../../domain/statement-document.ts'
import type { SupplyContract } from '../../domain/tariff/contract.ts'
import { formatDay } from '../../domain/tariff/day-number.ts'
import type { Line } from '../../domain/tariff/line.ts'
import { beginChain, periodToDate, takeReading, type RatedWindow } from '../../domain/tariff/metering-chain.ts'
import { versionOn, type PlanBook } from '../../domain/tariff/plan-book.ts'
import { closeStatement, type Statement } from '../../domain/tariff/statement.ts'
import type { ZoneDays } from '../../domain/tariff/tariff-clock.ts'
import type { Series } from './price-marks.ts'

/** One household's bills, one for each month or part of it. */
export type Bill = Readonly<{ series: Series; months: readonly BilledWindow[]; total: MicroYuan; energy: WattHours }>
export type BilledWindow = Readonly<{
  rated: RatedWindow
  statement: Statement
  energy: WattHours
  notes: readonly string[]
}>

export type BillResult = Readonly<{ ok: true; bill: Bill } | { ok: false; words: string }>

/** Settles the readings one by one, as the server does, and closes each month. */
export const billOf = (
  series: Series,
  terms: Readonly<{ book: PlanBook; contract: SupplyContract; days: ZoneDays; ladderBefore: WattHours }>,
): BillResult => {
  const { book, contract, days, ladderBefore } = terms
  const [first, ...rest] = series.marks
  if (first === undefined) return { ok: false, words: `${series.name} has no readings` }
  let chain = beginChain(book, contract, days, first, { ladderBefore })
  if (chain === null) return { ok: false, words: notInForce(book, days.dayAt(first.at)) }
  for (const mark of rest) {
    const taken = takeReading(chain, mark)
    // A reading at the very end of the last day belongs to that day.
    if (taken === null) return { ok: false, words: notInForce(book, days.dayAt(mark.at - 1)) }
    chain = taken.chain
  }
  const months = chain.windows.map(billWindow)
  return {
    ok: true,
    bill: {
      series,
      months,
      total: months.reduce((sum, { statement }) => addMoney(sum, statement.total), zeroMoney),
      energy: sumEnergy(months.map(({ energy }) => energy)),
    },
  }
}

const notInForce = (book: PlanBook, day: number): string => {
  const [plan] = book
  const known = book.map(({ version, validFrom, validTo }) => {
    const until = validTo === null ? 'on' : `until ${formatDay(validTo)}`
    return `version ${String(version)} from ${formatDay(validFrom)} ${until}`
  })
  const missing = versionOn(book, day) === null ? formatDay(day) : 'a day in between'
  return `no version of plan ${plan?.code ?? ''} is in force on ${missing}; known: ${known.join(', ')}. Change validFrom or validTo, add a version, or narrow --from and --to`
}

const billWindow = (rated: RatedWindow): BilledWindow => {
  const { tariff, window, charge, clock, usage } = rated
  const period = periodToDate(rated)
  const { lines, powerFactor } = tariff.rate(period)
  const notes = [
    ...(usage.last.at < clock.days.startOf(window.to) ? ['to date: the load ends before the month does'] : []),
    ...(tariff.plan.provisional ? ['provisional price'] : []),
    ...(tariff.plan.powerFactor !== null && powerFactor === null
      ? ['power factor not adjusted: the load has no forward_varh']
      : []),
    ...(usage.gaps.length > 0 ? ['readings are too far apart: energy was divided evenly between some of them'] : []),
  ]
  const statement = closeStatement(lines, charge.charged, tariff.plan)
  return { rated, statement, energy: sumEnergy(period.parts), notes }
}

/** For people: a block for each month. */
export const billText = ({ series, months, total, energy }: Bill): readonly string[] => [
  ...months.flatMap((month) => windowText(series.name, month)),
  `${series.name}  all  ${formatKwh(energy)} kWh  ${formatMoney(total)} yuan`,
  ...(series.estimatedSlots > 0
    ? [`${series.name}  estimated: ${String(series.estimatedSlots)} half hours, ${formatKwh(series.estimated)} kWh`]
    : []),
  '',
]

const windowText = (name: string, { rated, statement, notes }: BilledWindow): readonly string[] => {
  const { window } = rated
  const head = `${name}  ${formatDay(window.from)} to ${formatDay(window.to)}  plan ${window.plan.code} version ${String(window.plan.version)}`
  const taxed = rated.tariff.plan.taxRate !== null
  return [
    [head, ...notes].join('  · '),
    ...statement.lines.map(({ line, amount }) => lineText(line, formatMoney(amount))),
    `  ${'total'.padEnd(62)}${formatMoney(statement.total).padStart(14)}`,
    ...(taxed ? [`  of which tax ${formatMoney(statement.tax)}, net ${formatMoney(statement.net)}`] : []),
    '',
  ]
}

const lineText = (line: Line, amount: string): string => {
  const shown = line.memo ? `(${amount})` : amount
  return `  ${line.code.padEnd(24)}${workingText(line).padEnd(38)}${shown.padStart(14)}`
}

/** `120.345 kWh × 0.5380`, with the factor where there is one. */
const workingText = ({ quantity, price, base, factor }: Line): string => {
  const parts: string[] = []
  if (quantity !== null) parts.push(`${formatThousandths(quantity.thousandths)} ${quantity.unit}`)
  if (price !== null) parts.push(formatPrice(price))
  if (base !== null) parts.push(formatAmount(base))
  if (factor !== null) parts.push(base === null ? factorText(factor) : `${formatPercent(factor)} %`)
  return parts.join(' × ')
}

const factorText = ({ numerator, denominator }: NonNullable<Line['factor']>): string =>
  `${String(numerator)}/${String(denominator)}`

/** For programs: everything, with exact values as text. */
export const billJson = ({ series, months, total, energy }: Bill): object => ({
  household: series.name,
  energyKwh: formatKwh(energy),
  estimatedKwh: formatKwh(series.estimated),
  estimatedHalfHours: series.estimatedSlots,
  total: formatMoney(total),
  statements: months.map(({ rated, statement, energy: used, notes }) => ({
    from: formatDay(rated.window.from),
    to: formatDay(rated.window.to),
    plan: rated.window.plan.code,
    version: rated.window.plan.version,
    provisional: rated.window.plan.provisional,
    energyKwh: formatKwh(used),
    ladderBeforeKwh: formatKwh(rated.ladderBefore),
    charged: formatMoney(rated.charge.charged),
    rounding: formatMoney(statement.rounding),
    total: formatMoney(statement.total),
    net: formatMoney(statement.net),
    tax: formatMoney(statement.tax),
    notes,
    lines: statement.lines.map(({ line, amount }) => lineJson(line, amount)),
  })),
})

const lineJson = (line: Line, amount: MicroYuan): object => ({
  ...lineTexts(line),
  factor: line.factor === null ? null : factorText(line.factor),
  exact: formatAmount(line.exact),
  amount: formatMoney(amount),
  memo: line.memo,
  sources: line.sources,
})
