import { pacesOfLine, pacesOfMeter, ruleBook, type Paces, type RuleBook } from '../domain/collection/schedule-rule.ts'
import { localDays, type LocalDays } from '../domain/collection/slot.ts'
import type { Headend } from '../headend/headend.ts'
import { loadCollectedMeters, type CollectedMeter } from '../store/collection.ts'
import { listPauses, type ReadingPause } from '../store/reading-pauses.ts'
import { loadRules } from '../store/schedules.ts'
import { collectEvents, collectStates, type EventField } from './collect-events.ts'
import { createLineCollector, type LineCollector, type LineMeter } from './collect-line.ts'
import { createBell, loop, pause, type FlowContext } from './process.ts'
import { createReadingBuffer } from './reading-buffer.ts'

/** Longest sleep between two looks at the schedule, elapsed time. */
const lookEveryMs = 1_000
const shortestSleepMs = 5
const linesInOneGo = 20

export type Collector = Readonly<{
  /** A gateway came: look at the schedule now. */
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
  headend: Pick<Headend, 'read' | 'gateways'> & EventField,
): Collector => {
  const { clock, database } = context
  const bell = createBell()
  const buffer = createReadingBuffer(context)
  const lines = new Map<number, LineCollector>()
  let isStale = true
  let pauses: PauseBook = pauseBook([])

  const load = async (signal: AbortSignal): Promise<void> => {
    isStale = false
    try {
      const [meters, rules, paused] = [
        await loadCollectedMeters(database),
        ruleBook(await loadRules(database)),
        await listPauses(database, clock.now()),
      ]
      pauses = pauseBook(paused)
      const zones = new Map<string, LocalDays>()
      for (const gatewayId of lines.keys()) if (!meters.has(gatewayId)) lines.get(gatewayId)?.update([])
      for (const [gatewayId, ofLine] of meters) {
        const withPaces = planned(ofLine, rules, zones)
        const known = lines.get(gatewayId)
        if (known !== undefined) known.update(withPaces)
        else
          lines.set(
            gatewayId,
            createLineCollector(
              {
                context,
                headend,
                buffer,
                gatewayId,
                signal,
                follow: async (dataSet, meter, own) =>
                  (dataSet === 'states' ? collectStates : collectEvents)({ context, headend, signal: own }, meter),
                pausedUntil: (meter, now) => pauses.until(meter, now),
                onFree: () => bell.ring(),
              },
              withPaces,
            ),
          )
      }
    } catch (error) {
      isStale = true
      throw error
    }
  }

  const step = async (signal: AbortSignal): Promise<void> => {
    if (isStale) await load(signal)
    const now = clock.now()
    const links = new Map(headend.gateways().map(({ gatewayId, ...link }) => [gatewayId, link]))
    let nextAt = now + lookEveryMs * clock.rate
    let looked = 0
    for (const [gatewayId, line] of lines) {
      nextAt = Math.min(nextAt, line.step(now, links.get(gatewayId) ?? { online: false, since: now }))
      looked += 1
      // Thousands of plans in one go would keep commands waiting.
      if (looked % linesInOneGo === 0) await pause(clock, 0, signal)
    }
    const sleepMs = (nextAt - clock.now()) / clock.rate
    await bell.wait(clock, Math.min(lookEveryMs, Math.max(shortestSleepMs, sleepMs)), signal)
  }

  return {
    wake: () => bell.ring(),
    reload() {
      isStale = true
      bell.ring()
    },
    async refresh(gatewayIds) {
      for (const [gatewayId, meters] of await loadCollectedMeters(database, gatewayIds))
        lines.get(gatewayId)?.refresh(meters)
    },
    async run(signal) {
      const settling = buffer.run(signal)
      await loop(context, 'collect', signal, async () => step(signal))
      await Promise.allSettled([...lines.values()].map(async (line) => line.settled()))
      await settling
      await buffer.flush()
    },
  }
}

/** The meters of a line with their paces; meters without rules of their own share one object. */
const planned = (
  meters: readonly CollectedMeter[],
  rules: RuleBook,
  zones: Map<string, LocalDays>,
): readonly LineMeter[] => {
  const ofSite = new Map<number, Paces>()
  return meters.map((meter) => {
    const { siteId, gatewayId, siteMinutes, timeZone } = meter
    const ofLine = ofSite.get(siteId) ?? pacesOfLine(rules, { siteId, gatewayId, siteMinutes })
    ofSite.set(siteId, ofLine)
    const days = zones.get(timeZone) ?? localDays(timeZone)
    zones.set(timeZone, days)
    return { ...meter, paces: pacesOfMeter(rules, meter.id, ofLine), days }
  })
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
