import { z } from 'zod'

/** Why a request was refused. One table in the server maps each code to an HTTP status and to words. */
export const problemCode = z.enum([
  'bad-input',
  'not-signed-in',
  'wrong-sign-in',
  'not-permitted',
  'not-found',
  'unknown-meter',
  'unknown-account',
  'unknown-site',
  'account-closed',
  'unknown-statement',
  'unknown-payment',
  'meter-without-account',
  'same-key-other-input',
  'below-minimum',
  'above-hoard-limit',
  'plan-has-no-such-price',
  'no-usual-day',
  'nothing-to-pay',
  'price-has-changed',
  'amount-not-above-zero',
  'not-enough-money',
  'would-overdraw',
  'not-whole-fen',
  'meter-not-of-account',
  'not-local-mode',
  'purchase-already-open',
  'purse-disputed',
  'does-not-follow',
  'in-the-past',
  'thresholds-out-of-order',
  'notice-lead-not-plausible',
  'trip-window-not-plausible',
  'unknown-price-plan',
  'no-agreement',
  'same-account',
  'not-so-much-frozen',
  'not-so-much-owed',
  'money-is-frozen',
  'purchase-on-its-way',
  'money-in-the-meter',
  'debt-is-open',
  'owes-money',
  'last-reading-missing',
  'command-already-open',
  'unknown-work-item',
  'work-item-closed',
  'work-item-acknowledged',
  'reason-missing',
  'gateway-offline',
  'meter-did-not-answer',
  'too-many-requests',
  'unavailable',
  'internal',
])
export type ProblemCode = z.infer<typeof problemCode>

/** Body of every response that is not a success. */
export const problem = z.object({
  code: problemCode,
  /** What is wrong and what to do, for people. */
  message: z.object({ en: z.string(), zh: z.string() }),
  /** For `bad-input`: which fields, and what each must look like. */
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof problem>
