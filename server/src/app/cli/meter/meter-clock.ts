import { decodeValue, identifiers } from '@xianfu/protocols'
import { zoneOffsetMs } from '../../../domain/calendar.ts'
import { silenceWords, type Session } from './session.ts'

/**
 * A meter's clock beside that of this machine. Local times are milliseconds as if the local time were UTC, so that they
 * can be subtracted without a zone.
 */
export type ClockReading = Readonly<{
  meterLocalMs: number
  /** Above zero when the meter is ahead. */
  driftMs: number
  /** The meter tells whole seconds, and may have looked at its clock at any time between question and answer. */
  uncertaintyMs: number
}>

export type ClockRead = Readonly<{ ok: true; clock: ClockReading } | { ok: false; detail: string }>

const secondMs = 1_000
const dayMs = 86_400_000

/** Date and time are two identifiers; both are read anew when midnight may have passed between them. */
export const readClock = async (session: Session, address: string, timeZone: string): Promise<ClockRead> => {
  for (let attempt = 0; ; attempt += 1) {
    const date = await session.read(address, identifiers.dateAndWeekday.id)
    if (!date.ok) return { ok: false, detail: silenceWords(address, date, session) }
    const time = await session.read(address, identifiers.time.id)
    if (!time.ok) return { ok: false, detail: silenceWords(address, time, session) }
    const day = decodeValue('dateAndWeekday', date.data)
    const moment = decodeValue('time', time.data)
    if (!day.ok || !moment.ok)
      return { ok: false, detail: `The clock of meter ${address} shows no time that exists; it must be set.` }
    const { hour, minute, second } = moment.value
    // Just after midnight the date may still be that of the day before.
    if (hour === 0 && minute === 0 && attempt === 0) continue
    const { year, month } = day.value
    const meterLocalMs = Date.UTC(year, month - 1, day.value.day, hour, minute, second)
    const halfMs = (time.exchanges.at(-1)?.durationMs ?? 0) / 2
    const machineLocalMs = time.at - halfMs + zoneOffsetMs(time.at, timeZone)
    const driftMs = meterLocalMs + secondMs / 2 - machineLocalMs
    return { ok: true, clock: { meterLocalMs, driftMs, uncertaintyMs: secondMs / 2 + halfMs } }
  }
}

/** `2026-11-25 22:51:03`. */
export const localText = (localMs: number): string => new Date(localMs).toISOString().slice(0, 19).replace('T', ' ')

/** Zones differ by half hours; nearly so many of them is another zone rather than a bad clock. */
const zoneStepMs = 30 * 60_000
const zoneMarginMs = 60_000

/** Whether the meter's clock is probably right, and shows the time of another zone. */
export const looksLikeZone = ({ driftMs }: ClockReading): boolean => {
  const steps = Math.round(driftMs / zoneStepMs)
  return steps !== 0 && Math.abs(driftMs) < dayMs && Math.abs(driftMs - steps * zoneStepMs) < zoneMarginMs
}

export const driftText = (clock: ClockReading): string =>
  looksLikeZone(clock) ? `${offText(clock)}; that looks like another time zone, see --time-zone` : offText(clock)

const offText = ({ driftMs, uncertaintyMs }: ClockReading): string => {
  if (Math.abs(driftMs) <= uncertaintyMs) return `as this machine's (± ${seconds(uncertaintyMs)})`
  return `${spanText(Math.abs(driftMs))} ${driftMs > 0 ? 'ahead of' : 'behind'} this machine (± ${seconds(uncertaintyMs)})`
}

const seconds = (ms: number): string => `${(ms / secondMs).toFixed(1)} s`

/** As people say it: seconds alone below two minutes, then hours and minutes, then days. */
export const spanText = (ms: number): string => {
  if (ms < 120 * secondMs) return seconds(ms)
  const whole = Math.round(ms / secondMs)
  if (ms < 2 * dayMs) {
    const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60]
    return `${hours > 0 ? `${String(hours)} h ` : ''}${String(minutes)} min ${String(rest)} s`
  }
  return `${String(Math.floor(ms / dayMs))} days`
}
