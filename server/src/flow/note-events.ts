import { alarmOf, eventRules, stateChanges, type MeterEventKind, type MeterEventSource } from '../domain/meter-event.ts'
import { workItemRules, type WorkItemKind } from '../domain/work-item.ts'
import type { Sql } from '../store/database.ts'
import { endStates, insertMeterEvents, openStates, type NewMeterEvent } from '../store/meter-events.ts'
import { notifyLive } from '../store/notify.ts'
import { closeWorkItems, lockOpenDetail, openWorkItems } from '../store/work-items.ts'

/** Of the evidence behind an alarm so much is listed in its item, the newest last; the events themselves keep all of it. */
const signsListed = 20

/** Evidence behind an alarm: which event, of what kind, when. */
export type Sign = Readonly<{
  event: number
  kind: MeterEventKind
  phase: MeterEventSource['phase']
  origin: NewMeterEvent['origin']
  at: number
}>

/** Stores events of a meter, each once, and opens the alarms that follow; answers how many are new. */
export const noteEvents = async (
  sql: Sql,
  meterId: number,
  events: readonly NewMeterEvent[],
  now: number,
): Promise<number> => {
  const ids = await insertMeterEvents(sql, meterId, events, now)
  const raised = new Map<WorkItemKind, Sign[]>()
  let fresh = 0
  for (const [index, event] of events.entries()) {
    const id = ids[index] ?? null
    if (id === null) continue
    fresh += 1
    const alarm = alarmOf(event)
    if (alarm === null) continue
    const { kind, phase, origin } = event
    raised.set(alarm, [...(raised.get(alarm) ?? []), { event: id, kind, phase, origin, at: event.beganAt ?? now }])
  }
  // One after the other in the order of their names, as every writer of items takes them.
  for (const [kind, signs] of [...raised].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    await raise(sql, meterId, kind, signs, now)
  if (fresh > 0) await notifyLive(sql, [`meter:${String(meterId)}`, 'event'])
  return fresh
}

const raise = async (
  sql: Sql,
  meterId: number,
  kind: WorkItemKind,
  signs: readonly Sign[],
  now: number,
): Promise<void> => {
  const subject = subjectOf(meterId)
  const before = await lockOpenDetail(sql, kind, subject)
  const detail = {
    events: Number(before?.events ?? 0) + signs.length,
    signs: [...signsOf(before), ...signs].slice(-signsListed),
  }
  await openWorkItems(sql, [{ kind, subject, meterId, detail }], now)
}

/**
 * Compares the states that a meter shows with those that were open: what is new begins, what is gone ends, and an alarm
 * ends when the last state behind it has ended and nothing but states is behind it.
 */
export const noteStates = async (
  sql: Sql,
  meterId: number,
  shown: readonly MeterEventSource[],
  frame: Uint8Array | null,
  at: number,
): Promise<void> => {
  const open = await openStates(sql, meterId)
  const { begun, ended } = stateChanges(open, shown)
  if (begun.length === 0 && ended.length === 0) return
  const overIds = open.flatMap(({ id, kind, phase }) =>
    ended.some((source) => source.kind === kind && source.phase === phase) ? [id] : [],
  )
  await endStates(sql, overIds, at)
  await noteEvents(
    sql,
    meterId,
    begun.map(({ kind, phase }) => stateEvent({ kind, phase }, frame, at)),
    at,
  )
  const lasting = new Set(shown.map(({ kind }) => eventRules[kind].lasts))
  const over = new Set(ended.flatMap(({ kind }) => eventRules[kind].lasts ?? []))
  for (const kind of [...over].toSorted()) {
    if (lasting.has(kind) || !workItemRules[kind].endsByItself) continue
    const detail = await lockOpenDetail(sql, kind, subjectOf(meterId))
    if (detail === null || Number(detail.events) > signsListed) continue
    if (signsOf(detail).some(({ origin }) => origin !== 'status')) continue
    await closeWorkItems(sql, { kind, subjects: [subjectOf(meterId)] }, at, 'state-ended')
  }
  if (begun.length === 0) await notifyLive(sql, [`meter:${String(meterId)}`, 'event'])
}

const stateEvent = (source: MeterEventSource, raw: Uint8Array | null, at: number): NewMeterEvent => ({
  ...source,
  origin: 'status',
  sequence: null,
  beganAt: at,
  endedAt: null,
  operatorCode: null,
  byUs: false,
  wasThere: false,
  detail: null,
  raw,
})

const subjectOf = (meterId: number): string => `meter:${String(meterId)}`

const signsOf = (detail: Readonly<Record<string, unknown>> | null): readonly Sign[] =>
  Array.isArray(detail?.signs) ? (detail.signs as readonly Sign[]) : []
