import {
  foresee,
  longestDryRunMs,
  objectionToChange,
  type DryRunChange,
  type Foreseen,
  type LatelyUsed,
  type Outcome,
} from '../domain/dry-run.ts'
import type { Reach } from '../domain/reach.ts'
import { planThoughtOf, settledByPlan, type ThoughtOf, type ThoughtRefusal } from './dry-run-plan.ts'
import { localDayText } from '../domain/calendar.ts'
import type { Clock } from '../domain/clock.ts'
import { mostPerDay, mostUsual } from '../domain/trip-guard.ts'
import { writeAudit } from '../store/audit.ts'
import { loadCredit, type CreditRecord } from '../store/credit.ts'
import type { Database, Sql } from '../store/database.ts'
import { accountsInPrepayment, saveDryRunSeen, usedSince } from '../store/dry-run.ts'
import { guardFacts, readGuards } from '../store/trip-guard.ts'

export type DryRunInput = Readonly<{
  /** Null: all sites. */
  siteId: number | null
  /** Only of these sites; absent: of all. */
  reach?: Reach
  /** Only accounts that pay by a plan of this name; null: by any. */
  planName: string | null
  /** Wall time to begin at, now or later, and for how long to look ahead. */
  at: number
  forMs: number
  change: DryRunChange
  /** Another plan for what is used from now on, in place of a price in `change`. */
  thoughtPlan?: ThoughtOf | null
  /** Let balances fall as they did in the last week; else they stay as they are. */
  goesOnUsing: boolean
  /** Who looks; null: the command line, which releases nothing. */
  operatorId: number | null
}>

export type DryRunRow = Readonly<{
  accountId: number
  number: string
  place: string
  balance: CreditRecord['facts']['balance']
  /** With the change, and without it. */
  changed: Foreseen
  unchanged: Foreseen
}>

/** What the guard would make of the trips of a site. */
export type DryRunGuard = Readonly<{
  siteId: number
  site: string
  tripped: number
  mostToday: number
  frozen: boolean
  /** More on one day than the guard lets pass: it would freeze on the way. */
  wouldFreeze: boolean
}>

export type DryRunReport = Readonly<{
  ok: true
  at: number
  until: number
  accounts: number
  counts: Readonly<Record<Outcome, number>>
  unchangedCounts: Readonly<Record<Outcome, number>>
  /** Accounts that the plan thought of can not price: they are walked at their own prices. */
  notPriced: number
  /** Everybody to whom something happens, the worst first, at most so many. */
  rows: readonly DryRunRow[]
  guards: readonly DryRunGuard[]
}>

export type DryRunRefusal =
  | Readonly<{ code: 'thresholds-out-of-order' | 'too-far-ahead' | 'too-many-accounts' | 'nobody-concerned' }>
  | ThoughtRefusal
export type DryRun = (input: DryRunInput) => Promise<DryRunReport | (Readonly<{ ok: false }> & DryRunRefusal)>

/** Accounts that one dry run walks through; more is done site by site. */
const mostAccounts = 50_000
/** … and where every reading of a week is settled anew: a request must come to an end. */
const mostAccountsSettled = 2_000
/** Settling a week of half hours takes milliseconds an account, in which nothing else of this process is done. */
const pageOfSettled = 10
/** Readings of such a page: a week of half hours of the accounts, with several meters each. */
const mostReadingsPerPage = 50_000
/** Small, so that payments and commands of this process never wait long for a page to be thought through. */
const pageOf = 200
const mostRows = 2_000
const lookBackMs = 7 * 24 * 3_600_000
/** A shorter history says nothing of a day. */
const leastHistoryMs = 6 * 3_600_000
/** Rows of a repeatable view may be read for so long; statements of a dry run are many, none of them long. */
const statementTimeoutMs = 60_000

const noOutcomes: Readonly<Record<Outcome, number>> = {
  tripped: 0,
  notified: 0,
  held: 0,
  'warned-2': 0,
  'warned-1': 0,
  nothing: 0,
}
const noneByPlan: ReadonlyMap<number, NonNullable<LatelyUsed['byPlan']>> = new Map()
const order: readonly Outcome[] = ['tripped', 'notified', 'held', 'warned-2', 'warned-1', 'nothing']

/** Runs the policy over the accounts of one moment, with a change and without it; writes nothing but who has looked. */
export const createDryRun =
  ({ database, clock }: Readonly<{ database: Database; clock: Pick<Clock, 'now'> }>): DryRun =>
  async (input) => {
    if (input.forMs > longestDryRunMs || input.at > clock.now() + longestDryRunMs)
      return { ok: false, code: 'too-far-ahead' }
    const walked = await database.transaction(
      async (sql) => {
        await sql.query('set transaction read only')
        return walk(sql, input)
      },
      { isolation: 'serializable', statementTimeoutMs },
    )
    if (walked.ok && input.operatorId !== null) await writeSeen(database, clock.now(), input, walked)
    return walked
  }

