import type { Reach } from '../domain/reach.ts'
import { createDaySums, type HourSums } from '../store/view/day-sums.ts'
import type { ApiAbilities } from './abilities.ts'
import { byReach } from './by-reach.ts'
import { localMidnight } from './local-midnight.ts'
import { shareReads } from './share-reads.ts'

/** What was used, charged and paid since the site's midnight, hour by hour; one reading for all who ask and reach the same. */
export type DaySoFar = (reach: Reach) => Promise<Readonly<{ from: number; hours: readonly HourSums[] }>>

export const createDaySoFar = ({ database, clock, system }: ApiAbilities): DaySoFar =>
  byReach((reach) => {
    const sums = createDaySums(reach)
    return shareReads(async () => {
      const from = localMidnight(clock.now(), system.timeZone)
      return { from, hours: await sums(database, from) }
    }, clock)
  })
