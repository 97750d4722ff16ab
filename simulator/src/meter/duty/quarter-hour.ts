import { localTime, minuteOfDay } from '../../time/local-time.ts'
import { ownNow } from '../meter-clock.ts'
import { parameterBytes, parameterNumber, setParameter } from '../parameters.ts'
import { readBcd } from '../bytes.ts'
import type { Rate, RateTimetable } from '../rate-timetable.ts'
import type { Meter } from '../state.ts'
import { noteDemand } from './demand.ts'
import { freeze, freezeHour, noteProfile } from './memories.ts'

const none = 9_999
const settlementDays = [0x0400_0b01, 0x0400_0b02, 0x0400_0b03] as const

/** What a meter does by its own clock at every full quarter hour. */
export const onQuarterHour = (meter: Meter): void => {
  const { memory } = meter.model
  noteDemand(meter)
  const minute = minuteOfDay(ownNow(meter), meter.around.zone)
  if (memory.profileMinutes > 0 && minute % memory.profileMinutes === 0) noteProfile(meter)
  if (memory.hourlyMinutes > 0 && minute % memory.hourlyMinutes === 0) freezeHour(meter)
  if (minute === 0 && memory.daily) freeze(meter, 'daily')
  if (memory.settlement && minute % 60 === 0 && isSettlement(meter)) freeze(meter, 'settlement')
  if (meter.terminal.output === 'demand-period')
    meter.terminal = { ...meter.terminal, pulses: meter.terminal.pulses + 1 }
  if (meter.parameters !== null) switchOver(meter)
}

/** At a full hour: whether it is one of the three settlement days and hours, DDhh. */
const isSettlement = (meter: Meter): boolean => {
  const { day, hour } = localTime(ownNow(meter), meter.around.zone)
  return settlementDays.some((identifier) => {
    const when = parameterNumber(meter, identifier)
    return when !== none && when === day * 100 + hour
  })
}

const day = Object.freeze({ at: 0x0400_0107, spare: 0x0402_0001, current: 0x0401_0001 })
const price = Object.freeze({ at: 0x0400_0108, spare: 0x0405_0200, current: 0x0405_0100 })

/** Day tables and prices that were written ahead come into force at the moment written with them. */
const switchOver = (meter: Meter): void => {
  if (isDue(meter, day.at)) {
    const table = parameterBytes(meter, day.spare)
    if (table !== null) {
      setParameter(meter, day.current, table)
      meter.timetable = timetableOf(table)
    }
  }
  if (isDue(meter, price.at))
    for (let rate = 1; rate <= 4; rate += 1) {
      const spare = parameterBytes(meter, price.spare + rate)
      if (spare !== null) setParameter(meter, price.current + rate, spare)
    }
}

/** YYMMDDhhmm, once: it is zero afterwards. */
const isDue = (meter: Meter, identifier: number): boolean => {
  const at = parameterNumber(meter, identifier)
  if (at === 0) return false
  const { year, month, day: date, hour, minute } = localTime(ownNow(meter), meter.around.zone)
  const now = ((((year % 100) * 100 + month) * 100 + date) * 100 + hour) * 100 + minute
  if (now < at) return false
  setParameter(meter, identifier, new Uint8Array(5))
  return true
}

/** hhmmNN each; repeated entries at the end mean nothing. */
export const timetableOf = (table: Uint8Array): RateTimetable => {
  const periods: { fromMinute: number; rate: Rate }[] = []
  for (let offset = 0; offset + 3 <= table.length; offset += 3) {
    const rate = readBcd(table, offset, 1) ?? 1
    const clock = readBcd(table, offset + 1, 2) ?? 0
    const fromMinute = Math.floor(clock / 100) * 60 + (clock % 100)
    const last = periods.at(-1)
    if (last !== undefined && fromMinute <= last.fromMinute) continue
    periods.push({ fromMinute: last === undefined ? 0 : fromMinute, rate: Math.min(4, Math.max(1, rate)) as Rate })
  }
  return periods
}
