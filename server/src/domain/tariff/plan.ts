import type { MicroYuan, Price, Ratio, RoundingMode, WattHours } from '../quantity.ts'

/**
 * One version of a tariff: data, validated once by `read-plan.ts`, never changed afterwards. What belongs to one
 * customer (capacity, persons, losses) is the supply contract (`contract.ts`).
 */
export type TariffPlan = Readonly<{
  code: string
  version: number
  name: string
  /** First local day on which this version is in force, as a day number. */
  validFrom: number
  /** First local day on which it is no longer in force; null: until a further version. */
  validTo: number | null
  /** Its prices will be replaced by final ones for the same days; what that changes is a true-up. */
  provisional: boolean
  rounding: RoundingRule
  /** Prices include this tax; null: no tax is shown. */
  taxRate: Ratio | null
  energy: EnergyPrices
  ladder: Ladder | null
  basic: BasicCharge | null
  powerFactor: PowerFactorRule | null
  surcharges: readonly Surcharge[]
  fees: readonly Fee[]
  freeQuota: FreeQuota | null
  purchase: PurchaseRule
  lateFee: LateFeeRule | null
}>

export type RoundingRule = Readonly<{ mode: RoundingMode; unit: MicroYuan; per: 'line' | 'total' }>

export const clockPeriods = ['sharp', 'peak', 'flat', 'valley', 'deep-valley'] as const
/** 尖, 峰, 平, 谷, 深谷. */
export type ClockPeriod = (typeof clockPeriods)[number]

export type EnergyPrices = Readonly<
  | { kind: 'flat'; price: Price }
  /** By the meter's own rate registers, in their order. */
  | { kind: 'rates'; prices: readonly Price[] }
  /** By the time of use: the half hour beginning at t belongs to the period that contains t. */
  | { kind: 'clock'; prices: readonly Readonly<{ period: ClockPeriod; price: Price }>[]; calendar: TariffCalendar }
  /** A list of whole prices for the tiers of the ladder. */
  | { kind: 'tiers'; prices: readonly Price[] }
>

const dayTypes = ['workday', 'weekend', 'holiday'] as const
export type DayType = (typeof dayTypes)[number]

export type TariffCalendar = Readonly<{
  seasons: readonly Season[]
  /** Local days as day numbers. */
  holidays: ReadonlySet<number>
  /** Saturdays and Sundays that are worked instead of a holiday. */
  workdays: ReadonlySet<number>
}>

/** A part of the year, first to last day inclusive as month × 100 + day; it may pass the new year. */
export type Season = Readonly<{ name: string; from: number; to: number; days: Readonly<Record<DayType, DayPeriods>> }>

/** From which minute of the day which price applies; the first starts at minute 0. */
export type DayPeriods = readonly Readonly<{ fromMinute: number; cell: number }>[]

export type Ladder = Readonly<{
  scope: 'month' | 'year'
  /** Where the ladder year starts, as month × 100 + day. */
  yearStart: number
  /** Upper limits of all tiers but the last. */
  limits: readonly WattHours[]
  /** What tier 2, 3, … cost more than tier 1; empty when the energy prices are given as tiers. */
  adders: readonly Price[]
  /** From so many persons on the limits rise by so much. The highest that applies counts. */
  households: readonly Readonly<{ fromPersons: number; limits: readonly WattHours[] }>[]
}>

/** Thirty: a month has 30 days, its last day makes up the difference. Calendar: each day counts as one of its month. */
export type DayCount = 'thirty' | 'calendar'

export type BasicCharge = Readonly<
  | { kind: 'capacity'; price: Price; days: DayCount; inPowerFactorBase: boolean }
  | {
      kind: 'demand'
      price: Price
      days: DayCount
      rule: DemandRule
      discount: Readonly<{ off: Ratio; fromWhPerKva: WattHours }> | null
      inPowerFactorBase: boolean
    }
>

/**
 * `approved-band`: the older rule, 95–105 % of the approved value. `contract`: the contract value up to 105 % of it, the
 * measured value above, what passes 105 % once more. `actual`: what was measured.
 */
export const demandRules = ['approved-band', 'contract', 'actual'] as const
export type DemandRule = (typeof demandRules)[number]

export type PowerFactorStandard = 90 | 85 | 80
/** The standard is the plan's unless the contract names another. */
export type PowerFactorRule = Readonly<{ standard: PowerFactorStandard; energyInBase: boolean }>

/** `added` comes on top of the energy price, `included` is a part of it that is shown on its own. */
export type Surcharge = Readonly<{
  code: string
  name: string
  price: Price
  how: 'added' | 'included'
  inPowerFactorBase: boolean
}>

export type Fee = Readonly<{
  code: string
  name: string
  amount: MicroYuan
  per: 'month' | 'day'
  /** A monthly fee grows by the day, or is due whole on the first day. */
  due: 'daily' | 'first-day'
}>

export type FreeQuota = Readonly<{
  perPersonWh: WattHours
  perAccountWh: WattHours
  unused: 'expires' | 'carries-over'
}>

export type PurchaseRule = Readonly<{
  minimum: MicroYuan | null
  /** What may stand on an account or meter after a purchase. */
  hoardLimit: MicroYuan | null
  /** The same as energy, at the price of today (囤电); only with a plan whose energy has one price. */
  hoardEnergy: WattHours | null
  /** Which part of a purchase goes to old debt first. */
  debtShare: Ratio | null
}>

export type LateFeeRule = Readonly<{
  /** Per day of arrears of the running year, and of those carried over its end. */
  perDay: Ratio
  carriedOverPerDay: Ratio
  minimum: MicroYuan
  /** `by-bill`: one rate for all days, by when the bill was due. `strict`: each day by the year it lies in. */
  dayCount: 'by-bill' | 'strict'
}>
