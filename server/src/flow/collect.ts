import { pacesOfLine, pacesOfMeter, ruleBook, type Paces, type RuleBook } from '../domain/collection/schedule-rule.ts'
import { localDays, type LocalDays } from '../domain/collection/slot.ts'
import type { Headend } from '../headend/headend.ts'
import { loadCollectedLines, type ArchivedMeter } from '../store/collection.ts'
import { listPauses, type ReadingPause } from '../store/reading-pauses.ts'
import { loadRules } from '../store/schedules.ts'
import { collectEvents, collectStates, type EventField } from './collect-events.ts'
import { createLineCollector, type EnrolledMeter, type LineCollector } from './collect-line.ts'
import { createBell, loop, pause, type FlowContext } from './process.ts'
import { createReadPace } from './read-pace.ts'
import { createReadingBuffer } from './reading-buffer.ts'

/** Longest time between two looks at all lines, elapsed. */
const lookEveryMs = 1_000
const shortestSleepMs = 5
const linesInOneGo = 20

export type Collector = Readonly<{
  /** A gateway came, or another clock: look at the schedule now. */
  wake(): void
  /** The archive, the schedules or the pauses have changed: load them anew. */
  reload(): void
  /** Gateways have come from another process: what it has read is not read again. */
  refresh(gatewayIds: readonly number[]): Promise<void>
  run(signal: AbortSignal): Promise<void>
}>

/**
 * Collects every data set of every meter once in each turn of its schedule (registers every half hour by default),
 * aligned to the clock. Each line is walked by itself, so a slow one delays nobody else's. A turn ends once: collected,
 * or missed with its reason.
 */
export const createCollector = (
  context: FlowContext,
  headend: Pick<Headend, 'read' | 'gateway'> & EventField,
): Collector => {
  const { clock, database } = context
  const bell = createBell()
  const buffer = createReadingBuffer(context)
  const pace = createReadPace(context)
  const lines = new Map<number, LineCollector>()
  /** Lines to look at before the next look at all. */
  const ready = new Set<number>()
  let isStale = true
  /** When each line wants to be looked at, wall time. */
  const nextAt = new Map<number, number>()
  /** Elapsed time of the next look at all lines: links come and go. */
  let lookAllAtMs = -Infinity
  let pauses: PauseBook = pauseBook([])

  const load = async (signal: AbortSignal): Promise<void> => {
    isStale = false
    try {
      const rules = ruleBook(await loadRules(database))
      pauses = pauseBook(await listPauses(database, clock.now()))
      const plan = planner(rules)
      const gone = new Set(lines.keys())
      for await (const { gatewayId, meters } of loadCollectedLines(database)) {
        gone.delete(gatewayId)
        const known = lines.get(gatewayId)
        if (known === undefined) lines.set(gatewayId, collectorOf(gatewayId, plan(meters), signal))
        else known.update(plan(meters))
        // What is new or planned otherwise is looked at right away, not with the next look at all lines.
        ready.add(gatewayId)
      }
      for (const gatewayId of gone) lines.get(gatewayId)?.update([])
    } catch (error) {
      isStale = true
      throw error
    }
  }

  const collectorOf = (gatewayId: number, meters: readonly EnrolledMeter[], signal: AbortSignal): LineCollector =>
    createLineCollector(
      {
        context,
        headend,
        buffer,
        pace,
        gatewayId,
        signal,
        follow: async (dataSet, meter, own) =>
          (dataSet === 'states' ? collectStates : collectEvents)({ context, headend, signal: own }, meter),
        pausedUntil: (meter, now) => pauses.until(meter, now),
        onFree: () => {
          ready.add(gatewayId)
          bell.ring()
        },
      },
      meters,
    )

  /** Looks at some lines, or at all; thousands of plans in one go would keep commands waiting. */
  const look = async (gatewayIds: Iterable<number>, signal: AbortSignal): Promise<void> => {
    let looked = 0
    for (const gatewayId of gatewayIds) {
      const now = clock.now()
      const link = headend.gateway(gatewayId) ?? { online: false, since: now }
      const line = lines.get(gatewayId)
      if (line !== undefined) nextAt.set(gatewayId, line.step(now, link))
      looked += 1
      if (looked % linesInOneGo === 0) await pause(clock, 0, signal)
    }
  }

  const dueLines = (now: number): number[] => [...nextAt].flatMap(([gatewayId, at]) => (at <= now ? [gatewayId] : []))

  const step = async (signal: AbortSignal): Promise<void> => {
    if (isStale) await load(signal)
    const isForAll = clock.elapsedMs() >= lookAllAtMs
    const some = isForAll ? [...lines.keys()] : [...ready, ...dueLines(clock.now())]
    ready.clear()
    if (isForAll) lookAllAtMs = clock.elapsedMs() + lookEveryMs
    await look(new Set(some), signal)
    if (ready.size > 0) return pause(clock, 0, signal)
    const sleepMs = Math.min(lookAllAtMs - clock.elapsedMs(), (earliest(nextAt.values()) - clock.now()) / clock.rate)
    await bell.wait(clock, Math.max(shortestSleepMs, sleepMs), signal)
  }

  return {
    wake() {
      lookAllAtMs = -Infinity
      bell.ring()
    },
    reload() {
      isStale = true
      bell.ring()
    },
    async refresh(gatewayIds) {
      for await (const { gatewayId, meters } of loadCollectedLines(database, gatewayIds)) {
        lines.get(gatewayId)?.refresh(meters)
        ready.add(gatewayId)
      }
      bell.ring()
    },
    async run(signal) {
      const settling = buffer.run(signal)
      const pacing = pace.run(signal)
      await loop(context, 'collect', signal, async () => step(signal))
      await Promise.allSettled([...lines.values()].map(async (line) => line.settled()))
      await Promise.all([settling, pacing])
      await buffer.flush()
    },
  }
}

