import { dataSets, type DataSet } from '../domain/collection/data-set.ts'
import {
  collected,
  failed,
  planLine,
  type DueItem,
  type MissedItem,
  type PlannedMeter,
  type Progress,
} from '../domain/collection/plan-line.ts'
import type { Slot } from '../domain/collection/slot.ts'
import { exchangesFor } from '../headend/driver/exchange-bytes.ts'
import type { Headend, ItemName, MeterProtocol, Priority, ReadOutcome } from '../headend/headend.ts'
import type { ArchivedMeter, CollectedMeter } from '../store/collection.ts'
import type { Collected } from './collect-events.ts'
import { dataSetItems } from './data-set-items.ts'
import { fieldReadingOf } from './field-reading.ts'
import { createLineMemory } from './line-memory.ts'
import type { FlowContext } from './process.ts'
import type { ReadPace } from './read-pace.ts'
import type { ReadingBuffer } from './reading-buffer.ts'

/** Registers are charged by, so nothing else of a schedule may keep them waiting: it has a lane of its own. */
type Lane = 'energy' | 'other'
const lanes: readonly Lane[] = ['energy', 'other']
const priorityOf: Readonly<Record<Lane, Priority>> = { energy: 'scheduled', other: 'back-fill' }

/**
 * Reads that wait for the line at any time. One would leave a moment between two reads in which something less urgent
 * could slip in; more would only make a plan stale.
 */
const readsAtOnce: Readonly<Record<Lane, number>> = { energy: 2, other: 1 }

/** Elapsed time for which a line whose queue is full is left alone. */
const queueFullPauseMs = 1_000

/** Whether the line is there, and since when (wall time). */
export type LineLink = Readonly<{ online: boolean; since: number }>

export type LineMeter = PlannedMeter & CollectedMeter

/** A meter of the line, and what the archive knows of its collection. */
export type EnrolledMeter = Readonly<{ meter: LineMeter }> & Pick<ArchivedMeter, 'newestAt' | 'slots'>

export type LineCollector = Readonly<{
  /** Looks at the schedule and begins what is due; the wall time at which to look again. */
  step(now: number, link: LineLink): number
  /** The archive, the rules or the pauses have changed. */
  update(meters: readonly EnrolledMeter[]): void
  /** Another process has collected meanwhile: what it has done in the present turn is not done again. */
  refresh(meters: readonly ArchivedMeter[]): void
  /** Resolves when nothing is on its way any more. */
  settled(): Promise<void>
}>

export type LineCollectorParts = Readonly<{
  context: FlowContext
  headend: Pick<Headend, 'read'>
  /** Collects a set that is more than a read: states and events. */
  follow(dataSet: FollowedSet, meter: LineMeter, signal: AbortSignal): Promise<Collected>
  buffer: ReadingBuffer
  pace: Pick<ReadPace, 'take'>
  gatewayId: number
  pausedUntil(meter: LineMeter, now: number): number | null
  signal: AbortSignal
  /** The line has something to do that the loop does not know of. */
  onFree(): void
}>

/** Several sets of one meter that are collected in one go. */
type Task = Readonly<{ meter: LineMeter; items: readonly DueItem[] }>

