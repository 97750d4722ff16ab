import { wallAfter } from '../domain/clock.ts'
import {
  judgeCommunication,
  type AlarmEnd,
  type CommunicationAlarm,
  type FieldReach,
} from '../domain/communication-alarm.ts'
import { addOnlineTime, communicationSubject, loadReach } from '../store/communication.ts'
import { closeWorkItems, openWorkItems, type NewWorkItem } from '../store/work-items.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Longest time between two looks, elapsed time; on a fast clock a look is due sooner. */
const lookEveryMs = 30_000
const shortestLookMs = 500
/** So long after a start no gateway is missed, elapsed time: on a fast clock minutes are over before a gateway can dial. */
const comeBackMs = 30_000
/** The longest time between two looks that counts as watched, wall time. */
const longestCountedMs = 15 * 60_000
/** Limits are minutes: half a minute late is in time, wall time. */
const lookEveryWallMs = 30_000

/** Opens and ends the alarms about gateways, lines and meters that are away; answers how many changed. */
export const judgeField = async (
  { database, clock }: Pick<FlowContext, 'database' | 'clock'>,
  knownSince: number,
): Promise<number> =>
  database.transaction(async (sql) => {
    const now = clock.now()
    const field = await loadReach(sql, knownSince, now)
    const { open, close } = judgeCommunication(field, now)
    await openWorkItems(
      sql,
      open.map((alarm) => itemOf(alarm, field)),
      now,
    )
    for (const [kind, because] of endsOf(close)) {
      const over = close.filter((end) => end.alarm.kind === kind && end.because === because)
      await closeWorkItems(sql, { kind, subjects: over.map(({ alarm }) => communicationSubject(alarm)) }, now, because)
    }
    return open.length + close.length
  })

/**
 * Counts the time since the last look as online or not, as things stand now. What is longer than a look should take (a
 * machine that slept, a clock that was set) was not watched, and counts for nothing.
 */
export const countOnline = async (
  { database }: Pick<FlowContext, 'database'>,
  now: number,
  sinceLastMs: number,
): Promise<void> => {
  if (sinceLastMs > 0 && sinceLastMs <= longestCountedMs) await addOnlineTime(database, now, sinceLastMs)
}

export const runCommunicationWatch = async (context: FlowContext, signal: AbortSignal): Promise<void> => {
  // What was connected in an earlier life of the program is given time to come back.
  const knownSince = wallAfter(context.clock, comeBackMs)
  let lookedAt = context.clock.now()
  await loop(context, 'watch communication', signal, async () => {
    const sleepMs = Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate))
    await pause(context.clock, sleepMs, signal)
    if (signal.aborted) return
    await judgeField(context, knownSince)
    const now = context.clock.now()
    await countOnline(context, now, now - lookedAt)
    lookedAt = now
  })
}

const itemOf = (alarm: CommunicationAlarm, { lines, meters }: FieldReach): NewWorkItem => {
  const { kind, id } = alarm
  const subject = communicationSubject(alarm)
  if (kind === 'meter-silent') {
    const missedReads = meters.find((meter) => meter.id === id)?.missedReads ?? 0
    return { kind, subject, meterId: id, detail: { missedReads } }
  }
  const behind = lines.find(({ gatewayId }) => gatewayId === id)?.meters ?? 0
  return { kind, subject, gatewayId: id, detail: { meters: behind } }
}

/** Kinds and reasons that occur, each once, in the order in which items are locked. */
const endsOf = (
  close: readonly Readonly<{ alarm: CommunicationAlarm; because: AlarmEnd }>[],
): readonly (readonly [CommunicationAlarm['kind'], AlarmEnd])[] => {
  const seen = new Map(close.map(({ alarm: { kind }, because }) => [`${kind} ${because}`, [kind, because] as const]))
  return [...seen.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, end]) => end)
}
