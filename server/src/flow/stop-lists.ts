import { objectionToList, type ListKind, type ListRefusal } from '../domain/protection-list.ts'
import { lifetimeMs, urgencyOf, type RelayCommandKind } from '../domain/relay-command.ts'
import { accountOfEntry, endListEntry, entriesOfAccount, insertListEntry } from '../store/account-lists.ts'
import { writeAudit } from '../store/audit.ts'
import { queueCommands } from '../store/commands.ts'
import { loadCredit, lockAccounts, type CreditRecord } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { commandChannel, notify } from '../store/notify.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

type ListContext = Pick<FlowContext, 'database' | 'ids'> & Readonly<{ clock: Pick<FlowContext['clock'], 'now'> }>
/** Null: at the command line, by whoever has the machine. */
type Caller = Readonly<{ id: number; login: string }> | null

export type AddToListInput = Readonly<{
  accountId: number
  kind: ListKind
  /** Null: from now on. */
  from: number | null
  /** Null: until somebody ends it. */
  to: number | null
  reason: string
  operator: Caller
}>
export type AddToListResult = Readonly<{ ok: true; id: number } | { ok: false; code: 'unknown-account' | ListRefusal }>
export type AddToList = (input: AddToListInput) => Promise<AddToListResult>

/**
 * Puts an account on a list. The policy looks at it at once: whatever was prepared is off, and supply comes back. A lasting
 * protection is written into the meters, too, so that they obey no trip whoever sends it.
 */
export const createAddToList =
  ({ database, clock, ids }: ListContext): AddToList =>
  async ({ accountId, kind, from, to, reason, operator }) =>
    database.transaction(async (sql): Promise<AddToListResult> => {
      const now = clock.now()
      await lockAccounts(sql, [accountId])
      const [record] = await loadCredit(sql, [accountId])
      if (record === undefined) return { ok: false, code: 'unknown-account' }
      const entry = { kind, from: from ?? now, to }
      const code = objectionToList(await entriesOfAccount(sql, accountId), entry, reason)
      if (code !== null) return { ok: false, code }
      const operatorId = operator?.id ?? null
      const id = await insertListEntry(sql, accountId, entry, { reason: reason.trim(), operatorId, now })
      await tell(sql, {
        accountId,
        operatorId,
        now,
        action: 'list:add',
        detail: { id, ...entry, reason: reason.trim() },
      })
      // Commands before whatever the decision writes last, in the order of locks.
      if (kind === 'protected' && entry.from <= now && to === null)
        await keepPower({ sql, ids, now }, record, 'keep-power-on', operator)
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      return { ok: true, id }
    })

export type EndListEntryInput = Readonly<{ id: number; reason: string; operator: Caller }>
export type EndListEntryResult = Readonly<
  { ok: true } | { ok: false; code: 'unknown-list-entry' | 'list-entry-over' | 'reason-missing' }
>
export type EndListEntry = (input: EndListEntryInput) => Promise<EndListEntryResult>

/** Takes an account off a list, from now on; it is decided on anew. */
export const createEndListEntry =
  ({ database, clock, ids }: ListContext): EndListEntry =>
  async ({ id, reason, operator }) =>
    database.transaction(async (sql): Promise<EndListEntryResult> => {
      const now = clock.now()
      if (reason.trim() === '') return { ok: false, code: 'reason-missing' }
      const accountId = await accountOfEntry(sql, id)
      if (accountId === null) return { ok: false, code: 'unknown-list-entry' }
      await lockAccounts(sql, [accountId])
      const operatorId = operator?.id ?? null
      if (!(await endListEntry(sql, id, { reason: reason.trim(), operatorId, now })))
        return { ok: false, code: 'list-entry-over' }
      await tell(sql, { accountId, operatorId, now, action: 'list:end', detail: { id, reason: reason.trim() } })
      const [record] = await loadCredit(sql, [accountId])
      const still = record?.facts.lists.some(({ kind, from, to }) => kind === 'protected' && from <= now && to === null)
      if (record !== undefined && !record.facts.protected && still !== true)
        await keepPower({ sql, ids, now }, record, 'keep-power-off', operator)
      await post(sql, ids, { now, accountIds: [accountId], postings: [] })
      return { ok: true }
    })

type Hand = Readonly<{ sql: Sql; ids: FlowContext['ids']; now: number }>

/** Sets or lifts the meters' own protection where it is not so already. */
const keepPower = async (
  { sql, ids, now }: Hand,
  { accountId, bucket, facts }: CreditRecord,
  kind: Extract<RelayCommandKind, 'keep-power-on' | 'keep-power-off'>,
  operator: Caller,
): Promise<void> => {
  const meters = facts.meters.filter((meter) => meter.keepPower !== (kind === 'keep-power-on'))
  const commands = meters.map(({ meterId }) => ({
    id: ids.uuid(),
    bucket,
    meterId,
    accountId,
    kind,
    urgency: urgencyOf[kind],
    requestedBy: operator?.login ?? 'list',
    key: null,
    reason: kind === 'keep-power-on' ? 'on the protected list' : 'off the protected list',
    evidence: {},
    paymentId: null,
    expiresAt: now + lifetimeMs[kind],
  }))
  if ((await queueCommands(sql, commands, now)).length > 0) await notify(sql, commandChannel)
}

type Told = Readonly<{ accountId: number; operatorId: number | null; now: number; action: string; detail: object }>

const tell = async (sql: Sql, { accountId, operatorId, now: at, action, detail }: Told): Promise<void> => {
  await writeAudit(sql, { at, operatorId, action, subject: `account:${String(accountId)}`, detail })
}
