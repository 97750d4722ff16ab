import { localTime } from '../domain/calendar.ts'
import {
  addEnergy,
  addMoney,
  formatMoney,
  noEnergy,
  subtractMoney,
  zeroMoney,
  type MicroYuan,
} from '../domain/quantity.ts'
import { isWorthALook, pursesOnStatement, type PurseFacts } from '../domain/purse-statement.ts'
import { receiptNumber } from '../domain/receipt.ts'
import { buildStatement, partOfMove, type ClosedStatement, type RatedPeriod } from '../domain/statement.ts'
import {
  energyOfDay,
  statementNumber,
  type DocumentMove,
  type StatementDocument,
  type StatementFacts,
} from '../domain/statement-document.ts'
import type { StatementMonth } from '../domain/statement-month.ts'
import { ratedByRegisters } from '../domain/statement-tariff.ts'
import { dayNumber } from '../domain/tariff/day-number.ts'
import { periodToDate } from '../domain/tariff/metering-chain.ts'
import type { RatedDays } from '../domain/tariff/part-of-month.ts'
import { restoreWindow } from '../domain/tariff/stored-window.ts'
import { zoneDays } from '../domain/tariff/tariff-clock.ts'
import type { Sql } from '../store/database.ts'
import { closingAccounts, type ClosingAccount, type ClosingSite } from '../store/statements-closing.ts'
import { closingMeters, type ClosingMeter } from '../store/statements-meters.ts'
import { balanceMoves, effectsSince, type AccountMove } from '../store/statements-moves.ts'
import { chargedAfter, closingPeriods, unledgeredEnergy, type ClosingPeriod } from '../store/statements-periods.ts'
import { loadPlanVersions } from '../store/tariffs.ts'
import { meterOnStatement, monthMarks, type ClosedPeriod, type MonthMarks } from './close-period-meters.ts'
import { loadPurses } from './close-period-purses.ts'
import { booksOf, contractOf } from './settle-tariff.ts'

/** What closing one account's month comes to, before anything is written. */
export type Closing = Readonly<
  | {
      kind: 'ready'
      accountId: number
      bucket: number
      closed: ClosingAccount['closed']
      statement: ClosedStatement
      /** Purses whose deductions a person should look at. */
      odd: readonly PurseFacts[]
      facts: Omit<StatementFacts, 'closedAt'>
    }
  | { kind: 'waiting' | 'refused'; account: string; because: string }
  | { kind: 'unchanged' }
>

type Work = Readonly<{
  site: ClosingSite
  month: StatementMonth
  accountIds: readonly number[]
  withoutReading: boolean
}>

/** Loads a batch of locked accounts and decides for each. Set-based: a fixed number of queries, whatever the batch. */
export const loadClosing = async (sql: Sql, work: Work): Promise<readonly Closing[]> => {
  const { site, month, accountIds } = work
  const accounts = await closingAccounts(sql, accountIds, month)
  const periods = await closingPeriods(sql, accountIds, month)
  const meterIds = [...new Set(periods.map(({ meterId }) => meterId))]
  const meters = await closingMeters(sql, accountIds, meterIds)
  const moves = await balanceMoves(sql, accountIds, month, site.timeZone)
  const since = await effectsSince(sql, accountIds, month.end)
  const later = await chargedAfter(sql, accountIds, month.end)
  const marks = await monthMarks(sql, meterIds, month)
  const beginning = accounts.flatMap(({ accountId, previous }) => (previous === null ? [accountId] : []))
  const unledgered = await unledgeredEnergy(sql, beginning)
  const closed = await windowsOf(sql, periods, site.timeZone)
  const purses = await loadPurses(sql, accountIds, month, site.timeZone)
  return accounts.map((account) =>
    closeAccount(work, {
      account,
      closed: closed.filter(({ period }) => period.accountId === account.accountId),
      meters,
      moves: moves.filter(({ accountId }) => accountId === account.accountId),
      since: since.get(account.accountId) ?? zeroMoney,
      later: later.get(account.accountId) ?? zeroMoney,
      unledgered: unledgered.get(account.accountId) ?? zeroMoney,
      marks,
      purses: purses.get(account.accountId) ?? [],
    }),
  )
}

