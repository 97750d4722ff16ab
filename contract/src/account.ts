import { z } from 'zod'
import { counterMeans } from './counter.ts'
import { purchaseWish } from './purchase.ts'
import { route } from './route.ts'
import { creditStage, energyText, id, idParameter, instant, moneyText, nothing, paymentText, uuid } from './values.ts'

/** How money may reach or leave a balance. */
export const entryKind = z.enum([
  'payment',
  'energy-charge',
  'energy-credit',
  'fee',
  'rounding-charge',
  'rounding-credit',
  'refund',
  'transfer-out',
  'transfer-in',
  'freeze',
  'unfreeze',
  'opening-balance',
  'debt-collection',
  'write-off',
  'purchase-pending',
  'purchase-voided',
  'purchase-expired',
  'wallet-return',
  'compensation',
  'suspense-resolved',
  'reversal',
])

/** One line of an account: what moved its balance. */
export const accountEntry = z.object({
  id: uuid,
  at: instant,
  kind: entryKind,
  /** Above zero when the balance rose. */
  amount: moneyText,
  balance: moneyText,
  text: z.string(),
  usedWh: energyText.nullable(),
})
export type AccountEntry = z.infer<typeof accountEntry>

export const listEntries = route({
  method: 'GET',
  path: '/api/accounts/:id/entries',
  summary: 'The last 200 entries of an account, newest first.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: z.object({ entries: z.array(accountEntry) }),
})

export const topUp = route({
  method: 'POST',
  path: '/api/accounts/:id/top-ups',
  summary: 'Credit a payment taken at the counter. Repeating it with the same key credits nothing twice.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({
    key: uuid,
    amount: paymentText,
    /** What was asked for, when it was no amount: refused as `price-has-changed` when the amount is not its price now. */
    wish: purchaseWish.optional(),
    means: counterMeans.default('cash-counter'),
  }),
  response: z.object({
    paymentId: uuid,
    /** False when this key had been credited before. */
    fresh: z.boolean(),
    amount: moneyText,
    /** The part that paid old debt, as the price plan says. */
    toDebt: moneyText,
    balance: moneyText,
    stage: creditStage,
    /** Close commands that this payment set off. */
    restoring: z.array(z.object({ meterId: id, commandId: uuid })),
  }),
})

export const refund = route({
  method: 'POST',
  path: '/api/accounts/:id/refunds',
  summary: "Give prepaid money back in cash out of one's own drawer. The same key again gives nothing twice.",
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.object({ key: uuid, amount: paymentText, reason: z.string().trim().min(1).max(200) }),
  response: z.object({ operationId: uuid, fresh: z.boolean(), balance: moneyText }),
})

export const message = z.object({
  id,
  at: instant,
  account: z.object({ id, number: z.string(), customerName: z.string() }),
  /** `warning-1`, `pre-stop`, `stopped` … */
  notice: z.string(),
  channel: z.string(),
  recipient: z.string(),
  text: z.string(),
  /** `withdrawn`: its cause was over before its hour came. */
  state: z.enum(['queued', 'shown', 'failed', 'withdrawn']),
  attempts: z.number().int(),
  /** Not sent before: notices keep the agreed hours. */
  notBefore: instant.nullable(),
  /** By the receipt of the channel, or of who brought it by hand. */
  deliveredAt: instant.nullable(),
  /** When the channel took it over. */
  sentAt: instant.nullable(),
})
export type Message = z.infer<typeof message>

export const listMessages = route({
  method: 'GET',
  path: '/api/messages',
  summary: 'The last 200 messages of the outbox, newest first.',
  params: nothing,
  query: z.object({ account: idParameter.optional() }),
  body: z.unknown(),
  response: z.object({ messages: z.array(message) }),
})
