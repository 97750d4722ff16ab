import { z } from 'zod'
import { route } from './route.ts'
import {
  creditStage,
  id,
  idParameter,
  instant,
  moneyText,
  nothing,
  paymentText,
  relayState,
  saidId,
  uuid,
} from './values.ts'

/** Means of payment that a counter takes and gives back by. */
export const counterMeans = z.enum(['cash-counter', 'card-terminal', 'bank-transfer'])
export type CounterMeans = z.infer<typeof counterMeans>

/** All means of payment: those of a counter and those that customers use by themselves. */
export const paymentMeans = z.enum([...counterMeans.options, 'wechat-pay', 'alipay'])
export type PaymentMeans = z.infer<typeof paymentMeans>

const reason = z.string().trim().min(1).max(200)
/** Inside the books: whatever a balance may be, to the micro-yuan; only what is handed out is whole fen. */
const bookText = z.string().regex(/^(?!0+(\.0{1,6})?$)\d{1,6}(\.\d{1,6})?$/u)
const byAccount = z.object({ id: idParameter })

/** What is asked of an account besides paying. */
export const counterOperation = z.discriminatedUnion('kind', [
  /** Give prepaid money back: in cash out of one's own drawer, else owed until the channel has paid. */
  z.object({ kind: z.literal('refund'), amount: paymentText, channel: counterMeans }),
  /** The channel has paid a refund out. */
  z.object({ kind: z.literal('refund-paid'), refundId: uuid }),
  /** Undo an operation, once, as it really happened. */
  z.object({ kind: z.literal('reverse'), operationId: uuid }),
  /** A payment that was taken for the wrong account goes where it belongs. */
  z.object({ kind: z.literal('move-payment'), paymentId: uuid, toAccountId: saidId }),
  z.object({ kind: z.literal('transfer'), toAccountId: saidId, amount: bookText }),
  z.object({ kind: z.literal('freeze'), amount: bookText }),
  z.object({ kind: z.literal('unfreeze'), amount: bookText }),
  /** Give up what will not be paid: an overdrawn balance, or old debt. */
  z.object({ kind: z.literal('write-off'), amount: bookText, of: z.enum(['overdraft', 'debt']) }),
  /** Return the rest, end the agreement, free the meters; each must have been read within the last hour. */
  z.object({ kind: z.literal('close-account'), channel: counterMeans }),
])
export type CounterOperation = z.infer<typeof counterOperation>

export const askCounter = route({
  method: 'POST',
  path: '/api/accounts/:id/operations',
  summary:
    'Refund, reverse, move, transfer, freeze, write off or close. Done at once, or kept until a second person agrees. The same key again does nothing twice.',
  params: byAccount,
  query: nothing,
  body: z.object({ key: uuid, reason, operation: counterOperation }),
  response: z.discriminatedUnion('state', [
    z.object({
      state: z.literal('done'),
      operationId: uuid,
      fresh: z.boolean(),
      /** What closing gave back; null for all else. */
      returned: moneyText.nullable(),
    }),
    z.object({ state: z.literal('waiting'), requestId: uuid, fresh: z.boolean() }),
  ]),
})

const accountName = z.object({ id, number: z.string(), customer: z.string() })

/** An operation that waits, or has waited, for a second person. */
export const operationRequest = z.object({
  id: uuid,
  account: accountName,
  kind: z.string(),
  /** Null where it is the whole of something else: an operation, a balance. */
  amount: moneyText.nullable(),
  /** What is reversed or moved. */
  about: z.object({ kind: z.string(), at: instant, amount: moneyText.nullable() }).nullable(),
  /** Where it would go. */
  to: accountName.nullable(),
  means: paymentMeans.nullable(),
  reason: z.string(),
  requestedBy: z.object({ login: z.string(), name: z.string() }),
  at: instant,
  state: z.enum(['waiting', 'approved', 'done', 'refused', 'withdrawn']),
  decided: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
})
export type OperationRequest = z.infer<typeof operationRequest>

export const listOperationRequests = route({
  method: 'GET',
  path: '/api/operation-requests',
  summary: 'What waits for a second person, oldest first; or what was decided, newest first (200 at most).',
  params: nothing,
  query: z.object({ state: z.enum(['waiting', 'decided']).default('waiting') }),
  body: z.unknown(),
  response: z.object({ requests: z.array(operationRequest) }),
})

