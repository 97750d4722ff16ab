import { failureOfMiss, gapReasonOf, type GapReason, type Span } from '../domain/gap.ts'
import type { Sql } from '../store/database.ts'
import {
  loadSweeps,
  meterItemsOver,
  metersWithoutReading,
  openGaps,
  saveSweep,
  watchNewMeters,
  type UnreadMeter,
} from '../store/gaps.ts'
import { notifyLive } from '../store/notify.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { loop, pause, type FlowContext } from './process.ts'

/**
 * How long after its end an interval is looked at, wall time: its last reading has to be settled by then. On a fast clock
 * settling takes as long as ever.
 */
export const settleWithinMs = 120_000
const settleWithinElapsedMs = 2_000
/** Intervals of one length that are looked at in one pass. */
const intervalsPerPass = 48
/** After a longer absence of the server, intervals before this are not looked at any more: no meter remembers them. */
const longestLookBackMs = 62 * 86_400_000
/** Without a good reading for so long, a meter that does not answer (or not well) becomes work. */
export const unreadAfterMs = 4 * 3_600_000
/** Longest pause between two looks, elapsed time. */
const lookEveryMs = 5_000

/**
 * Looks at every interval once it is over, and writes down which meters have no good reading in it and why. Nothing is
 * written of a meter that was read.
 */
export const runGapFinder = async (context: FlowContext, signal: AbortSignal): Promise<void> => {
  const runningSince = context.clock.now()
  await loop(context, 'find-gaps', signal, async () => {
    const isMore = await findGaps(context, runningSince)
    if (!isMore) await pause(context.clock, Math.min(lookEveryMs, settleWithinMs / context.clock.rate), signal)
  })
}

/** One pass; true when there is more to look at. */
export const findGaps = async (context: FlowContext, runningSince: number): Promise<boolean> => {
  let isMore = false
  for (const sweep of await loadSweeps(context.database))
    isMore = (await sweepOne(context, runningSince, sweep)) || isMore
  return isMore
}

/** Reasons that lie with one meter; what lies with a gateway or the server is told by others. */
const ofTheMeter: ReadonlySet<GapReason> = new Set<GapReason>(['meter-silent', 'bad-answer', 'held'])

type Unread = UnreadMeter & Readonly<{ reason: GapReason }>

/** A meter that has given no good reading for hours becomes work the same day, and is none once it has. */
const tellUnread = async (sql: Sql, { from, to }: Span, gaps: readonly Unread[], now: number): Promise<void> => {
  const unread = gaps.filter(({ reason, goodAt }) => ofTheMeter.has(reason) && to - goodAt >= unreadAfterMs)
  await openWorkItems(
    sql,
    unread.map(({ meterId, siteId, goodAt, reason }) => ({
      kind: 'meter-unread',
      subject: `meter:${String(meterId)}`,
      siteId,
      meterId,
      detail: { reason, lastGoodAt: goodAt },
    })),
    now,
  )
  const subjects = await meterItemsOver(sql, from)
  await closeWorkItems(sql, { kind: 'meter-unread', subjects }, now, 'read-again')
}

type Sweep = Awaited<ReturnType<typeof loadSweeps>>[number]

const sweepOne = async (
  { database, clock }: FlowContext,
  runningSince: number,
  { intervalMinutes, sweptTo }: Sweep,
): Promise<boolean> => {
  const intervalMs = intervalMinutes * 60_000
  const settledBy = clock.now() - Math.max(settleWithinMs, settleWithinElapsedMs * clock.rate)
  const overTo = Math.floor(settledBy / intervalMs) * intervalMs
  const earliest = Math.ceil((clock.now() - longestLookBackMs) / intervalMs) * intervalMs
  let done = sweptTo ?? overTo
  if (sweptTo === null || sweptTo < earliest) {
    done = sweptTo === null ? overTo : earliest
    if (!(await saveSweep(database, intervalMinutes, sweptTo, done))) return true
  }
  // From the interval on that is running: before, nobody could have read it.
  await watchNewMeters(database, intervalMinutes, Math.floor(clock.now() / intervalMs) * intervalMs)
  for (let count = 0; done < overTo; count += 1) {
    if (count >= intervalsPerPass) return true
    const interval = { from: done, to: done + intervalMs }
    const moved = await database.transaction(async (sql) => {
      if (!(await saveSweep(sql, intervalMinutes, interval.from, interval.to))) return false
      const unread = await metersWithoutReading(sql, intervalMinutes, interval)
      const gaps = unread.map((meter) => ({
        ...meter,
        reason: gapReasonOf(interval, {
          held: meter.held,
          paused: meter.paused,
          runningSince,
          gatewayAway: meter.gatewayAway,
          failure: meter.missedBecause === null ? null : failureOfMiss(meter.missedBecause),
        }),
      }))
      await openGaps(sql, interval, gaps)
      await tellUnread(sql, interval, gaps, clock.now())
      if (gaps.length > 0) await notifyLive(sql, ['completeness'])
      return true
    })
    if (!moved) return true
    done = interval.to
  }
  return false
}
