import { z } from 'zod'
import { paymentMeans } from './counter.ts'
import { route } from './route.ts'
import { instant, moneyText, nothing, uuid } from './values.ts'

/** Counted cash: whole fen, nothing is allowed. */
const counted = z.string().regex(/^\d{1,7}(\.\d{1,2})?$/u)

export const shiftTotal = z.object({
  means: paymentMeans,
  payments: z.number().int(),
  taken: moneyText,
  refunds: z.number().int(),
  refunded: moneyText,
  /** What reversals brought in, less what they took out. */
  reversed: moneyText,
  net: moneyText,
})
export type ShiftTotal = z.infer<typeof shiftTotal>

export const shift = z.object({
  id: uuid,
  cashier: z.string(),
  openedAt: instant,
  /** In the drawer by the books before it, and what was counted then. */
  carried: moneyText,
  opening: moneyText,
  totals: z.array(shiftTotal),
  /** Cash that somebody else has moved in this drawer, e.g. by reversing a payment. */
  byOthers: moneyText,
  /** What the drawer holds by the books; of a closed shift, when it was counted. */
  expected: moneyText,
  closed: z.object({ at: instant, counted: moneyText, difference: moneyText, note: z.string() }).nullable(),
})
export type Shift = z.infer<typeof shift>

export const readShift = route({
  method: 'GET',
  path: '/api/shift',
  summary: "One's own open shift with its running totals, and what one's drawer holds by the books.",
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ shift: shift.nullable(), drawer: moneyText }),
})

export const openShift = route({
  method: 'POST',
  path: '/api/shift/open',
  summary: 'Begin a shift with the cash that was counted; more than the books know is drawn from the bank as float.',
  params: nothing,
  query: nothing,
  body: z.object({ key: uuid, counted }),
  response: z.object({ shiftId: uuid, fresh: z.boolean() }),
})

export const closeShift = route({
  method: 'POST',
  path: '/api/shift/close',
  summary: 'End the shift: what was counted goes to the bank, the difference is booked; it needs a note.',
  params: nothing,
  query: nothing,
  body: z.object({ key: uuid, counted, note: z.string().trim().max(200).default('') }),
  response: z.object({ shiftId: uuid, fresh: z.boolean(), expected: moneyText, difference: moneyText }),
})

export const listShifts = route({
  method: 'GET',
  path: '/api/shifts',
  summary: "The last 100 shifts, newest first: one's own, or everybody's for who may refund and for auditors.",
  params: nothing,
  query: nothing,
  body: z.unknown(),
  response: z.object({ shifts: z.array(shift) }),
})
