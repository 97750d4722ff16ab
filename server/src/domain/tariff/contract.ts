import type { Ratio, VarHours, VoltAmperes, Watts, WattHours } from '../quantity.ts'
import type { PowerFactorStandard } from './plan.ts'

/** What one customer's supply contract adds to the tariff. Days are local day numbers, `to` excluded. */
export type SupplyContract = Readonly<{
  /** How many persons live there, from which day on. */
  persons: readonly Readonly<{ from: number; persons: number }>[]
  /** The day the customer moved in: a year's ladder is cut to the months from then on. */
  ladderFrom: number | null
  /** Connected transformers, each with its days and the part of the price that is due. */
  capacity: readonly CapacityPart[]
  /** The approved or agreed maximum demand. */
  demand: Watts | null
  powerFactorStandard: PowerFactorStandard | null
  losses: LossRule | null
  /** Codes of surcharges that this customer does not pay. */
  exempt: readonly string[]
  installations: readonly Installation[]
}>

export type CapacityPart = Readonly<{ va: VoltAmperes; from: number; to: number; share: Ratio }>

export type LossRule = Readonly<{
  transformer: TransformerLoss | null
  /** Of reading and transformer loss together. */
  line: Ratio | null
  /** How the lost energy is spread over the periods of the day. */
  spread: 'pro-rata' | 'flat'
}>

export type TransformerLoss = Readonly<
  /** Agreed per month of 30 days; rounded to `step` where the contract's table is in whole kilowatt-hours. */
  | { kind: 'table'; activeWh: WattHours; reactiveVarh: VarHours; step: bigint }
  /** Iron loss for every hour energised and copper loss as a part of the reading. */
  | { kind: 'formula'; iron: Watts; copper: Ratio }
>

/** A current and voltage ratio from a day on. */
export type Installation = Readonly<{ from: number; multiplier: Ratio }>

/** A contract that adds nothing. */
export const plainContract: SupplyContract = {
  persons: [],
  ladderFrom: null,
  capacity: [],
  demand: null,
  powerFactorStandard: null,
  losses: null,
  exempt: [],
  installations: [],
}

/** Day numbers beyond all real ones, for what has no begin or no end. */
export const firstDay = -1_000_000
export const lastDay = 10_000_000

export const personsOn = (contract: SupplyContract, day: number): number =>
  contract.persons.reduce((found, { from, persons }) => (from <= day ? persons : found), 0)
