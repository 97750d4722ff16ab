import { lineRounding } from './statement-tariff.ts'
import { partOfKind, type StatementPart } from './statement-kinds.ts'
import {
  addMoney,
  amountOfMoney,
  microYuan,
  roundAmount,
  subtractMoney,
  zeroMoney,
  type ExactAmount,
  type MicroYuan,
  type Price,
  type Ratio,
} from './quantity.ts'
import { addParts, revenueParts, type RevenueParts } from './revenue-parts.ts'
import { compileTariff } from './tariff/compile-tariff.ts'
import type { SupplyContract } from './tariff/contract.ts'
import type { FormulaId, LineUnit } from './tariff/line.ts'
import type { PeriodToDate } from './tariff/period-to-date.ts'
import type { TariffPlan } from './tariff/plan.ts'
import { closeStatement } from './tariff/statement.ts'

/**
 * Closing a period: the lines are rated anew from the registers, each is rounded as its plan says, and what that changes
 * is posted. So the total is the sum of the printed lines **and** the sum of what has been charged for the period.
 * Rounding can never hide a fault: what lines gain or lose by it is bounded.
 */
export type RatedPeriod = Readonly<{
  meterId: number
  agreement: Readonly<{ id: number; version: number }>
  pricePlanId: number
  plan: TariffPlan
  contract: SupplyContract
  period: PeriodToDate
  /** What settlement says it has charged in this period. */
  charged: MicroYuan
}>

/** A transfer that moved the customer's balance in the period, or a sum of those that need not be told apart. */
export type BalanceMove = Readonly<{
  kind: string
  /** The kind of the transfer that a reversal reverses. */
  reverses: string | null
  /** Above zero when the balance rose. */
  effect: MicroYuan
  meterId: number | null
  at: number
}>

export type StatementLine = Readonly<{
  meterId: number | null
  code: string
  /** `posted`: an amount that was charged as such; `rounding`: what rounding the total as a whole adds to the lines. */
  formula: FormulaId | 'posted' | 'rounding'
  quantity: Readonly<{ thousandths: bigint; unit: LineUnit }> | null
  price: Price | null
  base: ExactAmount | null
  factor: Ratio | null
  amount: MicroYuan
  /** Shown, but contained in another line. */
  memo: boolean
  agreement: RatedPeriod['agreement'] | null
  plan: Readonly<{ id: number; name: string; version: number; provisional: boolean }> | null
  sources: readonly string[]
  at: number | null
}>

export type StatementInput = Readonly<{
  periods: readonly RatedPeriod[]
  /** All that moved the balance but charges of energy: those are the periods'. */
  moves: readonly BalanceMove[]
  openingBalance: MicroYuan
  /** The account is closed and its money returned: nothing more can be posted, so the lines give way to what was charged. */
  accountClosed?: boolean
}>

export type ClosedStatement = Readonly<{
  lines: readonly StatementLine[]
  openingBalance: MicroYuan
  payments: MicroYuan
  movements: MicroYuan
  /** What the periods have charged. */
  energy: MicroYuan
  /** That, fees, and rounding that was posted before. */
  charged: MicroYuan
  /** What is still to be posted: above zero is charged, below zero is given back. */
  rounding: MicroYuan
  total: MicroYuan
  net: MicroYuan
  tax: MicroYuan
  /** What of it is revenue of something else than energy, without its tax. */
  components: RevenueParts
  closingBalance: MicroYuan
}>

export type StatementResult = Readonly<
  { ok: true; statement: ClosedStatement } | { ok: false; code: 'more-than-rounding'; detail: string }
>