type AccountFacts = Readonly<{
  account: ClosingAccount
  closed: readonly ClosedPeriod[]
  meters: readonly ClosingMeter[]
  moves: readonly AccountMove[]
  /** What has moved the balance since the month, charges of energy apart, and what later periods have charged. */
  since: ClosingAccount['balance']
  later: ClosingAccount['balance']
  /** Of an account without an earlier statement: what periods have charged and the ledger has not. */
  unledgered: ClosingAccount['balance']
  marks: MonthMarks
  purses: readonly PurseFacts[]
}>

const closeAccount = (work: Work, facts: AccountFacts): Closing => {
  const { account, meters, since, later } = facts
  const { accountId, number, balance, closed } = account
  const unread = meters.filter(
    ({ accountId: owner, charging, lastAt }) =>
      owner === accountId && charging && (lastAt === null || lastAt < work.month.end),
  )
  if (unread.length > 0 && !work.withoutReading && closed === null) {
    const names = unread.map(({ address, place }) => `${address} (${place})`).join(', ')
    return { kind: 'waiting', account: number, because: `not read since the end of ${work.month.month}: ${names}` }
  }
  const rated = facts.closed.map((one) => ratedPeriod(one, work.site.timeZone))
  const moves = facts.moves.filter((move) => partOfMove(move) !== 'energy')
  const energy = rated.reduce((sum, { charged }) => addMoney(sum, charged), zeroMoney)
  // From the balance of now back to the end of the month, and from there to its beginning.
  const closingBefore = addMoney(subtractMoney(balance, since), later)
  const openingBalance = moves.reduce(
    (left, { effect }) => subtractMoney(left, effect),
    addMoney(closingBefore, energy),
  )
  const objection = objectionTo(facts, openingBalance)
  if (objection !== null) return { kind: 'refused', account: number, because: `${work.month.month}, ${objection}` }
  const built = buildStatement({ periods: rated, moves, openingBalance, accountClosed: account.accountClosed })
  if (!built.ok)
    return { kind: 'refused', account: number, because: `${work.month.month}, ${built.code}: ${built.detail}` }
  const { statement } = built
  if (closed !== null && isSame(closed, statement)) return { kind: 'unchanged' }
  const revision = (closed?.revision ?? 0) + 1
  return {
    kind: 'ready',
    accountId,
    bucket: account.bucket,
    closed,
    statement,
    odd: facts.purses.filter(isWorthALook),
    facts: documentFacts(work, facts, rated, revision),
  }
}

/** The books must agree to the micro-yuan before anything is rounded: so rounding can hide nothing. */
const objectionTo = ({ account: { previous }, unledgered }: AccountFacts, opening: MicroYuan): string | null => {
  if (previous !== null && previous.closingBalance !== opening)
    return `settlement-and-ledger-differ: it begins with ${formatMoney(opening)}, but ${previous.number} ended with ${formatMoney(previous.closingBalance)}`
  return unledgered === 0n
    ? null
    : `settlement-and-ledger-differ: periods have charged ${formatMoney(unledgered)} more than the ledger`
}

const isSame = (
  closed: NonNullable<ClosingAccount['closed']>,
  { total, tax, openingBalance, closingBalance }: ClosedStatement,
): boolean =>
  closed.total === total &&
  closed.tax === tax &&
  closed.openingBalance === openingBalance &&
  closed.closingBalance === closingBalance