const walk = async (sql: Sql, input: DryRunInput): ReturnType<DryRun> => {
  const { siteId, reach = null, planName, at, forMs } = input
  const thought = input.thoughtPlan == null ? null : await planThoughtOf(sql, input.thoughtPlan)
  if (thought !== null && !thought.ok) return thought
  const change: DryRunChange = thought === null ? input.change : { ...input.change, price: { kind: 'plan' } }
  const [most, page] = thought === null ? [mostAccounts, pageOf] : [mostAccountsSettled, pageOfSettled]
  const counts = { ...noOutcomes }
  const unchangedCounts = { ...noOutcomes }
  const rows: DryRunRow[] = []
  const trippedOf = new Map<string, number>()
  const siteIds = new Set<number>()
  let accounts = 0
  let notPriced = 0
  for (let after = 0; ;) {
    const ids = await accountsInPrepayment(sql, { siteId, reach, planName }, after, page)
    const lately = await usedLately(sql, ids, { ...input, change })
    const byPlan =
      thought === null ? noneByPlan : await settledByPlan(sql, thought.plan, ids, at - lookBackMs, mostReadingsPerPage)
    if (byPlan === null) return { ok: false, code: 'too-many-accounts' }
    for (const record of await loadCredit(sql, ids)) {
      if (record.terms === null) continue
      const { facts, terms, accountId, number, place } = record
      if (objectionToChange(terms, change) !== null) return { ok: false, code: 'thresholds-out-of-order' }
      accounts += 1
      siteIds.add(record.siteId)
      const used = lately.get(accountId) ?? null
      const settled = byPlan.get(accountId)
      if (thought !== null && used !== null && settled === undefined) notPriced += 1
      const usedThen = used === null || settled === undefined ? used : { ...used, byPlan: settled }
      const changed = foresee(facts, terms, change, usedThen, at, forMs)
      const unchanged = foresee(facts, terms, {}, used, at, forMs)
      counts[changed.outcome] += 1
      unchangedCounts[unchanged.outcome] += 1
      if (changed.outcome === 'tripped') countTrip(trippedOf, record, changed)
      if (changed.outcome !== 'nothing' || unchanged.outcome !== 'nothing')
        rows.push({ accountId, number, place, balance: facts.balance, changed, unchanged })
    }
    if (accounts > most) return { ok: false, code: 'too-many-accounts' }
    after = ids.at(-1) ?? 0
    if (ids.length < page) break
  }
  if (accounts === 0) return { ok: false, code: 'nobody-concerned' }
  const guards = (await guardsOf(sql, input, trippedOf)).filter((guard) => siteIds.has(guard.siteId))
  const sorted = rows.toSorted(
    (a, b) => order.indexOf(a.changed.outcome) - order.indexOf(b.changed.outcome) || a.changed.at - b.changed.at,
  )
  return {
    ok: true,
    at,
    until: at + forMs,
    accounts,
    counts,
    unchangedCounts,
    notPriced,
    rows: sorted.slice(0, mostRows),
    guards,
  }
}

const usedLately = async (
  sql: Sql,
  accountIds: readonly number[],
  { goesOnUsing, at, change }: DryRunInput,
): Promise<ReadonlyMap<number, LatelyUsed>> => {
  if (!goesOnUsing && change.price === undefined) return new Map()
  const rows = await usedSince(sql, accountIds, at - lookBackMs)
  return new Map(
    rows
      .map(({ accountId, energy, charged, from, to }) => [accountId, { energy, charged, overMs: to - from }] as const)
      .filter(([, { overMs }]) => overMs >= leastHistoryMs),
  )
}

/** By site and local day: the guard counts days. */
const countTrip = (trippedOf: Map<string, number>, { siteId, terms }: CreditRecord, { at }: Foreseen): void => {
  const key = `${String(siteId)} ${localDayText(at, terms?.timeZone ?? 'UTC')}`
  trippedOf.set(key, (trippedOf.get(key) ?? 0) + 1)
}

const guardsOf = async (
  sql: Sql,
  { siteId, at }: DryRunInput,
  trippedOf: ReadonlyMap<string, number>,
): Promise<readonly DryRunGuard[]> => {
  const guards: DryRunGuard[] = []
  for (const guard of await readGuards(sql, siteId)) {
    const { accounts } = await guardFacts(sql, guard.siteId, localDayText(at, guard.timeZone))
    const perDay = [...trippedOf]
      .filter(([key]) => key.startsWith(`${String(guard.siteId)} `))
      .map(([, trips]) => trips)
    const most = Math.min(mostPerDay(guard.limits, accounts), mostUsual(guard.state, guard.limits) ?? Infinity)
    guards.push({
      siteId: guard.siteId,
      site: guard.name,
      tripped: perDay.reduce((sum, trips) => sum + trips, 0),
      mostToday: most,
      frozen: guard.state.frozen !== null,
      wouldFreeze: Math.max(0, ...perDay) > most,
    })
  }
  return guards
}

const writeSeen = async (database: Database, now: number, input: DryRunInput, report: DryRunReport): Promise<void> =>
  database.transaction(async (sql) => {
    const { operatorId } = input
    if (operatorId === null) return
    await saveDryRunSeen(
      sql,
      report.guards.map(({ siteId }) => siteId),
      operatorId,
      now,
    )
    await writeAudit(sql, {
      at: now,
      operatorId,
      action: 'dry-run',
      subject: input.siteId === null ? 'site:all' : `site:${String(input.siteId)}`,
      detail: { accounts: report.accounts, counts: report.counts },
    })
  })
