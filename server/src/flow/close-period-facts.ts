import { localTime } from '../domain/calendar.ts'
import { addEnergy, formatMoney, noEnergy, subtractEnergy, subtractMoney, zeroMoney } from '../domain/quantity.ts'
import { receiptNumber } from '../domain/receipt.ts'
import { buildStatement, partOfMove, type ClosedStatement, type RatedPeriod } from '../domain/statement.ts'
import {
  energyOfDay,
  registerMark,
  statementNumber,
  type DocumentMeter,
  type DocumentMove,
  type StatementDocument,
  type StatementFacts,
} from '../domain/statement-document.ts'
import type { StatementMonth } from '../domain/statement-month.ts'
import { ratedByRegisters } from '../domain/statement-tariff.ts'
import { dayNumber } from '../domain/tariff/day-number.ts'
import type { RatedDays } from '../domain/tariff/part-of-month.ts'
import type { Sql } from '../store/database.ts'
import {
  balanceMoves,
  closingAccounts,
  closingMeters,
  closingPeriods,
  effectsSince,
  lastReadings,
  type AccountMove,
  type ClosingAccount,
  type ClosingMeter,
  type ClosingPeriod,
  type ClosingSite,
  type ReadingMark,
} from '../store/statements-closing.ts'

/** What closing one account's month comes to, before anything is written. */
export type Closing = Readonly<
  | {
      kind: 'ready'
      accountId: number
      bucket: number
      closed: ClosingAccount['closed']
      statement: ClosedStatement
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

/** A reading this long before a boundary still shows what stood there; older ones are looked for in the whole month. */
const nearBoundaryMs = 2 * 86_400_000
/** How late a reading of a round may be. */
const roundToleranceMs = 5 * 60_000

type Marks = Readonly<{ start: ReadonlyMap<number, ReadingMark>; end: ReadonlyMap<number, ReadingMark> }>

/** Loads a batch of locked accounts and decides for each. Set-based: a fixed number of queries, whatever the batch. */
export const loadClosing = async (sql: Sql, work: Work): Promise<readonly Closing[]> => {
  const { site, month, accountIds } = work
  const accounts = await closingAccounts(sql, accountIds, month)
  const periods = await closingPeriods(sql, accountIds, month)
  const meterIds = [...new Set(periods.map(({ meterId }) => meterId))]
  const meters = await closingMeters(sql, accountIds, meterIds)
  const moves = await balanceMoves(sql, accountIds, month, site.timeZone)
  const since = await effectsSince(sql, accountIds, month.end)
  const marks = { start: await marksAt(sql, meterIds, month.start), end: await marksAt(sql, meterIds, month.end) }
  return accounts.map((account) =>
    closeAccount(work, {
      account,
      periods: periods.filter(({ accountId }) => accountId === account.accountId),
      meters,
      moves: moves.filter(({ accountId }) => accountId === account.accountId),
      since: since.get(account.accountId) ?? zeroMoney,
      marks,
    }),
  )
}

const marksAt = async (
  sql: Sql,
  meterIds: readonly number[],
  boundary: number,
): Promise<ReadonlyMap<number, ReadingMark>> =>
  meterIds.length === 0 ? new Map() : lastReadings(sql, meterIds, boundary - nearBoundaryMs, boundary)

type AccountFacts = Readonly<{
  account: ClosingAccount
  periods: readonly ClosingPeriod[]
  meters: readonly ClosingMeter[]
  moves: readonly AccountMove[]
  since: ClosingAccount['balance']
  marks: Marks
}>

const closeAccount = (work: Work, facts: AccountFacts): Closing => {
  const { account, periods, meters, moves, since } = facts
  const { accountId, number, balance, closed } = account
  const unread = meters.filter(
    ({ accountId: owner, charging, lastAt }) =>
      owner === accountId && charging && (lastAt === null || lastAt < work.month.end),
  )
  if (unread.length > 0 && !work.withoutReading && closed === null) {
    const names = unread.map(({ address, place }) => `${address} (${place})`).join(', ')
    return { kind: 'waiting', account: number, because: `not read since the end of ${work.month.month}: ${names}` }
  }
  const closingBefore = subtractMoney(balance, since)
  const openingBalance = moves.reduce((left, { effect }) => subtractMoney(left, effect), closingBefore)
  const rated = periods.map((period) => ratedPeriod(period, work.site.timeZone))
  const built = buildStatement({ periods: rated, moves, openingBalance })
  if (!built.ok) return { kind: 'refused', account: number, because: `${built.code}: ${built.detail}` }
  const { statement } = built
  if (closed !== null && isSame(closed, statement)) return { kind: 'unchanged' }
  const revision = (closed?.revision ?? 0) + 1
  return {
    kind: 'ready',
    accountId,
    bucket: account.bucket,
    closed,
    statement,
    facts: documentFacts(work, facts, rated, revision),
  }
}

const isSame = (
  closed: NonNullable<ClosingAccount['closed']>,
  { total, tax, openingBalance, closingBalance }: ClosedStatement,
): boolean =>
  closed.total === total &&
  closed.tax === tax &&
  closed.openingBalance === openingBalance &&
  closed.closingBalance === closingBalance

const ratedPeriod = (period: ClosingPeriod, timeZone: string): RatedPeriod => {
  const { meterId, agreement, pricePlan, opening, latest, charged } = period
  const days = ratedDays(period, timeZone)
  const rated = ratedByRegisters(pricePlan.plan, pricePlan, opening, latest, days)
  return {
    ...rated,
    period: { ...rated.period, sources: sourcesOf(period) },
    meterId,
    agreement,
    pricePlanId: pricePlan.id,
    charged,
  }
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
  { account, periods, meters, moves, marks }: AccountFacts,
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
    meters: meters.flatMap((meter) => meterOf(meter, periods, marks, month, site)),
    daily: dailyOf(moves),
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

/** One row per meter, from the registers that its first period opened with to those of its last. */
const meterOf = (
  { meterId, address, place }: ClosingMeter,
  periods: readonly ClosingPeriod[],
  marks: Marks,
  { end }: StatementMonth,
  { readingIntervalMs }: ClosingSite,
): readonly DocumentMeter[] => {
  const own = periods.filter((period) => period.meterId === meterId)
  const [first, last] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined) return []
  const matching = (mark: ReadingMark | undefined, totalWh: bigint): ReadingMark | null =>
    mark?.totalWh === totalWh ? mark : null
  const ended = matching(marks.end.get(meterId), last.latest.totalWh)
  const nearEnd = ended !== null && ended.at >= end - readingIntervalMs - roundToleranceMs
  return [
    {
      meterId,
      address,
      place,
      multiplier: '1',
      start: registerMark(first.opening, matching(marks.start.get(meterId), first.opening.totalWh)),
      end: registerMark(last.latest, ended),
      usedWh: subtractEnergy(last.latest.totalWh, first.opening.totalWh).toString(),
      endMark: nearEnd ? 'at-end' : 'earlier',
    },
  ]
}

const dailyOf = (moves: readonly AccountMove[]): StatementDocument['daily'] => {
  const days = new Map<string, AccountMove['used']>()
  for (const move of moves)
    if (partOfMove(move) === 'energy') days.set(move.day, addEnergy(days.get(move.day) ?? noEnergy, move.used))
  return [...days.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([day, energy]) => energyOfDay(day, energy))
}
