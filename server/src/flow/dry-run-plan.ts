import type { LatelyUsed } from '../domain/dry-run.ts'
import { addMoney, price, zeroMoney } from '../domain/quantity.ts'
import { plainContract } from '../domain/tariff/contract.ts'
import { formatDay } from '../domain/tariff/day-number.ts'
import type { Problem } from '../domain/tariff/document.ts'
import { readPlanBook } from '../domain/tariff/plan-book.ts'
import { countedBefore, countsFrom, priceAgain, type ThoughtPlan } from '../domain/tariff/price-again.ts'
import { zoneDays, type ZoneDays } from '../domain/tariff/tariff-clock.ts'
import type { Sql } from '../store/database.ts'
import { marksSince, openingsSince, planVersion } from '../store/dry-run.ts'
import { loadSupplyTerms } from '../store/tariffs.ts'
import { contractOf } from './settle-tariff.ts'

/** Another plan that is thought of: a document as `plan add` takes it, or a version that is stored already. */
export type ThoughtOf = Readonly<
  | { kind: 'document'; document: unknown }
  /** Null: the newest version. */
  | { kind: 'stored'; name: string; version: number | null }
>

export type ThoughtRefusal = Readonly<
  { code: 'unknown-price-plan' } | { code: 'plan-not-readable'; problems: readonly Problem[] }
>

/** Of a list of versions the last one: what would be in force then. */
export const planThoughtOf = async (
  sql: Sql,
  thought: ThoughtOf,
): Promise<Readonly<{ ok: true; plan: ThoughtPlan }> | (Readonly<{ ok: false }> & ThoughtRefusal)> => {
  if (thought.kind === 'document') return planOf(thought.document)
  const row = await planVersion(sql, thought.name, thought.version)
  if (row === null) return { ok: false, code: 'unknown-price-plan' }
  if (row.kind === 'tariff') return planOf(row.document)
  const [one, two, three, four] = row.prices.map((micro) => price(micro))
  if (row.kind === 'flat' && one !== undefined) return { ok: true, plan: { kind: 'flat', price: one } }
  if (one === undefined || two === undefined || three === undefined || four === undefined)
    throw new Error(`price plan ${thought.name} has not the prices of its kind`)
  return { ok: true, plan: { kind: 'four-rate', prices: [one, two, three, four] } }
}

const planOf = (
  document: unknown,
):
  | Readonly<{ ok: true; plan: ThoughtPlan }>
  | Readonly<{ ok: false; code: 'plan-not-readable'; problems: readonly Problem[] }> => {
  const read = readPlanBook(document)
  const plan = read.ok ? read.value.at(-1) : undefined
  if (read.ok && plan !== undefined) return { ok: true, plan: { kind: 'tariff', plan } }
  return { ok: false, code: 'plan-not-readable', problems: read.ok ? [] : read.problems }
}

type ByPlan = NonNullable<LatelyUsed['byPlan']>

/**
 * What the readings of an account's meters since an instant would have cost by another plan. Accounts of which one meter
 * can not be priced by it are left out: half an account is no answer. Null: there are more readings than are looked at.
 */
export const settledByPlan = async (
  sql: Sql,
  plan: ThoughtPlan,
  accountIds: readonly number[],
  since: number,
  readingsAtMost: number,
): Promise<ReadonlyMap<number, ByPlan> | null> => {
  const meters = await marksSince(sql, accountIds, since, readingsAtMost)
  if (meters === null) return null
  const terms = new Map(
    (await loadSupplyTerms(sql, accountIds)).map(({ accountId, document }) => [accountId, document]),
  )
  const zones = new Map<string, ZoneDays>()
  const based = meters.map((meter) => {
    const days = zones.get(meter.timeZone) ?? zoneDays(meter.timeZone)
    zones.set(meter.timeZone, days)
    const own = terms.get(meter.accountId)
    const base = { contract: own === undefined ? plainContract : contractOf(own), days }
    return { meter, base, from: countsFrom(plan, base, meter.marks[0]?.at ?? since) }
  })
  const openings = await openingsSince(
    sql,
    based.flatMap(({ meter: { meterId }, from }) => (from === null ? [] : [{ meterId, from: formatDay(from) }])),
  )
  const settled = new Map<number, { charged: ByPlan['charged']; from: number; to: number }>()
  const unpriced = new Set<number>()
  for (const { meter, base } of based) {
    const { accountId, meterId, marks } = meter
    const [first, last] = [marks[0], marks.at(-1)]
    const opening = openings.get(meterId)
    const before = first === undefined || opening === undefined ? undefined : countedBefore(opening, first, base)
    const charged = priceAgain(plan, base, marks, before)
    if (charged === null || first === undefined || last === undefined) {
      unpriced.add(accountId)
      continue
    }
    const known = settled.get(accountId) ?? { charged: zeroMoney, from: first.at, to: last.at }
    settled.set(accountId, {
      charged: addMoney(known.charged, charged),
      from: Math.min(known.from, first.at),
      to: Math.max(known.to, last.at),
    })
  }
  return new Map(
    [...settled]
      .filter(([accountId]) => !unpriced.has(accountId))
      .map(([accountId, { charged, from, to }]) => [accountId, { charged, overMs: to - from }]),
  )
}
