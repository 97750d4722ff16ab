import { z } from 'zod'
import { route } from './route.ts'
import { commandKind, energyText, instant, moneyText, nothing } from './values.ts'

/** Where it happened; a meter to open, when the account has one. */
const where = { id: z.string(), at: instant, place: z.string(), meterId: z.number().int().nullable() }

/** What a person who watches wants to see happen, in one line each. */
export const feedItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('payment'), ...where, amount: moneyText, balance: moneyText }),
  z.object({
    kind: z.literal('command'),
    ...where,
    command: commandKind,
    /** How an attempt ended; only `verified` was proven by the meter's status word. */
    outcome: z.enum(['verified', 'refused', 'unanswered', 'unverified', 'expired']),
  }),
  /** An alarm about the field; `over` when it has ended since. */
  z.object({ kind: z.literal('alarm'), ...where, alarm: z.string(), over: z.boolean() }),
  z.object({ kind: z.literal('notice'), ...where, notice: z.string() }),
])
export type FeedItem = z.infer<typeof feedItem>

export const readFeed = route({
  method: 'GET',
  path: '/api/feed',
  summary:
    'The last 40 payments, relay commands, alarms and notices of the site, newest first; payments of the last 24 hours.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ items: z.array(feedItem) }),
})

/** One hour of the site: energy charged for, what it cost, and what was paid. */
export const dayHour = z.object({ at: instant, usedWh: energyText, charged: moneyText, paid: moneyText })
export type DayHour = z.infer<typeof dayHour>

export const readDay = route({
  method: 'GET',
  path: '/api/day',
  summary: 'Energy and money of the site since local midnight, hour by hour; hours without any are left out.',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ from: instant, hours: z.array(dayHour) }),
})
