import type { SupplyContract } from './contract.ts'
import { monthOfDay } from './day-number.ts'
import { versionOn, type PlanBook } from './plan-book.ts'
import type { TariffPlan } from './plan.ts'

/**
 * A stretch of days that is rated as one: a calendar month, or the part of it on which the plan's version, the number
 * of persons and the multiplier stay the same. Days are day numbers, `to` excluded.
 */
export type BillingWindow = Readonly<{
  from: number
  to: number
  monthStart: number
  monthEnd: number
  plan: TariffPlan
}>

/** The window that contains a day; null when no version of the plan is in force on it. */
export const windowOn = (book: PlanBook, contract: SupplyContract, day: number): BillingWindow | null => {
  const plan = versionOn(book, day)
  if (plan === null) return null
  const month = monthOfDay(day)
  const cuts = [...cutsOf(book, contract), month.start, month.end]
  const from = Math.max(...cuts.filter((cut) => cut <= day))
  const to = Math.min(...cuts.filter((cut) => cut > day))
  return { from, to, monthStart: month.start, monthEnd: month.end, plan }
}

const cutsOf = (book: PlanBook, { persons, installations, ladderFrom }: SupplyContract): readonly number[] => [
  ...book.flatMap(({ validFrom, validTo }) => (validTo === null ? [validFrom] : [validFrom, validTo])),
  ...persons.map(({ from }) => from),
  ...installations.map(({ from }) => from),
  ...(ladderFrom === null ? [] : [ladderFrom]),
]
