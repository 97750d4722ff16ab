import { complain, documentOf, itemsOf, type Problem } from './document.ts'
import { formatDay } from './day-number.ts'
import type { TariffPlan } from './plan.ts'
import { readPlanAt, type Read } from './read-plan.ts'

/** All versions of one plan, in the order of their days. */
export type PlanBook = readonly TariffPlan[]

/** Reads one version, or a list of versions that follow each other. */
export const readPlanBook = (json: unknown): Read<PlanBook> => {
  const problems: Problem[] = []
  const place = documentOf(json, problems)
  const places = Array.isArray(json) ? itemsOf(place) : [place]
  if (places.length === 0) complain(place, 'must have at least one version')
  const plans = places.map(readPlanAt)
  for (const [index, plan] of plans.entries()) {
    const before = plans[index - 1]
    const here = places[index]
    if (before === undefined || here === undefined) continue
    if (plan.code !== before.code)
      complain(here, `is of plan "${plan.code}", the version before it of "${before.code}"`)
    if (plan.version <= before.version) complain(here, 'must have a higher version than the one before it')
    if (plan.validFrom <= before.validFrom) complain(here, 'must be valid from a later day than the version before it')
    if (before.validTo !== null && before.validTo > plan.validFrom)
      complain(here, `is valid from ${formatDay(plan.validFrom)}, but the version before it still is`)
  }
  return problems.length === 0 ? { ok: true, value: plans } : { ok: false, problems }
}

/** The version in force on a day; null before the first, after the last, or in a gap. */
export const versionOn = (book: PlanBook, day: number): TariffPlan | null => {
  const plan = book.findLast(({ validFrom }) => validFrom <= day)
  return plan === undefined || (plan.validTo !== null && plan.validTo <= day) ? null : plan
}

/** The first day after `day` on which another version (or none) is in force; null: never. */
export const nextChange = (book: PlanBook, day: number): number | null => {
  const days = book.flatMap(({ validFrom, validTo }) => (validTo === null ? [validFrom] : [validFrom, validTo]))
  return days.filter((change) => change > day).sort((a, b) => a - b)[0] ?? null
}
