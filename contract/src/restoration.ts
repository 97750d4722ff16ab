import { z } from 'zod'
import { route } from './route.ts'
import { id, instant, moneyText, nothing, uuid } from './values.ts'

/** Milliseconds of machine time; null where there is nothing to count. */
const percentiles = z.object({
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  worstMs: z.number().nullable(),
})

/** One case of supply given back, from the payment to the relay seen closed. */
export const restoration = z.object({
  id,
  meter: z.object({ id, place: z.string() }),
  account: z.object({ id, number: z.string() }),
  /** Null: set off by something else than a payment (a correction, a meter that had tripped by itself). */
  paymentId: uuid.nullable(),
  kind: z.enum(['direct-close', 'permit-close']),
  /** Whether the gateway was there when it began. */
  online: z.boolean(),
  /** `hand`: our part is proven, and somebody must press the button or close the breaker. */
  state: z.enum(['running', 'hand', 'restored', 'withdrawn']),
  openedAt: instant,
  late: z.boolean(),
  /** Machine milliseconds from the accepted payment to each step; null while it has not come. */
  queuedMs: z.number(),
  sentMs: z.number().nullable(),
  acknowledgedMs: z.number().nullable(),
  verifiedMs: z.number().nullable(),
  /** What was given to the customer for a late case. */
  compensation: moneyText.nullable(),
})
export type Restoration = z.infer<typeof restoration>

export const readRestorations = route({
  method: 'GET',
  path: '/api/restorations',
  summary:
    'Payment to power over the last hours of machine time: percentiles of each step, what runs now, and what was late (200 at most).',
  params: nothing,
  query: z.object({ hours: z.coerce.number().int().min(1).max(8_784).default(24) }),
  body: z.unknown(),
  response: z.object({
    /** Payments behind gateways that were there, proven in the span. */
    count: z.number().int(),
    lateCount: z.number().int(),
    /** Since the payment was accepted. */
    queued: percentiles,
    sent: percentiles,
    acknowledged: percentiles,
    verified: percentiles,
    running: z.array(restoration),
    late: z.array(restoration),
  }),
})
