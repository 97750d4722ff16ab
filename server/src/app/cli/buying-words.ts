import type { PayResult } from '../../flow/abilities.ts'
import type { QuoteRefusal } from '../../flow/quote-purchase.ts'

/** Why a purchase was refused, for the command line. */
export type BuyingRefusal = QuoteRefusal | Extract<PayResult, { ok: false }>['code']

const words: Readonly<Record<BuyingRefusal, string>> = Object.freeze({
  'unknown-account': 'there is no such account',
  'account-closed': 'the account is closed',
  'same-key-other-input': 'this key was used for something else; give another --key',
  'below-minimum': "it is less than the price plan's least purchase",
  'above-hoard-limit': 'the account would hold more than may be bought ahead',
  'plan-has-no-such-price': 'the price of a kWh depends on when it is used; give --amount',
  'no-usual-day': 'not a whole day of use is known yet; give --amount',
  'nothing-to-pay': 'by this price plan that costs nothing; give --amount',
  'price-has-changed': 'the price has changed in between; look at it again with --quote',
})

export const refusalWords = (code: BuyingRefusal): string => words[code]
