import type { Ids } from '../domain/ids.ts'
import type { Posting } from '../domain/ledger.ts'
import { pursesOnStatement } from '../domain/purse-statement.ts'
import { subtractMoney, zeroMoney } from '../domain/quantity.ts'
import { partPostings } from '../domain/revenue-parts.ts'
import { reversalsOf } from '../domain/reversal.ts'
import type { ClosedStatement } from '../domain/statement.ts'
import { composeDocument } from '../domain/statement-document.ts'
import { lastMonth, parseMonth, type StatementMonth } from '../domain/statement-month.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { ensurePartitions } from '../store/partitions.ts'
import { insertStatements } from '../store/statements.ts'
import { transfersAt } from '../store/journal.ts'
import { accountsToClose, sitesToClose, type ClosingSite } from '../store/statements-closing.ts'
import { lastEntry } from '../store/statements-moves.ts'
import { openWorkItems, type NewWorkItem } from '../store/work-items.ts'
import { loadClosing, type Closing } from './close-period-facts.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

export type CloseOptions = Readonly<{
  /** `2026-11`; the month that ended last at each site when absent. */
  month?: string
  /** Closes also where a meter has not been read since the end of the month; its statement says so. */
  withoutReading?: boolean
}>

export type NotClosed = Readonly<{ account: string; because: string }>
export type CloseSummary = Readonly<{
  closed: readonly string[]
  corrected: readonly string[]
  /** A meter has not been read since the end of the month. */
  waiting: readonly NotClosed[]
  /** The books do not agree: a person must look. */
  refused: readonly NotClosed[]
}>
export type CloseResult = Readonly<
  { ok: true; summary: CloseSummary } | { ok: false; code: 'not-a-month' | 'month-not-over' }
>

type Context = Pick<FlowContext, 'database' | 'ids'> & Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>

/** How many months before the one that is closed are looked at for late charges. */
const correctedMonths = 3
/** Accounts that are closed in one transaction: so long a payment of one of them may wait. */
const batchSize = 25

/**
 * Closes a month at every site: each account with anything in it gets its statement, the rounding of its lines is posted
 * through the one door in the same transaction, and an account whose charges have changed since gets a corrective one.
 * Closing again changes nothing.
 */
export const closePeriods = async (context: Context, options: CloseOptions = {}): Promise<CloseResult> => {
  const now = context.clock.now()
  const found: CloseSummary[] = []
  for (const site of await sitesToClose(context.database)) {
    const month = options.month === undefined ? lastMonth(now, site.timeZone) : parseMonth(options.month, site.timeZone)
    if (month === null) return { ok: false, code: 'not-a-month' }
    if (month.end > now) return { ok: false, code: 'month-not-over' }
    // What was charged late for a month before stands in the balance that this one begins with: that one first.
    for (let back = correctedMonths; back > 0; back -= 1) {
      const before = lastMonth(month.start + 1, site.timeZone, back - 1)
      found.push(await closeSite(context, site, before, { which: 'closed before', withoutReading: true }))
    }
    found.push(await closeSite(context, site, month, { which: 'all', withoutReading: options.withoutReading ?? false }))
  }
  return { ok: true, summary: merged(found) }
}

const merged = (summaries: readonly CloseSummary[]): CloseSummary => ({
  closed: summaries.flatMap(({ closed }) => closed),
  corrected: summaries.flatMap(({ corrected }) => corrected),
  waiting: summaries.flatMap(({ waiting }) => waiting),
  refused: summaries.flatMap(({ refused }) => refused),
})

const closeSite = async (
  { database, clock, ids }: Context,
  site: ClosingSite,
  month: StatementMonth,
  { which, withoutReading }: Readonly<{ which: 'all' | 'closed before'; withoutReading: boolean }>,
): Promise<CloseSummary> => {
  const accountIds = await accountsToClose(database, site.id, month, which)
  if (accountIds.length > 0) await ensurePartitions(database, month.end, month.end)
  const summaries: CloseSummary[] = []
  for (let from = 0; from < accountIds.length; from += batchSize) {
    const batch = accountIds.slice(from, from + batchSize)
    const work = { site, month, accountIds: batch, withoutReading, now: clock.now() }
    summaries.push(await database.transaction(async (sql) => closeBatch(sql, ids, work)))
  }
  return merged(summaries)
}

