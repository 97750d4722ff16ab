import {
  addAmounts,
  amountOfMoney,
  noAmount,
  ratio,
  roundAmount,
  scaleAmount,
  timesRatio,
  zeroMoney,
  type ExactAmount,
  type MicroYuan,
} from '../quantity.ts'
import { dayNumber, calendarDay } from './day-number.ts'
import type { LateFeeRule, RoundingRule } from './plan.ts'

/** An unpaid bill: `due` is its last day without a fee, `until` the first day that is not counted any more. */
export type Arrears = Readonly<{ amount: MicroYuan; due: number; until: number }>

/** The late fee (违约金) of one bill. An account in credit has no arrears and so never pays one. */
export const lateFee = (rule: LateFeeRule, rounding: RoundingRule, arrears: Arrears): MicroYuan => {
  const days = arrears.until - arrears.due - 1
  if (days <= 0 || arrears.amount <= 0n) return zeroMoney
  const exact = rule.dayCount === 'by-bill' ? byBill(rule, arrears, days) : byDay(rule, arrears, days)
  const fee = roundAmount(exact, rounding.mode, rounding.unit)
  return fee < rule.minimum ? rule.minimum : fee
}

/** Days of the running year count from the due day; for a bill of the year before only those since New Year do. */
const byBill = (rule: LateFeeRule, { amount, due, until }: Arrears, days: number): ExactAmount => {
  const newYear = dayNumber(calendarDay(until - 1).year, 1, 1)
  const carriedOver = due < newYear
  const counted = carriedOver ? until - newYear : days
  return part(amount, carriedOver ? rule.carriedOverPerDay : rule.perDay, counted)
}

/** Each day by its year: the due year's days at the one rate, later ones at the other. */
const byDay = (rule: LateFeeRule, { amount, due }: Arrears, days: number): ExactAmount => {
  const nextYear = dayNumber(calendarDay(due).year + 1, 1, 1)
  const before = Math.max(0, Math.min(days, nextYear - due - 1))
  return addAmounts(part(amount, rule.perDay, before), part(amount, rule.carriedOverPerDay, days - before))
}

const part = (amount: MicroYuan, perDay: LateFeeRule['perDay'], days: number): ExactAmount =>
  days <= 0 ? noAmount : scaleAmount(amountOfMoney(amount), timesRatio(perDay, ratio(BigInt(days), 1n)))
