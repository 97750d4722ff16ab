import { bucketOf } from '../domain/bucket.ts'
import { decide, isQuiet, quietDecision, type Decision } from '../domain/credit-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { balancesAfter, problemOf, type Posting } from '../domain/ledger.ts'
import { zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { lifetimeMs, urgencyOf, type RelayCommandKind } from '../domain/relay-command.ts'
import { cancelQueued, queueCommands, type NewCommand } from '../store/commands.ts'
import { loadCredit, type CreditRecord } from '../store/credit.ts'
import { saveDecisions } from '../store/credit-decisions.ts'
import type { Sql } from '../store/database.ts'
import { lockAndReadAccounts, type AccountStanding, type LockedAccounts } from '../store/locked-accounts.ts'
import { prepareTransfers, writeTransfers, type LedgerEntry } from '../store/ledger.ts'
import { openRestorations, type NewRestoration } from '../store/restorations.ts'
import { queueMessages, withdrawMessages, type NewMessage } from '../store/messages.ts'
import { commandChannel, messageChannel, notify, notifyLive } from '../store/notify.ts'
import { requestApprovals, withdrawApprovals } from '../store/stop-approvals.ts'
import { closeWorkItems, openWorkItems, type NewWorkItem } from '../store/work-items.ts'
import { messageFor, orderedMessage } from './notice-message.ts'

export type PostInput = Readonly<{
  now: number
  /** Accounts to decide on; those of the postings are added. */
  accountIds: readonly number[]
  postings: readonly Posting[]
  /** The payment that sets off the restorations of this posting, for the payment-to-power clock. */
  paymentId?: string
  /** What was asked of the ledger, when it was a person or a program that asked. */
  operationId?: string
  /** Every account of this posting, where the caller has locked and read them in this transaction already. */
  locked?: LockedAccounts
  /**
   * Statements that need the balances and are to leave beside the transfers, ahead of them. It asks for all of them at
   * once: what the policy reads is asked for right behind.
   */
  beside?: (balancesAfter: readonly MicroYuan[]) => Promise<unknown>
}>

export type Posted = Readonly<{
  /** Of the transfers, in the order of the postings. */
  transferIds: readonly string[]
  /** The customer's balance after each posting, in their order; zero for a transfer of the house alone. */
  balancesAfter: readonly MicroYuan[]
  decisions: ReadonlyMap<number, Decision>
  commands: readonly Readonly<{ id: string; meterId: number; kind: RelayCommandKind }>[]
}>

/**
 * The only door to the ledger. In the caller's transaction it writes transfers and balances, applies the credit policy
 * to every account touched, and queues messages and relay commands: money and power commit together or not at all, and
 * no change of a balance can forget the policy.
 */
export const post = async (sql: Sql, ids: Ids, input: PostInput): Promise<Posted> => {
  const named = input.postings.flatMap(({ accountId }) => accountId ?? [])
  const accountIds = [...new Set([...input.accountIds, ...named])].sort((a, b) => a - b)
  if (input.locked !== undefined && input.locked.sql !== sql)
    throw new Error('accounts of another transaction are not locked here')
  const { standings } = input.locked ?? (await lockAndReadAccounts(sql, accountIds))
  if (input.locked !== undefined && accountIds.some((accountId) => !standings.has(accountId)))
    throw new Error('an account of this posting is not locked here')
  const concerned = accountIds.flatMap((accountId) => standings.get(accountId) ?? [])
  const { entries, ...after } = entriesOf(ids, input, standings)
  const [quiet, stirred] = partition(concerned, (standing) =>
    isQuiet(standing, after.latest.get(standing.accountId) ?? standing.balance),
  )
  const transfers = await prepareTransfers(sql, entries)
  // Side by side and in this order: the policy must see what was written beside the transfers.
  const [, { decided, commands }] = await Promise.all([
    input.beside?.(after.inOrder),
    decideAll(sql, ids, input, after, { quiet, stirred }),
    writeTransfers(sql, transfers, input.now),
  ])
  return {
    transferIds: entries.map(({ id }) => id),
    balancesAfter: after.inOrder,
    decisions: new Map([
      ...quiet.map(({ accountId }) => [accountId, quietDecision] as const),
      ...decided.map(({ record, decision }) => [record.accountId, decision] as const),
    ]),
    commands,
  }
}

const decideAll = async (
  sql: Sql,
  ids: Ids,
  input: PostInput,
  balances: Balances,
  { quiet, stirred }: Readonly<{ quiet: readonly AccountStanding[]; stirred: readonly AccountStanding[] }>,
): Promise<Readonly<{ decided: readonly Decided[]; commands: Posted['commands'] }>> => {
  const records = await loadCredit(
    sql,
    stirred.map(({ accountId }) => accountId),
  )
  const decided = records.map((record) => decideOne(record, balances, input))
  return { decided, commands: await carryOut(sql, ids, decided, quiet, input) }
}

const partition = <T>(all: readonly T[], first: (one: T) => boolean): readonly [readonly T[], readonly T[]] => [
  all.filter((one) => first(one)),
  all.filter((one) => !first(one)),
]

type Balances = Readonly<{
  inOrder: readonly MicroYuan[]
  latest: ReadonlyMap<number, MicroYuan>
}>
type Decided = Readonly<{ record: CreditRecord; decision: Decision; balance: MicroYuan }>

/** Transfers that name no customer are the house's own; they live in one bucket, for they are few. */
const houseBucket = bucketOf('house')

/** What is to be written, and the balances that it leaves; the accounts are locked, so they are exact. */
const entriesOf = (
  ids: Ids,
  { postings, operationId }: PostInput,
  standings: ReadonlyMap<number, AccountStanding>,
): Balances & Readonly<{ entries: readonly LedgerEntry[] }> => {
  const latest = new Map<number, MicroYuan>()
  const entries = postings.map((posting) => {
    const problem = problemOf(posting)
    if (problem !== null) throw new RangeError(`a ${posting.template} was refused at the door: ${problem}`)
    const { accountId } = posting
    const base = { id: ids.uuid(), posting, operationId: posting.operationId ?? operationId ?? null }
    if (accountId === null) return { ...base, bucket: houseBucket, balanceAfter: null, prepaymentId: null }
    const standing = standings.get(accountId)
    if (standing === undefined) throw new Error(`posting to unknown account ${String(accountId)}`)
    const before = latest.get(accountId) ?? standing.balance
    const [balanceAfter = before] = balancesAfter(before, [posting])
    latest.set(accountId, balanceAfter)
    return { ...base, bucket: standing.bucket, balanceAfter, prepaymentId: standing.prepaymentId }
  })
  return { entries, inOrder: entries.map(({ balanceAfter }) => balanceAfter ?? zeroMoney), latest }
}

const decideOne = (record: CreditRecord, balances: Balances, { now }: PostInput): Decided => {
  const balance = balances.latest.get(record.accountId) ?? record.facts.balance
  if (record.terms !== null)
    return { record, balance, decision: decide({ ...record.facts, balance }, record.terms, now) }
  const { stage, earliestStopAt, toldAt } = record.facts
  const decision = { ...quietDecision, stage, earliestStopAt, toldAt, reasons: ['no-agreement'] } as const
  return { record, balance, decision }
}

const carryOut = async (
  sql: Sql,
  ids: Ids,
  decided: readonly Decided[],
  quiet: readonly AccountStanding[],
  { now, paymentId }: PostInput,
): Promise<Posted['commands']> => {
  await saveDecisions(
    sql,
    decided.map(({ record, decision, balance }) => ({ accountId: record.accountId, balance, ...decision })),
    now,
  )
  const cancelled = await cancelQueued(
    sql,
    decided.flatMap(({ decision }) => decision.cancel),
    'the balance or the facts have changed since it was queued',
    now,
  )
  const wanted = decided.flatMap((one) => commandsOf(one, ids, now, paymentId))
  const queued = new Set((await queueCommands(sql, wanted, now)).map(({ id }) => id))
  const commands = wanted.filter(({ id }) => queued.has(id))
  await withdrawMessages(
    sql,
    decided.flatMap(({ record, decision }) => (decision.withdrawNotices ? [record.accountId] : [])),
  )
  await openRestorations(sql, commands.flatMap(restorationOf), now)
  const messages = decided.flatMap((one) => messagesOf(one, now))
  await queueMessages(sql, messages, now)
  await saveApprovals(sql, decided, now)
  if (commands.length + cancelled.length > 0) await notify(sql, commandChannel)
  if (messages.length > 0) await notify(sql, messageChannel)
  await notifyLive(sql, [
    ...quiet.flatMap(quietTopics),
    ...topicsOf(decided, commands.length + cancelled.length > 0, messages.length > 0),
  ])
  await saveWorkItems(sql, decided, now)
  return commands.map(({ id, meterId, kind }) => ({ id, meterId, kind }))
}

const commandsOf = (
  { record, decision, balance }: Decided,
  ids: Ids,
  now: number,
  paymentId: string | undefined,
): NewCommand[] =>
  decision.commands.map(({ meterId, kind }) => ({
    id: ids.uuid(),
    bucket: record.bucket,
    meterId,
    accountId: record.accountId,
    kind,
    urgency: urgencyOf[kind],
    requestedBy: 'policy',
    key: null,
    reason: decision.reasons.join(', '),
    evidence: {
      balance: balance.toString(),
      stage: decision.stage,
      reasons: decision.reasons,
      agreementId: record.agreementId,
      lastReadAt: record.facts.meters.find((meter) => meter.meterId === meterId)?.lastReadAt ?? null,
      earliestStopAt: decision.earliestStopAt,
      ...(kind === 'trip' && proofOf(record, meterId)),
    },
    paymentId: paymentId ?? null,
    expiresAt: now + lifetimeMs[kind],
  }))

/** What proves that the customer was told: receipts, and the meter's own alarm beside them. */
const proofOf = ({ facts, terms }: CreditRecord, meterId: number) => ({
  toldAt: facts.toldAt,
  notices: facts.notices.filter(({ at, deliveredAt }) => deliveredAt !== null && at >= (facts.toldAt ?? at)),
  meterAlarm: facts.meters.find((meter) => meter.meterId === meterId)?.alarm ?? false,
  approval: facts.approval?.state === 'approved' ? facts.approval : null,
  legalPath: terms?.stop?.legalPath ?? 'agreement',
})

const messagesOf = ({ record, decision, balance }: Decided, now: number): NewMessage[] =>
  decision.notices.map((order) => orderedMessage(order, record, balance, decision.earliestStopAt, now))

const saveApprovals = async (sql: Sql, decided: readonly Decided[], now: number): Promise<void> => {
  await withdrawApprovals(
    sql,
    decided.flatMap(({ record, decision }) => (decision.approval?.kind === 'withdraw' ? [record.accountId] : [])),
    now,
  )
  const requests = decided.flatMap(({ record, decision: { approval, earliestStopAt }, balance }) =>
    approval?.kind === 'request'
      ? [
          {
            accountId: record.accountId,
            persons: approval.persons,
            requestedBy: null,
            // The hour is known only when it has been approved.
            notice: messageFor('pre-stop', record, balance, earliestStopAt).text,
          },
        ]
      : [],
  )
  await requestApprovals(sql, requests, now)
}

/** What a person must look at is open as long as it is decided so, and ends by itself when it is not any more. */
const saveWorkItems = async (sql: Sql, decided: readonly Decided[], now: number): Promise<void> => {
  const wanted = decided.flatMap(({ record, decision, balance }) =>
    decision.workItems.map((item) => workItemOf(item, record, decision, balance)),
  )
  const over = decided.flatMap(({ record, decision, balance }) => {
    const still = new Set(decision.workItems.map((item) => keyOf(workItemOf(item, record, decision, balance))))
    return record.savedWork
      .map((item) => workItemOf(item, record, decision, balance))
      .filter((item) => !still.has(keyOf(item)))
  })
  for (const kind of [...new Set(over.map((item) => item.kind))].sort()) {
    const subjects = over.filter((item) => item.kind === kind).map(({ subject }) => subject)
    await closeWorkItems(sql, { kind, subjects }, now, 'state-over')
  }
  // Seen again is counted when the decision says so anew, not at every reading that passes by.
  const known = new Set(
    decided.flatMap(({ record, decision, balance }) =>
      record.savedWork.map((item) => keyOf(workItemOf(item, record, decision, balance))),
    ),
  )
  await openWorkItems(
    sql,
    wanted.filter((item) => !known.has(keyOf(item))),
    now,
  )
}

const keyOf = ({ kind, subject }: NewWorkItem): string => `${kind} ${subject}`

const workItemOf = (
  { kind, meterId }: Decision['workItems'][number],
  { accountId, facts }: CreditRecord,
  { reasons }: Decision,
  balance: MicroYuan,
): NewWorkItem => ({
  kind,
  subject: meterId === undefined ? `account:${String(accountId)}` : `meter:${String(meterId)}`,
  accountId,
  // Of an account its first meter, so that the item leads to a page.
  meterId: meterId ?? facts.meters[0]?.meterId ?? null,
  detail: { reasons, balance: balance.toString() },
})
const restorationOf = ({ id, meterId, accountId, kind, paymentId }: NewCommand): NewRestoration[] =>
  (kind === 'direct-close' || kind === 'permit-close') && accountId !== null
    ? [{ commandId: id, meterId, accountId, kind, paymentId }]
    : []

const quietTopics = ({ accountId, meterIds }: AccountStanding): string[] => [
  `account:${String(accountId)}`,
  ...meterIds.map((meterId) => `meter:${String(meterId)}`),
]

const topicsOf = (decided: readonly Decided[], commands: boolean, messages: boolean): string[] => [
  ...decided.flatMap(({ record }) => [
    `account:${String(record.accountId)}`,
    ...record.facts.meters.flatMap(({ meterId }) => [
      `meter:${String(meterId)}`,
      ...(commands ? [`command:${String(meterId)}`] : []),
    ]),
  ]),
  ...(messages ? ['message'] : []),
]
