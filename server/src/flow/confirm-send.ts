import { objectionToBatchTrip } from '../domain/batch.ts'
import { objectionToTrip } from '../domain/credit-policy.ts'
import { batchOfCommand } from '../store/batches.ts'
import {
  finishCommand,
  lockCommand,
  markSent,
  postponeCommand,
  type ClaimedCommand,
} from '../store/commands-under-way.ts'
import { addEvents } from '../store/commands.ts'
import { loadCredit, lockAccounts, type CreditRecord } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { loadControl, loadStanding } from '../store/load-control.ts'
import { isUnderKeepPower, saveRestoreOwed } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'
import type { FlowContext } from './process.ts'
import { askGuard } from './trip-guard.ts'

/** `postponed`: it stays queued for later; else a refusal has written how the command ended. */
type Confirmation = Readonly<{ go: true } | { go: false; reason: string; postponed?: true }>

/**
 * The last moment: the line is ours and the bytes are about to leave. Under the account's lock the command must still
 * be queued, and a trip of the policy is decided again on the facts of this moment. `go` commits "sent" first, so no
 * bytes ever leave that a restarted process would not know of.
 */
export const confirmSend = async (context: FlowContext, command: ClaimedCommand): Promise<Confirmation> =>
  context.database.transaction(async (sql) => {
    const now = context.clock.now()
    if (command.accountId !== null) await lockAccounts(sql, [command.accountId])
    const state = await lockCommand(sql, command)
    if (state !== 'queued') return { go: false, reason: `it is ${state ?? 'gone'} by now` }
    if (now > command.expiresAt) {
      await finishCommand(sql, command.id, 'expired', 'its time was over', now)
      return { go: false, reason: 'its time was over' }
    }
    if (command.kind === 'trip' || command.requestedBy === loadControl) {
      const objection = await objectionNow(sql, command, now)
      if (objection !== null) {
        await finishCommand(sql, command.id, 'cancelled', objection, now)
        await addEvents(sql, [{ commandId: command.id, kind: 'withdrawn', text: objection, at: now }])
        return { go: false, reason: objection }
      }
      if (command.requestedBy === 'policy') {
        const held = await heldByGuard(sql, command, context.clock)
        if (held !== null) return held
        await saveRestoreOwed(sql, command.meterId, true)
      } else if ((await batchOfCommand(sql, command.id))?.override === false) {
        // A batch that trips for debt: whoever pays gets supply back, as after a trip of the policy.
        await saveRestoreOwed(sql, command.meterId, true)
      }
    }
    await markSent(sql, command.id, context.clock.now())
    await notifyLive(sql, topicsOf(command))
    return { go: true }
  })

/** The guard counts, slows and stops policy trips; its row is locked until this transaction ends. */
const heldByGuard = async (
  sql: Sql,
  command: ClaimedCommand,
  clock: FlowContext['clock'],
): Promise<Confirmation | null> => {
  const verdict = command.accountId === null ? null : await askGuard(sql, command.accountId, clock)
  const now = clock.now()
  if (verdict === null || verdict.kind === 'go') return null
  if (verdict.kind === 'wait') {
    const why = verdict.because
    await postponeCommand(sql, command.id, { notBefore: verdict.notBefore, why, now })
    return { go: false, reason: why, postponed: true }
  }
  await finishCommand(sql, command.id, 'cancelled', 'trips-frozen', now)
  await addEvents(sql, [{ commandId: command.id, kind: 'withdrawn', text: 'trips-frozen', at: now }])
  return { go: false, reason: 'trips-frozen' }
}

const objectionNow = async (sql: Sql, command: ClaimedCommand, now: number): Promise<string | null> => {
  const [record] = command.accountId === null ? [] : await loadCredit(sql, [command.accountId])
  if (command.requestedBy === loadControl) return objectionToLoad(sql, command, record ?? null, now)
  if (command.requestedBy !== 'policy') return objectionToPerson(sql, command, record ?? null, now)
  if (record === undefined || record.terms === null) return 'no-agreement'
  return objectionToTrip(record.facts, record.terms, now)
}

/** Load control's own last question: does the hold still stand, is nobody protected, does money not stop it. */
const objectionToLoad = async (
  sql: Sql,
  { meterId, kind }: ClaimedCommand,
  credit: CreditRecord | null,
  now: number,
): Promise<string | null> => {
  const standing = await loadStanding(sql, meterId)
  const isHeld = standing !== null && standing.holds.length > 0
  if (kind !== 'trip') return isHeld ? 'load-hold' : standing?.moneyStopped === true ? 'stopped-for-debt' : null
  if (!isHeld) return 'load-hold-over'
  return objectionToBatchTrip({ keepPower: await isUnderKeepPower(sql, meterId), credit }, true, now)
}

/**
 * A person's trip: nobody under keep-power or on a protected list, whoever orders it; and by a batch nobody who owes
 * nothing, unless the batch says so and the second person has seen it.
 */
const objectionToPerson = async (
  sql: Sql,
  command: ClaimedCommand,
  credit: CreditRecord | null,
  now: number,
): Promise<string | null> => {
  const keepPower = await isUnderKeepPower(sql, command.meterId)
  const batch = await batchOfCommand(sql, command.id)
  if (batch?.stopped === true) return 'batch-stopped'
  return objectionToBatchTrip({ keepPower, credit }, batch?.override ?? true, now)
}

export const topicsOf = (command: ClaimedCommand): string[] => [
  `meter:${String(command.meterId)}`,
  `command:${String(command.meterId)}`,
]
