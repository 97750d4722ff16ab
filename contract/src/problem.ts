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
  'unknown-gateway',
  'unknown-schedule',
  'unknown-pause',
  'account-closed',
  'unknown-statement',
  'unknown-payment',
  'meter-without-account',
  'same-key-other-input',
  'command-already-open',
  'dry-run-first',
  'thresholds-out-of-order',
  'too-far-ahead',
  'too-many-accounts',
  'nobody-concerned',
  'no-rule',
  'samples-too-often',
  'samples-too-far-apart',
  'span-out-of-order',
  'no-load-rules',
  'no-single-run',
  'run-under-way',
  'stopped-for-debt',
  'no-parameters',
  'too-many-parameters',
  'parameter-twice',
  'bad-parameter',
  'nothing-selected',
  'too-many-meters',
  'nothing-to-do',
  'unknown-batch',
  'same-person',
  'wrong-password',
  'override-not-seen',
  'batch-not-waiting',
  'batch-not-running',
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
