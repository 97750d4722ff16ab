import type { CreditTerms } from './credit-facts.ts'
import { defaultStopTerms, plausibleStopTerms } from './stop-terms.ts'

/** Where the money is: in this system (远程费控), or in the meter's own purse (本地费控). */
export type SettlementMode = 'remote' | 'local'
/** What a stop rests on: the signed fee-control agreement, or the procedure for bills thirty days overdue. */
export type LegalPath = 'agreement' | 'overdue-30'

/** Supply contract and prepayment agreement (供用电合同, 预付费控协议) as one signed version. */
export type AgreementTerms = Omit<CreditTerms, 'timeZone'> &
  Readonly<{
    pricePlanId: number
    settlementMode: SettlementMode
    legalPath: LegalPath
    /** Number of the supply contract that it belongs to. */
    supplyContract: string
  }>

export type AgreementVersion = AgreementTerms &
  Readonly<{
    id: number
    version: number
    signedAt: number
    effectiveFrom: number
    /** When the next version follows, or the account was closed; null for the last one of an open account. */
    effectiveTo: number | null
  }>

export type SignRefusal =
  | 'does-not-follow'
  | 'in-the-past'
  | 'thresholds-out-of-order'
  | 'notice-lead-not-plausible'
  | 'trip-window-not-plausible'
  | 'stop-terms-not-plausible'
  | 'unknown-price-plan'

/** The longest notice lead that means anything: thirty days. */
const maximumLeadMs = 30 * 24 * 3_600_000
const minutesOfDay = 1440

/**
 * A version follows the one before it in time, so no two are ever in force at once, and none begins in the past: what was
 * charged was charged under what was signed then.
 */
export const objectionToSign = (
  latest: Readonly<{ effectiveFrom: number }> | null,
  terms: AgreementTerms,
  effectiveFrom: number,
  now: number,
): SignRefusal | null => {
  if (effectiveFrom < now) return 'in-the-past'
  if (latest !== null && effectiveFrom <= latest.effectiveFrom) return 'does-not-follow'
  const { alarm1, alarm2, cutOff, restore } = terms.thresholds
  if (alarm1 < alarm2 || alarm2 < cutOff || restore < cutOff) return 'thresholds-out-of-order'
  if (!isMinutes(terms.noticeLeadMs / 60_000, maximumLeadMs / 60_000)) return 'notice-lead-not-plausible'
  const { fromMinute, toMinute, weekdays } = terms.tripWindow
  const days = weekdays.every((day) => isMinutes(day, 6)) && new Set(weekdays).size === weekdays.length
  if (!isMinutes(fromMinute, minutesOfDay) || !isMinutes(toMinute, minutesOfDay) || !days)
    return 'trip-window-not-plausible'
  const stop = { ...(terms.stop ?? defaultStopTerms), legalPath: terms.legalPath }
  return plausibleStopTerms(stop) ? null : 'stop-terms-not-plausible'
}

const isMinutes = (value: number, maximum: number): boolean => Number.isInteger(value) && value >= 0 && value <= maximum