/** Walks through what one line has to collect, most urgent first, and tells what became of each turn. */
export const createLineCollector = (parts: LineCollectorParts, first: readonly EnrolledMeter[]): LineCollector => {
  const { context, headend, buffer, pace, gatewayId } = parts
  // One for each line: thousands of lines would all listen to the one of the loop.
  const signal = AbortSignal.any([parts.signal])
  const { clock } = context
  let meters = byId(first)
  let memory = createLineMemory([...meters.keys()], remembered(first))
  let due = createDueList([])
  let nextAt = -Infinity
  let link: LineLink = { online: false, since: 0 }
  const walking: Readonly<Record<Lane, Set<Promise<void>>>> = { energy: new Set(), other: new Set() }
  /** Elapsed time before which a line that takes nothing more is left alone. */
  let notBeforeMs = 0
  const onTheWay = new Set<string>()
  const lastFailure = new Map<string, string>()

  const pausedUntil = (id: number, now: number): number | null => {
    const meter = meters.get(id)
    return meter === undefined ? null : parts.pausedUntil(meter, now)
  }

  const plan = (now: number): void => {
    const made = planLine({
      meters: [...meters.values()],
      now,
      progressOf: memory.get,
      pausedUntil: (id) => pausedUntil(id, now),
    })
    for (const { meterId, dataSet, progress } of made.changed) memory.set(meterId, dataSet, progress)
    tellMissed(made.missed.filter(({ meterId, dataSet }) => !onTheWay.has(keyOf(meterId, dataSet))))
    due = createDueList(made.due.filter(({ meterId, dataSet }) => !onTheWay.has(keyOf(meterId, dataSet))))
    nextAt = made.nextAt
  }

  /** A line that was not there is told once for all its meters. */
  const tellMissed = (missed: readonly MissedItem[]): void => {
    const away = new Map<string, MissedItem & { meters: number }>()
    for (const item of missed) {
      const { meterId, dataSet, slotAt } = item
      const reason = lastFailure.get(keyOf(meterId, dataSet)) ?? null
      lastFailure.delete(keyOf(meterId, dataSet))
      const wasAway = !link.online || link.since > slotAt
      if (reason === null && wasAway) {
        const key = `${dataSet} ${String(slotAt)}`
        away.set(key, { ...item, meters: (away.get(key)?.meters ?? 0) + 1 })
      } else buffer.addMissed({ gatewayId, meterId, dataSet, slotAt, reason: reason ?? 'line-busy', meters: 1 })
    }
    for (const { dataSet, slotAt, meters: count } of away.values())
      buffer.addMissed({
        gatewayId,
        meterId: null,
        dataSet,
        slotAt,
        reason: 'gateway-offline',
        meters: count,
        // Several processes share the field: a line that is not here may be read by another.
        unlessHeld: !link.online,
      })
  }

  /** The next item, with whatever else of its meter comes almost for nothing with it. */
  const take = (lane: Lane, now: number): Task | null => {
    for (let item = due.take(lane); item !== null; item = due.take(lane)) {
      const meter = meters.get(item.meterId)
      const pauseEnds = pausedUntil(item.meterId, now)
      // A pause that began after the plan was made.
      if (pauseEnds !== null) nextAt = Math.min(nextAt, pauseEnds)
      if (meter === undefined || pauseEnds !== null) continue
      const { meterId } = item
      const items = [item]
      if (isFollowed(item.dataSet)) return { meter, items }
      for (const other of due.alsoOf(meterId))
        if (!isFollowed(other.dataSet) && isCheapTogether(meter.protocol, items, other)) {
          items.push(other)
          due.takeAlso(other)
        }
      return { meter, items }
    }
    return null
  }

  const walk = async (lane: Lane): Promise<void> => {
    while (!signal.aborted && link.online) {
      // Where readings wait in front of the database, more of them would help nobody.
      await buffer.room(signal)
      const giveBack = await pace.take(signal, lane === 'energy')
      try {
        if (signal.aborted || !(await walkOn(lane))) return
      } finally {
        giveBack()
      }
    }
  }

  /** The next item of the lane; false when there is none, or the line is of no use at the moment. */
  const walkOn = async (lane: Lane): Promise<boolean> => {
    const now = clock.now()
    if (now >= nextAt) plan(now)
    const task = take(lane, now)
    if (task === null) return false
    const keys = task.items.map(({ meterId, dataSet }) => keyOf(meterId, dataSet))
    for (const key of keys) onTheWay.add(key)
    try {
      return await collect(task)
    } finally {
      for (const key of keys) onTheWay.delete(key)
    }
  }

  /** False when the line is of no use at the moment; what was asked for stays open. */
  const collect = async ({ meter, items }: Task): Promise<boolean> => {
    const [first] = items
    if (first !== undefined && isFollowed(first.dataSet)) return follow(meter, first, first.dataSet)
    const wanted = [...new Set(items.flatMap(({ dataSet }) => dataSetItems[dataSet]))]
    if (hasNothing(meter.protocol, wanted)) {
      for (const item of items) end(item)
      return true
    }
    const deadline = Math.min(...items.map(({ slot }) => slot.deadlineAt))
    const priority = priorityOf[items.some(({ dataSet }) => dataSet === 'energy') ? 'energy' : 'other']
    const outcome = await headend.read(meter.id, wanted, { priority, deadline, signal })
    for (const item of items) takeOver(meter, item, outcome)
    if (outcome.ok || !isLineTrouble(outcome)) return true
    if (outcome.code === 'queue-full') notBeforeMs = clock.elapsedMs() + queueFullPauseMs
    nextAt = -Infinity
    return false
  }

  const follow = async (meter: LineMeter, item: DueItem, dataSet: FollowedSet): Promise<boolean> => {
    const { asked, data } = await parts.follow(dataSet, meter, signal)
    if (asked === 'offline') {
      nextAt = -Infinity
      return false
    }
    if (asked === 'failed') fail(item, 'no-answer')
    else {
      const at = clock.now()
      // A model that tells nothing of it leaves nothing to keep.
      if (Object.keys(data).length > 0)
        buffer.addData({ meterId: meter.id, dataSet, slotAt: item.slot.start, at, data, problem: null })
      end(item, at)
    }
    return true
  }

  const takeOver = (meter: LineMeter, item: DueItem, outcome: ReadOutcome): void => {
    if (item.dataSet === 'energy') {
      const reading = fieldReadingOf(meter.id, outcome, 'scheduled')
      if (reading !== null) {
        buffer.add(reading)
        return end(item, reading.at)
      }
      if (!outcome.ok && isLineTrouble(outcome)) return
      if (item.tries === 0) buffer.addFailure(meter, clock.now())
      return fail(item, outcome.ok ? 'bad-answer' : outcome.code)
    }
    const found = dataOf(item.dataSet, outcome)
    if (found === null && !outcome.ok && isLineTrouble(outcome)) return
    const isAnswered = outcome.ok || outcome.code === 'refused-by-meter' || outcome.code === 'bad-answer'
    if (found === null && !isAnswered) return fail(item, outcome.code)
    if (found === null && hasNothing(meter.protocol, dataSetItems[item.dataSet])) return end(item)
    const at = found?.at ?? clock.now()
    buffer.addData({
      meterId: meter.id,
      dataSet: item.dataSet,
      slotAt: item.slot.start,
      at,
      data: found?.data ?? {},
      problem: outcome.ok ? null : outcome.detail,
    })
    end(item, at)
  }

  /** An answer that came when the next turn had begun already is the next one's. */
  const end = ({ meterId, dataSet, slot }: DueItem, at = slot.dueAt): void => {
    lastFailure.delete(keyOf(meterId, dataSet))
    const progress = memory.get(meterId, dataSet)
    const isNext = at >= slot.deadlineAt
    if (isNext) tellMissed([{ meterId, dataSet, slotAt: slot.start, tries: 0 }])
    memory.set(
      meterId,
      dataSet,
      collected(progress, isNext && progress.open !== null ? progress.open : slot, clock.now()),
    )
    if (isNext) nextAt = -Infinity
  }

  const fail = ({ meterId, dataSet, slot }: DueItem, reason: string): void => {
    const now = clock.now()
    const { final, progress } = failed(memory.get(meterId, dataSet), slot, now)
    if (final) {
      lastFailure.delete(keyOf(meterId, dataSet))
      buffer.addMissed({ gatewayId, meterId, dataSet, slotAt: slot.start, reason, meters: 1 })
    } else lastFailure.set(keyOf(meterId, dataSet), reason)
    memory.set(meterId, dataSet, progress)
    // The next turn may have begun meanwhile, unseen because this one was on the way.
    nextAt = now >= slot.deadlineAt ? -Infinity : Math.min(nextAt, final ? Infinity : progress.notBefore)
  }

  const begin = (lane: Lane): void => {
    const mine = walking[lane]
    while (link.online && due.has(lane) && mine.size < readsAtOnce[lane] && clock.elapsedMs() >= notBeforeMs) {
      const walked: Promise<void> = walk(lane)
        .catch((error: unknown) => context.log({ level: 'error', what: 'a line was not collected', detail: error }))
        .finally(() => {
          mine.delete(walked)
          if (clock.now() >= nextAt) parts.onFree()
        })
      mine.add(walked)
    }
  }

  return {
    step(now, present) {
      link = present
      if (now >= nextAt) plan(now)
      for (const lane of lanes) begin(lane)
      return nextAt
    },
    update(changed) {
      const known = memory
      const before = meters
      const archived = remembered(changed)
      meters = byId(changed)
      memory = createLineMemory([...meters.keys()], (id, dataSet) =>
        before.has(id) ? known.get(id, dataSet) : archived(id, dataSet),
      )
      due = createDueList([])
      nextAt = -Infinity
    },
    refresh(archived) {
      for (const one of archived)
        for (const dataSet of dataSets) {
          const known = fromArchive(one, dataSet)
          if (known.doneAt > memory.get(one.meter.id, dataSet).doneAt) memory.set(one.meter.id, dataSet, known)
        }
      due = createDueList([])
      nextAt = -Infinity
    },
    async settled() {
      await Promise.allSettled(lanes.flatMap((lane) => [...walking[lane]]))
    },
  }
}

