import { z } from 'zod'
import { route } from './route.ts'
import { id, instant, moneyText, nothing } from './values.ts'

export const overview = z.object({
  now: instant,
  meters: z.object({ total: z.number(), relayOpen: z.number(), relayUnknown: z.number(), notAnswering: z.number() }),
  accounts: z.object({ normal: z.number(), warned: z.number(), stopNotified: z.number(), cutOff: z.number() }),
  /** Open alarms about the field, by kind, the gravest first; each kind is one of work items. */
  alarms: z.array(
    z.object({ kind: z.string(), severity: z.enum(['notice', 'warning', 'critical']), open: z.number() }),
  ),
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

/** One local day of the field: how reads went, how long gateways were there, and which alarms began. */
export const fieldDay = z.object({
  day: z.iso.date(),
  good: z.number(),
  held: z.number(),
  failed: z.number(),
  /** Share of the time for which gateways were online, in per cent; null on a day that nobody watched. */
  onlinePercent: z.number().min(0).max(100).nullable(),
  alarms: z.array(z.object({ kind: z.string(), count: z.number() })),
})
export type FieldDay = z.infer<typeof fieldDay>

export const readFieldDays = route({
  method: 'GET',
  path: '/api/field-days',
  summary: 'Reads, online rate and alarms of the last days up to today, oldest first; days without any are left out.',
  params: nothing,
  query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
  body: z.unknown(),
  response: z.object({ days: z.array(fieldDay) }),
})

/**
 * `GET /api/live` is a stream of server-sent events. Each `change` event carries this: what to read again. A client
 * that was away reads everything again when it reconnects.
 */
export const livePath = '/api/live'
export const liveChange = z.object({
  /** `meter:12`, `account:7`, `command:12` (by meter), `message`, `gateway`, `guard`, `work-item`, `event`. */
  topics: z.array(z.string()),
})
export type LiveChange = z.infer<typeof liveChange>
