import type { PricePlan, Registers } from './price-plan.ts'
import { microYuan, noEnergy, subtractEnergy } from './quantity.ts'
import { firstDay, plainContract } from './tariff/contract.ts'
import { quietPeriod } from './tariff/period-to-date.ts'
import type { RatedDays } from './tariff/part-of-month.ts'
import type { RoundingRule, TariffPlan } from './tariff/plan.ts'
import type { RatedPeriod } from './statement.ts'

/** Where a plan says nothing else: each printed line to the fen, half away from zero. */
export const lineRounding: RoundingRule = { mode: 'half-up', unit: microYuan(10_000n), per: 'line' }

/** A plan that has nothing but prices for registers, in the form that all tariffs have. */
export const tariffOfPlan = (plan: PricePlan, { name, version }: { name: string; version: number }): TariffPlan => ({
  code: name,
  version,
  name,
  validFrom: firstDay,
  validTo: null,
  provisional: false,
  rounding: lineRounding,
  taxRate: null,
  energy: plan.kind === 'flat' ? plan : { kind: 'rates', prices: plan.prices },
  ladder: null,
  basic: null,
  powerFactor: null,
  surcharges: [],
  fees: [],
  freeQuota: null,
  purchase: { minimum: null, hoardLimit: null, hoardEnergy: null, debtShare: null },
  lateFee: null,
})

/** What such a plan prices a period by: the registers at its beginning and at its end. */
export const ratedByRegisters = (
  plan: PricePlan,
  origin: { name: string; version: number },
  opening: Registers,
  latest: Registers,
  days: RatedDays,
): Pick<RatedPeriod, 'plan' | 'contract' | 'period'> => ({
  plan: tariffOfPlan(plan, origin),
  contract: plainContract,
  period: quietPeriod(
    days,
    plan.kind === 'flat'
      ? [subtractEnergy(latest.totalWh, opening.totalWh)]
      : plan.prices.map((_, rate) =>
          subtractEnergy(latest.ratesWh[rate] ?? noEnergy, opening.ratesWh[rate] ?? noEnergy),
        ),
  ),
})
