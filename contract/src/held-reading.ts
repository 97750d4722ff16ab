import { z } from 'zod'
import { route } from './route.ts'
import { energyText, id, idParameter, instant, nothing, saidInstant } from './values.ts'

export const heldReading = z.object({
  meter: z.object({ id, place: z.string(), gateway: z.string() }),
  account: z.object({ number: z.string(), customer: z.string() }).nullable(),
  at: instant,
  totalWh: energyText,
  ratesWh: z.array(energyText),
  obtained: z.enum(['scheduled', 'person', 're-read']),
  /** Why the gate holds it, in both languages. */
  heldBecause: z.string(),
  lastGood: z.object({ at: instant, totalWh: energyText }).nullable(),
})
export type HeldReading = z.infer<typeof heldReading>

export const listHeldReadings = route({
  method: 'GET',
  path: '/api/held-readings',
  summary: 'Readings that the gate holds and nobody has judged yet, newest first, at most 500; and how many there are.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ readings: z.array(heldReading), count: z.number().int() }),
})

export const judgeReading = route({
  method: 'POST',
  path: '/api/meters/:id/held-readings',
  summary: 'Release a held reading, so that it is settled, or reject it, so that it counts for nothing.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({
    at: saidInstant,
    verdict: z.enum(['release', 'reject']),
    reason: z.string().trim().min(1).max(200),
  }),
  response: nothing,
})
