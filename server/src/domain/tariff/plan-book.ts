import { complain, itemsOf, member, readDocument, type Place, type Read } from './document.ts'
import { formatDay } from './day-number.ts'
import type { EnergyPrices, TariffPlan } from './plan.ts'
import { readPlanAt } from './read-plan.ts'

/** All versions of one plan, in the order of their days. */
export type PlanBook = readonly TariffPlan[]

/** Reads one version, or a list of versions that follow each other. */
export const readPlanBook = (json: unknown): Read<PlanBook> => readDocument(json, readBookAt)

const readBookAt = (place: Place): PlanBook => {
  const places = Array.isArray(place.value) ? itemsOf(place) : [place]
  if (places.length === 0) complain(place, 'must have at least one version')
  const plans = places.map(readPlanAt)
  for (const [index, plan] of plans.entries()) {
    const before = plans[index - 1]
    const here = places[index]
    if (before === undefined || here === undefined) continue
    if (plan.code !== before.code)
      complain(here, `is of plan "${plan.code}", the version before it of "${before.code}"`)
    if (plan.version <= before.version) complain(here, 'must have a higher version than the one before it')
    if (isFinalOf(plan, before)) {
      checkFinal(here, plan, before)
      continue
    }
    if (plan.validFrom <= before.validFrom) complain(here, 'must be valid from a later day than the version before it')
    if (before.validTo !== null && before.validTo > plan.validFrom)
      complain(here, `is valid from ${formatDay(plan.validFrom)}, but the version before it still is`)
  }
  return plans
}

/** The version in force on a day; null before the first, after the last, or in a gap. */
export const versionOn = (book: PlanBook, day: number): TariffPlan | null => {
  const plan = book.findLast(({ validFrom }) => validFrom <= day)
  return plan === undefined || (plan.validTo !== null && plan.validTo <= day) ? null : plan
}

/** Final prices for the very days of a provisional version. */
export const isFinalOf = (plan: TariffPlan, before: TariffPlan): boolean =>
  before.provisional && !plan.provisional && plan.validFrom === before.validFrom

/** Energy has been divided by the provisional version's periods: final prices are other prices of the same parts. */
const checkFinal = (place: Place, plan: TariffPlan, before: TariffPlan): void => {
  if (plan.validTo !== before.validTo) complain(member(place, 'validTo'), 'must be as in the provisional version')
  if (partsOf(plan.energy) !== partsOf(before.energy))
    complain(member(place, 'energy'), 'must have the kind, periods and calendar of the provisional version')
}

/** All of the energy's prices but the prices. */
const partsOf = (energy: EnergyPrices): string => {
  if (energy.kind !== 'clock') return `${energy.kind} ${String(energy.kind === 'flat' ? 1 : energy.prices.length)}`
  const { seasons, holidays, workdays } = energy.calendar
  const periods = energy.prices.map(({ period }) => period)
  const inOrder = (days: ReadonlySet<number>): readonly number[] => [...days].sort((a, b) => a - b)
  return JSON.stringify([periods, seasons, inOrder(holidays), inOrder(workdays)])
}
