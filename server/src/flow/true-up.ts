import type { Ids } from '../domain/ids.ts'
import type { Posting } from '../domain/ledger.ts'
import { addMoney, microYuan, noEnergy, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { repriceWindow, restoreWindow, storedOf } from '../domain/tariff/stored-window.ts'
import type { WindowCharge } from '../domain/tariff/metering-chain.ts'
import { zoneDays } from '../domain/tariff/tariff-clock.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Database, Sql } from '../store/database.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { lockMeters } from '../store/settlement.ts'
import {
  accountsChargedUnder,
  loadPeriodsUnder,
  loadPlanVersions,
  saveTariffPeriods,
  type ChargedPeriod,
} from '../store/tariffs.ts'
import { post } from './post.ts'
import type { FinalPrices } from './price-plans.ts'
import { booksOf, contractOf, storedWindow } from './settle-tariff.ts'

export type TrueUpSummary = Readonly<{ periods: number; charged: MicroYuan; credited: MicroYuan }>

/** Accounts that are trued up in one transaction. */
const accountsPerPass = 200

/**
 * Charges every period of a provisional version by its final prices: each difference is one posting of its own, and the
 * period belongs to the final version from then on. It may be stopped and called again.
 */
export const trueUp = async (
  database: Database,
  ids: Ids,
  now: number,
  prices: FinalPrices,
): Promise<TrueUpSummary> => {
  let summary: TrueUpSummary = { periods: 0, charged: zeroMoney, credited: zeroMoney }
  for (;;) {
    const accountIds = await accountsChargedUnder(database, prices.provisional, accountsPerPass)
    if (accountIds.length === 0) return summary
    await ensurePartitions(database, now, now)
    const done = await database.transaction(async (sql) => trueUpAccounts(sql, ids, now, prices, accountIds))
    summary = {
      periods: summary.periods + done.periods,
      charged: addMoney(summary.charged, done.charged),
      credited: addMoney(summary.credited, done.credited),
    }
  }
}

const trueUpAccounts = async (
  sql: Sql,
  ids: Ids,
  now: number,
  { provisional, final }: FinalPrices,
  accountIds: readonly number[],
): Promise<TrueUpSummary> => {
  await lockAccounts(sql, accountIds)
  const found = await loadPeriodsUnder(sql, provisional, accountIds)
  await lockMeters(
    sql,
    [...new Set(found.map(({ meterId }) => meterId))].sort((a, b) => a - b),
  )
  const book = booksOf(await loadPlanVersions(sql, [final])).get(final)
  const plan = book?.book.find(({ version }) => book.planIds.get(version) === final)
  if (book === undefined || plan === undefined) throw new Error(`price plan ${String(final)} is not there`)
  const repriced = found.map((period) => {
    const base = { book: book.book, contract: contractOf(period.terms), days: zoneDays(period.timeZone) }
    const rated = restoreWindow(base, storedWindow(book, period))
    if (rated === null) throw new Error(`the provisional version of ${book.name} is not there`)
    return { period, change: repriceWindow(base, rated, plan) }
  })
  await saveTariffPeriods(
    sql,
    repriced.map(({ period, change }) => ({
      meterId: period.meterId,
      bucket: period.bucket,
      agreementId: period.agreementId,
      planId: final,
      termsId: period.termsId,
      window: storedOf(change.rated),
      trueUp: change.trueUp,
      released: !period.intact,
    })),
  )
  const postings = repriced.flatMap(({ period, change }) => postingOf(period, change, final, now))
  await post(sql, ids, { now, accountIds, postings })
  const sumOf = (template: Posting['template']): MicroYuan =>
    postings.reduce((sum, posting) => (posting.template === template ? addMoney(sum, posting.amount) : sum), zeroMoney)
  return { periods: repriced.length, charged: sumOf('energy-charge'), credited: sumOf('energy-credit') }
}

const postingOf = (
  { accountId, agreementId, meterId }: ChargedPeriod,
  { usage, trueUp: difference }: WindowCharge,
  pricePlanId: number,
  at: number,
): readonly Posting[] => {
  const net = addMoney(usage, difference)
  if (net === 0n) return []
  const named = { accountId, meterId, agreementId, pricePlanId, used: noEnergy, at }
  return net > 0n
    ? [{ template: 'energy-charge', amount: net, ...named }]
    : [{ template: 'energy-credit', amount: microYuan(0n - net), ...named }]
}
