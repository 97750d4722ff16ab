import { z } from 'zod'
import { route } from './route.ts'
import { id, instant, moneyText, nothing } from './values.ts'

export const overview = z.object({
  now: instant,
  meters: z.object({ total: z.number(), relayOpen: z.number(), relayUnknown: z.number(), notAnswering: z.number() }),
  accounts: z.object({ normal: z.number(), warned: z.number(), stopNotified: z.number(), cutOff: z.number() }),
  gateways: z.array(z.object({ id, code: z.string(), online: z.boolean(), since: instant.nullable() })),
  /** Of the reads due since local midnight: answered ones and all. */
  readsToday: z.object({ good: z.number(), held: z.number(), failed: z.number() }),
  moneyInToday: moneyText,
  chargedToday: moneyText,
  /** From an accepted payment to the verified close, machine milliseconds, over the last 100 cases. */
  paymentToPower: z.object({
    count: z.number(),
    p50Ms: z.number().nullable(),
    p95Ms: z.number().nullable(),
    p99Ms: z.number().nullable(),
    worstMs: z.number().nullable(),
    /** Cases that run now, and those of the last 100 that were late. */
    running: z.number(),
    late: z.number(),
  }),
})
export type Overview = z.infer<typeof overview>

export const readOverview = route({
  method: 'GET',
  path: '/api/overview',
  summary: 'The state of the whole site in a few figures.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: overview,
})

/**
 * `GET /api/live` is a stream of server-sent events. Each `change` event carries this: what to read again. A client
 * that was away reads everything again when it reconnects.
 */
export const livePath = '/api/live'
export const liveChange = z.object({
  /** `meter:12`, `account:7`, `command:12` (by meter), `message`, `gateway`. */
  topics: z.array(z.string()),
})
export type LiveChange = z.infer<typeof liveChange>
