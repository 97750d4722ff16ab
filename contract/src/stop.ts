import { z } from 'zod'
import { route } from './route.ts'
import { creditStage, id, idParameter, instant, localDay, moneyText, nothing, saidInstant } from './values.ts'

/** Why somebody is not stopped like everybody else. */
export const listKind = z.enum(['protected', 'important', 'vulnerable', 'disputed', 'complaint', 'public-area'])
export type ListKind = z.infer<typeof listKind>

const reason = z.string().trim().min(1).max(200)
const byAccount = z.object({ id: idParameter })

export const listEntry = z.object({
  id,
  kind: listKind,
  from: instant,
  /** Null: until somebody ends it. */
  to: instant.nullable(),
  /** It holds at this moment. */
  holds: z.boolean(),
  reason: z.string(),
  by: z.string().nullable(),
  endedBy: z.string().nullable(),
  endedBecause: z.string().nullable(),
})
export type ListEntry = z.infer<typeof listEntry>

export const stopApproval = z.object({
  id,
  state: z.enum(['open', 'approved', 'refused', 'withdrawn']),
  /** Persons that must agree, and who has. */
  persons: z.number().int(),
  voices: z.array(z.string()),
  /** Null: the policy asked. */
  requestedBy: z.string().nullable(),
  requestedAt: instant,
  /** What the customer is told when it is approved. */
  notice: z.string(),
  /** Approved: counts until then. Refused: left alone until then. */
  until: instant.nullable(),
  because: z.string().nullable(),
})
export type StopApproval = z.infer<typeof stopApproval>

/** The state machine behind one meter; derived from the account's stage and the commands. */
export const powerState = z.enum([
  'normal',
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'pre-stop-notified',
  'trip-queued',
  'trip-sent',
  'trip-verifying',
  'stopped',
  'trip-failed',
  'field-trip',
  'reconnect-due',
  'reconnect-sent',
  'await-button',
  'reconnect-verifying',
  'reconnect-failed',
  'field-reconnect',
  'suspended',
])
export type PowerState = z.infer<typeof powerState>

export const accountStop = z.object({
  /** Null without an agreement in force. */
  terms: z
    .object({
      mode: z.enum(['prepaid', 'post-paid']),
      approval: z.enum(['automatic', 'approved']),
      legalPath: z.enum(['agreement', 'overdue-30']),
      emergencyCredit: moneyText,
    })
    .nullable(),
  stage: creditStage,
  meters: z.array(z.object({ id, place: z.string(), state: powerState })),
  toldAt: instant.nullable(),
  lookAgainAt: instant.nullable(),
  overdueSince: instant.nullable(),
  emergency: z.object({ offeredAt: instant.nullable(), granted: moneyText }),
  paymentExpectedUntil: instant.nullable(),
  /** Notices of the last way to a stop, newest first. */
  notices: z.array(
    z.object({ kind: z.string(), channel: z.string(), at: instant, sendAt: instant, deliveredAt: instant.nullable() }),
  ),
  lists: z.array(listEntry),
  approvals: z.array(stopApproval),
})
export type AccountStop = z.infer<typeof accountStop>

export const readAccountStop = route({
  method: 'GET',
  path: '/api/accounts/:id/stop',
  summary: 'Where an account stands on the way to a stop: terms, lists, approvals, notices with their receipts.',
  params: byAccount,
  query: nothing,
  body: z.unknown(),
  response: accountStop,
})

export const addToList = route({
  method: 'POST',
  path: '/api/accounts/:id/lists',
  summary: 'Put an account on a list of those who are not stopped like everybody else; decided on at once.',
  params: byAccount,
  query: nothing,
  body: z.object({ kind: listKind, from: saidInstant.nullish(), to: saidInstant.nullish(), reason }),
  response: z.object({ id }),
})

export const endListEntry = route({
  method: 'POST',
  path: '/api/lists/:id/end',
  summary: 'Take an account off a list, from now on.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ reason }),
  response: nothing,
})

