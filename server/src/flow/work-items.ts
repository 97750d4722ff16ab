import { escalationAt, objectionToDeed, type WorkItemDeed, type WorkItemRefusal } from '../domain/work-item.ts'
import { writeAudit } from '../store/audit.ts'
import { notifyLive } from '../store/notify.ts'
import {
  acknowledgeWorkItem,
  endWorkItem,
  escalateWorkItem,
  lockWorkItem,
  takeWorkItem,
  workItemsRunningLate,
} from '../store/work-items.ts'
import { loop, pause, type FlowContext } from './process.ts'

export type HandleWorkItemInput = Readonly<{
  id: number
  deed: WorkItemDeed
  operatorId: number
  /** Needed to close; may be empty otherwise. */
  reason: string
}>
export type HandleWorkItemResult = Readonly<{ ok: true } | { ok: false; code: WorkItemRefusal }>
export type HandleWorkItem = (input: HandleWorkItemInput) => Promise<HandleWorkItemResult>

/** A person takes, acknowledges or closes an item. */
export const createHandleWorkItem =
  ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>): HandleWorkItem =>
  async ({ id, deed, operatorId, reason }) =>
    database.transaction(async (sql) => {
      const now = clock.now()
      const objection = objectionToDeed(await lockWorkItem(sql, id), deed, reason)
      if (objection !== null) return { ok: false, code: objection }
      if (deed === 'take') await takeWorkItem(sql, { id, operatorId, now })
      else if (deed === 'acknowledge') await acknowledgeWorkItem(sql, { id, operatorId, now })
      else await endWorkItem(sql, { id, operatorId, now, because: reason.trim() })
      const subject = `work-item:${String(id)}`
      await writeAudit(sql, { at: now, operatorId, action: `work-item:${deed}`, subject, detail: { reason } })
      await notifyLive(sql, ['work-item'])
      return { ok: true }
    })

/** Items looked at in one transaction. */
const itemsPerPass = 200
/** Longest time between two looks, elapsed time; on a fast clock a look is due sooner. */
const lookEveryMs = 10_000
const shortestLookMs = 250
/** Steps are hours apart: a minute late is in time, wall time. */
const lookEveryWallMs = 60_000

/** Tells the next one up when an item runs late: at half of its time, four fifths, and all of it. */
export const runEscalation = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'escalate', signal, async () => {
    const looked = await escalateDue(context)
    if (looked === itemsPerPass) return
    const sleepMs = Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate))
    await pause(context.clock, sleepMs, signal)
  })

export const escalateDue = async ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>): Promise<number> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    const late = await workItemsRunningLate(sql, now, itemsPerPass)
    for (const { id, openedAt, dueAt } of late) {
      const escalation = escalationAt(openedAt, dueAt, now)
      await escalateWorkItem(sql, id, escalation)
      const subject = `work-item:${String(id)}`
      await writeAudit(sql, {
        at: now,
        operatorId: null,
        action: 'work-item:escalate',
        subject,
        detail: { escalation },
      })
    }
    if (late.length > 0) await notifyLive(sql, ['work-item'])
    return late.length
  })
