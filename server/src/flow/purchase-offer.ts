import type { PurchaseQuote } from '../domain/purchase-amount.ts'
import {
  amountOfMoney,
  costOf,
  exactAmount,
  noEnergy,
  ratio,
  scaleAmount,
  type ExactAmount,
  type MicroYuan,
  type WattHours,
} from '../domain/quantity.ts'
import { monthOfDay } from '../domain/tariff/day-number.ts'
import { carriedFrom } from '../domain/tariff/metering-chain.ts'
import type { PurchaseRule, TariffPlan } from '../domain/tariff/plan.ts'
import { versionOn } from '../domain/tariff/plan-book.ts'
import { priceAhead } from '../domain/tariff/price-ahead.ts'
import { hoardLimitOf } from '../domain/tariff/purchase.ts'
import { noPurchaseRule } from '../domain/tariff/read-purchase-rule.ts'
import { restoreWindow } from '../domain/tariff/stored-window.ts'
import { zoneDays } from '../domain/tariff/tariff-clock.ts'
import type { Sql } from '../store/database.ts'
import { loadPurchaseTerms, recentCharges, type PurchaseTerms } from '../store/purchase-terms.ts'
import { loadPlanVersions, loadSupplyTerms } from '../store/tariffs.ts'
import { booksOf, contractOf, type StoredBook } from './settle-tariff.ts'

/** What an account's plan offers at this moment: rules of buying, and what energy and days cost. */
export type PurchaseOffer = Readonly<{
  closed: boolean
  balance: MicroYuan
  debt: MicroYuan
  rule: PurchaseRule
  /** The rule's limits as money of today. */
  hoardLimit: MicroYuan | null
  quote: PurchaseQuote
}>

/** How far back days of use are looked at, and how much of them must be known to speak of a usual one. */
const usualDaysMs = 30 * 86_400_000
const leastSpanMs = 86_400_000

type Priced = Pick<PurchaseOffer, 'rule' | 'hoardLimit'> & Readonly<{ costOfEnergy: PurchaseQuote['costOfEnergy'] }>

/** Exact under the account's lock; null when there is no such account. */
export const loadOffer = async (sql: Sql, accountId: number, now: number): Promise<PurchaseOffer | null> => {
  const terms = await loadPurchaseTerms(sql, accountId)
  if (terms === null) return null
  const { closed, balance, debt, plan } = terms
  const priced = plan?.kind === 'tariff' ? await byTariff(sql, terms, plan.id, now) : byHouse(terms)
  const recent = await recentCharges(sql, accountId, now - usualDaysMs)
  const { rule, hoardLimit, costOfEnergy } = priced
  const costOfDays = (days: number): ExactAmount | null =>
    recent === null || recent.spanMs < leastSpanMs || recent.charged <= 0n
      ? null
      : scaleAmount(amountOfMoney(recent.charged), ratio(BigInt(days) * BigInt(msPerDay), BigInt(recent.spanMs)))
  return { closed, balance, debt, rule, hoardLimit, quote: { costOfEnergy, costOfDays } }
}

const msPerDay = 86_400_000

/** Flat and four-rate plans of an enrolment have no rules of buying; only the flat one has a price of a kilowatt-hour. */
const byHouse = ({ plan }: PurchaseTerms): Priced => {
  const [flat] = plan?.kind === 'flat' ? plan.prices : []
  const costOfEnergy = (energy: WattHours) => (flat === undefined ? null : exactAmount(costOf(energy, flat)))
  return { rule: noPurchaseRule, hoardLimit: null, costOfEnergy }
}

const byTariff = async (sql: Sql, terms: PurchaseTerms, planId: number, now: number): Promise<Priced> => {
  const { accountId, timeZone, periods, meters } = terms
  const books = booksOf(await loadPlanVersions(sql, [planId, ...periods.map((period) => period.planId)]))
  const [supply] = await loadSupplyTerms(sql, [accountId])
  const contract = contractOf(supply?.document ?? null)
  const days = zoneDays(timeZone)
  const day = days.dayAt(now)
  const plan = versionOn(books.get(planId)?.book ?? [], day)
  if (plan === null) return { rule: noPurchaseRule, hoardLimit: null, costOfEnergy: () => null }
  const costFrom = (used: WattHours) => (energy: WattHours) => priceAhead(plan, contract, { day, used, energy })
  // Each meter counts a ladder of its own: with several, nobody knows in which tier the next kilowatt-hour falls.
  const known = plan.ladder === null || meters === 1
  const used = known ? usedInLadder(plan, day, periods, books, { contract, days }) : noEnergy
  return {
    rule: plan.purchase,
    hoardLimit: hoardLimitOf(plan.purchase, costFrom(used)),
    costOfEnergy: known ? costFrom(used) : () => null,
  }
}

const usedInLadder = (
  plan: TariffPlan,
  day: number,
  periods: PurchaseTerms['periods'],
  books: ReadonlyMap<number, StoredBook>,
  base: Pick<Parameters<typeof restoreWindow>[0], 'contract' | 'days'>,
): WattHours => {
  const [newest] = periods
  const stored = newest === undefined ? undefined : books.get(newest.planId)
  if (newest === undefined || stored === undefined) return noEnergy
  const version = [...stored.planIds].find(([, id]) => id === newest.planId)?.[0]
  if (version === undefined) return noEnergy
  const rated = restoreWindow({ book: stored.book, ...base }, { ...newest.window, version })
  if (rated === null) return noEnergy
  const { start: monthStart, end: monthEnd } = monthOfDay(day)
  const today = { from: day, to: day + 1, monthStart, monthEnd, plan }
  return carriedFrom(rated, today, noEnergy).ladderBefore
}
