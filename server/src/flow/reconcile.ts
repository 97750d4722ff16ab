import { createHash } from 'node:crypto'
import { canonicalText, type Plain } from '../domain/operation.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import { formatMoney, type MicroYuan } from '../domain/quantity.ts'
import { compareBalances, type BalanceComparison, type ObservedBalance } from '../domain/reconciliation-balance.ts'
import { objectionToResolve, type ItemState, type ResolveRefusal } from '../domain/reconciliation-item.ts'
import { compareChannel, type ChannelComparison, type TheirRow } from '../domain/reconciliation.ts'
import { writeAudit } from '../store/audit.ts'
import {
  hasOpenItems,
  insertRun,
  lockItem,
  paymentsToCompare,
  saveItem,
  walletsInBooks,
  type ItemWork,
  type LockedItem,
  type NewItem,
  type NewRun,
} from '../store/reconciliation.ts'
import type { Sql } from '../store/database.ts'
import { closeWorkItems, openWorkItems, type NewWorkItem } from '../store/work-items.ts'
import type { FlowContext } from './process.ts'

export type ReconcileContext = Pick<FlowContext, 'database' | 'ids'> &
  Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>
export type ReconcileSpan = Readonly<{ from: number; to: number }>
export type ReconcileAsker = Readonly<{ operatorId: number | null }>

/** `known`: the very same comparison was made before; nothing was written. `fresh`: differences that are new. */
export type Reconciled<T> = Readonly<{ comparison: T; known: boolean; fresh: number }>

export type FoundRun = Pick<NewRun, 'kind' | 'subject' | 'summary'> &
  ReconcileSpan &
  ReconcileAsker & { readonly input: Plain; readonly items: readonly NewItem[] }

/** Keeps a comparison and its differences in one transaction, with who made it. */
export const keepRun = async (
  { database, clock, ids }: ReconcileContext,
  found: FoundRun,
): Promise<{ known: boolean; fresh: number }> => {
  const { input, items, ...run } = found
  const now = clock.now()
  const inputHash = createHash('sha256').update(canonicalText(input)).digest('hex')
  return database.transaction(async (sql) => {
    const made = await insertRun(sql, { ...run, id: ids.uuid(), inputHash, at: now }, items)
    if (made === null) return { known: true, fresh: 0 }
    await writeAudit(sql, {
      at: now,
      operatorId: run.operatorId,
      action: `reconcile:${run.kind}`,
      subject: run.subject,
      detail: run.summary,
    })
    const fresh = items.filter(({ fingerprint }) => made.fresh.has(fingerprint))
    await openWorkItems(sql, fresh.slice(0, workItemsAtMost).map(inboxItem), now)
    return { known: false, fresh: fresh.length }
  })
}

/** A comparison that differs everywhere is one fault; the rest of its differences is in its own list. */
const workItemsAtMost = 200

const inboxItem = ({
  kind,
  accountId,
  detail,
  work: { kind: workKind, ...work },
}: Omit<NewItem, 'fingerprint'>): NewWorkItem => ({
  ...work,
  kind: workKind,
  accountId,
  detail: { difference: kind, ...(detail as Readonly<Record<string, unknown>>) },
})

export type ChannelRequest = ReconcileAsker &
  ReconcileSpan &
  Readonly<{ channel: PaymentChannel; rows: readonly TheirRow[] }>

/** Our payments of a channel against its file (渠道对账). */
export const reconcileChannel = async (
  context: ReconcileContext,
  { channel, rows, from, to, operatorId }: ChannelRequest,
): Promise<Reconciled<ChannelComparison>> => {
  const references = rows.map(({ reference }) => reference)
  const ours = await paymentsToCompare(context.database, channel, { from, to }, references)
  const comparison = compareChannel(ours, rows)
  const { matched, matchedAmount, differences } = comparison
  const summary = {
    matched,
    matchedAmount: formatMoney(matchedAmount),
    ours: sideText(comparison.ours),
    theirs: sideText(comparison.theirs),
    differences: differences.length,
  }
  const items = differences.map((one): NewItem => ({
    kind: one.kind,
    fingerprint: `payment-channel/${channel}/${one.kind}/${one.reference}`,
    work: { kind: 'payment-difference', subject: subjectOf(`payment:${channel}/${one.reference}`) },
    accountId: one.ours?.accountId ?? null,
    detail: {
      reference: one.reference,
      ours: one.ours === null ? null : { ...one.ours, amount: formatMoney(one.ours.amount) },
      theirs: one.theirs === null ? null : { ...one.theirs, amount: formatMoney(one.theirs.amount) },
    },
  }))
  // What we have is a part of the question: the same file after a correction is another comparison.
  const input = {
    from,
    to,
    rows: rows.map((row) => ({ ...row })),
    ours: ours.map(({ paymentId, amount, reversed }) => ({ paymentId, amount, reversed })),
  }
  const kept = await keepRun(context, {
    kind: 'payment-channel',
    subject: channel,
    from,
    to,
    operatorId,
    summary,
    input,
    items,
  })
  return { comparison, ...kept }
}