/** Sets whose newest values are only the beginning: what has changed is asked further, and becomes events. */
export type FollowedSet = 'states' | 'events'

const isFollowed = (dataSet: DataSet): dataSet is FollowedSet => dataSet === 'states' || dataSet === 'events'

/** What is due on a line, most urgent first, of thousands of items: nothing here looks through all of them. */
const createDueList = (items: readonly DueItem[]) => {
  const laneOf = ({ dataSet }: DueItem): Lane => (dataSet === 'energy' ? 'energy' : 'other')
  const queues: Readonly<Record<Lane, readonly DueItem[]>> = {
    energy: items.filter((item) => laneOf(item) === 'energy'),
    other: items.filter((item) => laneOf(item) === 'other'),
  }
  const at = { energy: 0, other: 0 }
  /** Of most meters one thing is due, of which nothing more has to be known. */
  const ofMeter = new Map<number, DueItem | DueItem[]>()
  const taken = new Set<DueItem>()
  for (const item of items) {
    const known = ofMeter.get(item.meterId)
    if (known === undefined) ofMeter.set(item.meterId, item)
    else if (Array.isArray(known)) known.push(item)
    else ofMeter.set(item.meterId, [known, item])
  }
  const take = (item: DueItem): void => {
    if (Array.isArray(ofMeter.get(item.meterId))) taken.add(item)
  }
  return {
    has: (lane: Lane): boolean => at[lane] < queues[lane].length,
    take(lane: Lane): DueItem | null {
      while (at[lane] < queues[lane].length) {
        const item = queues[lane][at[lane]]
        at[lane] += 1
        if (item === undefined || taken.has(item)) continue
        take(item)
        return item
      }
      return null
    },
    /** What else is due of the meter whose item was taken just now. */
    alsoOf(meterId: number): readonly DueItem[] {
      const own = ofMeter.get(meterId)
      return Array.isArray(own) ? own.filter((item) => !taken.has(item)) : []
    },
    takeAlso: take,
  }
}

