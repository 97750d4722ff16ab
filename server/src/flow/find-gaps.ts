import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { failureOfMiss, gapReasonOf, type GapReason, type Span } from '../domain/gap.ts'
import type { Sql } from '../store/database.ts'
import {
  lastRegistersIn,
  loadSweeps,
  meterItemsOver,
  metersWithoutReading,
  openGaps,
  saveSweep,
  watchNewMeters,
  type UnreadMeter,
} from '../store/gaps.ts'
import { estimateLostGaps } from '../store/gaps-to-fill.ts'
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

/**
 * Where a meter has been read again before its interval was looked at (after an absence of the server, of a whole town at
 * once), what it stands at tells nothing of before. Most were read in the interval before; the others are looked up one by
 * one when they are to be filled.
 */
const registersBefore = async (
  sql: Sql,
  { to }: Span,
  before: Span,
  unread: readonly UnreadMeter[],
): Promise<ReadonlyMap<number, bigint>> =>
  lastRegistersIn(
    sql,
    unread.flatMap(({ meterId, goodAt }) => (goodAt >= to ? [meterId] : [])),
    before,
  )

type Sweep = Awaited<ReturnType<typeof loadSweeps>>[number]

const sweepOne = async (
  { database, clock }: FlowContext,
  runningSince: number,
  { sweptTo, ...paced }: Sweep,
): Promise<boolean> => {
  const grid = intervalGrid(paced.timeZone, paced.minutes)
  const settledBy = clock.now() - Math.max(settleWithinMs, settleWithinElapsedMs * clock.rate)
  const overTo = grid.at(settledBy).from
  const earliest = grid.at(clock.now() - longestLookBackMs).to
  let done = sweptTo ?? overTo
  if (sweptTo === null || sweptTo < earliest) {
    done = sweptTo === null ? overTo : earliest
    if (!(await saveSweep(database, paced, sweptTo, done))) return true
  }
  // From the interval on that is running: before, nobody could have read it.
  await watchNewMeters(database, paced, grid.at(clock.now()).from)
  for (let count = 0; done < overTo; count += 1) {
    if (count >= intervalsPerPass) return true
    const interval = grid.at(done)
    // What was looked at by another grid (that of an older program) may end within an interval: the next begins anew.
    const isWhole = interval.from === done
    const moved = await database.transaction(async (sql) => {
      if (!(await saveSweep(sql, paced, done, interval.to))) return false
      if (!isWhole) return true
      const unread = await metersWithoutReading(sql, paced, interval)
      const registers = await registersBefore(sql, interval, grid.at(interval.from - 1), unread)
      const gaps = unread.map((meter) => ({
        ...meter,
        beforeWh: registers.get(meter.meterId) ?? null,
        reason: gapReasonOf(interval, {
          held: meter.held,
          paused: meter.paused,
          runningSince,
          gatewayAway: meter.gatewayAway,
          failure: meter.missedBecause === null ? null : failureOfMiss(meter.missedBecause),
        }),
      }))
      await openGaps(sql, interval, gaps)
      await estimateLostGaps(sql)
      await tellUnread(sql, interval, gaps, clock.now())
      if (gaps.length > 0) await notifyLive(sql, ['completeness'])
      return true
    })
    if (!moved) return true
    done = interval.to
  }
  return false
}
