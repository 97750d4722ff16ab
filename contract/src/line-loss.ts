import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, nothing } from './values.ts'

/** A meter that is, or was, behind another. */
const related = z.object({
  id,
  address: z.string(),
  place: z.string(),
  from: instant,
  /** Null while it is. */
  to: instant.nullable(),
})

/** Who is behind a meter, what it is behind, and what was lost in between (线损). */
export const lineLoss = z.object({
  /** What the registers of this meter leave out: the ratio of its transformers. */
  ratio: z.number().int().positive(),
  /** Above it a loss is a work item, in per cent; null: none is. */
  limitPercent: z.string().nullable(),
  master: related.nullable(),
  subs: z.array(related),
  /** The last spans that were measured, newest first. Energy in kWh; null while a reading is missing. */
  spans: z.array(
    z.object({
      from: instant,
      to: instant,
      masterKwh: z.string().nullable(),
      subsKwh: z.string(),
      lossKwh: z.string().nullable(),
      lossPercent: z.string().nullable(),
      findings: z.number().int(),
    }),
  ),
})
export type LineLoss = z.infer<typeof lineLoss>

export const readLineLoss = route({
  method: 'GET',
  path: '/api/meters/:id/line-loss',
  summary: 'Which meters are behind this one, what it is behind, and the loss of the last spans.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: lineLoss,
})
