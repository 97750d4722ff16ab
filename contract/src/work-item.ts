import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, nothing } from './values.ts'

export const severity = z.enum(['notice', 'warning', 'critical'])

/** Something that a person must look at: field work, an approval, an alarm, a difference. */
export const workItem = z.object({
  id,
  /** A code, e.g. `field-reconnect`; a later server may have further ones. */
  kind: z.string(),
  subject: z.string(),
  site: z.string().nullable(),
  account: z.object({ id, number: z.string(), customer: z.string() }).nullable(),
  meter: z.object({ id, place: z.string() }).nullable(),
  gateway: z.string().nullable(),
  severity,
  /** Codes and figures of the kind. */
  detail: z.record(z.string(), z.unknown()),
  openedAt: instant,
  seenAt: instant,
  /** How often it was found while open. */
  seen: z.number().int(),
  dueAt: instant.nullable(),
  /** Steps towards its deadline that have passed: at 50 %, 80 % and 100 % of the time. */
  escalation: z.number().int().min(0).max(3),
  /** Whose it is while nobody has taken it. */
  roleToLook: z.string(),
  owner: z.string().nullable(),
  acknowledgedAt: instant.nullable(),
  closed: z.object({ at: instant, by: z.string().nullable(), because: z.string() }).nullable(),
})
export type WorkItem = z.infer<typeof workItem>

const workItemCounts = z.object({ open: z.number(), critical: z.number(), late: z.number(), unowned: z.number() })

export const countWorkItems = route({
  method: 'GET',
  path: '/api/work-items/counts',
  summary: 'How many items are open, and how many of those are critical, past their deadline, or nobody’s.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: workItemCounts,
})

export const listWorkItems = route({
  method: 'GET',
  path: '/api/work-items',
  summary: 'What a person must look at, the most pressing first (500 at most); or what was closed, newest first.',
  params: nothing,
  query: z.object({ state: z.enum(['open', 'closed']).default('open') }),
  body: z.unknown(),
  response: z.object({
    items: z.array(workItem),
    counts: workItemCounts,
  }),
})

export const handleWorkItem = route({
  method: 'POST',
  path: '/api/work-items/:id',
  summary: 'Take an item, acknowledge it, or close it with a reason.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({
    deed: z.enum(['take', 'acknowledge', 'close']),
    reason: z.string().trim().max(200).default(''),
  }),
  response: nothing,
})
