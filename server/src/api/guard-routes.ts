import { freezeTrips, listGuards, releaseTrips } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText } from '../domain/calendar.ts'
import { mostPerDay } from '../domain/trip-guard.ts'
import { isPassword } from '../flow/sign-in.ts'
import { viewGuards } from '../store/view/guards.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { passwordLimit } from './password-limit.ts'
import { createRegister, type WhoIs } from './register.ts'

const hourMs = 3_600_000

export const guardRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(listGuards, 'view', async (_, { sites }) => {
    const now = clock.now()
    const rows = await viewGuards(database, sites)
    return {
      guards: rows.map((row) => ({
        site: { id: row.site_id, name: row.name },
        frozen:
          row.frozen_at === null || row.frozen_because === null
            ? null
            : { at: row.frozen_at, because: row.frozen_because },
        sentToday: row.day === localDayText(now, row.time_zone) ? row.sent_in_day : 0,
        mostToday: mostPerDay(
          { mostPerDayPercent: row.most_per_day_percent, mostPerDayFloor: row.most_per_day_floor },
          Number(row.accounts),
        ),
        sentThisHour: Math.abs(now - row.hour_at) < hourMs ? row.sent_in_hour : 0,
        mostPerHour: row.most_per_hour,
        mostPerMinute: row.most_per_minute,
      })),
    }
  })

  register.guarded(
    freezeTrips,
    'control-trip',
    async ({ params: { id: siteId }, body: { reason } }, { id: operatorId }) => {
      const done = await abilities.freezeTrips({ siteId, operatorId, reason })
      if (!done.ok) throw new ApiProblem(done.code)
      return {}
    },
  )

  register.guarded(
    releaseTrips,
    'control-trip',
    async ({ params: { id: siteId }, body: { reason, password } }, { id: operatorId, login }) => {
      if (!(await isPassword(database, login, password))) throw new ApiProblem('wrong-password')
      const done = await abilities.releaseTrips({ siteId, operatorId, reason })
      if (!done.ok) throw new ApiProblem(done.code)
      return {}
    },
    passwordLimit,
  )
}