const keyOf = (meterId: number, dataSet: DataSet): string => `${String(meterId)} ${dataSet}`

/** The line, not the meter, is the reason: what was asked for stays open. */
const isLineTrouble = ({ code }: Extract<ReadOutcome, { ok: false }>): boolean =>
  code === 'gateway-offline' || code === 'queue-full' || code === 'cancelled' || code === 'too-late'

const byId = (enrolled: readonly EnrolledMeter[]): ReadonlyMap<number, LineMeter> =>
  new Map(enrolled.map(({ meter }) => [meter.id, meter]))

const remembered = (enrolled: readonly EnrolledMeter[]) => {
  const archived = new Map(enrolled.map((one) => [one.meter.id, one]))
  return (id: number, dataSet: DataSet): Progress => fromArchive(archived.get(id), dataSet)
}

/** What a restart remembers: a register that was read in the present turn is not read in it again. */
const fromArchive = (archived: Pick<ArchivedMeter, 'newestAt' | 'slots'> | undefined, dataSet: DataSet) => {
  const slot = dataSet === 'energy' ? archived?.newestAt : archived?.slots[dataSet]
  return { doneAt: slot ?? -Infinity, open: null as Slot | null, tries: 0, notBefore: 0 }
}

/** The model of a Modbus meter does not have any of it. */
const hasNothing = (protocol: MeterProtocol, items: readonly ItemName[]): boolean =>
  protocol.kind !== 'dlt645' && exchangesFor(protocol, items)?.length === 0

const dataOf = (
  dataSet: DataSet,
  { values, times }: ReadOutcome,
): Readonly<{ at: number; data: Readonly<Record<string, unknown>> }> | null => {
  const names = dataSetItems[dataSet].filter((name) => values[name] !== undefined)
  if (names.length === 0) return null
  return {
    at: Math.max(...names.map((name) => times[name] ?? 0)),
    data: Object.fromEntries(names.map((name) => [name, values[name]])),
  }
}

/** Decisions of a few hundred combinations at most: models, and subsets of the sets. */
const decisions = new Map<string, boolean>()

/**
 * Whether at most half of the other set's own exchanges come on top: neighbouring registers usually come for nothing. One
 * exchange less of many is not worth that all others wait for the many.
 */
const isCheapTogether = (protocol: MeterProtocol, items: readonly DueItem[], other: DueItem): boolean => {
  const sets = items.map((item) => item.dataSet).toSorted((a, b) => dataSets.indexOf(a) - dataSets.indexOf(b))
  const key = `${protocol.kind === 'dlt645' ? 'dlt645' : protocol.model} ${sets.join(' ')} + ${other.dataSet}`
  const known = decisions.get(key)
  if (known !== undefined) return known
  const cost = (names: readonly ItemName[]): number => exchangesFor(protocol, names)?.length ?? 0
  const together = sets.flatMap((one) => dataSetItems[one])
  const more = dataSetItems[other.dataSet]
  const isCheap = cost([...together, ...more]) - cost(together) <= cost(more) / 2
  decisions.set(key, isCheap)
  return isCheap
}
