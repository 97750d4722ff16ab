import { approvalOf, approveWithinMs } from '../domain/batch.ts'
import type { Clock } from '../domain/clock.ts'
import { permissionOfBatch, permissionsOf } from '../domain/role.ts'
import { writeAudit } from '../store/audit.ts'
import { decideBatch, lockBatch, stopBatch, type BatchRow } from '../store/batches.ts'
import { cancelQueued } from '../store/commands.ts'
import type { Sql } from '../store/database.ts'
import { batchChannel, commandChannel, notify, notifyLive } from '../store/notify.ts'
import { closeWorkItems } from '../store/work-items.ts'
import type { FlowContext } from './process.ts'
import { isPassword, type SignedIn } from './sign-in.ts'

export type BatchRefusal =
  | 'unknown-batch'
  | 'not-permitted'
  | 'same-person'
  | 'wrong-password'
  | 'override-not-seen'
  | 'batch-not-waiting'
  | 'batch-not-running'
export type BatchResult = Readonly<{ ok: true } | { ok: false; code: BatchRefusal }>

export type ApproveBatch = Readonly<{
  batchId: string
  operator: SignedIn
  reason: string
  /** The approver's own, where the kind of the batch needs it. */
  password: string | null
  /** What the approver says to have seen of `override`: it has to be what the batch says. */
  overrideSeen: boolean
}>

type Parts = Pick<FlowContext, 'database'> & Readonly<{ clock: Pick<Clock, 'now'> }>

/** A second person has read the list and lets it go. Approving again what one has approved changes nothing. */
export const createApproveBatch =
  ({ database, clock }: Parts) =>
  async ({ batchId, operator, reason, password, overrideSeen }: ApproveBatch): Promise<BatchResult> => {
    // Outside the transaction: checking a password takes its time on purpose.
    const isKnown = password !== null && (await isPassword(database, operator.login, password))
    const now = clock.now()
    return database.transaction(async (sql) => {
      const batch = await lockBatch(sql, batchId)
      const refusal = refusalOf(batch, operator)
      if (batch === null || refusal !== null) return { ok: false, code: refusal ?? 'unknown-batch' }
      // It may have been carried out by the time its approval is said again.
      const isLetGo = batch.state === 'running' || batch.state === 'finished'
      if (isLetGo && batch.decidedBy === operator.id) return { ok: true }
      if (batch.state !== 'waiting' || now > batch.at + approveWithinMs) return { ok: false, code: 'batch-not-waiting' }
      if (batch.override && !overrideSeen) return { ok: false, code: 'override-not-seen' }
      if (approvalOf[batch.kind] === 'second-person-with-password' && !isKnown)
        return { ok: false, code: 'wrong-password' }
      await decideBatch(sql, batchId, { state: 'running', operatorId: operator.id, reason }, now)
      await tell(sql, now, { action: 'batch:approve', batch, operatorId: operator.id, reason })
      await notify(sql, batchChannel)
      return { ok: true }
    })
  }

export type BatchDeed = Readonly<{ batchId: string; operator: SignedIn; reason: string }>

/** A second person, or whoever asked for it, says no: nothing of it is ever sent. */
export const createRefuseBatch =
  ({ database, clock }: Parts) =>
  async ({ batchId, operator, reason }: BatchDeed): Promise<BatchResult> =>
    database.transaction(async (sql) => {
      const now = clock.now()
      const batch = await lockBatch(sql, batchId)
      if (batch === null) return { ok: false, code: 'unknown-batch' }
      const isOwn = batch.requestedBy === operator.id
      if (!isOwn && !mayDecide(batch, operator)) return { ok: false, code: 'not-permitted' }
      if (batch.state !== 'waiting') return { ok: false, code: 'batch-not-waiting' }
      // Withdrawn by who asked is a stop: the table keeps the two persons apart.
      if (isOwn) await stopBatch(sql, batchId, { operatorId: operator.id, reason }, now)
      else await decideBatch(sql, batchId, { state: 'refused', operatorId: operator.id, reason }, now)
      await tell(sql, now, {
        action: isOwn ? 'batch:withdraw' : 'batch:refuse',
        batch,
        operatorId: operator.id,
        reason,
      })
      return { ok: true }
    })

/** The stop button: what is not sent is cancelled. Anybody who may control may press it; null is the command line. */
export const createStopBatch =
  ({ database, clock }: Parts) =>
  async (
    deed: Omit<BatchDeed, 'operator'> & Readonly<{ operator: SignedIn | null }>,
  ): Promise<Readonly<{ ok: true; cancelled: number } | { ok: false; code: BatchRefusal }>> =>
    database.transaction(async (sql) => {
      const now = clock.now()
      const { batchId, operator, reason } = deed
      const batch = await lockBatch(sql, batchId)
      if (batch === null) return { ok: false, code: 'unknown-batch' }
      if (batch.state !== 'running' && batch.state !== 'waiting') return { ok: false, code: 'batch-not-running' }
      const operatorId = operator?.id ?? null
      const queued = await stopBatch(sql, batchId, { operatorId, reason }, now)
      const cancelled = await cancelQueued(sql, queued, 'batch-stopped', now)
      await tell(sql, now, { action: 'batch:stop', batch, operatorId, reason, cancelled: cancelled.length })
      await notify(sql, commandChannel)
      return { ok: true, cancelled: cancelled.length }
    })

const refusalOf = (batch: BatchRow | null, operator: SignedIn): BatchRefusal | null => {
  if (batch === null) return 'unknown-batch'
  if (batch.requestedBy === operator.id) return 'same-person'
  return mayDecide(batch, operator) ? null : 'not-permitted'
}

const mayDecide = ({ kind }: BatchRow, { role }: SignedIn): boolean =>
  permissionsOf[role].includes(permissionOfBatch(kind))

type Told = Readonly<{ action: string; batch: BatchRow; operatorId: number | null; reason: string; cancelled?: number }>

const tell = async (sql: Sql, now: number, { action, batch, operatorId, ...detail }: Told): Promise<void> => {
  const { id, kind, override, requesterLogin } = batch
  await closeWorkItems(sql, { kind: 'approve-batch', subjects: [`batch:${id}`] }, now, action)
  await writeAudit(sql, {
    at: now,
    operatorId,
    action,
    subject: `batch:${id}`,
    detail: { kind, override, requestedBy: requesterLogin, ...detail },
  })
  await notifyLive(sql, ['batch'])
}
