import { z } from 'zod'
import { route } from './route.ts'
import { hexText, id, idParameter, instant, nothing } from './values.ts'

/** What a meter recorded, counted, or showed for a while. */
export const meterEvent = z.object({
  id,
  meter: z.object({ id, place: z.string() }),
  /** A code, e.g. `meter-cover`; a later server may have further ones. */
  kind: z.string(),
  /** One phase, or null for the whole meter. */
  phase: z.enum(['a', 'b', 'c']).nullable(),
  /** `record`: the meter kept it; `counter`: it only counted; `status`: its status words showed it. */
  origin: z.enum(['record', 'counter', 'status']),
  /** The meter's own number of it; null of a state. */
  sequence: z.number().int().nullable(),
  /** By the meter's own clock; of a state, when it was first seen. Null where the meter does not tell. */
  beganAt: instant.nullable(),
  /** Null: not told, or of a state that lasts. */
  endedAt: instant.nullable(),
  /** When it was collected. */
  seenAt: instant,
  operatorCode: z.string().nullable(),
  /** The operator code is the one that this system uses at the meter. */
  byUs: z.boolean(),
  /** In the meter before it was first asked: history, which raises no alarm. */
  wasThere: z.boolean(),
  /** The kind of work item that it opened or added to, or null. */
  alarm: z.string().nullable(),
  /** The decoded record; its shape depends on the kind. */
  detail: z.unknown(),
  /** The meter's answers as they were on the wire. */
  raw: hexText.nullable(),
})
export type MeterEvent = z.infer<typeof meterEvent>

const limit = z.coerce.number().int().min(1).max(500)

export const listMeterEvents = route({
  method: 'GET',
  path: '/api/meters/:id/events',
  summary: 'Events of a meter, newest first.',
  params: z.object({ id: idParameter }),
  query: z.object({ limit: limit.default(100) }),
  body: z.unknown(),
  response: z.object({ events: z.array(meterEvent) }),
})

export const listEvents = route({
  method: 'GET',
  path: '/api/events',
  summary: 'Events of all meters in the order in which they were collected, the last one first; page with `before`.',
  params: nothing,
  query: z.object({
    kind: z.string().max(40).optional(),
    /** Only what was collected before the event of this number. */
    before: idParameter.optional(),
    limit: limit.default(100),
  }),
  body: z.unknown(),
  response: z.object({ events: z.array(meterEvent) }),
})
