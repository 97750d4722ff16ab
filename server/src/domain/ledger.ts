import { chart, type LedgerCode, type LedgerOwner } from './ledger/chart.ts'
import { templates, type TemplateName } from './ledger/templates.ts'
import type { PaymentChannel } from './payment-channel.ts'
import { addMoney, subtractMoney, zeroMoney, type MicroYuan, type WattHours } from './quantity.ts'

/**
 * Double entry after the model of accounts and immutable transfers. Money moves only by named templates; each debits one
 * account and credits another by the same amount, so the ledger always sums to zero. docs/ledger.md has the whole.
 */
export type { LedgerCode } from './ledger/chart.ts'

/** Part of the price that a charge is for; revenue is kept by it. */
export type RevenueComponent =
  | 'energy'
  | 'fee'
  | 'capacity'
  | 'demand'
  | 'power-factor'
  | 'surcharge'
  | 'shared'
  | 'loss'

type Common = Readonly<{
  amount: MicroYuan
  /** What the transfer is about, wall time: of the reading, of the payment. */
  at: number
  /** The transfer that this one completes: the pending one that is posted or voided, the refund that is paid. */
  refersTo?: string
  /** What asked for it, where one step serves two: a payment that is moved to another account. */
  operationId?: string
}>

type Charge = Common &
  Readonly<{
    accountId: number
    meterId: number
    agreementId: number
    pricePlanId: number
    used: WattHours
    component?: RevenueComponent
  }>

export type Reversal = Common &
  Readonly<{
    template: 'reversal'
    accountId: number | null
    refersTo: string
    /** The sides of the reversed transfer, exchanged. */
    debit: Readonly<{ id: number; code: LedgerCode }>
    credit: Readonly<{ id: number; code: LedgerCode }>
    meterId?: number
    channel?: PaymentChannel
  }>

type CashTemplate = 'float-drawn' | 'cash-handed-over' | 'cash-short' | 'cash-over'
type ChannelTemplate = 'refund-paid' | 'suspense-in' | 'suspense-resolved' | 'channel-settled'
type PurseTemplate = 'purchase-pending' | 'purchase-posted' | 'purchase-voided' | 'purchase-expired' | 'wallet-return'
type ChargeTemplate = 'energy-charge' | 'energy-credit'
type PlainTemplate = Exclude<
  TemplateName,
  CashTemplate | ChannelTemplate | PurseTemplate | ChargeTemplate | 'wallet-charge' | 'payment' | 'refund'
>

export type Posting =
  | (Charge & Readonly<{ template: ChargeTemplate }>)
  // What a meter deducted by itself is known in money; the energy behind it is in its readings.
  | (Omit<Charge, 'used'> & Readonly<{ template: 'wallet-charge' }>)
  | (Common & Readonly<{ template: 'payment'; accountId: number; channel: PaymentChannel } & Paid>)
  | (Common & Readonly<{ template: 'refund'; accountId: number; channel: PaymentChannel; cashierId: number | null }>)
  | (Common & Readonly<{ template: ChannelTemplate; accountId: number | null; channel: PaymentChannel }>)
  | (Common & Readonly<{ template: CashTemplate; accountId: null; cashierId: number }>)
  | (Common & Readonly<{ template: PurseTemplate; accountId: number; meterId: number }>)
  | (Common & Readonly<{ template: PlainTemplate; accountId: number; component?: RevenueComponent }>)
  | Reversal

/** Cash without a cashier (an unattended counter, an import) is nobody's drawer. */
type Paid = Readonly<{ paymentId: string; cashierId?: number | null }>

export type Sides = Readonly<{ debit: LedgerCode; credit: LedgerCode }>

/** Which account each posting debits and credits. A payment: money rises (debit), what we owe the customer rises (credit). */
export const sidesOf = (posting: Posting): Sides => {
  if (posting.template === 'reversal') return { debit: posting.debit.code, credit: posting.credit.code }
  const { debit, credit } = templates[posting.template]
  return {
    debit: debit === 'money' ? (inDrawer(posting) ? 'cash-drawer' : 'channel-clearing') : debit,
    credit: credit === 'payout' ? (inDrawer(posting) ? 'cash-drawer' : 'refunds-payable') : credit,
  }
}

const inDrawer = (posting: Posting): boolean =>
  (posting.template === 'payment' || posting.template === 'refund') &&
  posting.channel === 'cash-counter' &&
  (posting.cashierId ?? null) !== null

/** Whose account of `code` a posting touches; null for an account that the house has once. */
export const ownerOf = (posting: Posting, code: LedgerCode): string | null => {
  const owner: LedgerOwner = chart[code].owner
  switch (owner) {
    case 'meter':
      return needed('meterId' in posting ? posting.meterId : undefined, posting, owner)
    case 'channel':
      return needed('channel' in posting ? posting.channel : undefined, posting, owner)
    case 'cashier':
      return needed('cashierId' in posting ? posting.cashierId : undefined, posting, owner)
    case 'component':
      return ('component' in posting ? posting.component : undefined) ?? defaultComponent(posting)
    case 'account':
    case 'house':
      return null
  }
}

const needed = (value: string | number | null | undefined, { template }: Posting, owner: LedgerOwner): string => {
  if (value === undefined || value === null) throw new RangeError(`a ${template} must name its ${owner}`)
  return String(value)
}

const defaultComponent = ({ template }: Posting): RevenueComponent => (template === 'fee' ? 'fee' : 'energy')

/** Longest money the ledger takes in one transfer: a trillion yuan is a fault, not an amount. */
const maximumAmount = 10n ** 18n

export type PostingProblem = 'nothing-to-move' | 'amount-not-plausible' | 'account-missing' | 'time-not-plausible'

/** What is wrong with a posting by itself; asserted at the one door before anything is written. */
export const problemOf = (posting: Posting): PostingProblem | null => {
  if (posting.amount <= 0n) return 'nothing-to-move'
  if (posting.amount > maximumAmount) return 'amount-not-plausible'
  if (!Number.isSafeInteger(posting.at) || posting.at < 0) return 'time-not-plausible'
  const { debit, credit } = sidesOf(posting)
  const needsAccount = [debit, credit].some((code) => ['account', 'meter'].includes(chart[code].owner))
  return needsAccount && posting.accountId === null ? 'account-missing' : null
}

/** By how much a posting moves the customer's balance (credits − debits of customer-prepayment). */
export const effectOnCustomer = (posting: Posting): MicroYuan => {
  const { debit, credit } = sidesOf(posting)
  if (credit === 'customer-prepayment') return posting.amount
  return debit === 'customer-prepayment' ? subtractMoney(zeroMoney, posting.amount) : zeroMoney
}

/** The customer's balance after each posting, in order. */
export const balancesAfter = (balance: MicroYuan, postings: readonly Posting[]): readonly MicroYuan[] => {
  let running = balance
  return postings.map((posting) => (running = addMoney(running, effectOnCustomer(posting))))
}
