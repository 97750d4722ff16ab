import type { SpeakingWiring } from './wiring.ts'
import type { LinkSpec, MeterSpec } from './archive.ts'
import type { DataSet, Pace } from './collection/data-set.ts'
import type { CreditTerms } from './credit-policy.ts'
import type { MicroYuan } from './quantity.ts'
import type { PricePlan } from './price-plan.ts'

/** A whole site as an archive file describes it: who is metered where, on what terms. Records refer by their names. */
export type Enrolment = Readonly<{
  site: Readonly<{
    name: string
    timeZone: string
    readingIntervalMinutes: number
    servicePhone: string
    signature: string
    schedules?: EnrolledSchedules
  }>
  pricePlans: readonly EnrolledPlan[]
  gateways: readonly EnrolledGateway[]
  accounts: readonly EnrolledAccount[]
}>

/** How often sets of data are collected, where it is not as the company has it; null: not at all. */
export type EnrolledSchedules = Readonly<Partial<Record<DataSet, Pace>>>

/** A flat or four-rate plan, or the first version of any other as the document of docs/pricing.md. */
export type EnrolledPlan = Readonly<{ name: string; plan: PricePlan | Readonly<{ kind: 'tariff'; document: unknown }> }>

export type EnrolledGateway = Readonly<{
  code: string
  link: LinkSpec
  baudRate: number
  parity: 'none' | 'even' | 'odd'
  schedules?: EnrolledSchedules
}>

export type EnrolledMeter = Readonly<{
  gateway: string
  address: string
  /** DL/T 645-2007 when absent. */
  protocol?: MeterSpec['protocol']
  /** Of a DL/T 645 meter; that of a Modbus meter stands in its protocol. In-line when absent. */
  wiring?: SpeakingWiring
  /** One step of its energies as they are charged; 10 Wh when absent, more behind transformers. */
  energyStepWh?: number
  place: string
  passwordLevel: number
  password: string
  maximumWatts: number
  /** Address of the master meter that it is behind, in the same enrolment. */
  behind?: string
  /** Of transformers that its registers leave out, for line loss; 1 when absent. */
  lossRatio?: number
  /** Of a master: millionths of what it measures above which a loss is an item; none when absent. */
  lossLimit?: number
  schedules?: EnrolledSchedules
}>

export type EnrolledAccount = Readonly<{
  number: string
  customer: Readonly<{ name: string; phone: string; language: 'zh' | 'en' }>
  protected: boolean
  meters: readonly EnrolledMeter[]
  /** Null: metered, but not on prepayment; nothing is charged and nobody is cut. */
  agreement: (Omit<CreditTerms, 'timeZone'> & Readonly<{ pricePlan: string }>) | null
  openingPayment: MicroYuan | null
  /** What the supply contract adds to a tariff, as the document of docs/pricing.md. */
  supplyTerms?: unknown
}>
