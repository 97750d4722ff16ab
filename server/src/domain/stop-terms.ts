import type { LegalPath } from './agreement.ts'
import type { Jurisdiction, LegalDeadlines, SupplyKind } from './legal-path.ts'
import { microYuan, zeroMoney, type MicroYuan } from './quantity.ts'
import type { HolidayCalendar } from './public-holidays.ts'
import { defaultSendWindow, type SendWindow } from './send-window.ts'
import type { TripWindow } from './trip-window.ts'

/** Hours of the week without trips; `toMinute` at or before `fromMinute` runs over midnight into the next day. */
export type FriendlyHours = TripWindow

/** What an agreement says of the way to a stop, besides thresholds, lead and trip window. */
export type StopTerms = Readonly<{
  /** Post-paid: bills come after the use; only the procedure for overdue bills leads to a stop. */
  mode: 'prepaid' | 'post-paid'
  /** Approved: a person decides on each stop. */
  approval: 'automatic' | 'approved'
  legalPath: LegalPath
  jurisdiction: Jurisdiction
  supply: SupplyKind
  /** Longer deadlines than the rule's. */
  longer: Partial<LegalDeadlines>
  /** A bill is due so many days after its month was closed. */
  dueDays: number
  sendWindow: SendWindow
  /** Offered once when the money is used up; zero: not offered. */
  emergencyCredit: MicroYuan
  friendlyHours: readonly FriendlyHours[]
  holidays: HolidayCalendar
  /** A stop is never based on a reading older than this (wall time). */
  readingAgeMs: number
}>

const hourMs = 3_600_000
export const maximumReadingAgeMs = 24 * hourMs

export const defaultStopTerms: StopTerms = Object.freeze({
  mode: 'prepaid',
  approval: 'automatic',
  legalPath: 'agreement',
  jurisdiction: 'CN',
  supply: 'residential',
  longer: Object.freeze({}),
  dueDays: 10,
  sendWindow: defaultSendWindow,
  emergencyCredit: zeroMoney,
  friendlyHours: Object.freeze([]),
  holidays: 'CN',
  readingAgeMs: maximumReadingAgeMs,
})

/** Most spans of friendly hours that an agreement or a site may have. */
export const mostFriendlySpans = 21
const longestReadingAgeMs = 72 * hourMs
const mostDays = 365
const mostEmergencyCredit = microYuan(1_000_000_000n)

/** Whether the terms mean something; money and energy paths are checked where they are read. */
export const plausibleStopTerms = (terms: StopTerms): boolean => {
  const { sendWindow, friendlyHours, readingAgeMs, dueDays, longer, emergencyCredit, mode, legalPath } = terms
  return (
    isWhole(sendWindow.fromMinute, 0, 1440) &&
    isWhole(sendWindow.toMinute, 0, 1440) &&
    sendWindow.fromMinute < sendWindow.toMinute &&
    friendlyHours.length <= mostFriendlySpans &&
    friendlyHours.every(isPlausibleSpan) &&
    isWhole(readingAgeMs, 1, longestReadingAgeMs) &&
    isWhole(dueDays, 0, mostDays) &&
    Object.values(longer).every((days) => isWhole(days, 0, mostDays * 1440)) &&
    emergencyCredit >= 0n &&
    emergencyCredit <= mostEmergencyCredit &&
    // Who pays afterwards has agreed to no stop at zero: only overdue bills can lead there.
    (mode === 'prepaid' || legalPath === 'overdue-30')
  )
}

export const isPlausibleSpan = ({ fromMinute, toMinute, weekdays }: FriendlyHours): boolean =>
  isWhole(fromMinute, 0, 1440) && isWhole(toMinute, 0, 1440) && weekdays.every((day) => isWhole(day, 0, 6))

/** As the database keeps them: plain data, money as text in micro-yuan; the legal path has a column of its own. */
export const stopDocumentOf = (terms: StopTerms): Readonly<Record<string, unknown>> => {
  const { emergencyCredit, ...rest } = terms
  return { ...rest, emergencyCredit: emergencyCredit.toString() }
}

/** Back from {@link stopDocumentOf}; what an older document leaves out has the product's defaults. */
export const stopTermsFrom = (document: Readonly<Record<string, unknown>>, legalPath: LegalPath): StopTerms => {
  const { emergencyCredit, ...rest } = document as Partial<Omit<StopTerms, 'emergencyCredit'>> & {
    emergencyCredit?: string
  }
  const terms: StopTerms = {
    ...defaultStopTerms,
    ...rest,
    legalPath,
    emergencyCredit: microYuan(BigInt(emergencyCredit ?? '0')),
  }
  // Who pays afterwards has no other path; a document that says otherwise was never let in.
  if (!plausibleStopTerms(terms)) throw new RangeError('the stop terms of an agreement are not plausible')
  return terms
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most

/** Whether `minute` of `weekday` lies in these hours, which may run over midnight. */
export const isFriendly = (hours: readonly FriendlyHours[], weekday: number, minute: number): boolean =>
  hours.some(({ fromMinute, toMinute, weekdays }) => {
    if (fromMinute < toMinute) return weekdays.includes(weekday) && minute >= fromMinute && minute < toMinute
    const dayBefore = (weekday + 6) % 7
    return (weekdays.includes(weekday) && minute >= fromMinute) || (weekdays.includes(dayBefore) && minute < toMinute)
  })
