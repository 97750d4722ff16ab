import { formatMoney } from './quantity.ts'
import { documentOfRule, readCompensationRule, type CompensationRule } from './restoration.ts'
import { isPlausibleSpan, mostFriendlySpans, type FriendlyHours } from './stop-terms.ts'

/**
 * What people set for a site in the product: how it is read, whom its customers and its authority can reach, when it is
 * called late, what late supply is worth, when nobody is tripped, and how many trips are believed. Time zone and name are
 * not among them: days, months and periods that were charged rest on the zone, and files name sites by their name.
 */

/** What late supply is worth, to the installation; `none`: nothing. */
export type CompensationOfAll = Readonly<{ kind: 'none' } | { kind: 'own'; rule: CompensationRule }>
/** … and to a site; `installation`: as the installation does. */
export type Compensation = Readonly<{ kind: 'installation' }> | CompensationOfAll

export type SiteSettings = Readonly<{
  /** Null: as the company. */
  readingIntervalMinutes: number | null
  servicePhone: string
  signature: string
  /** Who gets copies of what is announced to important customers; empty: nobody. */
  authorityContact: string
  /** Machine time from a payment to power behind an online gateway; later is late. */
  restoreLateSeconds: number
  /** From a field order to supply. */
  restoreTargetMinutes: number
  /** When what is away is an alarm. */
  offlineAfterMinutes: number
  backForMinutes: number
  silentAfterReads: number
  /** Nobody of the site is tripped in them, whatever the agreement says. */
  friendlyHours: readonly FriendlyHours[]
  compensation: Compensation
  tripsPerMinute: number
  /** Null: the hour has no limit. */
  tripsPerHour: number | null
  tripsPerDayPercent: number
  tripsPerDayFloor: number
  failedReadsPercent: number
  waveFactor: number
  waveFloor: number
}>

/** Of the installation, over all of its sites. Null: no such limit. */
export type InstallationSettings = Readonly<{
  compensation: CompensationOfAll
  tripsPerMinute: number | null
  tripsPerHour: number | null
  tripsPerDay: number | null
  waveFactor: number | null
  waveFloor: number
}>

type NumberNames<T> = {
  [Name in keyof T]: T[Name] extends number | null ? Name : never
}[keyof T]

export type NumberRange = Readonly<{ least: number; most: number; optional: boolean }>
export type TextRange = Readonly<{ least: number; most: number }>

const range = (least: number, most: number, optional = false): NumberRange => Object.freeze({ least, most, optional })

/** What each number may be; the database holds the same. */
export const siteNumbers: Readonly<Record<NumberNames<SiteSettings>, NumberRange>> = Object.freeze({
  /** As `isPace` has it of the energy. */
  readingIntervalMinutes: range(1, 1_440, true),
  restoreLateSeconds: range(1, 86_400),
  restoreTargetMinutes: range(1, 10_080),
  offlineAfterMinutes: range(0, 1_440),
  backForMinutes: range(0, 1_440),
  silentAfterReads: range(1, 1_000),
  tripsPerMinute: range(1, 10_000),
  tripsPerHour: range(1, 100_000, true),
  tripsPerDayPercent: range(1, 100),
  tripsPerDayFloor: range(1, 10_000),
  failedReadsPercent: range(1, 100),
  waveFactor: range(2, 100),
  waveFloor: range(1, 10_000),
})

export const installationNumbers: Readonly<Record<NumberNames<InstallationSettings>, NumberRange>> = Object.freeze({
  tripsPerMinute: range(1, 100_000, true),
  tripsPerHour: range(1, 1_000_000, true),
  tripsPerDay: range(1, 10_000_000, true),
  waveFactor: range(2, 100, true),
  waveFloor: range(1, 100_000),
})

/** Lengths, in characters. Both are named in every notice, so they are never empty. */
export const siteTexts: Readonly<Record<'servicePhone' | 'signature' | 'authorityContact', TextRange>> = Object.freeze({
  servicePhone: Object.freeze({ least: 1, most: 40 }),
  signature: Object.freeze({ least: 1, most: 40 }),
  authorityContact: Object.freeze({ least: 0, most: 200 }),
})

/** In the order of the pages and of the command line. */
export const siteSettingNames = [
  'readingIntervalMinutes',
  'servicePhone',
  'signature',
  'authorityContact',
  'restoreLateSeconds',
  'restoreTargetMinutes',
  'offlineAfterMinutes',
  'backForMinutes',
  'silentAfterReads',
  'friendlyHours',
  'compensation',
  'tripsPerMinute',
  'tripsPerHour',
  'tripsPerDayPercent',
  'tripsPerDayFloor',
  'failedReadsPercent',
  'waveFactor',
  'waveFloor',
] as const satisfies readonly (keyof SiteSettings)[]

