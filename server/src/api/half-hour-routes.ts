import { exportHalfHours, mostHalfHourDays, readHalfHours } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { stateOfMark } from '../domain/roll-up.ts'
import { halfHourLines } from '../flow/export-half-hours.ts'
import { viewDays, viewMonths } from '../store/view/half-hours.ts'
import { viewWatchedMeter } from '../store/view/completeness.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, permitted, type WhoIs } from './register.ts'

const dayMs = 86_400_000
/** A year of everything is for the command line. */
const mostExportedDays = 62

/** Days from the first to the last, both included; refuses what is no span of so many days. */
const checkSpan = (first: string, last: string, most: number): void => {
  const days = (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs + 1
  if (!(days >= 1 && days <= most))
    throw new ApiProblem('bad-input', [
      { path: 'last', message: `1–${String(most)} 天 / from the first day on, ${String(most)} days at most` },
    ])
}

export const halfHourRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(readHalfHours, 'view', async ({ params: { id }, query: { first, last } }) => {
    checkSpan(first, last, mostHalfHourDays)
    if ((await viewWatchedMeter(database, id)) === null) throw new ApiProblem('unknown-meter')
    const [days, months] = await Promise.all([viewDays(database, id, first, last), viewMonths(database, id)])
    return {
      days: days.map((day) => ({
        day: day.day,
        from: day.from_at,
        intervalMinutes: day.interval_minutes,
        openingWh: textOf(day.opening_wh),
        closingWh: textOf(day.closing_wh),
        energiesWh: [...day.energies_wh],
        states: Array.from(day.marks, stateOfMark),
      })),
      months: months.map((month) => ({
        month: month.month,
        openingWh: textOf(month.opening_wh),
        closingWh: textOf(month.closing_wh),
        usedWh: String(month.used_wh),
        days: month.days,
        read: month.read,
        reRead: month.re_read,
        estimated: month.estimated,
        missing: month.missing,
      })),
    }
  })

  app.get(exportHalfHours.path, async (request, reply) => {
    const { sites } = await permitted(whoIs, request, 'view')
    const query = exportHalfHours.query.safeParse(request.query)
    if (!query.success) throw new ApiProblem('bad-input')
    const { first, last } = query.data
    checkSpan(first, last, mostExportedDays)
    const encoder = new TextEncoder()
    const lines = halfHourLines(database, { first, last, siteId: null, reach: sites })
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await lines.next()
        if (done === true) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      async cancel() {
        await lines.return(undefined)
      },
    })
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="half-hours-${first}-${last}.csv"`)
      .send(body)
  })
}

const textOf = (energy: bigint | null): string | null => (energy === null ? null : String(energy))
