import type { Headend } from '../headend/headend.ts'
import { loadSchedule, type Schedule, type ScheduledMeter } from '../store/archive.ts'
import { fieldReadingOf, scheduledItems } from './field-reading.ts'
import { createBell, loop, type FlowContext } from './process.ts'
import { createReadingBuffer } from './reading-buffer.ts'

/** Longest sleep between two looks at the schedule, elapsed time. */
const lookEveryMs = 1_000

export type Collector = Readonly<{
  /** A gateway came: look at the schedule now. */
  wake(): void
  /** The archive has changed: load the schedule anew. */
  reload(): void
  run(signal: AbortSignal): Promise<void>
}>

/**
 * Reads every meter once in each interval of its site (30 minutes by default), aligned to the clock. Each gateway is
 * walked by itself, one meter after the other, so a slow line delays nobody else's; a round that is not over when the
 * next one begins runs on, and the next one begins after it.
 */
export const createCollector = (context: FlowContext, headend: Headend): Collector => {
  const scheduleBell = createBell()
  const buffer = createReadingBuffer(context)
  const rounds = new Map<number, Promise<void>>()
  const readSlot = new Map<number, number>()
  let schedule: Schedule | null = null

  const walk = async (meters: readonly ScheduledMeter[], signal: AbortSignal): Promise<void> => {
    for (const meter of meters) {
      if (signal.aborted) return
      const slot = slotOf(meter, context.clock.now())
      if (readSlot.get(meter.id) === slot) continue
      const outcome = await headend.read(meter.id, scheduledItems, { priority: 'scheduled', signal })
      if (signal.aborted) return
      if (!outcome.ok && outcome.code === 'gateway-offline') return
      readSlot.set(meter.id, slot)
      const reading = fieldReadingOf(meter.id, outcome, 'scheduled')
      if (reading === null) buffer.addFailure(meter, context.clock.now())
      else buffer.add(reading)
    }
  }

  const step = async (signal: AbortSignal): Promise<void> => {
    const online = new Set(headend.gateways().flatMap((gateway) => (gateway.online ? [gateway.gatewayId] : [])))
    schedule ??= await loadSchedule(context.database)
    const now = context.clock.now()
    for (const [gatewayId, meters] of schedule) {
      const due = meters.some((meter) => readSlot.get(meter.id) !== slotOf(meter, now))
      if (!due || !online.has(gatewayId) || rounds.has(gatewayId)) continue
      const round = walk(meters, signal).finally(() => {
        rounds.delete(gatewayId)
        scheduleBell.ring()
      })
      rounds.set(gatewayId, round)
    }
    await scheduleBell.wait(context.clock, Math.min(lookEveryMs, untilNextSlotMs(schedule, context)), signal)
  }

  return {
    wake: () => scheduleBell.ring(),
    reload() {
      schedule = null
      scheduleBell.ring()
    },
    async run(signal) {
      const settling = buffer.run(signal)
      await loop(context, 'collect', signal, async () => step(signal))
      await Promise.allSettled(rounds.values())
      await settling
      await buffer.flush()
    },
  }
}

const slotOf = (meter: ScheduledMeter, now: number): number => Math.floor(now / meter.intervalMs)

const untilNextSlotMs = (schedule: Schedule, { clock }: FlowContext): number => {
  const now = clock.now()
  const waits = [...schedule.values()].flat().map(({ intervalMs }) => intervalMs - (now % intervalMs))
  return Math.max(5, Math.min(lookEveryMs * clock.rate, ...waits) / clock.rate)
}
