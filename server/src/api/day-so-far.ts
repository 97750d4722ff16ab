import { createDaySums, type HourSums } from '../store/view/day-sums.ts'
import type { ApiAbilities } from './abilities.ts'
import { localMidnight } from './local-midnight.ts'
import { shareReads } from './share-reads.ts'

/** What was used, charged and paid since the site's midnight, hour by hour; one reading for all who ask. */
export type DaySoFar = () => Promise<Readonly<{ from: number; hours: readonly HourSums[] }>>

export const createDaySoFar = ({ database, clock, system }: ApiAbilities): DaySoFar => {
  const sums = createDaySums()
  return shareReads(async () => {
    const from = localMidnight(clock.now(), system.timeZone)
    return { from, hours: await sums(database, from) }
  }, clock)
}
