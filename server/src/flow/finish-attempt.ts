import {
  afterAttempt,
  closes,
  type AttemptOutcome,
  type NextStep,
  type RelayCommandKind,
} from '../domain/relay-command.ts'
import { wirings } from '../domain/wiring.ts'
import type { ControlOutcome } from '../headend/headend.ts'
import { finishCommand, lockCommand, requeueCommand, type ClaimedCommand } from '../store/commands-under-way.ts'
import { addEvents, type CommandEvent } from '../store/commands.ts'
import { loadCredit, lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { loadControl } from '../store/load-control.ts'
import { queueMessages } from '../store/messages.ts'
import { isGatewayOnline, meterWiring, saveRestoreOwed, saveStatus } from '../store/meters.ts'
import { messageChannel, notify, notifyLive } from '../store/notify.ts'
import { proveRestoration, restoreTargetMs } from '../store/restorations.ts'
import { accountsOfMeters } from '../store/settlement.ts'
import { openWorkItems } from '../store/work-items.ts'
import { topicsOf } from './confirm-send.ts'
import { messageFor } from './notice-message.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

/** Records what came of an attempt, tells the customer, and lets the policy look at the account again. */
export const finishAttempt = async (
  context: FlowContext,
  command: ClaimedCommand,
  outcome: ControlOutcome,
  events: readonly CommandEvent[],
  postponed: boolean,
): Promise<void> => {
  const now = context.clock.now()
  await context.database.transaction(async (sql) => {
    if (command.accountId !== null) await lockAccounts(sql, [command.accountId])
    await addEvents(sql, events)
    const status = statusOf(outcome)
    if (status !== null) await saveStatus(sql, [{ meterId: command.meterId, at: now, ...status }])
    const state = await lockCommand(sql, command)
    // Withdrawn by the confirmation, which has already written how it ended.
    const settled = postponed || (state !== 'queued' && state !== 'sent' && state !== 'acknowledged')
    const next = settled ? null : await recordNext(sql, command, outcome, now)
    if (next?.state === 'verified') await afterProof(sql, command, outcome, now)
    if (next?.state === 'failed' || next?.state === 'refused') await tellStaff(sql, command, now)
    if (command.accountId !== null) {
      const posted = await post(sql, context.ids, { now, accountIds: [command.accountId], postings: [] })
      const reasons = posted.decisions.get(command.accountId)?.reasons ?? []
      await orderFieldWork(sql, command, { next, outcome, reasons }, now)
    }
    await notifyLive(sql, topicsOf(command))
  })
}

const recordNext = async (
  sql: Sql,
  command: ClaimedCommand,
  outcome: ControlOutcome,
  now: number,
): Promise<NextStep> => {
  const attempt = attemptOf(command.kind, outcome)
  const attempts = command.attempts + (attempt === 'not-sent' ? 0 : 1)
  const words = wordsOf(outcome)
  const decided = afterAttempt(command.kind, attempt, attempts, now, command.expiresAt)
  const next = (await cameBackMeanwhile(sql, command, outcome, decided))
    ? { ...decided, notBefore: now + cameBackRetryMs }
    : decided
  await addEvents(sql, [{ commandId: command.id, kind: outcome.kind, text: words, at: now }])
  if (next.state === 'queued')
    await requeueCommand(sql, command.id, { notBefore: next.notBefore, attempts, failure: words })
  else await finishCommand(sql, command.id, next.state, next.state === 'verified' ? null : words, now)
  return next
}

/** A gateway that dialled in while the attempt failed has hastened what waited, and this command was not waiting. */
const cameBackMeanwhile = async (
  sql: Sql,
  { meterId }: ClaimedCommand,
  outcome: ControlOutcome,
  next: NextStep,
): Promise<boolean> =>
  next.state === 'queued' &&
  outcome.kind === 'not-sent' &&
  outcome.code === 'gateway-offline' &&
  (await isGatewayOnline(sql, meterId))

/** Wall time; not at once, for the line may be known as lost a moment before the database says so. */
const cameBackRetryMs = 500

/** A meter that is silent even to the question for its state counts as an attempt; a line that is away does not. */
const attemptOf = (kind: RelayCommandKind, outcome: ControlOutcome): AttemptOutcome => {
  if (outcome.kind === 'not-sent' && (outcome.code === 'no-answer' || outcome.code === 'bad-answer'))
    return 'unanswered'
  // The meter protects somebody and has said so: that is no failure of the trip, and the decision is made again.
  if (outcome.kind === 'refused' && outcome.status?.keepPower === true && kind === 'trip') return 'withdrawn'
  // The next deadline is told in the time of the meter's own clock, so this refusal is worth a further attempt.
  return outcome.kind === 'refused' && outcome.clockOffMs !== undefined ? 'unanswered' : outcome.kind
}

const wordsOf = (outcome: ControlOutcome): string => {
  switch (outcome.kind) {
    case 'verified':
      return outcome.already ? 'the meter was already so' : 'proven by the status word'
    case 'withdrawn':
      return outcome.reason
    case 'not-sent':
      return `not sent: ${outcome.code} ${outcome.detail}`.trim()
    case 'refused':
      return `refused by the meter: ${outcome.detail ?? reasonsOf(outcome).join(', ')}`
    case 'unanswered':
      return `no answer: ${outcome.detail}`
    case 'unverified':
      return `acknowledged but not proven: ${outcome.detail}`
  }
}

/** Older meters give one byte; what the status word and the clock show says more than its "other". */
const reasonsOf = ({ errors, status, clockOffMs }: Extract<ControlOutcome, { kind: 'refused' }>): readonly string[] => {
  const found: readonly string[] = errors.reasons
  const seen = [
    ...(status?.keepPower === true ? ['keep-power'] : []),
    ...(clockOffMs === undefined ? [] : ['clock-wrong']),
  ]
  return [...new Set([...found.filter((reason) => reason !== 'other' || seen.length === 0), ...seen])]
}

type Observed = Readonly<{
  relay: 'closed' | 'open'
  relayCommand: 'closed' | 'open'
  keepPower: boolean
  alarm: boolean
}>

const statusOf = (outcome: ControlOutcome): Observed | null => {
  const word = 'status' in outcome ? (outcome.status ?? null) : null
  if (word === null) return null
  return { relay: word.relay, relayCommand: word.relayCommand, keepPower: word.keepPower, alarm: word.preTripAlarm }
}

/** Only proof makes a notice "stopped" or "restored", and only proof ends what is owed. */
const afterProof = async (sql: Sql, command: ClaimedCommand, outcome: ControlOutcome, now: number): Promise<void> => {
  const open = outcome.kind === 'verified' && outcome.status.relay === 'open'
  const { meterId } = command
  const needsHand = closes(command.kind) && (open || !wirings[await meterWiring(sql, meterId)].returnsByItself)
  if (closes(command.kind)) {
    await saveRestoreOwed(sql, meterId, false)
    await proveRestoration(sql, { meterId, commandId: command.id, needsHand }, now)
  }
  // The words of "stopped" and "restored" speak of money.
  if (command.accountId === null || command.requestedBy === loadControl) return
  const [record] = await loadCredit(sql, [command.accountId])
  if (record === undefined) return
  const notice =
    command.kind === 'trip'
      ? 'stopped'
      : closes(command.kind)
        ? needsHand
          ? 'reconnect-permitted'
          : 'reconnected'
        : null
  if (notice === null) return
  await queueMessages(sql, [messageFor(notice, record, record.facts.balance, null)], now)
  await notify(sql, messageChannel)
  await notifyLive(sql, ['message'])
}

/**
 * What the wire can not do, a person must: a close whose attempts are used up at once, a trip when the policy has given it
 * up. The order ends by itself when the relay is seen where it should be (`watch-restorations`).
 */
const orderFieldWork = async (
  sql: Sql,
  { id, meterId, kind, requestedBy, attempts }: ClaimedCommand,
  { next, outcome, reasons }: Readonly<{ next: NextStep | null; outcome: ControlOutcome; reasons: readonly string[] }>,
  now: number,
): Promise<void> => {
  if (requestedBy !== 'policy' || (next?.state !== 'failed' && next?.state !== 'refused')) return
  const detail = { command: id, attempts: attempts + 1, failure: wordsOf(outcome) }
  const subject = `meter:${String(meterId)}`
  if (kind === 'trip' && reasons.includes('trip-failed-field-work'))
    await openWorkItems(sql, [{ kind: 'field-trip', subject, meterId, detail }], now)
  if (closes(kind)) {
    const dueAt = now + (await restoreTargetMs(sql, meterId))
    await openWorkItems(sql, [{ kind: 'field-reconnect', subject, meterId, detail, dueAt }], now)
  }
}

const tellStaff = async (sql: Sql, command: ClaimedCommand, now: number): Promise<void> => {
  if (command.accountId === null || command.kind.startsWith('alarm')) return
  const [record] = await loadCredit(sql, [command.accountId])
  if (record === undefined) return
  await queueMessages(sql, [messageFor('failed', record, record.facts.balance, null)], now)
  await notify(sql, messageChannel)
  await notifyLive(sql, ['message'])
}

/** Lets the policy look again at the accounts of these meters. */
export const accountsToDecide = async (context: FlowContext, meterIds: readonly number[]): Promise<void> => {
  const now = context.clock.now()
  await context.database.transaction(async (sql) => {
    await post(sql, context.ids, { now, accountIds: await accountsOfMeters(sql, meterIds), postings: [] })
  })
}
