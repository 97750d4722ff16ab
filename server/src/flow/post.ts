import { bucketOf } from '../domain/bucket.ts'
import { decide, isQuiet, quietDecision, type Decision } from '../domain/credit-policy.ts'
import type { Ids } from '../domain/ids.ts'
import { balancesAfter, problemOf, type Posting } from '../domain/ledger.ts'
import { zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { lifetimeMs, urgencyOf, type RelayCommandKind } from '../domain/relay-command.ts'
import { cancelQueued, queueCommands, type NewCommand } from '../store/commands.ts'
import {
  loadCredit,
  loadStanding,
  lockAccounts,
  saveDecisions,
  type AccountStanding,
  type CreditRecord,
} from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { openRestorations, type NewRestoration } from '../store/restorations.ts'
import { writeTransfers } from '../store/ledger.ts'
import { queueMessages, type NewMessage } from '../store/messages.ts'
import { commandChannel, messageChannel, notify, notifyLive } from '../store/notify.ts'
import { messageFor } from './notice-message.ts'

export type PostInput = Readonly<{
  now: number
  /** Accounts to decide on; those of the postings are added. */
  accountIds: readonly number[]
  postings: readonly Posting[]
  /** The payment that sets off the restorations of this posting, for the payment-to-power clock. */
  paymentId?: string
  /** What was asked of the ledger, when it was a person or a program that asked. */
  operationId?: string
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
  await lockAccounts(sql, accountIds)
  const standings = new Map((await loadStanding(sql, accountIds)).map((standing) => [standing.accountId, standing]))
  const after = await writePostings(sql, ids, input, standings)
  const [quiet, stirred] = partition([...standings.values()], (standing) =>
    isQuiet(standing, after.latest.get(standing.accountId) ?? standing.balance),
  )
  const records = await loadCredit(
    sql,
    stirred.map(({ accountId }) => accountId),
  )
  const decided = records.map((record) => decideOne(record, after, input))
  const commands = await carryOut(sql, ids, decided, quiet, input)
  return {
    transferIds: after.transferIds,
    balancesAfter: after.inOrder,
    decisions: new Map([
      ...quiet.map(({ accountId }) => [accountId, quietDecision] as const),
      ...decided.map(({ record, decision }) => [record.accountId, decision] as const),
    ]),
    commands,
  }
}

const partition = <T>(all: readonly T[], first: (one: T) => boolean): readonly [readonly T[], readonly T[]] => [
  all.filter((one) => first(one)),
  all.filter((one) => !first(one)),
]

type Balances = Readonly<{
  transferIds: readonly string[]
  inOrder: readonly MicroYuan[]
  latest: ReadonlyMap<number, MicroYuan>
}>
type Decided = Readonly<{ record: CreditRecord; decision: Decision; balance: MicroYuan }>

/** Transfers that name no customer are the house's own; they live in one bucket, for they are few. */
const houseBucket = bucketOf('house')

const writePostings = async (
  sql: Sql,
  ids: Ids,
  { postings, operationId, now }: PostInput,
  standings: ReadonlyMap<number, AccountStanding>,
): Promise<Balances> => {
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
  await writeTransfers(sql, entries, now)
  return {
    transferIds: entries.map(({ id }) => id),
    inOrder: entries.map(({ balanceAfter }) => balanceAfter ?? zeroMoney),
    latest,
  }
}

const decideOne = (record: CreditRecord, balances: Balances, { now }: PostInput): Decided => {
  const balance = balances.latest.get(record.accountId) ?? record.facts.balance
  if (record.terms !== null)
    return { record, balance, decision: decide({ ...record.facts, balance }, record.terms, now) }
  const { stage, earliestStopAt } = record.facts
  const nothing = { notices: [], commands: [], cancel: [] }
  return { record, balance, decision: { stage, earliestStopAt, reasons: ['no-agreement'], ...nothing } }
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
  await openRestorations(sql, commands.flatMap(restorationOf), now)
  const messages = decided.flatMap(messagesOf)
  await queueMessages(sql, messages, now)
  if (commands.length + cancelled.length > 0) await notify(sql, commandChannel)
  if (messages.length > 0) await notify(sql, messageChannel)
  await notifyLive(sql, [
    ...quiet.flatMap(quietTopics),
    ...topicsOf(decided, commands.length + cancelled.length > 0, messages.length > 0),
  ])
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
    },
    paymentId: paymentId ?? null,
    expiresAt: now + lifetimeMs[kind],
  }))

const restorationOf = ({ id, meterId, accountId, kind, paymentId }: NewCommand): NewRestoration[] =>
  (kind === 'direct-close' || kind === 'permit-close') && accountId !== null
    ? [{ commandId: id, meterId, accountId, kind, paymentId }]
    : []

const messagesOf = ({ record, decision, balance }: Decided): NewMessage[] =>
  decision.notices.map((notice) => messageFor(notice, record, balance, decision.earliestStopAt))

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
