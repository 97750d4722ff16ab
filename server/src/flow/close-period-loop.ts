import { closePeriods, type CloseSummary } from './close-period.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** How often it is looked whether a month can be closed, wall time. */
const lookEveryMs = 3_600_000
/** However fast the wall clock runs, no more often than this, machine time. */
const leastPauseMs = 30_000

/**
 * Closes the month that ended last at each site, account by account as soon as their meters have been read. What waits is
 * asked again; what is refused is logged once, not every hour.
 */
export const keepClosing = async (context: FlowContext, signal: AbortSignal): Promise<void> => {
  const told = new Set<string>()
  await loop(context, 'closing months', signal, async () => {
    const result = await closePeriods(context)
    if (result.ok) tell(context, result.summary, told)
    await pause(context.clock, Math.max(leastPauseMs, lookEveryMs / context.clock.rate), signal)
  })
}

const tell = ({ log }: FlowContext, { closed, corrected, refused }: CloseSummary, told: Set<string>): void => {
  if (closed.length + corrected.length > 0)
    log({ level: 'info', what: `${String(closed.length)} statements closed, ${String(corrected.length)} corrected` })
  for (const { account, because } of refused) {
    const line = `no statement for account ${account}: ${because}`
    if (!told.has(line)) log({ level: 'error', what: line })
    told.add(line)
  }
}
