import type { Problem } from '../domain/tariff/document.ts'
import { formatDay } from '../domain/tariff/day-number.ts'
import { isFinalOf, readPlanBook } from '../domain/tariff/plan-book.ts'
import { readContract } from '../domain/tariff/read-contract.ts'
import { readPlan } from '../domain/tariff/read-plan.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database, Sql } from '../store/database.ts'
import { sitesOfPlan } from '../store/dry-run.ts'
import { insertPricePlan } from '../store/enrolment.ts'
import {
  findAccountByNumber,
  insertSupplyTerms,
  latestReadingAt,
  lockPlanName,
  planVersionsOf,
} from '../store/tariffs.ts'
import { freezeSites } from './trip-guard.ts'

/** Rows of price_plan: the provisional version, and the final one for the same days. */
export type FinalPrices = Readonly<{ provisional: number; final: number }>

export type PlanRefusal = Readonly<
  | { ok: false; code: 'invalid-document'; problems: readonly Problem[] }
  | { ok: false; code: 'not-a-tariff' | 'unknown-account' }
  | { ok: false; code: 'begins-too-early'; from: string }
>

export type PlanAdded = Readonly<{
  ok: true
  id: number
  version: number
  /** The row of the provisional version whose final prices these are: what was charged is to be trued up. */
  replaces: number | null
}>

const msPerDay = 86_400_000
/** The first local midnight of a day on earth comes so long before its UTC midnight. */
const earliestZoneMs = 14 * 3_600_000

/**
 * Adds a version to a price plan, or a new plan. A further version begins on a day that has begun nowhere yet: what has
 * been charged is never priced again by an announcement.
 */
export const addPricePlan = async (
  database: Database,
  now: number,
  { name, document }: Readonly<{ name: string; document: unknown }>,
): Promise<PlanAdded | PlanRefusal> => {
  const read = readPlan(document)
  if (!read.ok) return { ok: false, code: 'invalid-document', problems: read.problems }
  const { version, validFrom } = read.value
  return database.transaction(async (sql) => {
    await lockPlanName(sql, name)
    const versions = await planVersionsOf(sql, name)
    if (versions.some(({ kind }) => kind !== 'tariff')) return { ok: false, code: 'not-a-tariff' }
    const book = readPlanBook([...versions.map((row) => row.document), document])
    if (!book.ok) return { ok: false, code: 'invalid-document', problems: book.problems }
    // A demonstration's meters are read in a time of their own, ahead of this machine's.
    const today = Math.max(now, (await latestReadingAt(sql, name)) ?? now)
    const before = book.value.at(-2)
    const replaces = before !== undefined && isFinalOf(read.value, before)
    if (!replaces && versions.length > 0 && validFrom * msPerDay - earliestZoneMs <= today)
      return {
        ok: false,
        code: 'begins-too-early',
        from: formatDay(Math.floor((today + earliestZoneMs) / msPerDay) + 1),
      }
    const id = await insertPricePlan(sql, { name, plan: { kind: 'tariff', document } })
    const deed = { at: now, operatorId: null, action: 'price-plan:add', subject: `price-plan:${name}` }
    await writeAudit(sql, { ...deed, detail: { version, validFrom: formatDay(validFrom) } })
    // A price that many pay is looked at before anybody is cut by it (docs/decisions/0010-trip-guard.md).
    if (versions.length > 0) {
      const detail = { plan: name, version }
      await freezeSites(sql, { siteIds: await sitesOfPlan(sql, name), because: 'plan-imported', detail }, now)
    }
    return { ok: true, id, version, replaces: replaces ? (versions.at(-1)?.id ?? null) : null }
  })
}

/** Provisional versions of a plan whose final prices are known; null when there is no such plan. */
export const finalPricesOf = async (sql: Sql, name: string): Promise<readonly FinalPrices[] | null> => {
  const versions = (await planVersionsOf(sql, name)).filter(({ kind }) => kind === 'tariff')
  if (versions.length === 0) return null
  const book = readPlanBook(versions.map(({ document }) => document))
  if (!book.ok) throw new Error(`the stored price plan ${name} cannot be read: ${JSON.stringify(book.problems)}`)
  return book.value.flatMap((plan, index) => {
    const [before, provisional, final] = [book.value[index - 1], versions[index - 1]?.id, versions[index]?.id]
    const isFinal = before !== undefined && isFinalOf(plan, before)
    return isFinal && provisional !== undefined && final !== undefined ? [{ provisional, final }] : []
  })
}

/** Writes the next version of what an account's supply contract adds to its tariff; it counts from the next reading on. */
export const setSupplyTerms = async (
  database: Database,
  now: number,
  { account, document }: Readonly<{ account: string; document: unknown }>,
): Promise<Readonly<{ ok: true }> | PlanRefusal> => {
  const read = readContract(document)
  if (!read.ok) return { ok: false, code: 'invalid-document', problems: read.problems }
  return database.transaction(async (sql) => {
    const accountId = await findAccountByNumber(sql, account)
    if (accountId === null) return { ok: false, code: 'unknown-account' }
    await insertSupplyTerms(sql, { accountId, document, at: now })
    const subject = `account:${String(accountId)}`
    await writeAudit(sql, { at: now, operatorId: null, action: 'supply-terms:set', subject, detail: { document } })
    return { ok: true }
  })
}