const earliest = (instants: Iterable<number>): number => {
  let first = Infinity
  for (const at of instants) first = Math.min(first, at)
  return first
}

/** Puts the paces to the meters of a line; what is the same for many of them is one object. */
const planner = (rules: RuleBook) => {
  const zones = new Map<string, LocalDays>()
  return (meters: readonly ArchivedMeter[]): readonly EnrolledMeter[] => {
    const ofSite = new Map<number, Paces>()
    return meters.map(({ meter, siteMinutes, newestAt, slots }) => {
      const { id, siteId, gatewayId, timeZone, protocol } = meter
      const ofLine = ofSite.get(siteId) ?? pacesOfLine(rules, { siteId, gatewayId, siteMinutes })
      ofSite.set(siteId, ofLine)
      const days = zones.get(timeZone) ?? localDays(timeZone)
      zones.set(timeZone, days)
      const paces = pacesOfMeter(rules, id, ofLine)
      // Named one by one: copies of a million objects would each have a shape of their own, heavier than all that is in them.
      return { meter: { id, siteId, gatewayId, timeZone, protocol, paces, days }, newestAt, slots }
    })
  }
}

/** Who rests until when. */
type PauseBook = Readonly<{
  until(meter: Readonly<{ id: number; gatewayId: number; siteId: number }>, now: number): number | null
}>

const pauseBook = (pauses: readonly ReadingPause[]): PauseBook => {
  const bySubject = new Map<string, ReadingPause[]>()
  for (const pause of pauses) {
    const key = `${pause.scope} ${String(pause.subjectId)}`
    bySubject.set(key, [...(bySubject.get(key) ?? []), pause])
  }
  if (bySubject.size === 0) return { until: () => null }
  return {
    until({ id, gatewayId, siteId }, now) {
      let until: number | null = null
      for (const key of [`meter ${String(id)}`, `line ${String(gatewayId)}`, `site ${String(siteId)}`])
        for (const { from, to } of bySubject.get(key) ?? [])
          if (from <= now && now < to) until = Math.max(until ?? 0, to)
      return until
    },
  }
}
