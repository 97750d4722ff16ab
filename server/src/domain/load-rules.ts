import { localDayText, localTime } from './calendar.ts'
import type { MalignantLoadRule } from './malignant-load.ts'

/**
 * Load, time and single-run control of one meter. Each rule either holds the supply off or does not; supply is on when no
 * rule holds it, and money does not either. So rules never fight: a schedule does not close what an overload opened, nor
 * any of them what debt has stopped, and debt is none of their business.
 */
export type LoadRules = Readonly<{
  /** How supply is given back; permit-close unless the load cannot start by itself. */
  reconnect: 'direct-close' | 'permit-close'
  /** How often the meter is sampled for these rules beside its readings; null: readings alone. */
  sampleEveryMs: number | null
  overload?: OverloadRule
  schedule?: ScheduleRule
  singleRun?: SingleRunRule
  malignantLoad?: MalignantLoadRule & Readonly<{ act: 'alarm' | 'trip' }> & Reclosing
}>

/** After a trip it is given back by itself so many times, each so long after; then a person has to. */
export type Reclosing = Readonly<{ recloseTimes: number; recloseAfterMs: number }>

/** More than so many watts for so long. */
export type OverloadRule = Readonly<{ limitWatts: number; forMs: number }> & Reclosing

/** 0 = Sunday … 6 = Saturday, and the days that the rule calls holidays. */
export type DayType = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 'holiday'

/** Supply is on in these spans of local time, `[fromMinute, toMinute)`, and off otherwise. */
export type ScheduleRule = Readonly<{
  on: readonly Readonly<{ days: readonly DayType[]; fromMinute: number; toMinute: number }>[]
  /** Local days `YYYY-MM-DD` that are holidays, whatever weekday they are. */
  holidays: readonly string[]
}>

/** Supply is off but for single runs (irrigation): a run ends after so long or so much energy, whichever comes first. */
export type SingleRunRule = Readonly<{
  mostMs: number
  mostEnergyWh: number | null
  /** A payment to the account starts a run of the whole length. */
  startsOnPayment: boolean
}>

export const isOn = ({ on, holidays }: ScheduleRule, now: number, timeZone: string): boolean => {
  const local = localTime(now, timeZone)
  const minute = local.hour * 60 + local.minute
  const type: DayType = holidays.includes(localDayText(now, timeZone)) ? 'holiday' : (local.weekday as DayType)
  return on.some(({ days, fromMinute, toMinute }) => days.includes(type) && minute >= fromMinute && minute < toMinute)
}

/** What speaks against a set of rules; null: nothing. */
export type LoadRulesProblem = 'no-rule' | 'samples-too-often' | 'span-out-of-order' | 'samples-too-far-apart'

/** A line of 200 meters at 2400 bit/s has no room for more. */
const leastSampleEveryMs = 10_000

export const problemOfRules = (rules: LoadRules): LoadRulesProblem | null => {
  const { overload, schedule, singleRun, malignantLoad, sampleEveryMs } = rules
  if (overload === undefined && schedule === undefined && singleRun === undefined && malignantLoad === undefined)
    return 'no-rule'
  if (sampleEveryMs !== null && sampleEveryMs < leastSampleEveryMs) return 'samples-too-often'
  if (schedule?.on.some(({ fromMinute, toMinute }) => fromMinute >= toMinute) === true) return 'span-out-of-order'
  // Two samples further apart than the rule looks would never show a step.
  if (malignantLoad !== undefined && (sampleEveryMs === null || sampleEveryMs > malignantLoad.withinMs))
    return 'samples-too-far-apart'
  return null
}