export const grantEmergency = route({
  method: 'POST',
  path: '/api/accounts/:id/emergency-credit',
  summary: 'Grant the emergency credit of the agreement, once until it is repaid; supply comes back at once.',
  params: byAccount,
  query: nothing,
  body: z.object({ reason }),
  response: z.object({ amount: moneyText }),
})

export const expectPayment = route({
  method: 'POST',
  path: '/api/accounts/:id/expected-payments',
  summary: 'A payment is on its way (a transfer slip was shown): for a while no trip leaves. At most three a day.',
  params: byAccount,
  query: nothing,
  body: z.object({ channel: z.string().trim().min(1).max(40), reference: z.string().trim().min(1).max(100) }),
  response: z.object({ until: instant }),
})

export const approveStop = route({
  method: 'POST',
  path: '/api/stop-approvals/:id/approve',
  summary: 'Agree to a stop. Another person than who asked for it; important customers need two.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: nothing,
  response: z.object({ state: z.enum(['open', 'approved', 'refused']) }),
})

export const refuseStop = route({
  method: 'POST',
  path: '/api/stop-approvals/:id/refuse',
  summary: 'Refuse a stop; the account is left alone until the given end.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ until: saidInstant, reason }),
  response: z.object({ state: z.enum(['open', 'approved', 'refused']) }),
})

export const askStopAgain = route({
  method: 'POST',
  path: '/api/accounts/:id/stop-approvals',
  summary: 'Ask again for a stop that was refused; another person decides.',
  params: byAccount,
  query: nothing,
  body: z.object({ reason }),
  response: z.object({ id }),
})

export const confirmDelivery = route({
  method: 'POST',
  path: '/api/messages/:id/delivered',
  summary: 'A notice that was to be brought by hand has been handed over: its receipt.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ detail: reason }),
  response: nothing,
})

/** One account that is used up and whose supply is not stopped as usual, or whose stop waits for somebody. */
export const stopRow = z.object({
  account: z.object({ id, number: z.string(), customer: z.string() }),
  meter: z.object({ id, place: z.string() }).nullable(),
  stage: creditStage,
  since: instant,
  balance: moneyText,
  reasons: z.array(z.string()),
  earliestStopAt: instant.nullable(),
  approval: stopApproval.nullable(),
})
export type StopRow = z.infer<typeof stopRow>

export const listStops = route({
  method: 'GET',
  path: '/api/stops',
  summary:
    'Accounts on the way to a stop, the poorest first: approvals to give, who owes and is not stopped, who was told.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ rows: z.array(stopRow) }),
})

export const noTripKind = z.enum(['holiday', 'weather', 'event'])
const day = z.string()
export const noTripSpan = z.object({
  id,
  site: z.string(),
  kind: noTripKind,
  /** First and last local day. */
  firstDay: day,
  lastDay: day,
  reason: z.string(),
})
export type NoTripSpan = z.infer<typeof noTripSpan>

export const listNoTrip = route({
  method: 'GET',
  path: '/api/no-trip',
  summary:
    'Days without trips that were written down, and the public holidays of the program’s calendar (a year ahead).',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({
    spans: z.array(noTripSpan),
    holidays: z.array(z.object({ firstDay: day, lastDay: day, name: z.string() })),
  }),
})

export const addNoTrip = route({
  method: 'POST',
  path: '/api/no-trip',
  summary: 'Nobody is tripped from the first to the last day; a holiday keeps the day before it free, too.',
  params: nothing,
  query: nothing,
  body: z.object({ site: z.string().nullable(), kind: noTripKind, firstDay: localDay, lastDay: localDay, reason }),
  response: z.object({ spans: z.number().int() }),
})

export const removeNoTrip = route({
  method: 'POST',
  path: '/api/no-trip/:id/remove',
  summary: 'Allow trips again on the days of this line.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: nothing,
  response: nothing,
})
