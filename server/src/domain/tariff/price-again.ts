import { isPriceable, priceBetween, type PricePlan } from '../price-plan.ts'
import {
  addMoney,
  noEnergy,
  roundCost,
  scaleThousandths,
  subtractEnergy,
  zeroMoney,
  type MicroYuan,
  type WattHours,
} from '../quantity.ts'
import type { SupplyContract } from './contract.ts'
import { ladderStart } from './ladder.ts'
import { multiplierOn } from './metered-energy.ts'
import { beginChain, takeReading } from './metering-chain.ts'
import { missingTerms } from './missing-terms.ts'
import type { TariffPlan } from './plan.ts'
import { ratesNeeded } from './stored-window.ts'
import type { ZoneDays } from './tariff-clock.ts'
import type { Mark } from './usage.ts'

/** A plan that readings are priced by once more, in thought: a tariff's version, or a plan by registers. */
export type ThoughtPlan = Readonly<{ kind: 'tariff'; plan: TariffPlan }> | PricePlan

type Base = Readonly<{ contract: SupplyContract; days: ZoneDays }>

/** First day from which a ladder's count matters at the first reading; null for a plan without a ladder. */
export const countsFrom = (plan: ThoughtPlan, { contract, days }: Base, firstAt: number): number | null => {
  if (plan.kind !== 'tariff' || plan.plan.ladder === null) return null
  const day = days.dayAt(firstAt)
  return Math.min(day, Math.max(ladderStart(plan.plan.ladder, day), contract.ladderFrom ?? Number.NEGATIVE_INFINITY))
}

/** What was used in the ladder's cycle before the first reading, as the ladder counts it. */
export const countedBefore = (opening: WattHours, first: Mark, { contract, days }: Base): WattHours => {
  const used = subtractEnergy(first.registers.totalWh, opening)
  return used <= 0n ? noEnergy : scaleThousandths(used, multiplierOn(contract.installations, days.dayAt(first.at)))
}

/**
 * What these readings of one meter would have been charged under the plan, had it been in force: settled reading by reading
 * by the chain that settles real ones. The month under way was opened by another plan, so its monthly fees and free energy
 * are not counted again. Null: the plan asks for what readings or contract do not say.
 */
export const priceAgain = (
  thought: ThoughtPlan,
  { contract, days }: Base,
  marks: readonly Mark[],
  ladderBefore: WattHours = noEnergy,
): MicroYuan | null => {
  const [first, last] = [marks[0], marks.at(-1)]
  if (first === undefined || last === undefined || first === last) return null
  if (thought.kind !== 'tariff')
    return isPriceable(thought, first.registers) && isPriceable(thought, last.registers)
      ? roundCost(priceBetween(thought, first.registers, last.registers))
      : null
  const book = [{ ...thought.plan, validFrom: days.dayAt(first.at), validTo: null }]
  const rates = ratesNeeded(book)
  if (marks.some(({ registers }) => registers.ratesWh.length < rates)) return null
  if (missingTerms(book, contract).length > 0) return null
  let chain = beginChain(book, contract, days, first, { ladderBefore, opensMonth: false })
  let charged = zeroMoney
  for (const mark of marks.slice(1)) {
    const taken = chain === null ? null : takeReading(chain, mark)
    if (taken === null) return null
    charged = addMoney(charged, addMoney(taken.usage, taken.trueUp))
    ;({ chain } = taken)
  }
  return charged
}
