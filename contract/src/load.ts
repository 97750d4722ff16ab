import { z } from 'zod'
import { route } from './route.ts'
import { idParameter, instant, localDay, nothing } from './values.ts'

const minutes = (most: number) => z.number().int().min(0).max(most)
const watts = z.number().int().min(1).max(10_000_000)
const reclosing = { recloseTimes: z.number().int().min(0).max(20), recloseAfterMinutes: minutes(1_440) }
const dayType = z.union([z.number().int().min(0).max(6), z.literal('holiday')])
const mostSpans = 50
const mostHolidays = 200

/** What holds the supply of a meter off beside money. At least one rule. */
export const loadRules = z
  .object({
    /** How supply is given back. */
    reconnect: z.enum(['direct-close', 'permit-close']),
    /** Sampled so often beside its readings, at least 10 s; null: readings alone. */
    sampleEverySeconds: z.number().int().min(10).max(3_600).nullable(),
    /** More than so much for so long. */
    overload: z.object({ limitWatts: watts, forMinutes: minutes(1_440), ...reclosing }).optional(),
    /** Supply is on in these spans of local time, weekdays 0 = Sunday … 6, or the holidays named. */
    schedule: z
      .object({
        on: z
          .array(
            z.object({ days: z.array(dayType).min(1).max(8), fromMinute: minutes(1_440), toMinute: minutes(1_440) }),
          )
          .max(mostSpans),
        holidays: z.array(localDay).max(mostHolidays),
      })
      .optional(),
    /** Supply is off but for single runs. */
    singleRun: z
      .object({
        mostMinutes: z.number().int().min(1).max(10_080),
        mostEnergyWh: z.number().int().min(1).max(1_000_000_000).nullable(),
        startsOnPayment: z.boolean(),
      })
      .optional(),
    /** A resistive rise of so much within so long. */
    malignantLoad: z
      .object({
        stepWatts: watts,
        /** Thousandths, of the rise itself. */
        leastPowerFactor: z.number().int().min(0).max(1_000),
        withinSeconds: z.number().int().min(10).max(3_600),
        /** Also when the meter tells no power factor. */
        stepAlone: z.boolean(),
        act: z.enum(['alarm', 'trip']),
        ...reclosing,
      })
      .optional(),
  })
  .strict()
export type LoadRules = z.infer<typeof loadRules>

export const loadHold = z.enum(['overload', 'schedule', 'no-run', 'malignant-load'])

const stopper = z.object({
  trips: z.number().int(),
  heldSince: instant.nullable(),
  /** It is not given back before a person has reset it. */
  needsPerson: z.boolean(),
})

const ofMeter = z.object({ id: idParameter })
const reason = z.string().trim().min(1).max(200)

export const loadStanding = z.object({
  rules: loadRules,
  /** What holds the supply off now; empty: nothing. */
  holds: z.array(loadHold),
  lookedAt: instant.nullable(),
  sample: z.object({ at: instant, watts: z.number(), powerFactor: z.number().nullable() }).nullable(),
  overload: stopper,
  malignantLoad: stopper,
  run: z
    .object({
      askedAt: instant,
      startedAt: instant.nullable(),
      forMinutes: z.number(),
      energyWh: z.number().nullable(),
    })
    .nullable(),
})
export type LoadStanding = z.infer<typeof loadStanding>

export const readLoad = route({
  method: 'GET',
  path: '/api/meters/:id/load',
  summary: 'Load, time and single-run rules of a meter, and where they stand; null without rules.',
  params: ofMeter,
  query: nothing,
  body: z.unknown(),
  response: z.object({ load: loadStanding.nullable() }),
})

export const setLoadRules = route({
  method: 'POST',
  path: '/api/meters/:id/load',
  summary: 'Set the rules of a meter, or take them away with null.',
  params: ofMeter,
  query: nothing,
  body: z.object({ rules: loadRules.nullable(), reason }),
  response: nothing,
})

export const startRun = route({
  method: 'POST',
  path: '/api/meters/:id/load/start',
  summary: 'Start a single run: close, run for so long or so much energy, trip; never more than the rule allows.',
  params: ofMeter,
  query: nothing,
  body: z.object({
    minutes: z.number().int().min(1).max(10_080).optional(),
    energyWh: z.number().int().min(1).max(1_000_000_000).optional(),
    reason,
  }),
  response: nothing,
})

export const stopRun = route({
  method: 'POST',
  path: '/api/meters/:id/load/stop',
  summary: 'End a single run now.',
  params: ofMeter,
  query: nothing,
  body: z.object({ reason }),
  response: nothing,
})

export const resetLoad = route({
  method: 'POST',
  path: '/api/meters/:id/load/reset',
  summary: 'A person has seen to an overload or a forbidden appliance: supply comes back, counting begins anew.',
  params: ofMeter,
  query: nothing,
  body: z.object({ reason }),
  response: nothing,
})