export const installationSettingNames = [
  'compensation',
  'tripsPerMinute',
  'tripsPerHour',
  'tripsPerDay',
  'waveFactor',
  'waveFloor',
] as const satisfies readonly (keyof InstallationSettings)[]

/** They decide over trips or money: whoever changes them says their own password again. */
const weighty: ReadonlySet<string> = new Set([
  'compensation',
  'friendlyHours',
  'tripsPerMinute',
  'tripsPerHour',
  'tripsPerDay',
  'tripsPerDayPercent',
  'tripsPerDayFloor',
  'failedReadsPercent',
  'waveFactor',
  'waveFloor',
])

export const isWeighty = (name: string): boolean => weighty.has(name)

export type SettingProblem = Readonly<{
  name: string
  code: 'out-of-range' | 'wrong-length' | 'not-plausible'
  /** Of `out-of-range` and `wrong-length`. */
  least: number | null
  most: number | null
}>

export type Changed<T> = Readonly<
  { ok: true; after: T; names: readonly (keyof T & string)[] } | { ok: false; problems: readonly SettingProblem[] }
>

/** The settings with these changes, and which have changed; what is not allowed is named, all of it. */
export const changeSite = (before: SiteSettings, changes: Partial<SiteSettings>): Changed<SiteSettings> =>
  changedFrom(before, changes, siteSettingNames, (after) => [
    ...numberProblems(after, siteNumbers),
    ...textProblems(after),
    ...hoursProblems(after.friendlyHours),
    ...compensationProblems(after.compensation),
  ])

export const changeInstallation = (
  before: InstallationSettings,
  changes: Partial<InstallationSettings>,
): Changed<InstallationSettings> =>
  changedFrom(before, changes, installationSettingNames, (after) => [
    ...numberProblems(after, installationNumbers),
    ...compensationProblems(after.compensation),
  ])

const changedFrom = <T extends object>(
  before: T,
  changes: Partial<T>,
  order: readonly (keyof T & string)[],
  problemsOf: (after: T) => readonly SettingProblem[],
): Changed<T> => {
  const after = { ...before, ...changes }
  const names = order.filter((name) => textOfSetting(before[name]) !== textOfSetting(after[name]))
  // What stands there already is nobody's mistake of now.
  const problems = problemsOf(after).filter(({ name }) => names.some((one) => one === name))
  const known = new Map(problems.map((problem) => [problem.name, problem]))
  return known.size > 0 ? { ok: false, problems: [...known.values()] } : { ok: true, after, names }
}

const notPlausible = (name: string): SettingProblem => ({ name, code: 'not-plausible', least: null, most: null })

const numberProblems = (settings: object, ranges: Readonly<Record<string, NumberRange>>): readonly SettingProblem[] =>
  Object.entries(ranges).flatMap(([name, { least, most, optional }]) => {
    const value: unknown = settings[name as keyof typeof settings]
    if (value === null && optional) return []
    const fits = Number.isInteger(value) && Number(value) >= least && Number(value) <= most
    return fits ? [] : [{ name, code: 'out-of-range' as const, least, most }]
  })

const textProblems = (settings: SiteSettings): readonly SettingProblem[] =>
  Object.entries(siteTexts).flatMap(([name, { least, most }]) => {
    const { length } = settings[name as keyof typeof siteTexts].trim()
    return length >= least && length <= most ? [] : [{ name, code: 'wrong-length' as const, least, most }]
  })

const hoursProblems = (hours: SiteSettings['friendlyHours']): readonly SettingProblem[] =>
  hours.length <= mostFriendlySpans && hours.every((span) => isPlausibleSpan(span) && span.weekdays.length > 0)
    ? []
    : [notPlausible('friendlyHours')]

/** A rule is plausible when it can be read back from what is kept of it. */
const compensationProblems = (compensation: Compensation): readonly SettingProblem[] =>
  compensation.kind !== 'own' || readCompensationRule(documentOfRule(compensation.rule)) !== null
    ? []
    : [notPlausible('compensation')]

/** As the audit log keeps and people read a setting: money in yuan. */
export const shownSetting = (value: unknown): unknown => {
  // Always in this order, whoever wrote the span: settings are compared by their text.
  if (Array.isArray(value))
    return (value as SiteSettings['friendlyHours']).map(({ fromMinute, toMinute, weekdays }) => ({
      fromMinute,
      toMinute,
      weekdays,
    }))
  if (typeof value !== 'object' || value === null || !('kind' in value)) return value
  const compensation = value as Compensation
  if (compensation.kind !== 'own') return { kind: compensation.kind }
  const { afterSeconds, amount, perHour, most } = compensation.rule
  return {
    kind: 'own',
    afterSeconds,
    amount: formatMoney(amount),
    perHour: formatMoney(perHour),
    most: formatMoney(most),
  }
}

const textOfSetting = (value: unknown): string => JSON.stringify(shownSetting(value)) ?? ''