/** Subjects are short; a reference may be long. */
const subjectLength = 100
const subjectOf = (text: string): string =>
  text.length <= subjectLength
    ? text
    : `${text.slice(0, subjectLength - 17)}#${createHash('sha256').update(text).digest('hex').slice(0, 16)}`

const sideText = ({ count, amount }: Readonly<{ count: number; amount: MicroYuan }>) => ({
  count,
  amount: formatMoney(amount),
})

export type BalanceRequest = ReconcileAsker & Readonly<{ observed: readonly ObservedBalance[]; tolerance: MicroYuan }>

/** The purses of meters in the books against what the meters were seen to show. */
export const reconcileBalances = async (
  context: ReconcileContext,
  { observed, tolerance, operatorId }: BalanceRequest,
): Promise<Reconciled<BalanceComparison>> => {
  const now = context.clock.now()
  const books = await walletsInBooks(context.database)
  const comparison = compareBalances(books, observed, tolerance)
  const summary = {
    agreed: comparison.agreed,
    unseen: comparison.unseen.length,
    differences: comparison.differences.length,
  }
  const items = comparison.differences.map((one): NewItem => ({
    kind: one.kind,
    fingerprint: `meter-balance/${one.observed.address}/${one.kind}/${one.observed.at ?? ''}/${one.observed.balance.toString()}`,
    accountId: one.kind === 'balance-differs' ? one.book.accountId : null,
    work:
      one.kind === 'balance-differs'
        ? { kind: 'purse-difference', subject: `meter:${String(one.book.meterId)}`, meterId: one.book.meterId }
        : { kind: 'purse-difference', subject: subjectOf(`address:${one.observed.address}`) },
    detail: {
      address: one.observed.address,
      at: one.observed.at,
      observed: formatMoney(one.observed.balance),
      ...(one.kind === 'balance-differs' && { books: formatMoney(one.book.balance), by: formatMoney(one.by) }),
      ...(one.kind === 'observed-twice' && {
        first: formatMoney(one.first.balance),
        lines: [one.first.line, one.observed.line],
      }),
    },
  }))
  const input = {
    tolerance,
    observed: observed.map((one) => ({ ...one })),
    books: books.map(({ meterId, balance }) => ({ meterId, balance })),
  }
  const found = {
    kind: 'meter-balance',
    subject: 'meter purses',
    from: now,
    to: now,
    operatorId,
    summary,
    input,
    items,
  } as const
  return { comparison, ...(await keepRun(context, found)) }
}

export type ResolveRequest = ReconcileAsker & Readonly<{ itemId: number; state: ItemState; reason: string }>
export type ResolveResult = Readonly<{ ok: true } | { ok: false; code: ResolveRefusal }>

/** A person says what a difference was, or that it was put right. The audit log keeps every step. */
export const resolveItem = async (
  { database, clock }: ReconcileContext,
  { itemId, state, reason, operatorId }: ResolveRequest,
): Promise<ResolveResult> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    const item = await lockItem(sql, itemId)
    const before = item?.state ?? null
    const code = objectionToResolve(before, state, reason)
    if (code !== null) return { ok: false, code }
    await saveItem(sql, { id: itemId, state, reason, operatorId, now })
    await writeAudit(sql, {
      at: now,
      operatorId,
      action: `reconcile:${state}`,
      subject: `item:${String(itemId)}`,
      detail: { before, reason },
    })
    if (item?.work != null) await followInInbox(sql, { ...item, work: item.work }, state, now)
    return { ok: true }
  })

/** The matter in the inbox ends with its last difference, and is there again when one is opened again. */
const followInInbox = async (
  sql: Sql,
  { work, ...item }: LockedItem & Readonly<{ work: ItemWork }>,
  state: ItemState,
  now: number,
): Promise<void> => {
  if (state === 'open') await openWorkItems(sql, [inboxItem({ ...item, work })], now)
  else if (!(await hasOpenItems(sql, work)))
    await closeWorkItems(sql, { kind: work.kind, subjects: [work.subject] }, now, state)
}
