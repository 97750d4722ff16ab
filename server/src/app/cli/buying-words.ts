import type { AccountRefusal } from '../../domain/account.ts'
import type { SignRefusal } from '../../domain/agreement.ts'
import type { BuyRefusal } from '../../domain/meter-purchase.ts'
import type { PayResult } from '../../flow/abilities.ts'
import type { QuoteRefusal } from '../../flow/quote-purchase.ts'
import type { AcceptRefusal, SettlePurchaseRefusal } from '../../flow/settle-purse.ts'

/** Why a purchase was refused, for the command line. */
export type BuyingRefusal = QuoteRefusal | Extract<PayResult, { ok: false }>['code']

const words: Readonly<Record<BuyingRefusal, string>> = Object.freeze({
  'unknown-account': 'there is no such account',
  'account-closed': 'the account is closed',
  'same-key-other-input': 'this key was used for something else; give another --key',
  'below-minimum': "it is less than the price plan's least purchase",
  'above-hoard-limit': 'it would be more than may be bought ahead',
  'plan-has-no-such-price': 'the price of a kWh depends on when it is used; give --amount',
  'no-usual-day': 'not a whole day of use is known yet; give --amount',
  'nothing-to-pay': 'by this price plan that costs nothing; give --amount',
  'price-has-changed': 'the price has changed in between; look at it again with --quote',
})

export const refusalWords = (code: BuyingRefusal): string => words[code]

type ShiftRefusal = 'amount-below-zero' | 'shift-open-already' | 'no-open-shift' | 'difference-without-reason'

export type DeedRefusal =
  | AccountRefusal
  | BuyRefusal
  | SignRefusal
  | SettlePurchaseRefusal
  | AcceptRefusal
  | ShiftRefusal
  | 'no-agreement'

const further: Readonly<Partial<Record<DeedRefusal, string>>> = Object.freeze({
  'amount-not-above-zero': 'the amount must be above zero',
  'not-enough-money': 'the account has not that much; take a payment first',
  'not-whole-fen': 'a purse holds whole fen; give at most two decimals',
  'meter-not-of-account': 'the meter does not belong to this account',
  'not-local-mode': 'the meter does not keep its own balance; sign an agreement with --mode local first',
  'purchase-already-open': 'a purchase for this meter is on its way; wait until it has ended',
  'purse-disputed': "the meter's count or balance is in question; look first, then `xianfu purse accept`",
  'unknown-purchase': 'this account has no such purchase',
  'not-disputed': 'the purchase is not disputed; it ends by itself',
  'reason-missing': 'say why, with --reason',
  'does-not-follow': 'the version must begin after the one before it; give a later --from',
  'in-the-past': 'an agreement cannot begin in the past; give a later --from',
  'thresholds-out-of-order': 'alarm 1, alarm 2 and cut-off must fall, and restore not lie below cut-off',
  'notice-lead-not-plausible': 'the notice lead is whole minutes up to thirty days',
  'trip-window-not-plausible': 'the trip window is no part of a day',
  'stop-terms-not-plausible':
    'the way to a stop does not hold together; a post-paid account needs the legal path overdue-30',
  'unknown-price-plan': 'there is no price plan of this name; `xianfu plan list` shows all',
  'shift-open-already': 'this cashier has a shift open; close it first',
  'no-open-shift': 'this cashier has no shift open',
  'difference-without-reason': 'the counted cash differs from the books; count again, or say why with --note',
  'no-agreement': 'the first version must name --plan, --contract and all four thresholds',
})

/** Why an operation was refused; a code that nobody is likely to meet here is told as it is. */
export const deedWords = (code: DeedRefusal): string =>
  further[code] ?? (Object.hasOwn(words, code) ? words[code as BuyingRefusal] : code)
