import {
  endPause,
  listLines,
  listPauses,
  listSchedules,
  pauseReading,
  readMeterData,
  removeSchedule,
  setSchedule,
  type LineRow,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { dataSets, defaultPaces } from '../domain/collection/data-set.ts'
import { reaches } from '../domain/reach.ts'
import type { LineReport } from '../flow/line-report.ts'
import { viewMeterData } from '../store/view/meter-data.ts'
import { viewPauses, viewSchedules } from '../store/view/schedules.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

export const lineRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(listLines, 'view', async (_, { sites }) => ({
    lines: (await abilities.readLines()).filter(({ siteId }) => reaches(sites, [siteId])).map(presentLine),
  }))

  register.guarded(listSchedules, 'view', async (_, { sites }) => ({
    defaults: dataSets.map((dataSet) => ({ dataSet, minutes: defaultPaces[dataSet] })),
    rules: [...(await viewSchedules(database, sites))],
  }))

  register.guarded(setSchedule, 'control', async ({ body }, { id: operatorId }) => {
    const done = await abilities.setSchedule({ ...body, operatorId })
    if (done.ok) return {}
    throw done.code === 'not-a-pace' ? new ApiProblem('bad-input', [paceField]) : new ApiProblem(done.code)
  })

  register.guarded(removeSchedule, 'control', async ({ body }, { id: operatorId }) => {
    const done = await abilities.removeSchedule({ ...body, operatorId })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })

  register.guarded(listPauses, 'view', async (_, { sites }) => ({
    pauses: [...(await viewPauses(database, clock.now(), sites))],
  }))

  register.guarded(pauseReading, 'control', async ({ body: { from, ...body } }, { id: operatorId }) => {
    const done = await abilities.pauseReading({ ...body, from: from ?? clock.now(), operatorId })
    if (done.ok) return { id: done.id }
    throw done.code === 'pause-span-wrong' ? new ApiProblem('bad-input', [spanField]) : new ApiProblem(done.code)
  })

  register.guarded(readMeterData, 'view', async ({ params: { id } }) => {
    const sets = await viewMeterData(database, id)
    if (sets === null) throw new ApiProblem('unknown-meter')
    return { sets: sets.map(({ data, ...set }) => ({ ...set, data: { ...data } })) }
  })

  register.guarded(endPause, 'control', async ({ params: { id } }, { id: operatorId }) => {
    const done = await abilities.endReadingPause({ id, operatorId })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })
}

const paceField = {
  path: 'minutes',
  message:
    '1 至 1440 分钟；除电能外可为整天（至多 31 天）或不采集 / 1 to 1440 minutes; all but the energy also whole days up to 31, or not at all',
}

const spanField = {
  path: 'to',
  message: '结束须晚于开始和现在，至多 31 天 / the end must come after the beginning and after now, at most 31 days',
}

const presentLine = (line: LineReport): LineRow => ({
  gateway: { id: line.gatewayId, code: line.code },
  site: { id: line.siteId, name: line.siteName },
  baudRate: line.line.baudRate,
  parity: line.line.parity,
  online: line.online,
  since: line.since,
  meters: { total: line.meters, failing: line.failing, backingOff: line.measured.backingOff },
  health: {
    state: line.health.state,
    cause: line.health.cause,
    reasons: line.health.reasons.map(({ meterIds, ...reason }) => ({ ...reason, meterIds: [...meterIds] })),
  },
  measured: {
    asked: line.measured.asked,
    answered: line.measured.answered,
    busyShare: line.measured.busyShare,
    responseMs: line.measured.responseMs,
  },
  airtime:
    line.airtime === null
      ? null
      : {
          share: line.airtime.share,
          reserve: line.airtime.reserve,
          silentShare: line.airtime.silentShare,
          sets: line.airtime.sets.map(({ dataSet, share }) => ({ dataSet, share })),
          energyRoundMs: line.airtime.energyRoundMs,
          energyIntervalMs: line.airtime.energyIntervalMs,
          longestExchangeMs: line.airtime.longestExchangeMs,
          verdict: line.airtime.verdict,
        },
  missed: Object.entries(line.missed).map(([reason, count]) => ({ reason, count })),
  queueLength: line.queueLength,
  holder: line.holder,
  pausedUntil: line.pausedUntil,
})
