import type { Reach } from '../domain/reach.ts'
import { stateOfMark } from '../domain/roll-up.ts'
import type { Sql } from '../store/database.ts'
import { viewDaysAfter } from '../store/view/half-hours.ts'

export type ExportSpan = Readonly<{
  /** Local days, `YYYY-MM-DD`, both included. */
  first: string
  last: string
  siteId: number | null
  /** Only of these sites; absent: of all. */
  reach?: Reach
}>

/** Days of meters read at once: some hundred kilobytes of text. */
const daysAtOnce = 200

export const halfHoursHeader = 'address,place,begins,minutes,energy_wh,register_wh,state'

/** A line for each interval of all rolled-up days of a span, meter by meter; holds little in memory however long it is. */
export async function* halfHourLines(sql: Sql, span: ExportSpan): AsyncGenerator<string> {
  yield `${halfHoursHeader}\n`
  let after = { meterId: 0, day: '0001-01-01' }
  for (;;) {
    const days = await viewDaysAfter(sql, span, after, daysAtOnce)
    for (const day of days) yield linesOf(day)
    const last = days.at(-1)
    if (last === undefined || days.length < daysAtOnce) return
    after = { meterId: last.meter_id, day: last.day }
  }
}

type ExportedDay = Awaited<ReturnType<typeof viewDaysAfter>>[number]

const minuteMs = 60_000

const linesOf = ({ address, place, ...day }: ExportedDay): string => {
  const name = `"${place.replaceAll('"', '""')}"`
  let register = day.opening_wh
  return day.energies_wh
    .map((energy, index) => {
      const from = day.from_at + index * day.interval_minutes * minuteMs
      // The last interval of a day ends with it.
      const minutes = Math.round(Math.min(day.interval_minutes * minuteMs, day.to_at - from) / minuteMs)
      const begins = new Date(from).toISOString()
      const state = stateOfMark(day.marks[index] ?? 'm')
      const line = [address, name, begins, minutes, energy, register ?? '', state].join(',')
      register = register === null ? null : register + BigInt(energy)
      return `${line}\n`
    })
    .join('')
}
