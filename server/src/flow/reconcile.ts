import { createHash } from 'node:crypto'
import { lineLoss, type LineLoss, type LossMeter } from '../domain/line-loss.ts'
import { canonicalText, type Plain } from '../domain/operation.ts'
import type { PaymentChannel } from '../domain/payment-channel.ts'
import { formatKwh, formatMoney, type MicroYuan, type Ratio } from '../domain/quantity.ts'
import { compareBalances, type BalanceComparison, type ObservedBalance } from '../domain/reconciliation-balance.ts'
import { objectionToResolve, type ItemState, type ResolveRefusal } from '../domain/reconciliation-item.ts'
import { compareChannel, type ChannelComparison, type TheirRow } from '../domain/reconciliation.ts'
import { writeAudit } from '../store/audit.ts'
import {
  insertRun,
  lockItem,
  metersByAddress,
  paymentsToCompare,
  readingsBefore,
  saveItem,
  walletsInBooks,
  type NewItem,
  type NewRun,
} from '../store/reconciliation.ts'
import type { FlowContext } from './process.ts'

type Context = Pick<FlowContext, 'database' | 'ids'> & Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>
export type ReconcileSpan = Readonly<{ from: number; to: number }>
type Asked = Readonly<{ operatorId: number | null }>

/** `known`: the very same comparison was made before; nothing was written. `fresh`: differences that are new. */
export type Reconciled<T> = Readonly<{ comparison: T; known: boolean; fresh: number }>

type Found = Pick<NewRun, 'kind' | 'subject' | 'summary'> &
  ReconcileSpan &
  Asked & { readonly input: Plain; readonly items: readonly NewItem[] }

/** Keeps a comparison and its differences in one transaction, with who made it. */
const keep = async ({ database, clock, ids }: Context, found: Found): Promise<{ known: boolean; fresh: number }> => {
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
    return { known: false, fresh: made.fresh }
  })
}

export type ChannelRequest = Asked & ReconcileSpan & Readonly<{ channel: PaymentChannel; rows: readonly TheirRow[] }>

/** Our payments of a channel against its file (渠道对账). */
export const reconcileChannel = async (
  context: Context,
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
  const kept = await keep(context, {
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

const sideText = ({ count, amount }: Readonly<{ count: number; amount: MicroYuan }>) => ({
  count,
  amount: formatMoney(amount),
})

/** A meter as people name it, with the ratio of its transformers. */
export type AskedMeter = Readonly<{ address: string; multiplier: bigint }>
export type LineLossRequest = Asked &
  ReconcileSpan &
  Readonly<{
    master: AskedMeter
    subs: readonly AskedMeter[]
    limit: Ratio | null
    /** How much before the ends of the span a reading may be. */
    toleranceMs: number
  }>
export type LineLossResult = Readonly<
  | ({ ok: true } & Reconciled<LineLoss>)
  | { ok: false; code: 'unknown-meters' | 'ambiguous-meters'; addresses: readonly string[] }
>

/** A master meter against the sum of its sub-meters over a span. */
export const reconcileLineLoss = async (context: Context, request: LineLossRequest): Promise<LineLossResult> => {
  const { master, subs, limit, from, to, toleranceMs, operatorId } = request
  const asked = [master, ...subs]
  const addresses = asked.map(({ address }) => address)
  const known = await metersByAddress(context.database, addresses)
  const timesOf = (address: string): number => known.filter((meter) => meter.address === address).length
  const unknown = addresses.filter((address) => timesOf(address) === 0)
  if (unknown.length > 0) return { ok: false, code: 'unknown-meters', addresses: unknown }
  const ambiguous = addresses.filter((address, index) => timesOf(address) > 1 || addresses.indexOf(address) !== index)
  if (ambiguous.length > 0) return { ok: false, code: 'ambiguous-meters', addresses: ambiguous }
  const meterIds = known.map(({ meterId }) => meterId)
  const starts = await readingsBefore(context.database, meterIds, from - toleranceMs, from)
  const ends = await readingsBefore(context.database, meterIds, to - toleranceMs, to)
  const [first, ...others] = asked.map(({ address, multiplier }): LossMeter => {
    const { meterId = 0, place = '' } = known.find((meter) => meter.address === address) ?? {}
    const readings = { start: starts.get(meterId) ?? null, end: ends.get(meterId) ?? null }
    return { meterId, name: `${address} ${place}`.trim(), multiplier, ...readings }
  })
  if (first === undefined) throw new Error('a master meter is always asked for')
  const comparison = lineLoss(first, others, limit)
  const summary = {
    master: comparison.master === null ? null : formatKwh(comparison.master),
    measured: formatKwh(comparison.measured),
    loss: comparison.loss === null ? null : formatKwh(comparison.loss),
    lossPercent: comparison.lossPercent,
    findings: comparison.findings.length,
  }
  const span = `${new Date(from).toISOString()}/${new Date(to).toISOString()}`
  const items = comparison.findings.map((finding): NewItem => ({
    kind: finding.kind,
    fingerprint: `line-loss/${master.address}/${span}/${finding.kind}${'meterId' in finding ? `/${String(finding.meterId)}` : ''}${'which' in finding ? `/${finding.which}` : ''}`,
    accountId: null,
    detail: Object.fromEntries(
      Object.entries(finding).map(([name, value]) => [name, typeof value === 'bigint' ? value.toString() : value]),
    ),
  }))
  const input = {
    from,
    to,
    limit: limit === null ? null : { ...limit },
    meters: [first, ...others].map(({ meterId, multiplier, start, end }) => ({
      meterId,
      multiplier,
      start: start === null ? null : start.totalWh,
      end: end === null ? null : end.totalWh,
    })),
  }
  const found = { kind: 'line-loss', subject: first.name, from, to, operatorId, summary, input, items } as const
  return { ok: true, comparison, ...(await keep(context, found)) }
}

export type BalanceRequest = Asked & Readonly<{ observed: readonly ObservedBalance[]; tolerance: MicroYuan }>

/** The purses of meters in the books against what the meters were seen to show. */
export const reconcileBalances = async (
  context: Context,
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
  return { comparison, ...(await keep(context, found)) }
}

export type ResolveRequest = Asked & Readonly<{ itemId: number; state: ItemState; reason: string }>
export type ResolveResult = Readonly<{ ok: true } | { ok: false; code: ResolveRefusal }>

/** A person says what a difference was, or that it was put right. The audit log keeps every step. */
export const resolveItem = async (
  { database, clock }: Context,
  { itemId, state, reason, operatorId }: ResolveRequest,
): Promise<ResolveResult> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    const before = await lockItem(sql, itemId)
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
    return { ok: true }
  })
