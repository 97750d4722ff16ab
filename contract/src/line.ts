import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, nothing, saidId, saidInstant } from './values.ts'

/** What is collected of a meter, in sets that each have a pace of their own. */
export const dataSet = z.enum(['energy', 'instantaneous', 'states', 'events', 'demand', 'freeze', 'parameters'])
export type DataSetName = z.infer<typeof dataSet>

export const lineState = z.enum(['good', 'impaired', 'down', 'unknown'])
export const lineCause = z.enum(['none', 'gateway', 'wire', 'meter', 'address-clash', 'echo'])
export const lineReasonCode = z.enum([
  'gateway-offline',
  'links-lost',
  'nobody-answers',
  'garbled-everywhere',
  'garbled-at-few',
  'foreign-frames',
  'silent-meters',
  'silence-everywhere',
  'late-answers',
  'echoes',
])
export const airtimeVerdict = z.enum(['holds', 'tight', 'fails'])

/** One RS-485 line behind its gateway. Shares are parts of the line's time, 0 to 1 (more than 1 cannot be done). */
export const lineRow = z.object({
  gateway: z.object({ id, code: z.string() }),
  site: z.object({ id, name: z.string() }),
  baudRate: z.number().int(),
  parity: z.enum(['none', 'even', 'odd']),
  online: z.boolean(),
  since: instant.nullable(),
  /** All meters, those whose newest read failed, and those that are left alone for a while. */
  meters: z.object({ total: z.number().int(), failing: z.number().int(), backingOff: z.number().int() }),
  /** What is most likely wrong, from what was counted in the last half to whole hour of machine time. */
  health: z.object({
    state: lineState,
    cause: lineCause,
    reasons: z.array(
      z.object({ code: lineReasonCode, count: z.number().int(), of: z.number().int(), meterIds: z.array(id) }),
    ),
  }),
  measured: z.object({
    asked: z.number().int(),
    answered: z.number().int(),
    busyShare: z.number().nullable(),
    /** Mean time from question to answer beyond their own bytes. */
    responseMs: z.number().nullable(),
  }),
  /** What the schedules ask of the line; null where a model is not known. */
  airtime: z
    .object({
      share: z.number(),
      reserve: z.number(),
      silentShare: z.number(),
      sets: z.array(z.object({ dataSet, share: z.number() })),
      energyRoundMs: z.number(),
      energyIntervalMs: z.number().nullable(),
      longestExchangeMs: z.number(),
      verdict: airtimeVerdict,
    })
    .nullable(),
  /** Turns of the energy that were missed in the last 24 hours, by reason. */
  missed: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  queueLength: z.number().int(),
  /** The process that has the gateway's socket; null when none has. */
  holder: z
    .object({
      name: z.string(),
      /** The one that answers: health, measured and waiting are of this moment. */
      isHere: z.boolean(),
      /** Otherwise how old they are, in real milliseconds; null while it has told nothing. */
      ageMs: z.number().nullable(),
    })
    .nullable(),
  pausedUntil: instant.nullable(),
})
export type LineRow = z.infer<typeof lineRow>

export const listLines = route({
  method: 'GET',
  path: '/api/lines',
  summary: 'Each line: what it has to carry, what it carried, what is likely wrong with it, and what was missed.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ lines: z.array(lineRow) }),
})

const minutes = z.number().int().min(1).max(44_640)
export const scheduleScope = z.enum(['company', 'site', 'line', 'meter'])

/** Site, gateway of a line, or meter by its number; null for the company. */
const subject = { scope: scheduleScope, subjectId: saidId.nullable().default(null) }

export const listSchedules = route({
  method: 'GET',
  path: '/api/schedules',
  summary: 'How often sets of data are collected: the product’s paces, and all rules. The most specific rule wins.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({
    defaults: z.array(z.object({ dataSet, minutes: minutes.nullable() })),
    rules: z.array(
      z.object({
        scope: scheduleScope,
        subjectId: id.nullable(),
        name: z.string().nullable(),
        dataSet,
        minutes: minutes.nullable(),
      }),
    ),
  }),
})

export const setSchedule = route({
  method: 'POST',
  path: '/api/schedules',
  summary: 'Say how often a set is collected (null: not at all), for the company, a site, a line or a meter.',
  params: nothing,
  query: nothing,
  body: z.object({ ...subject, dataSet, minutes: minutes.nullable() }),
  response: nothing,
})

export const removeSchedule = route({
  method: 'POST',
  path: '/api/schedules/remove',
  summary: 'Take a rule away, so that the wider one holds again.',
  params: nothing,
  query: nothing,
  body: z.object({ ...subject, dataSet }),
  response: nothing,
})

export const pauseScope = z.enum(['site', 'line', 'meter'])

export const listPauses = route({
  method: 'GET',
  path: '/api/pauses',
  summary: 'Where collection rests for maintenance, now and later.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({
    pauses: z.array(
      z.object({
        id,
        scope: pauseScope,
        subjectId: id,
        name: z.string(),
        from: instant,
        to: instant,
        reason: z.string(),
        operator: z.string().nullable(),
      }),
    ),
  }),
})

export const pauseReading = route({
  method: 'POST',
  path: '/api/pauses',
  summary: 'Let collection rest for maintenance, at most 31 days; people may still read, and relays still obey.',
  params: nothing,
  query: nothing,
  body: z.object({
    scope: pauseScope,
    subjectId: saidId,
    /** Now when absent. */
    from: saidInstant.optional(),
    to: saidInstant,
    reason: z.string().trim().min(1).max(200),
  }),
  response: z.object({ id }),
})

export const endPause = route({
  method: 'POST',
  path: '/api/pauses/:id/end',
  summary: 'End a pause before its time, or call it off.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: nothing,
  response: nothing,
})

/** Values in base units (mV, mA, mW, mvar, Wh, mHz; power factors in thousandths), by the names of docs/protocols/identifiers.md. */
export const readMeterData = route({
  method: 'GET',
  path: '/api/meters/:id/data',
  summary: 'The newest values of each set that is collected beside the energy.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: z.object({
    sets: z.array(
      z.object({
        dataSet,
        /** The slot that it was collected for, and when it was. */
        slotAt: instant,
        at: instant,
        data: z.record(z.string(), z.unknown()),
        /** Why some of it is not there. */
        problem: z.string().nullable(),
      }),
    ),
  }),
})
