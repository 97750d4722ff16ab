import { z } from 'zod'
import { paymentMeans } from './counter.ts'
import { route } from './route.ts'
import { idParameter, instant, moneyText, nothing } from './values.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/u)
const column = z.string().trim().min(1).max(60)
const side = z.object({ count: z.number().int(), amount: moneyText })

/** Longest file of a channel, in characters. */
export const longestChannelFile = 5_000_000

export const channelDifferenceKind = z.enum([
  'only-ours',
  'only-theirs',
  'different-amount',
  'duplicate-theirs',
  'duplicate-ours',
])
export type ChannelDifferenceKind = z.infer<typeof channelDifferenceKind>

export const channelDifference = z.object({
  kind: channelDifferenceKind,
  reference: z.string(),
  ours: moneyText.nullable(),
  theirs: moneyText.nullable(),
  /** Of their file. */
  lines: z.array(z.number().int()),
})
export type ChannelDifference = z.infer<typeof channelDifference>

export const reconcileChannel = route({
  method: 'POST',
  path: '/api/reconciliations',
  summary:
    "Our payments of a channel against the channel's own file, to the fen. Differences are kept and become work items; the very same comparison again writes nothing.",
  params: nothing,
  query: nothing,
  body: z.object({
    channel: paymentMeans,
    /** First and last local day. */
    firstDay: day,
    lastDay: day,
    /** A table as text; a head line names its columns. */
    file: z.string().min(1).max(longestChannelFile),
    reference: column.default('reference'),
    amount: column.default('amount'),
    unit: z.enum(['yuan', 'fen']).default('yuan'),
    delimiter: z.enum([',', ';', 'tab']).default(','),
  }),
  response: z.object({
    matched: z.number().int(),
    matchedAmount: moneyText,
    ours: side,
    theirs: side,
    /** The first 500. */
    differences: z.array(channelDifference),
    more: z.number().int(),
    /** This very comparison was made before. */
    known: z.boolean(),
    fresh: z.number().int(),
  }),
})

export const difference = z.object({
  id: z.number().int(),
  channel: paymentMeans,
  kind: channelDifferenceKind,
  account: z.string().nullable(),
  reference: z.string(),
  ours: moneyText.nullable(),
  theirs: moneyText.nullable(),
  at: instant,
})
export type Difference = z.infer<typeof difference>

export const listDifferences = route({
  method: 'GET',
  path: '/api/reconciliations/items',
  summary: 'Open differences between the books and payment channels, oldest first (1,000 at most).',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ differences: z.array(difference) }),
})

export const resolveDifference = route({
  method: 'POST',
  path: '/api/reconciliations/items/:id',
  summary: 'Say what a difference was, or that it was put right in the books.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ state: z.enum(['explained', 'corrected']), reason: z.string().trim().min(1).max(200) }),
  response: nothing,
})
