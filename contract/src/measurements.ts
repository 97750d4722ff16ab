import { z } from 'zod'
import { route } from './route.ts'
import { energyText, idParameter, instant, localDay, nothing } from './values.ts'

export const measuredQuantity = z.enum([
  'voltage',
  'current',
  'active-power',
  'reactive-power',
  'apparent-power',
  'power-factor',
  'frequency',
])
export type MeasuredQuantity = z.infer<typeof measuredQuantity>

export const measuredPart = z.enum(['total', 'a', 'b', 'c'])
export type MeasuredPart = z.infer<typeof measuredPart>

/** In the order of `parts`; null where nothing was told. */
const ofParts = z.array(z.number().int().nullable())

const phaseQuality = z
  .object({
    /** Voltages that were judged, and how many of these were beyond a limit. */
    judged: z.number().int(),
    above: z.number().int(),
    below: z.number().int(),
  })
  .nullable()

/** In thousandths; `count` moments were judged. */
const imbalance = z
  .object({ count: z.number().int(), meanPerMille: z.number().int(), greatestPerMille: z.number().int() })
  .nullable()

/** A longer span than this is refused. */
export const mostMeasurementDays = 1_100

export const readMeasurements = route({
  method: 'GET',
  path: '/api/meters/:id/measurements',
  summary:
    'What a meter measured of one quantity in a span: moment by moment, or (above 62 days or 3000 moments, or where the moments are gone) day by day with mean, least and greatest; and what its voltages and currents say of the supply.',
  params: z.object({ id: idParameter }),
  query: z.object({
    from: z.coerce.number().int(),
    to: z.coerce.number().int(),
    quantity: measuredQuantity.default('voltage'),
  }),
  body: z.unknown(),
  response: z.object({
    quantity: measuredQuantity,
    unit: z.enum(['mV', 'mA', 'mW', 'mvar', 'mVA', '1/1000', 'mHz']),
    resolution: z.enum(['moment', 'day']),
    parts: z.array(measuredPart),
    points: z.array(
      z.object({
        /** Of a day its beginning. */
        at: instant,
        measurements: z.number().int(),
        /** Of a day the mean. */
        values: ofParts,
        least: ofParts.nullable(),
        greatest: ofParts.nullable(),
      }),
    ),
    /** How far its voltages may be from the nominal one, in mV; null when they do not tell what they are to be. */
    limits: z
      .object({
        nominal: z.number().int(),
        lowest: z.number().int(),
        highest: z.number().int(),
        supply: z.enum(['single-phase', 'four-wire', 'three-wire']),
        clause: z.string(),
      })
      .nullable(),
    /** Measurements in the span, of any quantity. */
    measurements: z.number().int(),
    figures: z.object({
      /** Voltages within the limits by all that were judged (电压合格率), in hundredths of a per cent. */
      qualification: z.number().int().nullable(),
      phases: z.object({ a: phaseQuality, b: phaseQuality, c: phaseQuality }),
      /** Farthest from the mean, by the mean. */
      voltageImbalance: imbalance,
      /** Greatest less least, by the greatest. */
      currentImbalance: imbalance,
    }),
  }),
})

const powerText = z.string().regex(/^-?\d{1,15}$/u)

export const readDayData = route({
  method: 'GET',
  path: '/api/meters/:id/day-data',
  summary:
    'What a meter has counted and closed by itself, day by day: the greatest demand of its month, its daily freeze; at most 366 days.',
  params: z.object({ id: idParameter }),
  query: z.object({ first: localDay, last: localDay }),
  body: z.unknown(),
  response: z.object({
    demand: z.array(
      z.object({
        day: z.string(),
        at: instant,
        /** Of the meter's own month so far, and when it was, by the meter's own clock. */
        greatestMilliwatts: powerText.nullable(),
        greatestAt: instant.nullable(),
        presentMilliwatts: powerText.nullable(),
        presentMillivars: powerText.nullable(),
        reverseWh: energyText.nullable(),
      }),
    ),
    freezes: z.array(
      z.object({
        day: z.string(),
        at: instant,
        /** By the meter's own clock. */
        frozenAt: instant.nullable(),
        totalWh: energyText.nullable(),
        ratesWh: z.array(energyText),
        thisMonthWh: energyText.nullable(),
        lastMonthWh: energyText.nullable(),
      }),
    ),
  }),
})

/** The answer is CSV, a line for each measurement, and may be long: it is sent as it is read. */
export const exportMeasurements = route({
  method: 'GET',
  path: '/api/measurements.csv',
  summary: 'Voltages, currents, powers, power factors and frequency of local days as CSV, of all meters or of one.',
  params: nothing,
  query: z.object({ first: localDay, last: localDay, meter: idParameter.optional() }),
  body: z.unknown(),
  response: z.unknown(),
})
