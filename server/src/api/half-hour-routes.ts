import { exportHalfHours, mostHalfHourDays, readHalfHours } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { stateOfMark } from '../domain/roll-up.ts'
import { halfHourLines } from '../flow/export-half-hours.ts'
import { viewDays, viewMonths } from '../store/view/half-hours.ts'
import { viewWatchedMeter } from '../store/view/completeness.ts'
import type { ApiAbilities } from './abilities.ts'
import { checkDays } from './check-days.ts'
import { ApiProblem } from './problem.ts'
import { routeLimit } from './route-limits.table.ts'
import { createRegister, permitted, type WhoIs } from './register.ts'
import { streamOf } from './stream-of.ts'

/** A year of everything is for the command line. */
const mostExportedDays = 62

export const halfHourRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(readHalfHours, 'view', async ({ params: { id }, query: { first, last } }) => {
    checkDays(first, last, mostHalfHourDays)
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

  app.get(exportHalfHours.path, routeLimit(exportHalfHours), async (request, reply) => {
    const { sites } = await permitted(whoIs, request, 'view')
    const query = exportHalfHours.query.safeParse(request.query)
    if (!query.success) throw new ApiProblem('bad-input')
    const { first, last } = query.data
    checkDays(first, last, mostExportedDays)
    const body = streamOf(halfHourLines(database, { first, last, siteId: null, reach: sites }))
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="half-hours-${first}-${last}.csv"`)
      .send(body)
  })
}

const textOf = (energy: bigint | null): string | null => (energy === null ? null : String(energy))