type Work = Readonly<{
  site: ClosingSite
  month: StatementMonth
  accountIds: readonly number[]
  withoutReading: boolean
  now: number
}>
type Ready = Extract<Closing, { kind: 'ready' }>

const closeBatch = async (sql: Sql, ids: Ids, work: Work): Promise<CloseSummary> => {
  await lockAccounts(sql, work.accountIds)
  const closings = await loadClosing(sql, work)
  const ready = closings.filter((closing): closing is Ready => closing.kind === 'ready')
  await writeStatements(sql, ids, work, ready)
  const named = (kind: Closing['kind']): NotClosed[] =>
    closings.flatMap((closing) =>
      closing.kind === kind && 'because' in closing ? [{ account: closing.account, because: closing.because }] : [],
    )
  return {
    closed: ready.flatMap(({ facts }) => (facts.revision === 1 ? [facts.number] : [])),
    corrected: ready.flatMap(({ facts }) => (facts.revision > 1 ? [facts.number] : [])),
    waiting: named('waiting'),
    refused: named('refused'),
  }
}

const writeStatements = async (sql: Sql, ids: Ids, { month, now }: Work, ready: readonly Ready[]): Promise<void> => {
  if (ready.length === 0) return
  const before = await transfersAt(
    sql,
    ready.flatMap(({ closed }) => closed?.taxTransferId ?? []),
    month.end,
  )
  const wanted = ready.map((closing) => {
    const { accountId, statement, closed } = closing
    const taxStays = (closed?.tax ?? 0n) === statement.tax
    const old = closed?.taxTransferId == null || taxStays ? undefined : before.get(closed.taxTransferId)
    return {
      closing,
      taxStays,
      rounding: roundingOf(accountId, statement, month.end),
      tax: taxStays ? [] : taxOf(accountId, statement, month.end),
      undone: old === undefined ? [] : reversalsOf([old], month.end),
      parts: partPostings(closed?.components ?? {}, statement.components, { accountId, at: month.end }),
    }
  })
  const postings = wanted.flatMap(({ undone, rounding, tax, parts }) => [...undone, ...rounding, ...tax, ...parts])
  const accountIds = ready.map(({ accountId }) => accountId)
  const { transferIds } = await post(sql, ids, { now, accountIds, postings })
  const idOf = new Map(postings.map((posting, index) => [posting, transferIds[index] ?? null]))
  const first = (list: readonly Posting[]): string | null =>
    list[0] === undefined ? null : (idOf.get(list[0]) ?? null)
  await openPurseDifferences(sql, month.month, ready, now)
  // Read after posting and under the accounts' locks: whatever comes later has a higher number.
  const last = await lastEntry(sql)
  await insertStatements(
    sql,
    wanted.map(({ closing: { accountId, bucket, closed, statement, facts }, rounding, tax, taxStays }) => ({
      id: ids.uuid(),
      bucket,
      accountId,
      corrects: closed?.id ?? null,
      lastEntry: last,
      roundingTransferId: first(rounding),
      taxTransferId: taxStays ? (closed?.taxTransferId ?? null) : first(tax),
      closed: statement,
      document: composeDocument({ ...facts, closedAt: now }, statement),
    })),
  )
}

/** What the lines gain or lose by being rounded; at the end of the month that it belongs to. */
const roundingOf = (accountId: number, { rounding }: ClosedStatement, at: number): readonly Posting[] => {
  if (rounding === 0n) return []
  return rounding > 0n
    ? [{ template: 'rounding-charge', accountId, amount: rounding, at }]
    : [{ template: 'rounding-credit', accountId, amount: subtractMoney(zeroMoney, rounding), at }]
}

const taxOf = (accountId: number, { tax }: ClosedStatement, at: number): readonly Posting[] =>
  tax > 0n ? [{ template: 'tax', accountId, amount: tax, at, component: 'energy' }] : []

/** What a meter has taken by itself and what its energy costs are apart: a person should look at its prices. */
const openPurseDifferences = async (sql: Sql, month: string, ready: readonly Ready[], now: number): Promise<void> => {
  const items = ready.flatMap(({ accountId, odd }) =>
    odd.map((facts): NewWorkItem => {
      const { meterId, deducted, calculated, difference } = pursesOnStatement(facts)
      const subject = `meter:${String(meterId)}`
      return {
        kind: 'purse-difference',
        subject,
        meterId,
        accountId,
        detail: { month, deducted, calculated, difference },
      }
    }),
  )
  await openWorkItems(sql, items, now)
}
