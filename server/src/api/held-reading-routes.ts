import { judgeReading, listHeldReadings, type HeldReading } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { countHeldReadings, viewHeldReadings, type HeldReadingView } from '../store/view/held-readings.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const mostListed = 500

export const heldReadingRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, abilities.database)

  register.guarded(listHeldReadings, 'view', async (_, { sites }) => {
    const rows = await viewHeldReadings(abilities.database, mostListed, sites)
    const count = rows.length < mostListed ? rows.length : await countHeldReadings(abilities.database, sites)
    return { readings: rows.map(present), count }
  })

  // It moves money, or lets supply be cut again: not for everybody who reads meters.
  register.guarded(
    judgeReading,
    'control-trip',
    async ({ params: { id: meterId }, body: { at, verdict, reason } }, { id: operatorId }) => {
      const done = await abilities.judgeReading({ meterId, at, verdict, operatorId, reason })
      if (!done.ok) throw new ApiProblem(done.code)
      return {}
    },
  )
}

const present = (row: HeldReadingView): HeldReading => ({
  meter: { id: row.meter_id, place: row.place, gateway: row.gateway },
  account: row.account_number === null ? null : { number: row.account_number, customer: row.customer ?? '' },
  at: row.at,
  totalWh: String(row.total_wh),
  ratesWh: row.rates_wh.map(String),
  obtained: row.obtained,
  heldBecause: row.held_because ?? '',
  lastGood:
    row.last_at === null || row.last_total_wh === null ? null : { at: row.last_at, totalWh: String(row.last_total_wh) },
})
