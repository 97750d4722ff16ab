import { z } from 'zod'
import { route } from './route.ts'
import { id, instant, moneyText, nothing, saidId, saidInstant } from './values.ts'

export const dryRunOutcome = z.enum(['tripped', 'notified', 'held', 'warned-2', 'warned-1', 'nothing'])
export type DryRunOutcome = z.infer<typeof dryRunOutcome>

const minuteOfDay = z.number().int().min(0).max(1_440)
const mostHours = 168
const mostLeadMinutes = 43_200

/** What is thought of as changed; what is not named stays as it is. */
export const dryRunChange = z
  .object({
    alarm1: moneyText.optional(),
    alarm2: moneyText.optional(),
    cutOff: moneyText.optional(),
    restore: moneyText.optional(),
    noticeLeadMinutes: z.number().int().min(0).max(mostLeadMinutes).optional(),
    /** Minutes after local midnight, and weekdays 0 = Sunday … 6. */
    tripWindow: z
      .object({
        fromMinute: minuteOfDay,
        toMinute: minuteOfDay,
        weekdays: z.array(z.number().int().min(0).max(6)).max(7),
      })
      .optional(),
    ignoreNoTrip: z.literal(true).optional(),
    ignoreProtected: z.literal(true).optional(),
    liftKeepPower: z.literal(true).optional(),
    /** All prices in per cent of what they are: `130` is 30 % more. */
    pricePercent: z
      .string()
      .regex(/^\d{1,4}(\.\d{1,4})?$/u)
      .optional(),
    /** One flat price, yuan per kWh, instead of the plan. */
    flatPrice: z
      .string()
      .regex(/^\d{1,3}(\.\d{1,10})?$/u)
      .optional(),
  })
  .strict()
  .refine(({ pricePercent, flatPrice }) => pricePercent === undefined || flatPrice === undefined, {
    message: 'say either a percentage or a flat price',
  })
export type DryRunChange = z.infer<typeof dryRunChange>

const foreseen = z.object({
  outcome: dryRunOutcome,
  at: instant,
  reasons: z.array(z.string()),
  balanceThen: moneyText,
  notices: z.array(z.object({ notice: z.string(), at: instant })),
})

export const dryRunRow = z.object({
  accountId: id,
  number: z.string(),
  place: z.string(),
  balance: moneyText,
  /** With the change, and without it. */
  changed: foreseen,
  unchanged: foreseen,
})
export type DryRunRow = z.infer<typeof dryRunRow>

const counts = z.record(dryRunOutcome, z.number().int())

/** Another plan for what is used from now on: a document of docs/pricing.md, or what is stored; without a version the newest. */
const thoughtPlan = z.union([
  z.object({ document: z.unknown().refine((document) => document !== undefined, { message: 'is missing' }) }).strict(),
  z.object({ name: z.string().min(1).max(200), version: z.number().int().positive().optional() }).strict(),
])

export const runDryRun = route({
  method: 'POST',
  path: '/api/dry-runs',
  summary: 'What the credit policy would do, with a change and without it; nothing is saved but who has looked.',
  params: nothing,
  query: nothing,
  body: z
    .object({
      /** Absent: all sites. */
      siteId: saidId.optional(),
      /** Only accounts that pay by a plan of this name. */
      planName: z.string().min(1).max(200).optional(),
      /** Absent: now. */
      at: saidInstant.optional(),
      hours: z.number().int().min(1).max(mostHours).default(24),
      /** Balances fall as in the last week; else they stay as they are. */
      goesOnUsing: z.boolean().default(true),
      change: dryRunChange.default({}),
      /** In place of a price in the change. */
      plan: thoughtPlan.optional(),
    })
    .refine(({ plan, change }) => plan === undefined || (change.pricePercent ?? change.flatPrice) === undefined, {
      message: 'say either another plan or a price',
    }),
  response: z.object({
    at: instant,
    until: instant,
    accounts: z.number().int(),
    counts,
    unchangedCounts: counts,
    /** Accounts that the plan thought of can not price: they are walked at their own prices. */
    notPriced: z.number().int(),
    /** Everybody to whom something happens, the worst first, at most 2000. */
    rows: z.array(dryRunRow),
    guards: z.array(
      z.object({
        siteId: id,
        site: z.string(),
        tripped: z.number().int(),
        mostToday: z.number().int(),
        frozen: z.boolean(),
        /** More on one day than the guard lets pass. */
        wouldFreeze: z.boolean(),
      }),
    ),
  }),
})
