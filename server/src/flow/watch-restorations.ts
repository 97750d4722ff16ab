import { fieldOrderAfterMs, remindOfButtonAfterMs } from '../domain/restoration.ts'
import { loadCredit } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { queueMessages } from '../store/messages.ts'
import { messageChannel, notify, notifyLive } from '../store/notify.ts'
import {
  energyAlarmsOver,
  fieldReconnectsOver,
  fieldTripsOver,
  markLateRestorations,
  remindOfButtons,
  restorationsForField,
  sweepRestorations,
} from '../store/restorations.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { compensateLate } from './compensate.ts'
import { messageFor } from './notice-message.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Pause between two looks at the cases that run, elapsed time. */
const lookEveryMs = 1_000

/**
 * Sees every payment through to power: ends what readings have shown to be over, tells who waits too long, reminds who must
 * press a button, sends a person where the wire does not reach, and pays for what came late.
 */
export const runRestorations = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'restorations', signal, async () => {
    await watchRestorations(context)
    await pause(context.clock, lookEveryMs, signal)
  })

/** One look. */
export const watchRestorations = async (context: FlowContext): Promise<void> => {
  await context.database.transaction(async (sql) => watchInside(sql, context.clock.now()))
  await compensateLate(context)
}

const watchInside = async (sql: Sql, now: number): Promise<void> => {
  const ended = await sweepRestorations(sql, now)
  const closedByHand = ended.filter(({ restored, byHand }) => restored && byHand)
  await tell(
    sql,
    'reconnected',
    closedByHand.map(({ accountId }) => accountId),
    now,
  )
  const waiting = await remindOfButtons(sql, now, remindOfButtonAfterMs)
  await tell(
    sql,
    'reconnect-permitted',
    waiting.map(({ accountId }) => accountId),
    now,
  )
  const late = await markLateRestorations(sql)
  const field = await restorationsForField(sql, now, fieldOrderAfterMs)
  await openWorkItems(
    sql,
    [
      ...late.map(({ id, meterId, sinceMs }) => ({
        kind: 'late-restore' as const,
        subject: `meter:${String(meterId)}`,
        meterId,
        detail: { restoration: id, sinceSeconds: Math.round(sinceMs / 1_000) },
      })),
      ...field.map(({ id, meterId, targetMinutes, failure, attempts }) => ({
        kind: 'field-reconnect' as const,
        subject: `meter:${String(meterId)}`,
        meterId,
        detail: { restoration: id, attempts, failure },
        dueAt: now + targetMinutes * 60_000,
      })),
    ],
    now,
  )
  await closeWorkItems(sql, { kind: 'field-reconnect', subjects: await fieldReconnectsOver(sql) }, now, 'reconnected')
  await closeWorkItems(sql, { kind: 'field-trip', subjects: await fieldTripsOver(sql) }, now, 'not-needed-any-more')
  await closeWorkItems(sql, { kind: 'energy-while-open', subjects: await energyAlarmsOver(sql) }, now, 'relay-closed')
  if (ended.length > 0)
    await notifyLive(
      sql,
      ended.map(({ meterId }) => `meter:${String(meterId)}`),
    )
}

const tell = async (
  sql: Sql,
  notice: 'reconnected' | 'reconnect-permitted',
  accountIds: readonly number[],
  now: number,
): Promise<void> => {
  if (accountIds.length === 0) return
  const records = await loadCredit(sql, [...new Set(accountIds)])
  await queueMessages(
    sql,
    records.map((record) => messageFor(notice, record, record.facts.balance, null)),
    now,
  )
  await notify(sql, messageChannel)
  await notifyLive(sql, ['message'])
}
