import { localDayText } from '../domain/calendar.ts'
import {
  forgetMissedReads,
  saveMissedReads,
  type CollectedMeter,
  type MeterData,
  type MissedRead,
} from '../store/collection.ts'
import { countFailures, countReads } from '../store/meters.ts'
import { notifyLive } from '../store/notify.ts'
import { createBell, loop, type FlowContext } from './process.ts'
import { recordData } from './record-data.ts'
import { settleReadings, type FieldReading } from './settle.ts'

/** From so many readings that wait to be settled the lines pause: a half hour that is read too early to be kept is lost. */
const enoughWaiting = 5_000
/** Beyond it the oldest are dropped (reads of people do not pause), which loses no energy: registers are cumulative. */
const maximumWaiting = 20_000
/**
 * Readings settled in one transaction. A payment of one of their accounts waits that long; twice as many would settle a
 * tenth faster and let it wait twice as long (docs/performance).
 */
const batchSize = 125
/**
 * Batches settled side by side: while PostgreSQL works on one, the next is priced. A meter is always in the same lane, so
 * its readings are settled in the order in which they came; so many neighbours share one.
 */
const lanesSideBySide = 2
const neighbours = 64
/** A batch that is not full is settled after so long, elapsed time. */
const flushEveryMs = 150

/** What was missed is known for so long, wall time: statements look back a year. */
const missedKeptMs = 400 * 86_400_000
const forgetEveryMs = 86_400_000

type Failure = Readonly<{ meter: Pick<CollectedMeter, 'id' | 'siteId' | 'timeZone'>; at: number }>

export type ReadingBuffer = Readonly<{
  /** Resolves when there is room for further readings, or the signal aborts. */
  room(signal: AbortSignal): Promise<void>
  add(reading: FieldReading): void
  addFailure(meter: Failure['meter'], at: number): void
  /** What was collected beside the readings. */
  addData(data: MeterData): void
  /** A turn of a schedule that has ended without its data. */
  addMissed(missed: MissedRead): void
  /** Settles all that waits. */
  flush(): Promise<void>
  run(signal: AbortSignal): Promise<void>
}>

/** Between the lines, which bring readings one by one, and the database, which likes them in batches. */
export const createReadingBuffer = (context: FlowContext): ReadingBuffer => {
  const bell = createBell()
  const waiting: FieldReading[] = []
  const lanes = Array.from({ length: lanesSideBySide }, (): FieldReading[] => [])
  const failures: Failure[] = []
  const data: MeterData[] = []
  const missed: MissedRead[] = []
  const forRoom = new Set<() => void>()
  let forgetAt = -Infinity

  const backlog = (): number => lanes.reduce((sum, lane) => sum + lane.length, waiting.length)

  const tellRoom = (): void => {
    if (backlog() >= enoughWaiting) return
    for (const go of forRoom) go()
    forRoom.clear()
  }

  /** Lines bring one meter each; put in order, neighbours come into one batch, whose rows lie side by side. */
  const take = (lane: FieldReading[]): readonly FieldReading[] => {
    if (lane.length === 0)
      for (const reading of waiting.splice(0).sort((a, b) => a.meterId - b.meterId))
        lanes[Math.floor(reading.meterId / neighbours) % lanesSideBySide]?.push(reading)
    return lane.splice(0, batchSize)
  }

  const settleLane = async (lane: FieldReading[]): Promise<void> => {
    for (let batch = take(lane); batch.length > 0; batch = take(lane)) {
      try {
        await settleOrPartly(context, batch)
        tellRoom()
      } catch (error) {
        lane.unshift(...batch)
        throw error
      }
    }
  }

  const flush = async (): Promise<void> => {
    const ends = await Promise.allSettled(lanes.map(settleLane))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
    const failed = failures.splice(0)
    if (failed.length > 0) await recordFailures(context, failed)
    while (data.length > 0) await putBackOnFailure(data, async (batch) => recordData(context, batch))
    while (missed.length > 0) await putBackOnFailure(missed, async (batch) => saveMissedReads(context.database, batch))
    const now = context.clock.now()
    if (now < forgetAt) return
    forgetAt = now + forgetEveryMs
    await forgetMissedReads(context.database, now - missedKeptMs)
  }

  return {
    async room(signal) {
      if (backlog() < enoughWaiting || signal.aborted) return
      await new Promise<void>((resolve) => forRoom.add(resolve))
    },
    add(reading) {
      if (backlog() >= maximumWaiting) [waiting, ...lanes].find((list) => list.length > 0)?.shift()
      waiting.push(reading)
      if (waiting.length >= batchSize) bell.ring()
    },
    addFailure(meter, at) {
      if (failures.length < maximumWaiting) failures.push({ meter, at })
    },
    addData(one) {
      if (data.length >= maximumWaiting) data.shift()
      data.push(one)
    },
    addMissed(one) {
      if (missed.length >= maximumWaiting) missed.shift()
      missed.push(one)
    },
    flush,
    run: async (signal) =>
      loop(context, 'settle', signal, async () => {
        await bell.wait(context.clock, flushEveryMs, signal)
        await flush()
      }).finally(() => {
        for (const go of forRoom) go()
      }),
  }
}

/**
 * A reading that can not be settled must not hold up a thousand others: a batch that fails although the database is
 * there is settled in halves, down to the one that is to blame, which is logged and left (the next reading carries its
 * energy).
 */
const settleOrPartly = async (context: FlowContext, batch: readonly FieldReading[]): Promise<void> => {
  try {
    await settleReadings(context.database, context.ids, batch, context.clock.now())
  } catch (error) {
    await context.database.ping()
    if (batch.length === 1) {
      context.log({ level: 'error', what: `a reading of meter ${String(batch[0]?.meterId)} was left`, detail: error })
      return
    }
    const half = Math.ceil(batch.length / 2)
    await settleOrPartly(context, batch.slice(0, half))
    await settleOrPartly(context, batch.slice(half))
  }
}

const putBackOnFailure = async <T>(waiting: T[], save: (batch: readonly T[]) => Promise<void>): Promise<void> => {
  const batch = waiting.splice(0, batchSize)
  try {
    await save(batch)
  } catch (error) {
    waiting.unshift(...batch)
    throw error
  }
}

const recordFailures = async ({ database }: FlowContext, failed: readonly Failure[]): Promise<void> => {
  const perMeter = new Map<number, { failure: Failure; count: number }>()
  for (const failure of failed) {
    const known = perMeter.get(failure.meter.id)
    perMeter.set(failure.meter.id, { failure, count: (known?.count ?? 0) + 1 })
  }
  const meterIds = [...perMeter.keys()].sort((a, b) => a - b)
  await database.transaction(async (sql) => {
    await countFailures(sql, meterIds)
    await countReads(
      sql,
      [...perMeter.values()].map(({ failure: { meter, at }, count }) => ({
        day: localDayText(at, meter.timeZone),
        siteId: meter.siteId,
        good: 0,
        held: 0,
        failed: count,
      })),
      meterIds[0] ?? 0,
    )
    await notifyLive(
      sql,
      meterIds.map((id) => `meter:${String(id)}`),
    )
  })
}
