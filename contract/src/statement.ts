import { z } from 'zod'
import { route } from './route.ts'
import { energyText, idParameter, instant, moneyText, nothing, uuid } from './values.ts'

export const statementNumber = z
  .string()
  .min(8)
  .max(60)
  .regex(/^[^/\p{Cc}]+$/u)
export const paperLanguage = z.enum(['zh', 'en'])
export type PaperLanguage = z.infer<typeof paperLanguage>

/** `2026-11`, in the site's zone. */
const month = z.string().regex(/^\d{4}-\d{2}$/u)

export const statementHead = z.object({
  number: statementNumber,
  /** 1 for the first statement of a month; each further one corrects the one before. */
  revision: z.number().int().positive(),
  correctedBy: statementNumber.nullable(),
  month,
  start: instant,
  end: instant,
  closedAt: instant,
  openingBalance: moneyText,
  payments: moneyText,
  total: moneyText,
  closingBalance: moneyText,
})
export type StatementHead = z.infer<typeof statementHead>

const move = z.object({
  at: instant,
  kind: z.string(),
  /** The kind that a reversal undoes. */
  reverses: z.string().nullable(),
  /** Above zero when the balance rose. */
  amount: moneyText,
  receipt: z.string().nullable(),
  channel: z.string().nullable(),
})

const line = z.object({
  position: z.number().int().positive(),
  meterId: z.number().int().nullable(),
  place: z.string().nullable(),
  code: z.string(),
  formula: z.string(),
  quantity: z.string().nullable(),
  unit: z.string().nullable(),
  /** Yuan per unit. */
  price: z.string().nullable(),
  /** Yuan that a percentage is taken of, and the percentage. */
  base: z.string().nullable(),
  percent: z.string().nullable(),
  amount: moneyText,
  /** Shown, but contained in another line: not a part of the total. */
  memo: z.boolean(),
  plan: z.object({ name: z.string(), version: z.number().int(), provisional: z.boolean() }).nullable(),
  agreementVersion: z.number().int().nullable(),
  sources: z.array(z.string()).readonly(),
  at: instant.nullable(),
})

const register = z.object({
  at: instant.nullable(),
  obtained: z.string().nullable(),
  totalWh: energyText,
  ratesWh: z.array(energyText).readonly(),
})

/** A closed month of an account: total = sum of its lines = what the ledger has charged, to the last micro-yuan. */
export const statement = z.object({
  number: statementNumber,
  revision: z.number().int().positive(),
  corrects: z.object({ number: statementNumber, total: moneyText }).nullable(),
  issuer: z.object({ company: z.string(), branch: z.string(), phone: z.string() }),
  account: z.object({ number: z.string(), customer: z.string(), language: paperLanguage }),
  timeZone: z.string(),
  month,
  start: instant,
  end: instant,
  closedAt: instant,
  openingBalance: moneyText,
  payments: z.array(move).readonly(),
  paymentsTotal: moneyText,
  movements: z.array(move).readonly(),
  movementsTotal: moneyText,
  lines: z.array(line).readonly(),
  /** Taken off the balance before the lines were rounded, and what rounding them added. */
  charged: moneyText,
  rounding: moneyText,
  total: moneyText,
  net: moneyText,
  tax: moneyText,
  taxPercent: z.string().nullable(),
  closingBalance: moneyText,
  meters: z
    .array(
      z.object({
        meterId: z.number().int(),
        address: z.string(),
        place: z.string(),
        multiplier: z.string(),
        start: register,
        end: register,
        usedWh: energyText,
        closes: z.boolean(),
        endMark: z.enum(['at-end', 'between', 'earlier']),
      }),
    )
    .readonly(),
  daily: z.array(z.object({ day: z.string(), energyWh: energyText })).readonly(),
  /** Meters that keep their own balance: what went in, what they took by themselves, and what the energy costs. */
  purses: z
    .array(
      z.object({
        meterId: z.number().int(),
        address: z.string(),
        place: z.string(),
        opening: moneyText,
        bought: moneyText,
        broughtIn: moneyText,
        deducted: moneyText,
        returned: moneyText,
        closing: moneyText,
        usedWh: energyText.nullable(),
        from: instant.nullable(),
        to: instant.nullable(),
        /** Null where registers alone do not tell the price. */
        calculated: moneyText.nullable(),
        /** What the meter has taken more than that. */
        difference: moneyText.nullable(),
      }),
    )
    .readonly()
    .optional(),
})
export type Statement = z.infer<typeof statement>

/** A PDF file; `x-missing-glyphs` names characters that its font does not have. */
const paper = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const language = z.object({ language: paperLanguage.optional() })

export const listStatements = route({
  method: 'GET',
  path: '/api/accounts/:id/statements',
  summary: 'The closed months of an account, newest first.',
  params: z.object({ id: idParameter }),
  query: nothing,
  body: z.unknown(),
  response: z.object({ statements: z.array(statementHead).readonly() }),
})

export const readStatement = route({
  method: 'GET',
  path: '/api/statements/:number',
  summary: 'One statement as data, with its lines, readings and payments.',
  params: z.object({ number: statementNumber }),
  query: nothing,
  body: z.unknown(),
  response: statement,
})

export const printStatement = route({
  method: 'GET',
  path: '/api/statements/:number/pdf',
  summary: "One statement as a PDF file, in the customer's language or the one asked for.",
  params: z.object({ number: statementNumber }),
  query: language,
  body: z.unknown(),
  response: paper,
})

export const printReceipt = route({
  method: 'GET',
  path: '/api/payments/:id/receipt',
  summary: "The receipt of a payment as a PDF file, in the customer's language or the one asked for.",
  params: z.object({ id: uuid }),
  query: language,
  body: z.unknown(),
  response: paper,
})
