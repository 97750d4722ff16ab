import { z } from 'zod'

/** Money as text in yuan with up to six decimals, e.g. `-0.123456`: never a float on the wire. */
export const moneyText = z.string().regex(/^-?\d{1,12}(\.\d{1,6})?$/u)

/** An amount to pay: above zero, at most two decimals (a fen is the smallest coin), below one million yuan. */
export const paymentText = z.string().regex(/^(?!0+(\.0{1,2})?$)\d{1,6}(\.\d{1,2})?$/u)

/** Energy as an integer of watt-hours in text. */
export const energyText = z.string().regex(/^-?\d{1,15}$/u)

/** UTC epoch milliseconds of the server's wall clock. */
export const instant = z.number().int()
/** The last instant of the year 9999. */
const lastInstant = 253_402_300_799_999
/** An instant that somebody says: from 1970 to the year 9999, which calendars and databases understand. */
export const saidInstant = instant.min(0).max(lastInstant)

const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
/** A day of the calendar, `YYYY-MM-DD`, in the site's own time; from 1970 on. */
export const localDay = z
  .string()
  .regex(/^(19[7-9]\d|[2-9]\d{3})-\d{2}-\d{2}$/u)
  .refine(isDay, { message: '没有这一天 / there is no such day' })

/** Bytes as upper-case hexadecimal with blanks: `68 01 … 16`. */
export const hexText = z.string()

export const id = z.number().int().positive()
const mostRecords = 2_147_483_647
/** A record that somebody names in a body. */
export const saidId = id.max(mostRecords)
/** A path or query parameter that names a record. */
export const idParameter = z.coerce.number().int().positive().max(mostRecords)
export const uuid = z.uuid()

export const relayState = z.enum(['closed', 'open', 'unknown'])
export type RelayState = z.infer<typeof relayState>

/** DL/T 645-2007 function 1CH actions (1A, 1B, 1C, 2A, 2B, 3A, 3B). */
export const commandKind = z.enum([
  'trip',
  'permit-close',
  'direct-close',
  'alarm-on',
  'alarm-off',
  'keep-power-on',
  'keep-power-off',
])
export type CommandKind = z.infer<typeof commandKind>

export const commandState = z.enum([
  'queued',
  'sent',
  'acknowledged',
  'verified',
  'refused',
  'failed',
  'expired',
  'cancelled',
])
export type CommandState = z.infer<typeof commandState>

/** Where the account stands on the way from enough money to no supply. */
export const creditStage = z.enum([
  'normal',
  'warned-1',
  'warned-2',
  'stop-due',
  'await-approval',
  'suspended',
  'stop-notified',
  'cut-off',
])
export type CreditStage = z.infer<typeof creditStage>

export const readingQuality = z.enum(['good', 'held'])

export const role = z.enum(['administrator', 'manager', 'cashier', 'field-engineer', 'auditor'])
export type Role = z.infer<typeof role>

export const permission = z.enum([
  'view',
  'top-up',
  'control',
  'control-trip',
  'read-now',
  'work',
  'sign',
  'refund',
  'set-site',
])
export type Permission = z.infer<typeof permission>

export const nothing = z.object({})
