import type { Clock } from '../domain/clock.ts'
import type { Database } from '../store/database.ts'
import { readSetting, writeSetting } from '../store/settings.ts'
import { anchoredClock, type ClockAnchor } from './system-clock.ts'
import { localTime } from '../domain/calendar.ts'

const settingKey = 'demonstration-clock'
/** How often the demonstration's time is written down, machine time: no more than this is lived twice. */
const saveEveryMs = 1_000
/** A demonstration begins in the morning, so that the first trip falls into hours in which trips are allowed. */
const firstHour = 8

export type RunningClock = Readonly<{ clock: Clock; anchor: ClockAnchor }>

/**
 * The clock of a demonstration goes on where the last run has stopped: time does not pass while nobody watches. The
 * virtual meters get the same anchor, so their clocks agree with ours.
 */
export const resumeDemonstrationClock = async (
  database: Database,
  rate: number,
  timeZone: string,
): Promise<RunningClock> => {
  const realMs = Date.now()
  const saved = await readSetting<{ virtualMs: number }>(database, settingKey)
  const anchor = { virtualMs: saved === null ? firstMorning(realMs, timeZone) : saved.virtualMs + 1, realMs, rate }
  return { clock: anchoredClock(anchor), anchor }
}

/** Writes the time down until aborted, and once more at the end. */
export const keepDemonstrationClock = async (database: Database, clock: Clock, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    await clock.delay(saveEveryMs, signal).catch(() => undefined)
    await saveDemonstrationClock(database, clock)
  }
}

const saveDemonstrationClock = async (database: Database, clock: Clock): Promise<void> =>
  writeSetting(database, settingKey, { virtualMs: clock.now() })

/** The demonstration's time as last written down, for programs beside it; null in an installation with a real field. */
export const demonstrationTime = async (database: Database): Promise<number | null> =>
  (await readSetting<{ virtualMs: number }>(database, settingKey))?.virtualMs ?? null

const firstMorning = (now: number, timeZone: string): number => {
  const { hour, minute, second } = localTime(now, timeZone)
  return now - (now % 1_000) - ((hour - firstHour) * 3600 + minute * 60 + second) * 1_000
}