export const approveOperation = route({
  method: 'POST',
  path: '/api/operation-requests/:id/approve',
  summary: 'A second person agrees: it is carried out at once, in the name of who asked.',
  params: z.object({ id: uuid }),
  query: nothing,
  body: z.object({ reason: z.string().trim().max(200).default('') }),
  response: z.object({ operationId: uuid.nullable() }),
})

export const refuseOperation = route({
  method: 'POST',
  path: '/api/operation-requests/:id/refuse',
  summary: 'A second person refuses, or who asked withdraws; nothing is moved.',
  params: z.object({ id: uuid }),
  query: nothing,
  body: z.object({ reason }),
  response: nothing,
})

/** An account as a search finds it. */
export const foundAccount = z.object({
  id,
  number: z.string(),
  customerId: id,
  customer: z.string(),
  phone: z.string(),
  site: z.string(),
  closed: z.boolean(),
  stage: creditStage,
  balance: moneyText,
  places: z.array(z.string()),
})
export type FoundAccount = z.infer<typeof foundAccount>

export const findAccounts = route({
  method: 'GET',
  path: '/api/accounts',
  summary: 'Accounts by number, name, phone, place or meter: twenty at most, open ones first.',
  params: nothing,
  query: z.object({ q: z.string().trim().min(1).max(60) }),
  body: z.unknown(),
  response: z.object({ accounts: z.array(foundAccount), more: z.boolean() }),
})

/** What was asked of the ledger for an account, as the counter shows it. */
export const accountOperation = z.object({
  id: uuid,
  kind: z.string(),
  at: instant,
  by: z.string().nullable(),
  reason: z.string(),
  amount: moneyText.nullable(),
  means: paymentMeans.nullable(),
  to: accountName.nullable(),
  reversedBy: uuid.nullable(),
  /** May be reversed as it stands. */
  reversible: z.boolean(),
  /** A refund that the channel has not paid out yet. */
  unpaid: z.boolean(),
})
export type AccountOperation = z.infer<typeof accountOperation>

export const accountFile = z.object({
  id,
  number: z.string(),
  customer: z.object({ id, name: z.string(), phone: z.string() }),
  site: z.string(),
  openedAt: instant.nullable(),
  closedAt: instant.nullable(),
  stage: creditStage,
  prepaid: z.boolean(),
  /** The balance in its parts: available, frozen, old debt, on its way to a meter, in the meters' own purses. */
  balance: z.object({
    prepayment: moneyText,
    frozen: moneyText,
    debt: moneyText,
    pending: moneyText,
    wallet: moneyText,
  }),
  meters: z.array(z.object({ id, place: z.string(), address: z.string(), relay: relayState })),
  /** The newest fifty. */
  operations: z.array(accountOperation),
  requests: z.array(operationRequest),
})
export type AccountFile = z.infer<typeof accountFile>

export const readAccount = route({
  method: 'GET',
  path: '/api/accounts/:id',
  summary: 'One account: customer, meters, the balance in its parts, what was asked of it and what waits.',
  params: byAccount,
  query: nothing,
  body: z.unknown(),
  response: accountFile,
})

export const listOpenings = route({
  method: 'GET',
  path: '/api/openings',
  summary: 'What an account can be opened with: sites, and meters that have no account (200 at most).',
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({
    sites: z.array(z.object({ id, name: z.string() })),
    meters: z.array(z.object({ id, siteId: id, place: z.string(), address: z.string() })),
  }),
})

const oldMoney = z.string().regex(/^\d{1,6}(\.\d{1,2})?$/u)

export const openAccount = route({
  method: 'POST',
  path: '/api/accounts',
  summary: 'Open an account for a customer who is known or new; nothing is charged until an agreement is signed.',
  params: nothing,
  query: nothing,
  body: z.object({
    key: uuid,
    number: z.string().trim().min(1).max(40),
    siteId: saidId,
    customer: z.union([
      z.object({ id: saidId }),
      z.object({
        name: z.string().trim().min(1).max(100),
        phone: z.string().trim().max(20),
        language: z.enum(['zh', 'en']),
      }),
    ]),
    meterIds: z.array(saidId).max(50),
    /** Brought in from an older system. */
    oldBalance: oldMoney.default('0'),
    oldDebt: oldMoney.default('0'),
    reason: z.string().trim().max(200).default(''),
  }),
  response: z.object({ accountId: id, fresh: z.boolean() }),
})
