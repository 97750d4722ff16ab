import { z } from 'zod'
import { route } from './route.ts'
import { idParameter, moneyText, paymentText } from './values.ts'

/** Energy to buy ahead: kilowatt-hours in text, above zero, at most three decimals. */
export const buyKwh = z.string().regex(/^(?!0+(\.0{1,3})?$)\d{1,6}(\.\d{1,3})?$/u)
/** Days to buy ahead: at most ten years. */
export const buyDays = z.coerce.number().int().positive().max(3_660)

/** How much somebody wants to buy when it is no amount (按电量、按时间购电). */
export const purchaseWish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('energy'), kwh: buyKwh }),
  z.object({ kind: z.literal('time'), days: buyDays }),
])
export type PurchaseWish = z.infer<typeof purchaseWish>

/** What a top-up would do now. Nothing is moved, and nothing is promised: it is decided again when it is paid. */
export const topUpQuote = z.object({
  amount: moneyText,
  /** The part that pays old debt, and the part that comes to the balance. */
  toDebt: moneyText,
  toBalance: moneyText,
  balance: moneyText,
  balanceAfter: moneyText,
  debt: moneyText,
  debtAfter: moneyText,
  /** Of the plan; null where it has no such rule. */
  minimum: moneyText.nullable(),
  hoardLimit: moneyText.nullable(),
  /** Which part of a purchase pays old debt, in per cent. */
  debtPercent: z.string().nullable(),
  /** Why it would be refused. */
  refusal: z.enum(['below-minimum', 'above-hoard-limit']).nullable(),
})
export type TopUpQuote = z.infer<typeof topUpQuote>

export const quoteTopUp = route({
  method: 'GET',
  path: '/api/accounts/:id/top-up-quote',
  summary: 'What a top-up by amount, by energy or by days would cost and do. Give exactly one of the three.',
  params: z.object({ id: idParameter }),
  query: z
    .object({ amount: paymentText.optional(), kwh: buyKwh.optional(), days: buyDays.optional() })
    .refine(({ amount, kwh, days }) => [amount, kwh, days].filter((given) => given !== undefined).length === 1, {
      message: '金额、电量、天数须且只须给出一项 / give exactly one of amount, kwh and days',
    }),
  body: z.unknown(),
  response: topUpQuote,
})
