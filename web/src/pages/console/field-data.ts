import type { FieldDay } from '@xianfu/contract'

export type FieldColumns = Readonly<{
  /** `11-25`. */
  labels: readonly string[]
  /** Of the reads of a day, those that were answered; null on a day without any. */
  percent: readonly (number | null)[]
  online: readonly (number | null)[]
  /** Where the axis begins: a rate near 100 is told apart from 100. */
  lowestPercent: number
  alarms: readonly Readonly<{ kind: string; counts: readonly number[] }>[]
  /** Over all days, one decimal. */
  answeredPercent: string | null
  alarmsInAll: number
}>

const share = (days: readonly FieldDay[]): number | null => {
  const answered = days.reduce((sum, { good, held }) => sum + good + held, 0)
  const all = days.reduce((sum, { failed }) => sum + failed, answered)
  return all === 0 ? null : (answered / all) * 100
}

/** The days as they are drawn; a held reading was answered. */
export const fieldColumns = (days: readonly FieldDay[]): FieldColumns => {
  const kinds = [...new Set(days.flatMap(({ alarms }) => alarms.map(({ kind }) => kind)))].sort()
  const percent = days.map((day) => {
    const value = share([day])
    return value === null ? null : Math.round(value * 100) / 100
  })
  const online = days.map(({ onlinePercent }) => onlinePercent)
  const lowest = Math.min(100, ...[...percent, ...online].filter((value) => value !== null))
  return {
    labels: days.map(({ day }) => day.slice(5)),
    percent,
    online,
    lowestPercent: lowest < 50 ? 0 : lowest < 90 ? 50 : 90,
    alarms: kinds.map((kind) => ({
      kind,
      counts: days.map(({ alarms }) => alarms.find((alarm) => alarm.kind === kind)?.count ?? 0),
    })),
    answeredPercent: share(days)?.toFixed(1) ?? null,
    alarmsInAll: days.reduce((sum, { alarms }) => sum + alarms.reduce((all, { count }) => all + count, 0), 0),
  }
}
