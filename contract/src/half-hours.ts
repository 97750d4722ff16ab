import { z } from 'zod'
import { intervalState } from './completeness.ts'
import { route } from './route.ts'
import { energyText, idParameter, localDay, nothing } from './values.ts'

export const meterDay = z.object({
  /** `YYYY-MM-DD` in the site's own time. */
  day: z.string(),
  /** Beginning of its first interval. */
  from: z.number().int(),
  intervalMinutes: z.number().int(),
  /** Registers at its ends; null where they are not known (yet). */
  openingWh: energyText.nullable(),
  closingWh: energyText.nullable(),
  /** Of each interval, in watt-hours; zero where nothing is known. */
  energiesWh: z.array(z.number().int()),
  states: z.array(intervalState),
})
export type MeterDay = z.infer<typeof meterDay>

export const mostHalfHourDays = 366

export const readHalfHours = route({
  method: 'GET',
  path: '/api/meters/:id/half-hours',
  summary: 'What a meter used in each interval of its rolled-up days, at most 366 of them, and its months.',
  params: z.object({ id: idParameter }),
  query: z.object({ first: localDay, last: localDay }),
  body: z.unknown(),
  response: z.object({
    days: z.array(meterDay),
    months: z.array(
      z.object({
        /** `YYYY-MM`. */
        month: z.string(),
        openingWh: energyText.nullable(),
        closingWh: energyText.nullable(),
        usedWh: energyText,
        days: z.number().int(),
        read: z.number().int(),
        reRead: z.number().int(),
        estimated: z.number().int(),
        missing: z.number().int(),
      }),
    ),
  }),
})

/** The answer is CSV, a line for each interval, and may be long: it is sent as it is read. */
export const exportHalfHours = route({
  method: 'GET',
  path: '/api/half-hours.csv',
  summary: 'Intervals of all rolled-up days of a span as CSV: meter, place, beginning, energy, register, state.',
  params: nothing,
  query: z.object({ first: localDay, last: localDay }),
  body: z.unknown(),
  response: z.unknown(),
})
