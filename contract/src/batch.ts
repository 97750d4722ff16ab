import { z } from 'zod'
import { route } from './route.ts'
import {
  commandKind,
  commandState,
  creditStage,
  hexText,
  id,
  instant,
  moneyText,
  nothing,
  relayState,
  saidId,
  uuid,
} from './values.ts'

/** A relay command, or a download of parameters. */
export const batchKind = z.enum([...commandKind.options, 'write-parameters'])
export type BatchKind = z.infer<typeof batchKind>

/** `waiting` for the second person → `running` → `finished`; or `refused`, `expired`, `stopped`. */
export const batchState = z.enum(['waiting', 'running', 'finished', 'stopped', 'refused', 'expired'])
export type BatchState = z.infer<typeof batchState>

export const batchApproval = z.enum(['none', 'second-person', 'second-person-with-password'])

export const parameterName = z.enum([
  'money-alarm-1',
  'money-alarm-2',
  'money-overdraft-limit',
  'money-hoarding-limit',
  'money-to-close',
  'spare-rate-price-1',
  'spare-rate-price-2',
  'spare-rate-price-3',
  'spare-rate-price-4',
  'rate-price-switch-time',
])
export type ParameterName = z.infer<typeof parameterName>

/** Money `20.00`, a price per kWh `0.5380`, a local minute `2026-12-01T00:00`. */
export const parameter = z.object({ item: parameterName, value: z.string().trim().min(1).max(32) })
export type Parameter = z.infer<typeof parameter>

const name = z.string().trim().min(1).max(64)
const mostNames = 2_000

/** Which meters; what is given must hold all at once, and something has to be given. */
export const batchSelection = z
  .object({
    siteId: saidId.optional(),
    gatewayId: saidId.optional(),
    /** Beginning of the place: `3-` for building 3 where rooms are called `3-101`. */
    placePrefix: name.optional(),
    /** Places, meter numbers or account numbers. */
    names: z.array(name).min(1).max(mostNames).optional(),
    meterIds: z.array(saidId).min(1).max(mostNames).optional(),
    stage: creditStage.optional(),
  })
  .strict()
  .refine((selection) => Object.values(selection).some((value) => value !== undefined), {
    message: 'say at least one thing about the meters',
  })
export type BatchSelection = z.infer<typeof batchSelection>

const order = {
  kind: batchKind,
  selection: batchSelection,
  /** A trip also of who has enough money, a close also of who was stopped for debt; never a protected meter. */
  override: z.boolean().default(false),
  /** Of a download: what is written into each meter, in the order of their list. */
  parameters: z.array(parameter).max(10).default([]),
}

export const batchMeter = z.object({
  meterId: id,
  place: z.string(),
  address: z.string(),
  accountNumber: z.string().nullable(),
  customerName: z.string().nullable(),
  balance: moneyText.nullable(),
  stage: creditStage.nullable(),
  relay: relayState,
  keepPower: z.boolean(),
  protected: z.boolean(),
  /** Why it is left out: a code; null when it is in. */
  skip: z.string().nullable(),
})
export type BatchMeter = z.infer<typeof batchMeter>

export const previewBatch = route({
  method: 'POST',
  path: '/api/batches/preview',
  summary: 'What a batch would do to whom, and who would be left out and why; nothing is kept.',
  params: nothing,
  query: nothing,
  body: z.object(order),
  response: z.object({
    approval: batchApproval,
    included: z.number().int(),
    leftOut: z.number().int(),
    meters: z.array(batchMeter),
  }),
})

const reason = z.string().trim().min(1).max(200)

export const requestBatch = route({
  method: 'POST',
  path: '/api/batches',
  summary: 'Ask for a batch; it waits for a second person, or begins at once where its kind needs none.',
  params: nothing,
  query: nothing,
  body: z.object({ ...order, key: uuid, reason }),
  response: z.object({ id: uuid }),
})

const person = z.object({ login: z.string(), name: z.string() })

export const batchSummary = z.object({
  id: uuid,
  kind: batchKind,
  override: z.boolean(),
  parameters: z.array(parameter),
  reason: z.string(),
  state: batchState,
  approval: batchApproval,
  requestedBy: person,
  at: instant,
  /** Null while it waits, and for a kind that needs nobody. */
  decision: z.object({ by: person, at: instant, reason: z.string().nullable() }).nullable(),
  /** By whom null: from the command line. */
  stop: z.object({ by: person.nullable(), at: instant, reason: z.string() }).nullable(),
  finishedAt: instant.nullable(),
  counts: z.object({
    total: z.number().int(),
    waiting: z.number().int(),
    underWay: z.number().int(),
    done: z.number().int(),
    failed: z.number().int(),
    leftOut: z.number().int(),
  }),
})
export type BatchSummary = z.infer<typeof batchSummary>

export const batchItem = z.object({
  meterId: id,
  place: z.string(),
  address: z.string(),
  /** As the second person saw it. */
  seen: batchMeter,
  state: z.enum(['waiting', 'skipped', 'commanded', 'writing', 'written', 'failed']),
  /** Why it was left out or failed: a code or words. */
  because: z.string().nullable(),
  command: z
    .object({ id: uuid, state: commandState, failure: z.string().nullable(), attempts: z.number().int() })
    .nullable(),
  /** Of a download: each parameter, what became of it, and the bytes. */
  written: z.array(
    z.object({
      item: parameterName,
      value: z.string(),
      outcome: z.enum(['verified', 'already', 'withdrawn', 'not-sent', 'refused', 'unverified']),
      detail: z.string().nullable(),
      before: hexText.nullable(),
      after: hexText.nullable(),
      exchanges: z.array(
        z.object({
          at: instant,
          meaning: z.string(),
          request: hexText,
          response: hexText.nullable(),
          durationMs: z.number(),
        }),
      ),
    }),
  ),
  finishedAt: instant.nullable(),
})
export type BatchItem = z.infer<typeof batchItem>

export const listBatches = route({
  method: 'GET',
  path: '/api/batches',
  summary: 'The last 100 batches, those that wait or run first, then the newest.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ batches: z.array(batchSummary) }),
})

export const readBatch = route({
  method: 'GET',
  path: '/api/batches/:id',
  summary: 'One batch with every meter: what was known of it, and what became of it.',
  params: z.object({ id: uuid }),
  query: nothing,
  body: z.unknown(),
  response: batchSummary.extend({ items: z.array(batchItem) }),
})

const ofBatch = z.object({ id: uuid })

export const approveBatch = route({
  method: 'POST',
  path: '/api/batches/:id/approve',
  summary: 'A second person lets a batch go; dangerous kinds need the approver’s own password again.',
  params: ofBatch,
  query: nothing,
  body: z.object({
    reason,
    password: z.string().min(1).max(256).optional(),
    /** Must be true for a batch that overrides balances: the approver has read the meters it concerns. */
    overrideSeen: z.boolean().default(false),
  }),
  response: nothing,
})

export const refuseBatch = route({
  method: 'POST',
  path: '/api/batches/:id/refuse',
  summary: 'Refuse a batch, or withdraw one’s own; nothing of it is sent.',
  params: ofBatch,
  query: nothing,
  body: z.object({ reason }),
  response: nothing,
})

export const stopBatch = route({
  method: 'POST',
  path: '/api/batches/:id/stop',
  summary: 'Stop a batch: what has not been sent is cancelled; what was sent is finished and proven.',
  params: ofBatch,
  query: nothing,
  body: z.object({ reason }),
  response: z.object({ cancelled: z.number().int() }),
})
