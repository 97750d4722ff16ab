import {
  exportHalfHours,
  exportMeasurements,
  findAccounts,
  openAccount,
  previewBatch,
  readCompleteness,
  readGaps,
  readNow,
  reconcileChannel,
  requestBatch,
  runDryRun,
  type Route,
} from '@xianfu/contract'
import type { RouteShorthandOptions } from 'fastify'
import { bySession } from './password-limit.ts'

const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string => `${method} ${path}`

/**
 * Requests of one session in a minute to what costs the database, a line or money more than a look: far above what a
 * person does by hand, far below what harms the others. Pages that are asked for again with each change have much more.
 */
const perMinute: ReadonlyMap<string, number> = new Map(
  (
    [
      [runDryRun, 20],
      [exportHalfHours, 10],
      [exportMeasurements, 10],
      [reconcileChannel, 10],
      [previewBatch, 60],
      [requestBatch, 30],
      [readNow, 60],
      [openAccount, 60],
      [findAccounts, 600],
      [readCompleteness, 600],
      [readGaps, 600],
    ] as readonly (readonly [Route, number])[]
  ).map(([route, most]) => [keyOf(route), most]),
)

/** Options of a route that is limited; none for one that may be asked as often as the connection carries. */
export const routeLimit = (route: Pick<Route, 'method' | 'path'>): RouteShorthandOptions => {
  const max = perMinute.get(keyOf(route))
  return max === undefined ? {} : { config: { rateLimit: { max, timeWindow: 60_000, keyGenerator: bySession } } }
}