/** Restores the windows of periods under a tariff, with the plans' documents read once for the batch. */
const windowsOf = async (
  sql: Sql,
  periods: readonly ClosingPeriod[],
  timeZone: string,
): Promise<readonly ClosedPeriod[]> => {
  const planIds = [
    ...new Set(periods.flatMap(({ rated, pricePlan }) => (rated.kind === 'tariff' ? [pricePlan.id] : []))),
  ]
  const books = planIds.length === 0 ? null : booksOf(await loadPlanVersions(sql, planIds))
  const days = zoneDays(timeZone)
  return periods.map((period) => {
    const { rated, pricePlan } = period
    if (rated.kind === 'registers') return { period, window: null }
    const book = books?.get(pricePlan.id)?.book
    const window =
      book === undefined ? null : restoreWindow({ book, contract: contractOf(rated.terms), days }, rated.window)
    if (window === null) throw new Error(`the plan ${pricePlan.name} of a period is not there`)
    return { period, window }
  })
}

const ratedPeriod = ({ period, window }: ClosedPeriod, timeZone: string): RatedPeriod => {
  const { meterId, agreement, pricePlan, rated, opening, latest, charged } = period
  const origin = { meterId, agreement, pricePlanId: pricePlan.id, charged }
  if (window !== null)
    return { ...origin, plan: window.window.plan, contract: window.tariff.contract, period: periodToDate(window) }
  if (rated.kind === 'tariff') throw new Error('a period under a tariff has no window')
  const byRegisters = ratedByRegisters(rated.plan, pricePlan, opening, latest, ratedDays(period, timeZone))
  return { ...byRegisters, ...origin, period: { ...byRegisters.period, sources: sourcesOf(period) } }
}

/** The registers that a line was made from, as text that can be checked against the meter. */
const sourcesOf = ({ meterId, opening, latest }: ClosingPeriod): readonly string[] => [
  `meter:${String(meterId)} ${opening.totalWh.toString()} Wh`,
  `meter:${String(meterId)} ${latest.totalWh.toString()} Wh`,
]

const ratedDays = ({ start, end }: ClosingPeriod, timeZone: string): RatedDays => {
  const [from, to] = [dayOf(start, timeZone), dayOf(end, timeZone)]
  return { from, to, monthStart: from, monthEnd: to }
}

const dayOf = (at: number, timeZone: string): number => {
  const { year, month, day } = localTime(at, timeZone)
  return dayNumber(year, month, day)
}

const documentFacts = (
  { site, month }: Work,
  { account, closed: periods, meters, moves, marks, purses }: AccountFacts,
  rated: readonly RatedPeriod[],
  revision: number,
): Omit<StatementFacts, 'closedAt'> => {
  const { number, customer, language, closed } = account
  return {
    number: statementNumber(number, month.month, revision),
    revision,
    corrects: closed === null ? null : { number: closed.number, total: formatMoney(closed.total) },
    issuer: { company: site.name, branch: site.signature, phone: site.servicePhone },
    account: { number, customer, language },
    timeZone: site.timeZone,
    month: month.month,
    start: month.start,
    end: month.end,
    payments: moves.filter((move) => partOfMove(move) === 'payment').map((move) => documentMove(move, site.timeZone)),
    movements: moves.filter((move) => partOfMove(move) === 'movement').map((move) => documentMove(move, site.timeZone)),
    meters: meters.flatMap((meter) => meterOnStatement(meter, periods, marks, month, site.readingIntervalMs)),
    daily: dailyOf(moves),
    ...(purses.length > 0 && { purses: purses.map(pursesOnStatement) }),
    taxRates: rated.map(({ plan }) => plan.taxRate),
  }
}

const documentMove = ({ at, kind, reverses, effect, entry, channel }: AccountMove, timeZone: string): DocumentMove => ({
  at,
  kind,
  reverses,
  amount: formatMoney(effect),
  receipt: kind === 'payment' && entry !== null ? receiptNumber(at, timeZone, entry) : null,
  channel,
})

const dailyOf = (moves: readonly AccountMove[]): StatementDocument['daily'] => {
  const days = new Map<string, AccountMove['used']>()
  for (const move of moves)
    if (partOfMove(move) === 'energy') days.set(move.day, addEnergy(days.get(move.day) ?? noEnergy, move.used))
  return [...days.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([day, energy]) => energyOfDay(day, energy))
}
