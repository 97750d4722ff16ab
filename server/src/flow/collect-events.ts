import { instantOf } from '../domain/calendar.ts'
import { counterStep, sourceKey, type MeterEventKind, type MeterEventSource } from '../domain/meter-event.ts'
import type { EventCount, EventRecordRead, Headend, MeterMoment, SignsRead } from '../headend/headend.ts'
import type { Database } from '../store/database.ts'
import {
  knownCounts,
  lockCount,
  ownOperatorCode,
  saveCounts,
  type KnownCount,
  type NewMeterEvent,
} from '../store/meter-events.ts'
import { noteEvents, noteStates } from './note-events.ts'
import type { FlowContext } from './process.ts'

/** A kind that a meter refused is asked for again after so long, wall time: firmware changes, and so do meters. */
const absentForMs = 30 * 86_400_000
/** A counter that moves while its records are read is read anew so often, then left for the next time. */
const attemptsAtRecords = 2

export type EventField = Pick<Headend, 'readSigns' | 'readEventRecord'>
export type WatchedMeter = Readonly<{ id: number; timeZone: string }>
/** `failed`: it did not answer all; what it answered is kept. `offline`: its gateway is not there. */
export type Asked = 'asked' | 'failed' | 'offline'
/** What became of it, and the newest values where all were read. */
export type Collected = Readonly<{ asked: Asked; data: Readonly<Record<string, unknown>> }>

type Parts = Readonly<{ context: Pick<FlowContext, 'database' | 'clock'>; headend: EventField; signal?: AbortSignal }>

/** A meter's story takes dozens of exchanges; registers pass between any two of them. */
const priority = 'back-fill'

const withoutData = (asked: Asked): Collected => ({ asked, data: {} })

/** Looks at the states that a meter shows now. */
export const collectStates = async (parts: Parts, meter: WatchedMeter): Promise<Collected> => {
  const { context, headend, signal } = parts
  const read = await headend.readSigns(meter.id, 'states', { priority, signal })
  if (!read.ok) return withoutData(failed(read))
  const { states, frame } = read
  if (states === null) return withoutData('asked')
  const now = context.clock.now()
  await context.database.transaction(async (sql) => noteStates(sql, meter.id, states, frame, now))
  return { asked: 'asked', data: { states: states.map(sourceKey) } }
}

/**
 * Reads the counters of a meter and, where one has grown, the records that are new. A counter moves on together with its
 * events, so that a pass that is broken off goes on where it was.
 */
export const collectEvents = async (parts: Parts, meter: WatchedMeter): Promise<Collected> => {
  const { database, clock } = parts.context
  const known = await knownCounts(database, meter.id, clock.now() - absentForMs)
  const before = new Map(known.map((count) => [sourceKey(count), count.count]))
  const without = known.flatMap(({ kind, count }) => (count === null ? [kind] : []))
  const read = await parts.headend.readSigns(meter.id, 'counts', { priority, signal: parts.signal, without })
  const quiet: KnownCount[] = read.absent.map((kind) => ({ kind, phase: null, count: null }))
  let outcome: Asked = read.ok ? 'asked' : failed(read)
  for (const count of read.counts) {
    const was = before.get(sourceKey(count)) ?? null
    if (was === count.count) continue
    if (was === null && count.count === 0) quiet.push(count)
    else {
      const followed = await follow(parts, meter, was, count, read)
      if (followed !== 'asked') outcome = followed
      if (followed === 'offline') break
    }
  }
  if (quiet.length > 0) await saveCounts(database, meter.id, quiet, clock.now())
  if (outcome !== 'asked') return withoutData(outcome)
  return { asked: outcome, data: Object.fromEntries(read.counts.map((count) => [sourceKey(count), count.count])) }
}

