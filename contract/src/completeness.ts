import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, nothing } from './values.ts'

/** Why an interval has no reading of its own. */
export const gapReason = z.enum([
  'held',
  'server-away',
  'gateway-away',
  'meter-silent',
  'bad-answer',
  'paused',
  'line-busy',
])
export type GapReason = z.infer<typeof gapReason>

export const gapState = z.enum(['open', 're-read', 'estimated', 'lost'])
export type GapState = z.infer<typeof gapState>

export const lossReason = z.enum(['no-record', 'no-memory', 'not-plausible'])
export type LossReason = z.infer<typeof lossReason>

/** On which side of a lost gap no register is known. */
export const unknownSide = z.enum(['before', 'after'])
export type UnknownSide = z.infer<typeof unknownSide>

const count = z.number().int()

/** Intervals of the meters of one gateway on one day of its site. */
export const dayCompleteness = z.object({
  /** `YYYY-MM-DD` in the site's own time. */
  day: z.string(),
  site: z.string(),
  gatewayId: id,
  gateway: z.string(),
  /** Of meters that are watched, as far as they are over. */
  expected: count,
  read: count,
  /** Found later in the meters' own memory. */
  reRead: count,
  /** Registers before and after are known; how the energy is divided is not. */
  estimated: count,
  /** Still to be found. */
  missing: count,
  lost: count,
  /** Intervals without a reading of their own, whatever became of them since. */
  byReason: z.partialRecord(gapReason, count),
  /** Lost ones, by the side on which no register is known. */
  lostBySide: z.partialRecord(unknownSide, count),
})
export type DayCompleteness = z.infer<typeof dayCompleteness>

export const readCompleteness = route({
  method: 'GET',
  path: '/api/completeness',
  summary: 'For each gateway and each of the last days: intervals read, found later, estimated, missing and lost.',
  params: nothing,
  query: z.object({ days: z.coerce.number().int().min(1).max(62).default(7) }),
  body: z.unknown(),
  response: z.object({ days: z.array(dayCompleteness) }),
})

export const gap = z.object({
  meterId: id,
  place: z.string(),
  address: z.string(),
  gateway: z.string(),
  from: instant,
  to: instant,
  /** Intervals in it. */
  intervals: count,
  reason: gapReason,
  state: gapState,
  because: lossReason.nullable(),
  /** Null unless it is lost. */
  unknownSide: unknownSide.nullable(),
  /** How often its meter was asked for its records. */
  attempts: count,
})
export type Gap = z.infer<typeof gap>

export const completenessCell = z.object({ at: instant, state: gapState, meters: count })

export const readGaps = route({
  method: 'GET',
  path: '/api/completeness/gaps',
  summary: 'Gaps of the last days, open ones first, at most 500; and how many meters lack each interval.',
  params: nothing,
  query: z.object({ days: z.coerce.number().int().min(1).max(14).default(7) }),
  body: z.unknown(),
  response: z.object({
    gaps: z.array(gap),
    /** Length of an interval of this site. */
    intervalMinutes: count,
    from: instant,
    to: instant,
    cells: z.array(completenessCell),
  }),
})

export const intervalState = z.enum(['read', 're-read', 'estimated', 'missing', 'lost', 'due', 'unwatched'])
export type IntervalState = z.infer<typeof intervalState>

export const readMeterCompleteness = route({
  method: 'GET',
  path: '/api/meters/:id/completeness',
  summary: 'Every interval of a meter on the last days, with what became of it and why, and its gaps.',
  params: z.object({ id: idParameter }),
  query: z.object({ days: z.coerce.number().int().min(1).max(62).default(7) }),
  body: z.unknown(),
  response: z.object({
    intervalMinutes: count,
    days: z.array(
      z.object({
        day: z.string(),
        intervals: z.array(z.object({ from: instant, state: intervalState, reason: gapReason.nullable() })),
      }),
    ),
    gaps: z.array(gap),
  }),
})