export const buildStatement = ({
  periods,
  moves,
  openingBalance,
  accountClosed = false,
}: StatementInput): StatementResult => {
  if (moves.some((move) => partOfMove(move) === 'energy')) throw new RangeError('energy is charged by periods')
  const sumOf = (...parts: readonly StatementPart[]): MicroYuan =>
    sum(moves.filter((move) => parts.includes(partOfMove(move))).map(({ effect }) => effect))
  const closed = periods.map(closePeriod)
  const posted = moves.filter((move) => partOfMove(move) === 'fee').map(postedLine)
  const printed = [...closed.flatMap((one) => one.lines), ...posted]
  const sumOfLines = sum(printed.filter(({ memo }) => !memo).map(({ amount }) => amount))
  const energy = sum(periods.map((period) => period.charged))
  const unrounded = subtractMoney(energy, sumOf('fee'))
  const charged = subtractMoney(unrounded, sumOf('rounding'))
  if (magnitude(subtractMoney(sumOfLines, unrounded)) > boundOf(periods, printed))
    return { ok: false, code: 'more-than-rounding', detail: subtractMoney(sumOfLines, unrounded).toString() }
  const total = accountClosed ? charged : sumOfLines
  const lines = total === sumOfLines ? printed : [...printed, plainLine('rounding', subtractMoney(total, sumOfLines))]
  const tax = sum(closed.map((one) => one.tax))
  const payments = sumOf('payment')
  const movements = sumOf('movement')
  const components = addParts(closed.map((one) => one.components))
  const statement = { lines, openingBalance, payments, movements, energy, charged, total, tax, components }
  const rounding = subtractMoney(total, charged)
  const closingBalance = subtractMoney(sum([openingBalance, payments, movements]), total)
  return { ok: true, statement: { ...statement, rounding, net: subtractMoney(total, tax), closingBalance } }
}

const sum = (amounts: readonly MicroYuan[]): MicroYuan => amounts.reduce(addMoney, zeroMoney)
const negate = (amount: MicroYuan): MicroYuan => subtractMoney(zeroMoney, amount)
const magnitude = (amount: MicroYuan): MicroYuan => (amount < 0n ? negate(amount) : amount)

export const partOfMove = ({ kind, reverses }: Pick<BalanceMove, 'kind' | 'reverses'>): StatementPart =>
  partOfKind(kind === 'reversal' && reverses !== null ? reverses : kind)

type ClosedPeriod = Readonly<{ lines: readonly StatementLine[]; tax: MicroYuan; components: RevenueParts }>

const closePeriod = (rated: RatedPeriod): ClosedPeriod => {
  const { meterId, agreement, pricePlanId, plan, contract, period, charged } = rated
  const bill = compileTariff(plan, contract).rate(period)
  const { lines, total, tax } = closeStatement(bill.lines, charged, plan)
  const { name, version, provisional } = plan
  const origin = { meterId, agreement, at: null, plan: { id: pricePlanId, name, version, provisional } }
  const printed = lines.map(({ line, amount }): StatementLine => {
    const { code, formula, quantity, price, base, factor, memo, sources } = line
    return { ...origin, code, formula, quantity, price, base, factor, amount, memo, sources }
  })
  const components = revenueParts(
    lines.map(({ line: { formula }, amount }) => ({ formula, amount })),
    plan.taxRate,
  )
  const rest = subtractMoney(total, sum(printed.filter(({ memo }) => !memo).map(({ amount }) => amount)))
  if (rest === 0n) return { lines: printed, tax, components }
  return { lines: [...printed, { ...plainLine('rounding', rest), ...origin }], tax, components }
}

const plainLine = (formula: 'posted' | 'rounding', amount: MicroYuan): StatementLine => ({
  meterId: null,
  code: formula === 'posted' ? 'fee' : 'rounding',
  formula,
  quantity: null,
  price: null,
  base: null,
  factor: null,
  amount,
  memo: false,
  agreement: null,
  plan: null,
  sources: [],
  at: null,
})

const postedLine = ({ effect, at, meterId }: BalanceMove): StatementLine => ({
  ...plainLine('posted', roundAmount(amountOfMoney(negate(effect)), lineRounding.mode, lineRounding.unit)),
  meterId,
  at,
})

/** A line moves by less than a unit of its plan, whatever the mode; a period by half a micro-yuan more. */
const boundOf = (periods: readonly RatedPeriod[], lines: readonly StatementLine[]): MicroYuan => {
  const unit = periods.reduce(
    (widest, { plan }) => (plan.rounding.unit > widest ? plan.rounding.unit : widest),
    lineRounding.unit,
  )
  return sum([...lines.map(() => unit), ...periods.map(() => microYuan(1n))])
}
