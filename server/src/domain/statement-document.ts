import type { Issuer } from './receipt.ts'
import type { Language } from './notice.ts'
import {
  formatAmount,
  formatMoney,
  formatPercent,
  formatPrice,
  formatThousandths,
  type MicroYuan,
  type Ratio,
  type WattHours,
} from './quantity.ts'
import type { DocumentPurse } from './purse-statement.ts'
import type { Registers } from './price-plan.ts'
import type { LineUnit } from './tariff/line.ts'
import type { ClosedStatement, StatementLine } from './statement.ts'

/**
 * A statement as data, kept for ever and printed from. Money, prices and energy are text with all their decimals, so the
 * paper of today and the paper of next year are the same.
 */
export type StatementDocument = Readonly<{
  number: string
  revision: number
  corrects: Readonly<{ number: string; total: string }> | null
  issuer: Issuer
  account: Readonly<{ number: string; customer: string; language: Language }>
  timeZone: string
  /** `2026-11` */
  month: string
  start: number
  end: number
  closedAt: number
  openingBalance: string
  payments: readonly DocumentMove[]
  paymentsTotal: string
  movements: readonly DocumentMove[]
  movementsTotal: string
  lines: readonly DocumentLine[]
  charged: string
  rounding: string
  total: string
  net: string
  tax: string
  /** Per cent; null when no plan of the period says how much tax its prices contain, or several say different things. */
  taxPercent: string | null
  closingBalance: string
  meters: readonly DocumentMeter[]
  daily: readonly Readonly<{ day: string; energyWh: string }>[]
  /** Meters that keep their own balance; absent where there is none, and in statements from before it was told. */
  purses?: readonly DocumentPurse[]
}>

export type DocumentMove = Readonly<{
  at: number
  kind: string
  /** The kind that a reversal undoes. */
  reverses: string | null
  amount: string
  /** Of a payment. */
  receipt: string | null
  channel: string | null
}>

export type DocumentLine = Readonly<{
  position: number
  meterId: number | null
  place: string | null
  code: string
  formula: StatementLine['formula']
  quantity: string | null
  unit: LineUnit | null
  price: string | null
  /** Yuan that a percentage is taken of, and the percentage. */
  base: string | null
  percent: string | null
  amount: string
  memo: boolean
  plan: Readonly<{ name: string; version: number; provisional: boolean }> | null
  agreementVersion: number | null
  sources: readonly string[]
  at: number | null
}>

export type RegisterMark = Readonly<{
  /** When it was read; null when no reading of that time is kept. */
  at: number | null
  obtained: string | null
  totalWh: string
  ratesWh: readonly string[]
}>

export type DocumentMeter = Readonly<{
  meterId: number
  address: string
  place: string
  multiplier: string
  start: RegisterMark
  end: RegisterMark
  usedWh: string
  /** Whether the difference of the registers is the energy; not where readings are missing around an end of the month. */
  closes: boolean
  /**
   * `at-end`: read within one interval of the end. `between`: taken in proportion to time from the readings before and
   * after it. `earlier`: what was used after the last reading is charged in the next period.
   */
  endMark: 'at-end' | 'between' | 'earlier'
}>

export type StatementFacts = Pick<
  StatementDocument,
  | 'number'
  | 'revision'
  | 'corrects'
  | 'issuer'
  | 'account'
  | 'timeZone'
  | 'month'
  | 'start'
  | 'end'
  | 'closedAt'
  | 'payments'
  | 'movements'
  | 'meters'
  | 'daily'
  | 'purses'
> &
  Readonly<{ taxRates: readonly (Ratio | null)[] }>

export const statementNumber = (account: string, month: string, revision: number): string =>
  `${account}-${month.replace('-', '')}${revision === 1 ? '' : `-R${String(revision - 1)}`}`

export const composeDocument = (
  { taxRates, ...facts }: StatementFacts,
  statement: ClosedStatement,
): StatementDocument => {
  const placeOf = new Map(facts.meters.map(({ meterId, place }) => [meterId, place]))
  const rates = new Set(taxRates.map((rate) => (rate === null ? null : formatPercent(rate))))
  const [only = null] = rates
  return {
    ...facts,
    openingBalance: formatMoney(statement.openingBalance),
    paymentsTotal: formatMoney(statement.payments),
    movementsTotal: formatMoney(statement.movements),
    lines: statement.lines.map((line, index) => documentLine(line, index + 1, placeOf)),
    charged: formatMoney(statement.charged),
    rounding: formatMoney(statement.rounding),
    total: formatMoney(statement.total),
    net: formatMoney(statement.net),
    tax: formatMoney(statement.tax),
    taxPercent: rates.size === 1 ? only : null,
    closingBalance: formatMoney(statement.closingBalance),
  }
}

/** What a line was worked out of, as text: quantity in its unit, price per unit, or the amount that it is a part of. */
export const lineTexts = (line: Pick<StatementLine, 'code' | 'formula' | 'quantity' | 'price' | 'base'>) => ({
  code: line.code,
  formula: line.formula,
  quantity: line.quantity === null ? null : formatThousandths(line.quantity.thousandths),
  unit: line.quantity?.unit ?? null,
  price: line.price === null ? null : formatPrice(line.price),
  base: line.base === null ? null : formatAmount(line.base),
})

const documentLine = (line: StatementLine, position: number, placeOf: ReadonlyMap<number, string>): DocumentLine => ({
  position,
  meterId: line.meterId,
  place: line.meterId === null ? null : (placeOf.get(line.meterId) ?? null),
  ...lineTexts(line),
  percent: line.factor === null ? null : formatPercent(line.factor),
  amount: formatMoney(line.amount),
  memo: line.memo,
  plan:
    line.plan === null
      ? null
      : { name: line.plan.name, version: line.plan.version, provisional: line.plan.provisional },
  agreementVersion: line.agreement?.version ?? null,
  sources: line.sources,
  at: line.at,
})

export const registerMark = (
  { totalWh, ratesWh }: Registers,
  reading: Readonly<{ at: number; obtained: string }> | null,
): RegisterMark => ({
  at: reading?.at ?? null,
  obtained: reading?.obtained ?? null,
  totalWh: totalWh.toString(),
  ratesWh: ratesWh.map((rate) => rate.toString()),
})

export const moneyOf = (amount: MicroYuan): string => formatMoney(amount)
export const energyOfDay = (day: string, energy: WattHours): StatementDocument['daily'][number] => ({
  day,
  energyWh: energy.toString(),
})
