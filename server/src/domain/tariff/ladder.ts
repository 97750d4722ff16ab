import {
  addEnergy,
  leastEnergy,
  mostEnergy,
  noEnergy,
  ratio,
  scaleThousandths,
  subtractEnergy,
  type WattHours,
} from '../quantity.ts'
import { personsOn, type SupplyContract } from './contract.ts'
import { monthOfDay, monthsBetween, yearStartBefore } from './day-number.ts'
import type { Ladder } from './plan.ts'

/**
 * The limits that hold for a customer on a day. Whole months count: who moves in in July has 6/12 of a year's limits,
 * and what more persons add is cut to the months since they came. History is never re-priced: a change applies to the
 * energy from its day on.
 */
export const limitsOn = (ladder: Ladder, contract: SupplyContract, day: number): readonly WattHours[] => {
  const extra = householdLimits(ladder, personsOn(contract, day))
  if (ladder.scope === 'month') return ladder.limits.map((limit, tier) => addEnergy(limit, extra[tier] ?? noEnergy))
  const yearStart = yearStartBefore(day, ladder.yearStart)
  const movedIn = Math.max(contract.ladderFrom ?? yearStart, yearStart)
  const months = monthsLeft(movedIn, yearStart)
  const extraMonths = Math.min(months, monthsLeft(extraSince(ladder, contract, day, yearStart), yearStart))
  return ladder.limits.map((limit, tier) =>
    addEnergy(
      scaleThousandths(limit, ratio(BigInt(months), 12n)),
      scaleThousandths(extra[tier] ?? noEnergy, ratio(BigInt(extraMonths), 12n)),
    ),
  )
}

const monthsLeft = (since: number, yearStart: number): number =>
  Math.max(0, Math.min(12, 12 - monthsBetween(yearStart, since)))

const householdLimits = ({ households }: Ladder, persons: number): readonly WattHours[] =>
  households.findLast(({ fromPersons }) => persons >= fromPersons)?.limits ?? []

/** Since when, in this ladder year, the limits have been raised as they are on `day`. */
const extraSince = (ladder: Ladder, contract: SupplyContract, day: number, yearStart: number): number => {
  const now = householdLimits(ladder, personsOn(contract, day))
  const changes = contract.persons.map(({ from }) => from).filter((from) => from > yearStart && from <= day)
  let since = day
  for (const from of [yearStart, ...changes].toReversed()) {
    if (householdLimits(ladder, personsOn(contract, from)) !== now) break
    since = from
  }
  return since
}

/** How much of the energy from `before` on falls into each tier. */
export const splitByTier = (
  limits: readonly WattHours[],
  before: WattHours,
  energy: WattHours,
): readonly WattHours[] => {
  const after = addEnergy(before, energy)
  return Array.from({ length: limits.length + 1 }, (_, tier) => {
    const from = mostEnergy(before, limits[tier - 1] ?? noEnergy)
    const limit = limits[tier]
    const to = limit === undefined ? after : leastEnergy(after, limit)
    return mostEnergy(noEnergy, subtractEnergy(to, from))
  })
}

/** First day of the ladder's cycle that contains `day`: there its counting begins at nothing. */
export const ladderStart = (ladder: Ladder, day: number): number =>
  ladder.scope === 'month' ? monthOfDay(day).start : yearStartBefore(day, ladder.yearStart)
