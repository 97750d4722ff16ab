import { listEvents, listMeterEvents, readFieldDays, type FieldDay, type MeterEvent } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText } from '../domain/calendar.ts'
import { alarmOf } from '../domain/meter-event.ts'
import { viewEvents, viewMeterEvents, type MeterEventView } from '../store/view/events.ts'
import {
  viewAlarmDays,
  viewOnlineDays,
  viewReadDays,
  type AlarmDayView,
  type OnlineDayView,
  type ReadDayView,
} from '../store/view/field-days.ts'
import { viewMeter } from '../store/view/meters.ts'
import type { ApiAbilities } from './abilities.ts'
import { frameText } from './frame-text.ts'
import { localMidnight } from './local-midnight.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const dayMs = 86_400_000

export const eventRoutes = (app: FastifyInstance, { database, clock, system }: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, database)

  register.guarded(listMeterEvents, 'view', async ({ params: { id }, query: { limit } }) => {
    if ((await viewMeter(database, id)) === null) throw new ApiProblem('unknown-meter')
    return { events: (await viewMeterEvents(database, id, limit)).map(present) }
  })

  register.guarded(listEvents, 'view', async ({ query: { kind = null, before = null, limit } }, { sites }) => ({
    events: (await viewEvents(database, { kind, address: null, before, limit, reach: sites })).map(present),
  }))

  register.guarded(readFieldDays, 'view', async ({ query: { days } }, { sites }) => {
    const { timeZone } = system
    const from = localMidnight(clock.now() - (days - 1) * dayMs, timeZone)
    const firstDay = localDayText(from, timeZone)
    const [reads, online, alarms] = await Promise.all([
      viewReadDays(database, firstDay, sites),
      viewOnlineDays(database, firstDay, sites),
      viewAlarmDays(database, from, timeZone, sites),
    ])
    return { days: fieldDays(reads, online, alarms) }
  })
}

const present = (row: MeterEventView): MeterEvent => ({
  id: Number(row.id),
  meter: { id: row.meter_id, place: row.place },
  kind: row.kind,
  phase: row.phase,
  origin: row.origin,
  sequence: row.sequence,
  beganAt: row.began_at,
  endedAt: row.ended_at,
  seenAt: row.seen_at,
  operatorCode: row.operator_code,
  byUs: row.by_us,
  wasThere: row.was_there,
  alarm: alarmOf({ kind: row.kind, origin: row.origin, byUs: row.by_us, wasThere: row.was_there }),
  detail: row.detail,
  raw: row.raw === null ? null : frameText(row.raw),
})

const fieldDays = (
  reads: readonly ReadDayView[],
  online: readonly OnlineDayView[],
  alarms: readonly AlarmDayView[],
): FieldDay[] => {
  const days = new Map<string, FieldDay>()
  const dayOf = (day: string): FieldDay =>
    days.get(day) ?? { day, good: 0, held: 0, failed: 0, onlinePercent: null, alarms: [] }
  for (const { day, good, held, failed } of reads)
    days.set(day, { ...dayOf(day), good: Number(good), held: Number(held), failed: Number(failed) })
  for (const { day, online_ms: onlineMs, watched_ms: watchedMs } of online)
    if (watchedMs > 0n)
      days.set(day, { ...dayOf(day), onlinePercent: Math.round((Number(onlineMs) / Number(watchedMs)) * 10_000) / 100 })
  for (const { day, kind, count } of alarms) {
    const known = dayOf(day)
    days.set(day, { ...known, alarms: [...known.alarms, { kind, count: Number(count) }] })
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}