/** Stores what is behind one counter that has moved. */
const follow = async (
  parts: Parts,
  meter: WatchedMeter,
  was: number | null,
  count: EventCount,
  { frame }: SignsRead,
): Promise<Asked> => {
  if (!count.recorded) {
    const detail = { from: was, to: count.count }
    const counted = { ...withoutRecord(count, count.count, was === null), detail, raw: frame }
    return save(parts.context, meter, was, count, [counted])
  }
  let now = count
  for (let attempt = 0; attempt < attemptsAtRecords; attempt += 1) {
    const records = await readRecords(parts, meter, was, now)
    if (!Array.isArray(records)) return records as Asked
    // The newest record is the newest of the moment: had the counter moved meanwhile, every one would be another.
    const again = await recount(parts, meter, now)
    if (again === null) return 'failed'
    if (again.count === now.count) return save(parts.context, meter, was, now, records as readonly NewMeterEvent[])
    now = again
  }
  return 'failed'
}

const readRecords = async (
  { context, headend, signal }: Parts,
  meter: WatchedMeter,
  was: number | null,
  count: EventCount,
): Promise<readonly NewMeterEvent[] | Asked> => {
  const { fresh, lost } = counterStep(was, count.count)
  const events: NewMeterEvent[] = []
  const ownCode = await ownOperatorCode(context.database, meter.id)
  for (let last = 1; last <= fresh; last += 1) {
    const sequence = count.count - last + 1
    const read = await headend.readEventRecord(meter.id, count, last, { priority, signal })
    // What the meter counted but does not show has happened all the same.
    const isUnreadable = !read.ok && (read.code === 'refused-by-meter' || read.code === 'bad-answer')
    if (isUnreadable || (read.ok && read.empty)) events.push(withoutRecord(count, sequence, was === null))
    else if (read.ok) events.push(eventOf(meter, count, sequence, was === null, ownCode, read))
    else return failed(read)
  }
  if (lost > 0) events.push({ ...withoutRecord(count, count.count - fresh, false), detail: { lost } })
  return events.toReversed()
}

const recount = async (
  { headend, signal }: Parts,
  meter: WatchedMeter,
  count: EventCount,
): Promise<EventCount | null> => {
  const read = await headend.readSigns(meter.id, 'counts', { priority, signal, only: count.kind })
  return read.counts.find((other) => sourceKey(other) === sourceKey(count)) ?? null
}

const save = async (
  { database, clock }: Readonly<{ database: Database; clock: FlowContext['clock'] }>,
  meter: WatchedMeter,
  was: number | null,
  count: EventCount,
  events: readonly NewMeterEvent[],
): Promise<Asked> => {
  await database.transaction(async (sql) => {
    // Another process may have asked the same meter: who comes second has nothing to add.
    if ((await lockCount(sql, meter.id, count)) !== (was ?? undefined)) return
    await saveCounts(sql, meter.id, [count], clock.now())
    await noteEvents(sql, meter.id, events, clock.now())
  })
  return 'asked'
}

const failed = (read: Readonly<{ ok: boolean; code?: string }>): Asked =>
  read.code === 'gateway-offline' || read.code === 'cancelled' ? 'offline' : 'failed'

const withoutRecord = (
  { kind, phase }: MeterEventSource,
  sequence: number,
  wasThere: boolean,
): NewMeterEvent & Readonly<{ kind: MeterEventKind }> => ({
  kind,
  phase,
  origin: 'counter',
  sequence,
  beganAt: null,
  endedAt: null,
  operatorCode: null,
  byUs: false,
  wasThere,
  detail: null,
  raw: null,
})

const eventOf = (
  meter: WatchedMeter,
  { kind, phase }: MeterEventSource,
  sequence: number,
  wasThere: boolean,
  ownCode: string | null,
  read: Extract<EventRecordRead, { ok: true }>,
): NewMeterEvent => {
  const instant = (moment: MeterMoment | null): number | null =>
    moment === null ? null : instantOf(moment, meter.timeZone)
  return {
    kind,
    phase,
    origin: 'record',
    sequence,
    beganAt: instant(read.began),
    endedAt: instant(read.ended),
    operatorCode: read.operatorCode,
    byUs: read.operatorCode !== null && read.operatorCode === ownCode,
    wasThere,
    detail: read.value,
    raw: joined(read.frames),
  }
}

const joined = (frames: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(frames.reduce((length, frame) => length + frame.length, 0))
  let at = 0
  for (const frame of frames) {
    whole.set(frame, at)
    at += frame.length
  }
  return whole
}
