import type { Headend } from '../headend/headend.ts'
import { metersDueForWatch, type DueMeter } from '../store/meter-events.ts'
import { collectEvents, collectStates, type EventField } from './collect-events.ts'
import { createBell, loop, pause, type FlowContext } from './process.ts'

/** Between two looks at what is due, elapsed time: at most when nothing happens, at least however much does. */
const lookEveryMs = 15_000
const shortestLookMs = 200
/** However fast the wall clock runs, a meter is not asked more often, elapsed time. */
const shortestPaceMs = 60_000
/** A meter that did not answer is left for so long, elapsed time. */
const askAgainMs = 600_000
/** Meters taken from one gateway in one round, and gateways asked at the same time. */
const metersPerRound = 20
const mostRounds = 500

export type MeterWatch = Readonly<{
  /** A gateway came: look at once. */
  wake(): void
  /** One pass over what is due; resolves when it is done, with the number of meters asked. */
  step(signal?: AbortSignal): Promise<number>
  run(signal: AbortSignal): Promise<void>
}>

/**
 * Asks every meter for its states and its counters of events, each at its site's pace, below all scheduled reads. One
 * meter after the other behind each gateway, so no line holds more than one question of ours.
 */
export const createMeterWatch = (context: FlowContext, headend: EventField & Pick<Headend, 'gateways'>): MeterWatch => {
  const { database, clock } = context
  const bell = createBell()
  const rounds = new Map<number, Promise<void>>()
  /** Elapsed time before which a gateway is not looked at, and, by gateway, its meters that failed. */
  const quietUntil = new Map<number, number>()
  const notBefore = new Map<number, Map<number, number>>()

  const leave = ({ id, gatewayId }: DueMeter): void => {
    const left = notBefore.get(gatewayId) ?? new Map<number, number>()
    notBefore.set(gatewayId, left.set(id, clock.elapsedMs() + askAgainMs))
  }
  const leftAlone = (gatewayId: number): readonly number[] => {
    const left = notBefore.get(gatewayId)
    for (const [id, untilMs] of left ?? []) if (clock.elapsedMs() >= untilMs) left?.delete(id)
    return [...(left?.keys() ?? [])]
  }

  const askOne = async (meter: DueMeter, signal?: AbortSignal): Promise<'offline' | undefined> => {
    const parts = { context, headend, ...(signal === undefined ? {} : { signal }) }
    for (const collect of [...(meter.statesDue ? [collectStates] : []), ...(meter.countsDue ? [collectEvents] : [])]) {
      const asked = await collect(parts, meter)
      if (asked === 'offline') return asked
      if (asked === 'failed') {
        leave(meter)
        return undefined
      }
    }
    return undefined
  }

  const walk = async (gatewayId: number, meters: readonly DueMeter[], signal?: AbortSignal): Promise<void> => {
    for (const meter of meters) {
      if (signal?.aborted === true) return
      try {
        if ((await askOne(meter, signal)) === 'offline') {
          quietUntil.set(gatewayId, clock.elapsedMs() + lookEveryMs)
          return
        }
      } catch (error) {
        leave(meter)
        const what = `events of meter ${String(meter.id)} were not stored`
        context.log({ level: 'error', what, detail: error })
      }
    }
  }

  /** Begins a round at each gateway that has something due; answers how many meters are in them. */
  const begin = async (signal?: AbortSignal): Promise<number> => {
    const nowMs = clock.elapsedMs()
    const gatewayIds = headend
      .gateways()
      .filter(({ online, gatewayId }) => online && !rounds.has(gatewayId) && (quietUntil.get(gatewayId) ?? 0) <= nowMs)
      .map(({ gatewayId }) => gatewayId)
      .slice(0, mostRounds - rounds.size)
    if (gatewayIds.length === 0) return 0
    const due = await metersDueForWatch(database, {
      gatewayIds,
      without: gatewayIds.flatMap(leftAlone),
      now: clock.now(),
      shortestPaceMs: shortestPaceMs * clock.rate,
      perGateway: metersPerRound,
    })
    for (const gatewayId of gatewayIds) {
      const meters = due.filter((meter) => meter.gatewayId === gatewayId)
      quietUntil.set(gatewayId, meters.length === 0 ? nowMs + lookEveryMs : 0)
      if (meters.length === 0) continue
      const round = walk(gatewayId, meters, signal).finally(() => {
        rounds.delete(gatewayId)
        bell.ring()
      })
      rounds.set(gatewayId, round)
    }
    return due.length
  }

  return {
    wake() {
      quietUntil.clear()
      bell.ring()
    },
    async step(signal) {
      const asked = await begin(signal)
      await Promise.all(rounds.values())
      return asked
    },
    run: async (signal) => {
      await loop(context, 'watch meters', signal, async () => {
        await begin(signal)
        await bell.wait(clock, lookEveryMs, signal)
        await pause(clock, shortestLookMs, signal)
      })
      await Promise.allSettled(rounds.values())
    },
  }
}
