import { localTime, startOfLocalDay } from '../domain/calendar.ts'
import type { NoTripKind } from '../domain/credit-facts.ts'
import { writeAudit } from '../store/audit.ts'
import type { Database } from '../store/database.ts'
import { insertNoTrip, listNoTrip, removeNoTrip, sitesByName, type NoTripRow } from '../store/no-trip.ts'

import type { FlowContext } from './process.ts'

export type NoTripInput = Readonly<{
  /** Name of the site; null: every site. */
  site: string | null
  kind: NoTripKind
  /** First and last local day, `YYYY-MM-DD`. */
  firstDay: string
  lastDay: string
  reason: string
}>
export type NoTripResult = Readonly<
  { ok: true; spans: number } | { ok: false; code: 'unknown-site' | 'no-such-day' | 'ends-before-it-begins' }
>

const dayPattern = /^(\d{4})-(\d{2})-(\d{2})$/u

/**
 * Writes down days on which nobody is tripped. A holiday also keeps the day before it free of trips: whoever is cut on
 * the eve can reach nobody until it is over (fee-control practice).
 */
export const addNoTrip = async (
  database: Database,
  now: number,
  input: NoTripInput,
  operatorId: number | null = null,
): Promise<NoTripResult> =>
  database.transaction(async (sql) => {
    const sites = await sitesByName(sql, input.site)
    if (sites.length === 0) return { ok: false, code: 'unknown-site' }
    const spans: Readonly<{ siteId: number; from: number; to: number }>[] = []
    for (const { id: siteId, timeZone } of sites) {
      const first = startOfDayText(input.firstDay, timeZone, input.kind === 'holiday' ? -1 : 0)
      const end = startOfDayText(input.lastDay, timeZone, 1)
      if (first === null || end === null) return { ok: false, code: 'no-such-day' }
      if (input.lastDay < input.firstDay) return { ok: false, code: 'ends-before-it-begins' }
      spans.push({ siteId, from: first, to: end })
    }
    for (const span of spans) {
      await insertNoTrip(sql, { ...span, kind: input.kind, reason: input.reason })
      const subject = `site:${String(span.siteId)}`
      await writeAudit(sql, { at: now, operatorId, action: 'no-trip:add', subject, detail: { ...input } })
    }
    return { ok: true, spans: spans.length }
  })

export const deleteNoTrip = async (
  database: Database,
  now: number,
  id: number,
  operatorId: number | null = null,
): Promise<boolean> =>
  database.transaction(async (sql) => {
    const siteId = await removeNoTrip(sql, id)
    if (siteId === null) return false
    const subject = `site:${String(siteId)}`
    await writeAudit(sql, { at: now, operatorId, action: 'no-trip:remove', subject, detail: { id } })
    return true
  })

export const allNoTrip = async (database: Database): Promise<readonly NoTripRow[]> => listNoTrip(database)

/** The calendar as people keep it in the console. */
export type NoTripCalendar = Readonly<{
  all(): Promise<readonly NoTripRow[]>
  add(input: NoTripInput, operatorId: number): Promise<NoTripResult>
  remove(id: number, operatorId: number): Promise<boolean>
}>

export const createNoTripCalendar = ({ database, clock }: Pick<FlowContext, 'database' | 'clock'>): NoTripCalendar => ({
  all: async () => allNoTrip(database),
  add: async (input, operatorId) => addNoTrip(database, clock.now(), input, operatorId),
  remove: async (id, operatorId) => deleteNoTrip(database, clock.now(), id, operatorId),
})

/** Local midnight of a day, some days on; null when there is no such day. */
const startOfDayText = (text: string, timeZone: string, daysOn: number): number | null => {
  const match = dayPattern.exec(text)
  if (match === null) return null
  const [, year, month, day] = match.map(Number)
  if (year === undefined || month === undefined || day === undefined) return null
  const midnight = startOfLocalDay(year, month, day, timeZone)
  const local = localTime(midnight, timeZone)
  if (local.year !== year || local.month !== month || local.day !== day) return null
  const moved = new Date(Date.UTC(year, month - 1, day + daysOn))
  return startOfLocalDay(moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate(), timeZone)
}
