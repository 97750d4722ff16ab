import { addMoney, subtractMoney, zeroMoney, type MicroYuan, type WattHours } from './quantity.ts'

/**
 * Double entry after the model of accounts and immutable transfers. Money moves only by the named templates below; each
 * debits one account and credits another by the same amount, so the ledger always sums to zero.
 */
export type LedgerCode = 'customer-prepayment' | 'energy-revenue' | 'cash-counter'

export type Posting = Readonly<
  | {
      template: 'energy-charge'
      accountId: number
      amount: MicroYuan
      meterId: number
      agreementId: number
      pricePlanId: number
      used: WattHours
      /** Time of the reading that is charged. */
      at: number
    }
  | {
      template: 'payment'
      accountId: number
      amount: MicroYuan
      paymentId: string
      channel: 'cash-counter'
      at: number
    }
>

export type Sides = Readonly<{ debit: LedgerCode; credit: LedgerCode }>

/** Which account each template debits and credits. A payment: cash rises (debit), what we owe the customer rises (credit). */
export const sidesOf = (posting: Posting): Sides => {
  switch (posting.template) {
    case 'energy-charge':
      return { debit: 'customer-prepayment', credit: 'energy-revenue' }
    case 'payment':
      return { debit: posting.channel, credit: 'customer-prepayment' }
  }
}

/** By how much a posting moves the customer's balance (credits − debits of customer-prepayment). */
export const effectOnCustomer = (posting: Posting): MicroYuan =>
  sidesOf(posting).credit === 'customer-prepayment' ? posting.amount : subtractMoney(zeroMoney, posting.amount)

/** The customer's balance after each posting, in order. */
export const balancesAfter = (balance: MicroYuan, postings: readonly Posting[]): readonly MicroYuan[] => {
  let running = balance
  return postings.map((posting) => (running = addMoney(running, effectOnCustomer(posting))))
}
