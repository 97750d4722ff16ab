import type { LedgerCode } from './chart.ts'

/** Where money of a channel is: in a cashier's drawer, or with the channel. Decided by the posting. */
type Money = 'money'
/** Where a refund leaves: out of a cashier's drawer, or through the channel later. */
type Payout = 'payout'

type Template = Readonly<{ debit: LedgerCode | Money; credit: LedgerCode | Payout }>

/** All ways in which money may move. A mistake moves back by `reversal`, whose sides are those it reverses. */
export const templates = Object.freeze({
  payment: { debit: 'money', credit: 'customer-prepayment' },
  'energy-charge': { debit: 'customer-prepayment', credit: 'revenue' },
  /** A charge that was too high, given back by a correction of the period. */
  'energy-credit': { debit: 'revenue', credit: 'customer-prepayment' },
  fee: { debit: 'customer-prepayment', credit: 'revenue' },
  /** The tax that a closed statement contains. */
  tax: { debit: 'revenue', credit: 'tax-payable' },
  /** What a closed month knows to be for something else than energy: out of one component's revenue, into another's. */
  'revenue-out': { debit: 'revenue', credit: 'between-components' },
  'revenue-in': { debit: 'between-components', credit: 'revenue' },
  'rounding-charge': { debit: 'customer-prepayment', credit: 'rounding' },
  'rounding-credit': { debit: 'rounding', credit: 'customer-prepayment' },
  refund: { debit: 'customer-prepayment', credit: 'payout' },
  'refund-paid': { debit: 'refunds-payable', credit: 'channel-clearing' },
  'transfer-out': { debit: 'customer-prepayment', credit: 'between-accounts' },
  'transfer-in': { debit: 'between-accounts', credit: 'customer-prepayment' },
  freeze: { debit: 'customer-prepayment', credit: 'customer-frozen' },
  unfreeze: { debit: 'customer-frozen', credit: 'customer-prepayment' },
  'opening-balance': { debit: 'opening-balances', credit: 'customer-prepayment' },
  'opening-debt': { debit: 'customer-receivable', credit: 'opening-balances' },
  'debt-collection': { debit: 'customer-prepayment', credit: 'customer-receivable' },
  'write-off': { debit: 'write-off', credit: 'customer-prepayment' },
  /** For supply that came back too late. */
  compensation: { debit: 'compensation', credit: 'customer-prepayment' },
  'debt-write-off': { debit: 'write-off', credit: 'customer-receivable' },
  'purchase-pending': { debit: 'customer-prepayment', credit: 'meter-purchase-pending' },
  'purchase-posted': { debit: 'meter-purchase-pending', credit: 'meter-wallet' },
  'purchase-voided': { debit: 'meter-purchase-pending', credit: 'customer-prepayment' },
  'purchase-expired': { debit: 'meter-purchase-pending', credit: 'customer-prepayment' },
  /** What the meter itself has deducted since its purse was last read. */
  'wallet-charge': { debit: 'meter-wallet', credit: 'revenue' },
  'wallet-return': { debit: 'meter-wallet', credit: 'customer-prepayment' },
  'suspense-in': { debit: 'channel-clearing', credit: 'suspense' },
  'suspense-resolved': { debit: 'suspense', credit: 'customer-prepayment' },
  'channel-settled': { debit: 'bank', credit: 'channel-clearing' },
  'cash-handed-over': { debit: 'bank', credit: 'cash-drawer' },
  'cash-short': { debit: 'cash-difference', credit: 'cash-drawer' },
  /** The float that a shift begins with. */
  'float-drawn': { debit: 'cash-drawer', credit: 'bank' },
  'cash-over': { debit: 'cash-drawer', credit: 'cash-difference' },
} as const satisfies Readonly<Record<string, Template>>)

export type TemplateName = keyof typeof templates

/** Those that move a customer's balance. */
export type BalanceTemplate = {
  [Name in TemplateName]: 'customer-prepayment' extends (typeof templates)[Name]['debit' | 'credit'] ? Name : never
}[TemplateName]

const variants: Readonly<Record<Money | Payout, readonly LedgerCode[]>> = Object.freeze({
  money: ['cash-drawer', 'channel-clearing'],
  payout: ['cash-drawer', 'refunds-payable'],
})

export type Route = Readonly<{ kind: TemplateName; debit: LedgerCode; credit: LedgerCode }>

const codesOf = (side: LedgerCode | Money | Payout): readonly LedgerCode[] =>
  side === 'money' || side === 'payout' ? variants[side] : [side]

/** Every pair of accounts that a template may touch. */
export const routes: readonly Route[] = (Object.keys(templates) as TemplateName[]).flatMap((kind) =>
  codesOf(templates[kind].debit).flatMap((debit) =>
    codesOf(templates[kind].credit).map((credit) => ({ kind, debit, credit })),
  ),
)
