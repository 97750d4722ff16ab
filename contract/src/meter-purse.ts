import { z } from 'zod'
import { route } from './route.ts'
import { id, idParameter, instant, moneyText, nothing, paymentText, saidInstant, uuid } from './values.ts'

/** Where the money is: in this system (远程费控), or in the meter's own purse (本地费控). */
export const settlementMode = z.enum(['remote', 'local'])

export const purchaseState = z.enum(['waiting', 'written', 'posted', 'voided', 'expired', 'disputed'])
export type PurchaseState = z.infer<typeof purchaseState>

/** One step of a purchase's life. `no-answer`: something may have arrived and nothing was heard; the count will tell. */
export const purchaseStep = z.enum([
  'written',
  'accepted',
  'refused',
  'no-answer',
  'unread',
  'posted',
  'voided',
  'expired',
  'disputed',
])

export const meterPurchase = z.object({
  id: uuid,
  at: instant,
  amount: moneyText,
  state: purchaseState,
  /** Written, and what became of it is not known yet: it is being resolved by reading the meter's purchase count. */
  resolving: z.boolean(),
  /** The meter's purchase count that proves it. */
  provingCount: z.number().int().nullable(),
  attempts: z.number().int(),
  /** Until when it may wait for the meter before it goes back to the account. */
  expiresAt: instant,
  finishedAt: instant.nullable(),
  operator: z.string().nullable(),
  life: z.array(
    z.object({
      at: instant,
      step: purchaseStep,
      attempts: z.number().int(),
      /** A code, or the words of the meter. */
      reason: z.string().nullable(),
    }),
  ),
})
export type MeterPurchase = z.infer<typeof meterPurchase>

/** What stands in a meter's own purse, as it was read last and as the books have it. */
export const meterPurse = z.object({
  mode: settlementMode,
  /** Null while it was never read. */
  shown: z.object({ balance: moneyText, purchaseCount: z.number().int(), at: instant }).nullable(),
  booked: moneyText,
  /** On its way into it. */
  pending: moneyText,
  /** What can be spent on a purchase: the account's prepayment. */
  available: moneyText,
  hoardLimit: moneyText.nullable(),
  /** Why nothing can be bought until a person has looked. */
  dispute: z.string().nullable(),
  /** The last 50, newest first. */
  purchases: z.array(meterPurchase),
})
export type MeterPurse = z.infer<typeof meterPurse>

export const readPurse = route({
  method: 'GET',
  path: '/api/meters/:id/purse',
  summary: "A meter's own purse: what is in it, what is on its way, and the life of each purchase.",
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: meterPurse,
})

export const buyForMeter = route({
  method: 'POST',
  path: '/api/meters/:id/purchases',
  summary: "Buy for a meter's own purse out of its account's prepayment. The same key again buys nothing twice.",
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ key: uuid, amount: paymentText }),
  response: z.object({
    purchaseId: uuid,
    fresh: z.boolean(),
    /** The account's prepayment after it. */
    balance: moneyText,
  }),
})

export const signAgreement = route({
  method: 'POST',
  path: '/api/accounts/:id/agreements',
  summary: "Sign the next version of an account's agreement by what changes in it; what is left out stays as it is.",
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({
    key: uuid,
    reason: z.string().max(200).default(''),
    /** By its name. */
    pricePlan: z.string().min(1).max(200).optional(),
    settlementMode: settlementMode.optional(),
    legalPath: z.enum(['agreement', 'overdue-30']).optional(),
    supplyContract: z.string().min(1).max(200).optional(),
    alarm1: moneyText.optional(),
    alarm2: moneyText.optional(),
    cutOff: moneyText.optional(),
    restore: moneyText.optional(),
    noticeLeadMinutes: z.number().int().min(0).max(43_200).optional(),
    reconnect: z.enum(['direct-close', 'permit-close']).optional(),
    /** In force from then on; from now on without it. */
    effectiveFrom: saidInstant.optional(),
  }),
  response: z.object({ agreementId: id, version: z.number().int(), effectiveFrom: instant, fresh: z.boolean() }),
})
