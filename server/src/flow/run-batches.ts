import { approveWithinMs, mostUnderWayPerBatch, type BatchKind } from '../domain/batch.ts'
import { lifetimeMs, urgencyOf } from '../domain/relay-command.ts'
import { writeAudit } from '../store/audit.ts'
import {
  expireBatches,
  finishBatch,
  lockBatch,
  moveItems,
  nextItems,
  runningBatches,
  type BatchRow,
  type ItemMove,
  type Progress,
} from '../store/batches.ts'
import { queueCommands, type NewCommand } from '../store/commands.ts'
import { lockAccounts } from '../store/credit.ts'
import { commandChannel, notify, notifyLive } from '../store/notify.ts'
import { closeWorkItems } from '../store/work-items.ts'
import { judgeBatch, type JudgedMeter } from './judge-batch.ts'
import { createBell, loop, type FlowContext } from './process.ts'

/** Between two looks at how the commands of running batches fare, elapsed time; approving a batch rings at once. */
const lookEveryMs = 1_000

export type BatchRunner = Readonly<{ wake(): void; run(signal: AbortSignal): Promise<void> }>

/**
 * Feeds approved batches into the queue of commands, a few at a time. Everything it knows is in the database: after a
 * restart it goes on where it was, and no meter is ordered twice.
 */
export const createBatchRunner = (context: FlowContext): BatchRunner => {
  const bell = createBell()
  let told = ''
  return {
    wake: () => bell.ring(),
    run: async (signal) =>
      loop(context, 'batches', signal, async () => {
        const standing = JSON.stringify(await stepBatches(context))
        if (standing !== told) await notifyLive(context.database, ['batch'])
        told = standing
        await bell.wait(context.clock, lookEveryMs, signal)
      }),
  }
}

/** One look at all batches: ends what is over, feeds what has room; returns where each stood before. */
export const stepBatches = async (context: FlowContext): Promise<readonly Progress[]> => {
  const { database, clock } = context
  await expireUnapproved(context)
  const running = await runningBatches(database)
  for (const progress of running) {
    // Downloads are carried out by flow/run-downloads.
    if (progress.waiting > 0 && progress.kind !== 'write-parameters') await feed(context, progress)
    else if (progress.waiting === 0 && progress.underWay === 0)
      await database.transaction(async (sql) => finishBatch(sql, progress.id, clock.now()))
  }
  return running
}

const expireUnapproved = async ({ database, clock }: FlowContext): Promise<void> => {
  const now = clock.now()
  await database.transaction(async (sql) => {
    for (const id of await expireBatches(sql, now - approveWithinMs, now)) {
      const subject = `batch:${id}`
      await closeWorkItems(sql, { kind: 'approve-batch', subjects: [subject] }, now, 'batch:expire')
      await writeAudit(sql, { at: now, operatorId: null, action: 'batch:expire', subject, detail: {} })
      await notifyLive(sql, ['batch'])
    }
  })
}

const feed = async ({ database, clock, ids }: FlowContext, { id, underWay }: Progress): Promise<void> => {
  const room = mostUnderWayPerBatch - underWay
  if (room <= 0) return
  const now = clock.now()
  await database.transaction(async (sql) => {
    const items = await nextItems(sql, id, room)
    // Accounts come first in the order of locks; then the batch, which a person may have stopped meanwhile.
    await lockAccounts(
      sql,
      [...new Set(items.flatMap(({ accountId }) => accountId ?? []))].sort((a, b) => a - b),
    )
    const batch = await lockBatch(sql, id)
    if (batch === null || batch.state !== 'running' || batch.kind === 'write-parameters') return
    const meterIds = items.map(({ meterId }) => meterId)
    const { kind, override } = batch
    const judged = await judgeBatch(sql, { kind, override, selection: { meterIds } }, now, meterIds.length)
    const commands = judged.flatMap((one) => (one.skip === null ? [commandOf(one, batch, ids.uuid(), now)] : []))
    const queued = new Map((await queueCommands(sql, commands, now)).map((one) => [one.meterId, one.id]))
    await moveItems(
      sql,
      id,
      judged.map((one) => moveOf(one, queued)),
      now,
    )
    if (queued.size > 0) await notify(sql, commandChannel)
    await notifyLive(sql, [
      'batch',
      ...[...queued.keys()].flatMap((meterId) => [`meter:${String(meterId)}`, `command:${String(meterId)}`]),
    ])
  })
}

const commandOf = ({ meter, credit }: JudgedMeter, batch: BatchRow, id: string, now: number): NewCommand => {
  const kind = batch.kind as Exclude<BatchKind, 'write-parameters'>
  return {
    id,
    bucket: meter.bucket,
    meterId: meter.meterId,
    accountId: meter.accountId,
    kind,
    urgency: urgencyOf[kind],
    requestedBy: batch.requesterLogin,
    // A meter is ordered once by a batch, whatever is repeated.
    key: `batch:${batch.id}`,
    reason: batch.reason,
    evidence: {
      batchId: batch.id,
      operatorId: batch.requestedBy,
      approvedBy: batch.deciderLogin,
      override: batch.override,
      ...(credit === null
        ? {}
        : {
            balance: credit.facts.balance.toString(),
            stage: credit.facts.stage,
            agreementId: credit.agreementId,
            lastReadAt: credit.facts.meters.find(({ meterId }) => meterId === meter.meterId)?.lastReadAt ?? null,
            earliestStopAt: credit.facts.earliestStopAt,
          }),
    },
    paymentId: null,
    expiresAt: now + lifetimeMs[kind],
  }
}

const moveOf = ({ meter: { meterId }, skip }: JudgedMeter, queued: ReadonlyMap<number, string>): ItemMove => {
  const commandId = queued.get(meterId) ?? null
  return { meterId, commandId, because: commandId === null ? (skip ?? 'command-already-open') : null }
}
