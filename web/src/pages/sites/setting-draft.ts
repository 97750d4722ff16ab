import type { Compensation, InstallationSettings, SettingRange, SiteSettings } from '@xianfu/contract'

/** What a person fills in, as text, and the changes that come of it. The server judges again by the same ranges. */

export type AnySettings = Partial<Record<SettingName, unknown>>
export type SettingName = keyof SiteSettings | keyof InstallationSettings

export type Span = Readonly<{ from: string; to: string; weekdays: readonly number[] }>
export type CompensationDraft = Readonly<{
  kind: Compensation['kind']
  afterSeconds: string
  amount: string
  perHour: string
  most: string
}>

export type Draft = Readonly<{
  texts: Readonly<Record<string, string>>
  hours: readonly Span[]
  compensation: CompensationDraft
}>

export type DraftProblem = Readonly<{
  name: string
  problem: 'number' | 'length' | 'hours' | 'compensation'
  least: number
  most: number
}>

const texts: ReadonlySet<string> = new Set(['servicePhone', 'signature', 'authorityContact'])
/** Most spans that a site may have. */
export const mostSpans = 21
const wholeDay = 1_440

const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

const minuteOf = (clock: string): number | null => {
  const found = /^(\d{2}):(\d{2})$/u.exec(clock.trim())
  if (found === null) return null
  const minute = Number(found[1]) * 60 + Number(found[2])
  return Number(found[2]) > 59 || minute > wholeDay ? null : minute
}

const usualRule = { afterSeconds: '60', amount: '2.00', perHour: '1.00', most: '20.00' }

export const draftOf = (settings: AnySettings): Draft => {
  const compensation = (settings.compensation ?? { kind: 'none' }) as Compensation
  const hours = (settings.friendlyHours ?? []) as SiteSettings['friendlyHours']
  return {
    texts: Object.fromEntries(
      Object.entries(settings)
        .filter(([name]) => name !== 'compensation' && name !== 'friendlyHours')
        .map(([name, value]) => [name, typeof value === 'string' || typeof value === 'number' ? String(value) : '']),
    ),
    hours: hours.map(({ fromMinute, toMinute, weekdays }) => ({
      from: clockOf(fromMinute),
      to: clockOf(toMinute),
      weekdays: [...weekdays],
    })),
    compensation:
      compensation.kind === 'own'
        ? { ...compensation, afterSeconds: String(compensation.afterSeconds) }
        : { kind: compensation.kind, ...usualRule },
  }
}

const valueOf = (name: string, text: string): unknown => {
  const trimmed = text.trim()
  if (texts.has(name)) return trimmed
  return trimmed === '' ? null : Number(trimmed)
}

const hoursOf = (hours: readonly Span[]): SiteSettings['friendlyHours'] | null => {
  const spans = hours.map(({ from, to, weekdays }) => {
    const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)]
    return fromMinute === null || toMinute === null || weekdays.length === 0
      ? null
      : { fromMinute, toMinute, weekdays: weekdays.toSorted((a, b) => a - b) }
  })
  return spans.length <= mostSpans && spans.every((span) => span !== null) ? spans : null
}

const amountPattern = /^\d{1,7}(\.\d{1,6})?$/u

const compensationOf = ({ kind, ...rule }: CompensationDraft): Compensation | null => {
  if (kind !== 'own') return { kind }
  const afterSeconds = Number(rule.afterSeconds)
  const amounts = [rule.amount, rule.perHour, rule.most].map((text) => text.trim())
  if (!Number.isInteger(afterSeconds) || afterSeconds < 1 || !amounts.every((text) => amountPattern.test(text)))
    return null
  const [amount = '', perHour = '', most = ''] = amounts
  return Number(amount) > Number(most) ? null : { kind, afterSeconds, amount, perHour, most }
}

const plain = (value: unknown): string => JSON.stringify(value) ?? ''

type Read = Readonly<{ changes: Readonly<Record<string, unknown>>; problems: readonly DraftProblem[] }>

/** Only what differs from what stands there; what can not be is named, all of it. */
export const changesOf = (
  draft: Draft,
  settings: AnySettings,
  ranges: Readonly<Record<string, SettingRange>>,
): Read => {
  const changes: Record<string, unknown> = {}
  const problems: DraftProblem[] = []
  const before = draftOf(settings)
  for (const [name, text] of Object.entries(draft.texts)) {
    if (text.trim() === (before.texts[name] ?? '').trim()) continue
    const { least, most, optional } = ranges[name] ?? { least: 0, most: Number.MAX_SAFE_INTEGER, optional: false }
    const value = valueOf(name, text)
    const size = texts.has(name) ? text.trim().length : value
    const fits = size === null ? optional : Number.isInteger(size) && Number(size) >= least && Number(size) <= most
    if (fits) changes[name] = value
    else problems.push({ name, problem: texts.has(name) ? 'length' : 'number', least, most })
  }
  if ('friendlyHours' in settings && plain(draft.hours) !== plain(before.hours)) {
    const hours = hoursOf(draft.hours)
    if (hours === null) problems.push({ name: 'friendlyHours', problem: 'hours', least: 0, most: mostSpans })
    else changes['friendlyHours'] = hours
  }
  if (plain(compensationOf(draft.compensation)) !== plain(compensationOf(before.compensation))) {
    const compensation = compensationOf(draft.compensation)
    if (compensation === null) problems.push({ name: 'compensation', problem: 'compensation', least: 0, most: 0 })
    else changes['compensation'] = compensation
  }
  return { changes, problems }
}
