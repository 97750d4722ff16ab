import { decideLoad, type LoadDecision } from '../domain/load-control.ts'
import type { LoadSample } from '../domain/malignant-load.ts'
import { lifetimeMs, urgencyOf } from '../domain/relay-command.ts'
import { cancelQueued, queueCommands, type NewCommand } from '../store/commands.ts'
import { lockAccounts } from '../store/credit.ts'
import type { Sql } from '../store/database.ts'
import { loadControl, lockLoad, saveLoad, type LoadRecord } from '../store/load-control.ts'
import { commandChannel, notify, notifyLive } from '../store/notify.ts'
import { openWorkItems } from '../store/work-items.ts'
import { post } from './post.ts'
import type { FlowContext } from './process.ts'

export type LookedAt = Readonly<{ meterId: number; accountId: number | null }>

/**
 * Applies the rules of these meters on the facts of this moment, with samples that were just taken; commands, alarms and
 * what is remembered commit together. Where a hold has ended, the credit policy looks again, for it may owe supply.
 */
export const lookAtLoad = async (
  { database, ids, clock }: Pick<FlowContext, 'database' | 'ids' | 'clock'>,
  meters: readonly LookedAt[],
  samples: ReadonlyMap<number, LoadSample> = new Map(),
): Promise<void> => {
  if (meters.length === 0) return
  const now = clock.now()
  await database.transaction(async (sql) => {
    await lockAccounts(sql, accountsOf(meters))
    const records = await lockLoad(
      sql,
      meters.map(({ meterId }) => meterId),
    )
    const decided = records.map((record) => {
      const sample = samples.get(record.meterId) ?? record.facts.sample
      return { record, decision: decideLoad(record.rules, record.state, { ...record.facts, sample }, now) }
    })
    await carryOut(sql, decided, ids, now)
    const freed = decided.filter(({ record, decision }) => record.holds.length > 0 && decision.holds.length === 0)
    await post(sql, ids, { now, accountIds: accountsOf(freed.map(({ record }) => record)), postings: [] })
  })
}

const accountsOf = (meters: readonly Readonly<{ accountId: number | null }>[]): readonly number[] =>
  [...new Set(meters.flatMap(({ accountId }) => accountId ?? []))].sort((a, b) => a - b)

type Decided = Readonly<{ record: LoadRecord; decision: LoadDecision }>

const carryOut = async (sql: Sql, decided: readonly Decided[], ids: FlowContext['ids'], now: number): Promise<void> => {
  const cancelled = await cancelQueued(
    sql,
    decided.flatMap(({ decision }) => decision.cancel),
    'load-hold-over',
    now,
  )
  const wanted = decided.flatMap((one) => commandOf(one, ids, now))
  const queued = await queueCommands(sql, wanted, now)
  for (const { record, decision } of decided) {
    const { state, holds } = decision
    await saveLoad(sql, record.meterId, { state, holds, lookedAt: now })
  }
  if (queued.length + cancelled.length > 0) await notify(sql, commandChannel)
  await openWorkItems(
    sql,
    decided.flatMap(({ record: { meterId, accountId, rules }, decision: { alarms, holds } }) =>
      alarms.map(({ kind, ...detail }) => ({
        kind,
        subject: `meter:${String(meterId)}`,
        meterId,
        accountId,
        detail: { ...detail, act: holds.includes(kind) ? 'trip' : 'alarm', reconnect: rules.reconnect },
      })),
    ),
    now,
  )
  await notifyLive(
    sql,
    decided
      .filter(({ record, decision }) => decision.command !== null || record.holds.join() !== decision.holds.join())
      .flatMap(({ record: { meterId } }) => [`meter:${String(meterId)}`, `command:${String(meterId)}`]),
  )
}

const commandOf = ({ record, decision }: Decided, ids: FlowContext['ids'], now: number): NewCommand[] => {
  const { command, holds, state } = decision
  if (command === null) return []
  const { kind, because } = command
  return [
    {
      id: ids.uuid(),
      bucket: record.bucket,
      meterId: record.meterId,
      accountId: record.accountId,
      kind,
      urgency: urgencyOf[kind],
      requestedBy: loadControl,
      key: null,
      reason: because.length === 0 ? 'load-hold-over' : because.map((hold) => `load-${hold}`).join(', '),
      evidence: {
        holds,
        sample: state.sample,
        overload: state.overload,
        malignantLoad: state.malignantLoad,
        run: state.run,
      },
      paymentId: null,
      expiresAt: now + lifetimeMs[kind],
    },
  ]
}
