import type { Problem } from './document.ts'
import type { PlanBook } from './plan-book.ts'
import type { SupplyContract } from './contract.ts'

/** What a plan charges by and a contract does not say: without it the charge would silently be nothing. */
export const missingTerms = (book: PlanBook, contract: SupplyContract): readonly Problem[] => {
  const needs = (holds: boolean, at: string, words: string): readonly Problem[] => (holds ? [{ at, words }] : [])
  const byCapacity = book.some(({ basic }) => basic?.kind === 'capacity')
  const byDiscount = book.some(({ basic }) => basic?.kind === 'demand' && basic.discount !== null)
  const byDemand = book.some(({ basic }) => basic?.kind === 'demand' && basic.rule !== 'actual')
  const byPerson = book.some(({ freeQuota }) => freeQuota !== null && freeQuota.perPersonWh > 0n)
  return [
    ...needs(
      (byCapacity || byDiscount) && contract.capacity.length === 0,
      'capacity',
      `is missing: the plan ${byCapacity ? 'charges capacity' : 'has a discount by energy per kVA'}, like [{ "kva": "315" }]`,
    ),
    ...needs(
      byDemand && contract.demand === null,
      'demandKw',
      'is missing: the plan charges by the agreed demand, like "1000"',
    ),
    ...needs(
      byPerson && contract.persons.length === 0,
      'persons',
      'is missing: the plan has free energy for each person, like 4',
    ),
  ]
}
