import { localDayText, localTime } from '../domain/calendar.ts'
import { markListed, owingOfSite, sitesToList } from '../store/owing.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { loop, pause, type FlowContext } from './process.ts'

/** Local hour from which the day's list is laid before the manager. */
const listFromHour = 8
/** Longest and shortest time between two looks, elapsed time; a quarter of an hour of the house's own time. */
const lookEveryMs = 60_000
const shortestLookMs = 500
const lookEveryWallMs = 15 * 60_000

/**
 * Once a day and site: who has used up the money and is not stopped (protected, disputed, refused …), as one item for the
 * manager that counts the days it has been seen.
 */
export const runListOwing = async (context: FlowContext, signal: AbortSignal): Promise<void> =>
  loop(context, 'list-owing', signal, async () => {
    await listOwing(context)
    const sleepMs = Math.min(lookEveryMs, Math.max(shortestLookMs, lookEveryWallMs / context.clock.rate))
    await pause(context.clock, sleepMs, signal)
  })

/** Answers for how many sites a list was made. */
export const listOwing = async ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>): Promise<number> => {
  const now = clock.now()
  let listed = 0
  for (const { siteId, timeZone, listedOn } of await sitesToList(database)) {
    const day = localDayText(now, timeZone)
    if (listedOn === day || localTime(now, timeZone).hour < listFromHour) continue
    await database.transaction(async (sql) => {
      if (!(await markListed(sql, siteId, day))) return
      const owing = await owingOfSite(sql, siteId)
      const item = { kind: 'owing-protected', subject: `site:${String(siteId)}` } as const
      if (owing.count > 0) await openWorkItems(sql, [{ ...item, siteId, detail: { day, ...owing } }], now)
      else await closeWorkItems(sql, { kind: item.kind, subjects: [item.subject] }, now, 'state-over')
    })
    listed += 1
  }
  return listed
}
