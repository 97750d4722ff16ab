import { readCompleteness, readGaps, readMeterCompleteness, type Gap } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { intervalGrid } from '../domain/collection/interval-grid.ts'
import { intervalFacts } from '../domain/completeness.ts'
import { lastDays, tellCompleteness } from '../flow/tell-completeness.ts'
import { gapFactOf, viewGapGrid, viewGaps, viewWatchedMeter, type GapView } from '../store/view/completeness.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const mostGaps = 500

export const completenessRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock, system } = abilities
  const register = createRegister(app, whoIs, database)
  const spanOf = (timeZone: string, count: number) => {
    const days = lastDays(clock.now(), timeZone, count)
    return { from: days.at(-1)?.from ?? 0, to: days[0]?.to ?? 0, days }
  }

  register.guarded(readCompleteness, 'view', async ({ query: { days } }, { sites }) => ({
    days: [...(await tellCompleteness(database, clock.now(), days, sites))],
  }))

  register.guarded(readGaps, 'view', async ({ query: { days } }, { sites }) => {
    const span = spanOf(system.timeZone, days)
    const gaps = await viewGaps(database, span, { meterId: null, limit: mostGaps, reach: sites })
    const { timeZone, readingIntervalMinutes: minutes } = system
    const begins = intervalGrid(timeZone, minutes).beginningIn(span)
    const cells = await viewGapGrid(
      database,
      span,
      minutes,
      begins.map(({ from }) => from),
      sites,
    )
    return {
      gaps: gaps.map(presentGap),
      intervalMinutes: system.readingIntervalMinutes,
      from: span.from,
      to: span.to,
      cells: cells.map(({ at, state, meters }) => ({ at, state, meters: Number(meters) })),
    }
  })

  register.guarded(readMeterCompleteness, 'view', async ({ params: { id }, query: { days: count } }) => {
    const meter = await viewWatchedMeter(database, id)
    if (meter === null) throw new ApiProblem('unknown-meter')
    const span = spanOf(meter.time_zone, count)
    const gaps = await viewGaps(database, span, { meterId: id, limit: mostGaps })
    const watched = {
      since: meter.watched_since,
      sweptTo: meter.swept_to ?? 0,
      grid: intervalGrid(meter.time_zone, meter.minutes),
    }
    const facts = gaps.map(gapFactOf)
    return {
      intervalMinutes: meter.minutes,
      days: span.days.map((day) => ({ day: day.day, intervals: [...intervalFacts(day, watched, facts)] })),
      gaps: gaps.map(presentGap),
    }
  })
}

const presentGap = (row: GapView): Gap => ({
  meterId: row.meter_id,
  place: row.place,
  address: row.address,
  gateway: row.code,
  from: row.from_at,
  to: row.to_at,
  intervals: intervalGrid(row.time_zone, row.minutes).countIn({ from: row.from_at, to: row.to_at }),
  reason: row.reason,
  state: row.state,
  because: row.because,
  unknownSide: row.unknown_side,
  attempts: row.attempts,
})
