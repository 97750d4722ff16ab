import { z } from 'zod'
import { settlementMode } from './meter-purse.ts'
import { route, type ResponseOf } from './route.ts'
import {
  commandKind,
  commandState,
  creditStage,
  energyText,
  hexText,
  id,
  idParameter,
  instant,
  moneyText,
  nothing,
  readingQuality,
  relayState,
  uuid,
} from './values.ts'

export const commandSummary = z.object({ id: uuid, kind: commandKind, state: commandState, createdAt: instant })

export const meterRow = z.object({
  id,
  /** DL/T 645 communication address, 12 digits. */
  address: z.string(),
  /** Room or metering point, e.g. `1-101`. */
  place: z.string(),
  gateway: z.object({ id, code: z.string(), online: z.boolean() }),
  account: z
    .object({
      id,
      number: z.string(),
      customerName: z.string(),
      stage: creditStage,
      balance: moneyText,
      /** False without an agreement in force: metered only, nothing is charged and nobody is cut. */
      prepaid: z.boolean(),
    })
    .nullable(),
  relay: relayState,
  /** What the meter was last told to do with its relay, as its own status word says. */
  relayCommand: relayState,
  keepPower: z.boolean(),
  alarm: z.boolean(),
  lastReading: z.object({ at: instant, totalWh: energyText, quality: readingQuality }).nullable(),
  /** Active power at the last reading, in milliwatts as text. */
  powerMilliwatts: z.string().nullable(),
  /** Consecutive failed reads; 0 when the last one was answered. */
  failedReads: z.number().int(),
  openCommand: commandSummary.nullable(),
})
export type MeterRow = z.infer<typeof meterRow>

export const meterDetail = meterRow.extend({
  site: z.object({ id, name: z.string(), timeZone: z.string() }),
  agreement: z
    .object({
      version: z.number().int(),
      planName: z.string(),
      settlementMode,
      /** Sharp, peak, flat, valley; or one price. Yuan per kWh as text. */
      prices: z.array(z.string()),
      alarm1: moneyText,
      alarm2: moneyText,
      cutOff: moneyText,
      restore: moneyText,
      noticeLeadMinutes: z.number().int(),
      reconnect: z.enum(['direct-close', 'permit-close']),
      /** When a trip may leave: local `HH:MM`, and weekdays 0 = Sunday … 6. */
      tripWindow: z.object({ from: z.string(), to: z.string(), weekdays: z.array(z.number().int()) }),
    })
    .nullable(),
  /** Why the account stands where it stands: the codes of the last decision of the credit policy. */
  decision: z.object({ at: instant, reasons: z.array(z.string()), earliestStopAt: instant.nullable() }).nullable(),
  instantaneous: z
    .object({
      at: instant,
      voltageMillivolts: z.array(z.string().nullable()),
      currentMilliamperes: z.array(z.string().nullable()),
      powerMilliwatts: z.string().nullable(),
    })
    .nullable(),
})
export type MeterDetail = z.infer<typeof meterDetail>

export const listMeters = route({
  method: 'GET',
  path: '/api/meters',
  summary: 'All meters with state, balance, last reading and relay.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ meters: z.array(meterRow) }),
})

export const readMeter = route({
  method: 'GET',
  path: '/api/meters/:id',
  summary: 'One meter with its account, agreement and last decision.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: meterDetail,
})

export const historyPoint = z.object({
  at: instant,
  totalWh: energyText,
  /** Energy since the reading before, null for the first. */
  usedWh: energyText.nullable(),
  quality: readingQuality,
  /** Words for a held reading. */
  heldBecause: z.string().nullable(),
  /** Active power at this reading, in milliwatts as text. */
  powerMilliwatts: z.string().nullable(),
  /** What this reading was charged, and the balance after it; null when not (yet) charged. */
  charged: moneyText.nullable(),
  balance: moneyText.nullable(),
})
export type HistoryPoint = z.infer<typeof historyPoint>

export const readHistory = route({
  method: 'GET',
  path: '/api/meters/:id/history',
  summary: 'Readings, charges, and payments of a meter and its account, oldest first; at most the last 7 days.',
  params: z.object({ id: idParameter }),
  query: z.object({ hours: z.coerce.number().int().min(1).max(168).default(48) }),
  body: z.unknown(),
  response: z.object({
    points: z.array(historyPoint),
    payments: z.array(z.object({ at: instant, amount: moneyText, balance: moneyText })),
  }),
})

export const commandEvent = z.object({
  at: instant,
  /** `queued`, `withdrawn`, `sent`, `acknowledged`, `state-read`, `verified`, `refused`, `unanswered`, `retry` … */
  kind: z.string(),
  text: z.string(),
  request: hexText.nullable(),
  response: hexText.nullable(),
  durationMs: z.number().nullable(),
})

export const commandDetail = commandSummary.extend({
  meterId: id,
  /** Operator's login, or `policy`. */
  requestedBy: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  finishedAt: instant.nullable(),
  /** Words for a command that did not succeed. */
  failure: z.string().nullable(),
  /** Machine milliseconds from the cause (a payment, a click) to the verified state; null while open. */
  tookMs: z.number().nullable(),
  /** What the credit policy knew when it decided; null for a command that a person asked for. */
  evidence: z
    .object({
      balance: moneyText,
      stage: creditStage,
      lastReadAt: instant.nullable(),
      earliestStopAt: instant.nullable(),
    })
    .nullable(),
  /** The batch that ordered it; `approvedBy` null where its kind needs no second person. */
  batch: z.object({ id: uuid, approvedBy: z.string().nullable(), override: z.boolean() }).nullable(),
  events: z.array(commandEvent),
})
export type CommandDetail = z.infer<typeof commandDetail>

export const listCommands = route({
  method: 'GET',
  path: '/api/meters/:id/commands',
  summary: 'The last 50 commands of a meter with every step and its bytes, newest first.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: z.object({ commands: z.array(commandDetail) }),
})

export const requestCommand = route({
  method: 'POST',
  path: '/api/meters/:id/commands',
  summary: 'Ask for a relay command; it is queued, sent once and proven by the status word.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({
    /** Made by the caller; the same key again returns the first command. */
    key: uuid,
    kind: commandKind,
    reason: z.string().trim().min(1).max(200),
  }),
  response: commandSummary,
})

export const foreseeTrip = route({
  method: 'GET',
  path: '/api/meters/:id/foreseen-trip',
  summary: 'What would become of a single trip ordered now; nothing is ordered.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: z.object({
    /**
     * `refused`: never sent. `taken-back`: withdrawn when the policy looks at the account while it waits; a batch that two
     * persons order whatever the balance is not.
     */
    outcome: z.enum(['goes', 'refused', 'taken-back']),
    because: z.array(z.string()),
    /** Null: a meter without an account. */
    balance: moneyText.nullable(),
  }),
})
export type ForeseenTrip = ResponseOf<typeof foreseeTrip>

export const readNow = route({
  method: 'POST',
  path: '/api/meters/:id/read-now',
  summary: 'Read registers, status and instantaneous values now, passing all scheduled reads of the line.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: nothing,
  response: z.object({
    at: instant,
    exchanges: z.array(
      z.object({ meaning: z.string(), request: hexText, response: hexText.nullable(), durationMs: z.number() }),
    ),
  }),
})
