import type { PurseFacts, PurseRating, PurseRegisters } from '../domain/purse-statement.ts'
import { versionOn } from '../domain/tariff/plan-book.ts'
import { zoneDays } from '../domain/tariff/tariff-clock.ts'
import type { StatementMonth } from '../domain/statement-month.ts'
import type { Sql } from '../store/database.ts'
import { pricePlansById } from '../store/settlement-plans.ts'
import { pursesOfMonth, type AccountPurse } from '../store/statements-purses.ts'
import { loadPlanVersions, loadSupplyTerms } from '../store/tariffs.ts'
import { monthMarks, type MonthMarks } from './close-period-meters.ts'
import { booksOf, contractOf } from './settle-tariff.ts'

/**
 * What the purses of a batch of accounts did in a month, beside what their energy costs. Nothing is asked where no
 * meter keeps its own balance.
 */
export const loadPurses = async (
  sql: Sql,
  accountIds: readonly number[],
  month: StatementMonth,
  timeZone: string,
): Promise<ReadonlyMap<number, readonly PurseFacts[]>> => {
  const purses = await pursesOfMonth(sql, accountIds, month)
  if (purses.length === 0) return new Map()
  const marks = await monthMarks(
    sql,
    purses.map(({ meterId }) => meterId),
    month,
  )
  const rate = await ratingsOf(sql, purses, zoneDays(timeZone).dayAt(month.start))
  const byAccount = new Map<number, PurseFacts[]>()
  for (const purse of purses) {
    const { accountId, address, place } = purse
    const facts = { month: purse, at: { address, place }, registers: registersOf(purse, marks), rating: rate(purse) }
    byAccount.set(accountId, [...(byAccount.get(accountId) ?? []), facts])
  }
  return byAccount
}

/** From the last reading before the month, or its first one, to its last one. */
const registersOf = ({ meterId }: AccountPurse, { start, end }: MonthMarks): PurseRegisters | null => {
  const from = start.before.get(meterId) ?? start.after.get(meterId)
  const to = end.before.get(meterId)
  return from === undefined || to === undefined || to.at <= from.at ? null : { from, to }
}

const ratingsOf = async (
  sql: Sql,
  purses: readonly AccountPurse[],
  day: number,
): Promise<(purse: AccountPurse) => PurseRating | null> => {
  const planIds = [...new Set(purses.flatMap(({ pricePlanId }) => pricePlanId ?? []))]
  const simple = await pricePlansById(sql, planIds)
  const books = booksOf(await loadPlanVersions(sql, planIds))
  const terms = await loadSupplyTerms(sql, [...new Set(purses.map(({ accountId }) => accountId))])
  const termsOf = new Map(terms.map(({ accountId, document }) => [accountId, document]))
  return ({ accountId, pricePlanId }) => {
    if (pricePlanId === null) return null
    const plain = simple.get(pricePlanId)
    if (plain !== undefined) return { kind: 'registers', plan: plain }
    const plan = versionOn(books.get(pricePlanId)?.book ?? [], day)
    return plan === null ? null : { kind: 'tariff', plan, contract: contractOf(termsOf.get(accountId) ?? null), day }
  }
}
