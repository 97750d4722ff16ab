import type { MeterErrorReason, MeterErrors } from '@xianfu/protocols'

/** Why a meter takes no purchase, for people; a reason that function 03H does not know keeps its name. */
const words: Readonly<Partial<Record<MeterErrorReason, string>>> = Object.freeze({
  other: 'the meter gives no reason',
  'repeated-recharge': 'its purchase count has been used already',
  'verification-failed': 'the meter does not accept the MAC',
  'not-authenticated': 'the meter does not accept the identity',
  'customer-number-differs': 'the meter belongs to another customer number',
  'purchase-count-wrong': 'the purchase count is not the next one, or no account is open in the meter',
  'hoarding-limit-exceeded': 'the balance would exceed the hoarding limit of the meter',
  'address-abnormal': 'the address is abnormal',
  suspended: 'the meter is suspended until midnight after too many wrong MACs',
  'closing-failed': 'the meter has taken it but could not close its relay',
})

export const refusalWords = ({ raw, reasons }: MeterErrors): string =>
  reasons.length === 0
    ? `the meter refused (${raw.toString(16).toUpperCase()}H)`
    : reasons.map((reason) => words[reason] ?? reason).join('; ')
