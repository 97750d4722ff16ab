import { lastMonth } from '../domain/statement-month.ts'
import { lossRunsOf, pointsBehind } from '../store/meter-behind.ts'
import { lossName, mastersOf, measurePoint } from './meter-behind.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** How often it is looked whether a month is to be measured, wall time; and however fast that runs, machine time. */
const lookEveryMs = 3_600_000
const leastPauseMs = 30_000
/** After a month's end, wall time: so long its last readings may take to arrive. */
const settledAfterMs = 6 * 3_600_000
/** Spans looked at to know whether a month was measured already. */
const runsLookedAt = 50

type Context = Pick<FlowContext, 'database' | 'clock' | 'ids'>

/** Measures the month that ended last behind every master meter, once; answers how many were measured. */
export const measureLastMonth = async (context: Context): Promise<number> => {
  const now = context.clock.now()
  let count = 0
  for (const master of await mastersOf(context.database, null)) {
    const { start: from, end: to } = lastMonth(now, master.timeZone)
    if (now < to + settledAfterMs) continue
    if ((await pointsBehind(context.database, master.meterId, { from, to })).length === 0) continue
    const runs = await lossRunsOf(context.database, lossName(master), runsLookedAt)
    if (runs.some((run) => run.from === from && run.to === to)) continue
    await measurePoint(context, master, { from, to, operatorId: null })
    count += 1
  }
  return count
}

/** Line loss month by month, by itself; what is out of bounds becomes a work item. */
export const keepMeasuringLoss = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'line loss', signal, async () => {
    const count = await measureLastMonth(context)
    if (count > 0) context.log({ level: 'info', what: `line loss measured behind ${String(count)} master meters` })
    await pause(context.clock, Math.max(leastPauseMs, lookEveryMs / context.clock.rate), signal)
  })
