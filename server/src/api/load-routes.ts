import {
  readLoad,
  resetLoad,
  setLoadRules,
  startRun,
  stopRun,
  type LoadRules as SaidRules,
  type LoadStanding,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { needsAPerson, type Stopper } from '../domain/load-control.ts'
import type { DayType, LoadRules, Reclosing } from '../domain/load-rules.ts'
import type { LoadResult } from '../flow/load-control.ts'
import { viewLoad, type LoadView } from '../store/view/load.ts'
import { viewMeter } from '../store/view/meters.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const minuteMs = 60_000

export const loadRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, load } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(readLoad, 'view', async ({ params: { id } }) => {
    if ((await viewMeter(database, id)) === null) throw new ApiProblem('unknown-meter')
    const row = await viewLoad(database, id)
    return { load: row === null ? null : presentLoad(row) }
  })

  // Rules trip by themselves, so who makes them must be allowed to trip.
  register.guarded(
    setLoadRules,
    'control-trip',
    async ({ params: { id: meterId }, body: { rules, reason } }, caller) => {
      return done(
        await load.setRules({ meterId, operatorId: caller.id, reason, rules: rules === null ? null : rulesOf(rules) }),
      )
    },
  )

  register.guarded(startRun, 'control', async ({ params: { id: meterId }, body }, { id: operatorId }) => {
    const { minutes, energyWh, reason } = body
    return done(
      await load.startRun({
        meterId,
        operatorId,
        reason,
        ...(minutes === undefined ? {} : { forMs: minutes * minuteMs }),
        ...(energyWh === undefined ? {} : { energyWh }),
      }),
    )
  })

  register.guarded(stopRun, 'control', async ({ params: { id: meterId }, body: { reason } }, { id: operatorId }) =>
    done(await load.stopRun({ meterId, operatorId, reason })),
  )

  register.guarded(resetLoad, 'control', async ({ params: { id: meterId }, body: { reason } }, { id: operatorId }) =>
    done(await load.reset({ meterId, operatorId, reason })),
  )
}

const done = (result: LoadResult): Record<string, never> => {
  if (!result.ok) throw new ApiProblem(result.code)
  return {}
}

const reclosingOf = (said: Readonly<{ recloseTimes: number; recloseAfterMinutes: number }>): Reclosing => ({
  recloseTimes: said.recloseTimes,
  recloseAfterMs: said.recloseAfterMinutes * minuteMs,
})

/** Rules as people write them, in minutes and seconds. */
export const rulesOf = (said: SaidRules): LoadRules => {
  const { reconnect, sampleEverySeconds, overload, schedule, singleRun, malignantLoad } = said
  return {
    reconnect,
    sampleEveryMs: sampleEverySeconds === null ? null : sampleEverySeconds * 1_000,
    ...(overload === undefined
      ? {}
      : {
          overload: {
            limitWatts: overload.limitWatts,
            forMs: overload.forMinutes * minuteMs,
            ...reclosingOf(overload),
          },
        }),
    ...(schedule === undefined
      ? {}
      : {
          schedule: {
            on: schedule.on.map((span) => ({ ...span, days: span.days as readonly DayType[] })),
            holidays: schedule.holidays,
          },
        }),
    ...(singleRun === undefined
      ? {}
      : {
          singleRun: {
            mostMs: singleRun.mostMinutes * minuteMs,
            mostEnergyWh: singleRun.mostEnergyWh,
            startsOnPayment: singleRun.startsOnPayment,
          },
        }),
    ...(malignantLoad === undefined
      ? {}
      : {
          malignantLoad: {
            stepWatts: malignantLoad.stepWatts,
            leastPowerFactor: malignantLoad.leastPowerFactor,
            withinMs: malignantLoad.withinSeconds * 1_000,
            stepAlone: malignantLoad.stepAlone,
            act: malignantLoad.act,
            ...reclosingOf(malignantLoad),
          },
        }),
  }
}

const saidReclosing = ({ recloseTimes, recloseAfterMs }: Reclosing) => ({
  recloseTimes,
  recloseAfterMinutes: recloseAfterMs / minuteMs,
})

export const presentRules = (rules: LoadRules): SaidRules => {
  const { reconnect, sampleEveryMs, overload, schedule, singleRun, malignantLoad } = rules
  return {
    reconnect,
    sampleEverySeconds: sampleEveryMs === null ? null : sampleEveryMs / 1_000,
    ...(overload === undefined
      ? {}
      : {
          overload: {
            limitWatts: overload.limitWatts,
            forMinutes: overload.forMs / minuteMs,
            ...saidReclosing(overload),
          },
        }),
    ...(schedule === undefined
      ? {}
      : {
          schedule: {
            on: schedule.on.map((span) => ({ ...span, days: [...span.days] })),
            holidays: [...schedule.holidays],
          },
        }),
    ...(singleRun === undefined
      ? {}
      : {
          singleRun: {
            mostMinutes: singleRun.mostMs / minuteMs,
            mostEnergyWh: singleRun.mostEnergyWh,
            startsOnPayment: singleRun.startsOnPayment,
          },
        }),
    ...(malignantLoad === undefined
      ? {}
      : {
          malignantLoad: {
            stepWatts: malignantLoad.stepWatts,
            leastPowerFactor: malignantLoad.leastPowerFactor,
            withinSeconds: malignantLoad.withinMs / 1_000,
            stepAlone: malignantLoad.stepAlone,
            act: malignantLoad.act,
            ...saidReclosing(malignantLoad),
          },
        }),
  }
}

const presentLoad = ({ rules, state, holds, looked_at: lookedAt }: LoadView): LoadStanding => ({
  rules: presentRules(rules),
  holds: [...holds],
  lookedAt: lookedAt <= 0 ? null : lookedAt,
  sample: state.sample,
  overload: presentStopper(state.overload, rules.overload),
  malignantLoad: presentStopper(state.malignantLoad, rules.malignantLoad),
  run:
    state.run === null
      ? null
      : {
          askedAt: state.run.askedAt,
          startedAt: state.run.startedAt,
          forMinutes: state.run.forMs / minuteMs,
          energyWh: state.run.energyWh,
        },
})

const presentStopper = (stopper: Stopper, rule: Reclosing | undefined): LoadStanding['overload'] => ({
  trips: stopper.trips,
  heldSince: stopper.heldSince,
  needsPerson: rule !== undefined && needsAPerson(stopper, rule),
})
