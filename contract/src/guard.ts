import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, nothing } from './values.ts'

export const freezeReason = z.enum([
  'too-many-trips',
  'unusual-wave',
  'too-few-reads',
  'clock-jumped',
  'plan-imported',
  'by-operator',
  'too-many-trips-in-all',
  'unusual-wave-in-all',
])
export type FreezeReason = z.infer<typeof freezeReason>

/** The guard over the automatic trips of one site. */
export const tripGuard = z.object({
  site: z.object({ id, name: z.string() }),
  /** Null while trips may leave. */
  frozen: z.object({ at: instant, because: freezeReason }).nullable(),
  sentToday: z.number().int(),
  mostToday: z.number().int(),
  sentThisHour: z.number().int(),
  /** Null: the hour has no limit of its own. */
  mostPerHour: z.number().int().nullable(),
  mostPerMinute: z.number().int(),
})
export type TripGuard = z.infer<typeof tripGuard>

export const listGuards = route({
  method: 'GET',
  path: '/api/guards',
  summary: 'For each site: whether automatic trips are frozen and why, and how many have left today.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ guards: z.array(tripGuard) }),
})

const deed = z.object({ reason: z.string().trim().min(1).max(200) })

export const freezeTrips = route({
  method: 'POST',
  path: '/api/guards/:id/freeze',
  summary: 'Stop all automatic trips of a site until they are released.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: deed,
  response: nothing,
})

export const releaseTrips = route({
  method: 'POST',
  path: '/api/guards/:id/release',
  summary: 'Let automatic trips of a site leave again; who was held back is decided anew.',
  params: z.object({ id: idParameter }),
  query: nothing,
  /** The operator's own password again: a console left open releases nothing. */
  body: deed.extend({ password: z.string().min(1).max(256) }),
  response: nothing,
})
