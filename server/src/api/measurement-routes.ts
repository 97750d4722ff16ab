import {
  exportMeasurements,
  mostMeasurementDays,
  readDayData,
  readMeasurements,
  type MeasuredPart,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { quantities, type Part } from '../domain/measurement.ts'
import { boundsOf, qualification } from '../domain/power-quality.ts'
import type { VoltageLimits } from '../domain/voltage-limits.table.ts'
import { measurementLines } from '../flow/export-measurements.ts'
import { measurementHistory } from '../flow/measurement-history.ts'
import { viewDemand, viewFreezes } from '../store/view/day-data.ts'
import { viewMeter } from '../store/view/meters.ts'
import type { ApiAbilities } from './abilities.ts'
import { checkDays } from './check-days.ts'
import { ApiProblem } from './problem.ts'
import { routeLimit } from './route-limits.table.ts'
import { createRegister, mustReach, permitted, type WhoIs } from './register.ts'
import { streamOf } from './stream-of.ts'

const dayMs = 86_400_000
const mostDayDataDays = 366
/** More of everything is for the command line. */
const mostExportedDays = 62

const partNames: Readonly<Record<Part, MeasuredPart>> = { Total: 'total', A: 'a', B: 'b', C: 'c' }

export const measurementRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database } = abilities
  const register = createRegister(app, whoIs, database)
  const known = async (id: number) => {
    const row = await viewMeter(database, id)
    if (row === null) throw new ApiProblem('unknown-meter')
    return row
  }

  register.guarded(readMeasurements, 'view', async ({ params: { id: meterId }, query: { from, to, quantity } }) => {
    checkMoments(from, to)
    const { time_zone: timeZone } = await known(meterId)
    const history = await measurementHistory(database, { meterId, timeZone, from, to, quantity })
    const { phases, voltage, current } = history.quality
    return {
      quantity,
      unit: quantities[quantity].unit,
      resolution: history.resolution,
      parts: history.parts.map((part) => partNames[part]),
      points: history.points.map(({ values, least, greatest, ...point }) => ({
        ...point,
        values: [...values],
        least: least === null ? null : [...least],
        greatest: greatest === null ? null : [...greatest],
      })),
      limits: presentLimits(history.limits),
      measurements: history.measurements,
      figures: {
        qualification: qualification([phases.a, phases.b, phases.c]),
        phases,
        voltageImbalance: voltage,
        currentImbalance: current,
      },
    }
  })

  register.guarded(readDayData, 'view', async ({ params: { id }, query: { first, last } }) => {
    checkDays(first, last, mostDayDataDays)
    await known(id)
    const [demand, freezes] = await Promise.all([
      viewDemand(database, id, first, last),
      viewFreezes(database, id, first, last),
    ])
    return {
      demand: demand.map((row) => ({
        day: row.name,
        at: row.at,
        greatestMilliwatts: textOf(row.greatest_mw),
        greatestAt: row.greatest_at,
        presentMilliwatts: textOf(row.present_mw),
        presentMillivars: textOf(row.present_mvar),
        reverseWh: textOf(row.reverse_wh),
      })),
      freezes: freezes.map((row) => ({
        day: row.name,
        at: row.at,
        frozenAt: row.frozen_at,
        totalWh: textOf(row.total_wh),
        ratesWh: (row.rates_wh ?? []).map(String),
        thisMonthWh: textOf(row.this_month_wh),
        lastMonthWh: textOf(row.last_month_wh),
      })),
    }
  })

  app.get(exportMeasurements.path, routeLimit(exportMeasurements), async (request, reply) => {
    const caller = await permitted(whoIs, request, 'view')
    const query = exportMeasurements.query.safeParse(request.query)
    if (!query.success) throw new ApiProblem('bad-input')
    const { first, last, meter } = query.data
    checkDays(first, last, mostExportedDays)
    if (meter !== undefined) {
      const subject = { kind: 'meter', id: meter, unknown: 'unknown-meter' } as const
      await mustReach(database, caller, () => subject, query.data)
      await known(meter)
    }
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="measurements-${first}-${last}.csv"`)
      .send(
        streamOf(
          measurementLines(database, {
            first,
            last,
            reach: caller.sites,
            meterIds: meter === undefined ? null : [meter],
          }),
        ),
      )
  })
}

const checkMoments = (from: number, to: number): void => {
  if (to <= from || to - from > mostMeasurementDays * dayMs || !isMoment(from) || !isMoment(to))
    throw new ApiProblem('bad-input', [
      { path: 'to', message: `${String(mostMeasurementDays)} 天以内 / ${String(mostMeasurementDays)} days at most` },
    ])
}

/** The years that a calendar of the field can have. */
const [earliest, latest] = [Date.UTC(2000, 0, 1), Date.UTC(2200, 0, 1)]
const isMoment = (instant: number): boolean => instant >= earliest && instant <= latest

const presentLimits = (limits: VoltageLimits | null) => {
  if (limits === null) return null
  const { lowest, highest } = boundsOf(limits)
  const { nominalMillivolts: nominal, supply, clause } = limits
  return { nominal, lowest: Math.round(lowest), highest: Math.round(highest), supply, clause }
}

const textOf = (value: bigint | null): string | null => (value === null ? null : String(value))
