import {
  addNoTrip,
  addToList,
  approveStop,
  askStopAgain,
  confirmDelivery,
  endListEntry,
  expectPayment,
  grantEmergency,
  listNoTrip,
  listStops,
  readAccountStop,
  refuseStop,
  removeNoTrip,
  type StopApproval,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { localDayText } from '../domain/calendar.ts'
import { powerStateOf } from '../domain/power-state.ts'
import { holidaysAhead } from '../domain/public-holidays.ts'
import { reaches } from '../domain/reach.ts'
import { microYuan } from '../domain/quantity.ts'
import { stopTermsFrom } from '../domain/stop-terms.ts'
import { viewAccountStop, viewStops, type ApprovalView } from '../store/view/stops.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

/** Lists, approvals, emergency credit, receipts by hand, and the days without trips. */
export const stopRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, clock, system } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(readAccountStop, 'view', async ({ params: { id } }) => {
    const view = await viewAccountStop(database, id)
    if (view === null) throw new ApiProblem('unknown-account')
    const { account, meters, lists, approvals, facts } = view
    const now = clock.now()
    const terms =
      account.legal_path === null || account.stop_terms === null
        ? null
        : stopTermsFrom(account.stop_terms, account.legal_path)
    return {
      terms:
        terms === null
          ? null
          : {
              mode: terms.mode,
              approval: terms.approval,
              legalPath: terms.legalPath,
              emergencyCredit: moneyText(terms.emergencyCredit),
            },
      stage: account.stage,
      meters: meters.map((row) => ({
        id: row.id,
        place: row.place,
        state: powerStateOf(account.stage, {
          relay: row.relay,
          relayCommand: row.relay_command,
          restoreOwed: row.restore_owed,
          failedTrips: row.failed_trips,
          lastFailedCloseAt: row.last_failed_close_at,
          openCommands: row.open_commands,
        }),
      })),
      toldAt: account.told_at,
      lookAgainAt: account.decide_at,
      overdueSince: facts?.overdueSince ?? null,
      emergency: { offeredAt: account.emergency_offered_at, granted: moneyText(microYuan(account.emergency_granted)) },
      paymentExpectedUntil: facts?.paymentExpectedUntil ?? null,
      notices: (facts?.notices ?? []).map(({ kind, channel, at, sendAt, deliveredAt }) => ({
        kind,
        channel,
        at: Math.round(at),
        sendAt: Math.round(sendAt),
        deliveredAt: deliveredAt === null ? null : Math.round(deliveredAt),
      })),
      lists: lists.map((row) => ({
        id: row.id,
        kind: row.kind,
        from: row.from_at,
        to: row.to_at,
        holds: row.from_at <= now && (row.to_at === null || now < row.to_at),
        reason: row.reason,
        by: row.by,
        endedBy: row.ended_by,
        endedBecause: row.ended_because,
      })),
      approvals: approvals.map(presentApproval),
    }
  })

  register.guarded(listStops, 'view', async (_, { sites }) => {
    const { rows, approvals } = await viewStops(database, sites)
    return {
      rows: rows.map((row) => {
        const approval = approvals.find(({ account_id: accountId }) => accountId === row.id)
        return {
          account: { id: row.id, number: row.number, customer: row.customer },
          meter: row.meter_id === null ? null : { id: row.meter_id, place: row.place ?? '' },
          stage: row.stage,
          since: row.stage_since,
          balance: moneyText(row.balance),
          reasons: [...(row.reasons ?? [])],
          earliestStopAt: row.earliest_stop_at,
          approval: approval === undefined ? null : presentApproval(approval),
        }
      }),
    }
  })

  register.guarded(addToList, 'control-trip', async ({ params: { id: accountId }, body }, operator) => {
    const { kind, from = null, to = null, reason } = body
    const done = await abilities.addToList({ accountId, kind, from, to, reason, operator })
    if (!done.ok) throw new ApiProblem(done.code)
    return { id: done.id }
  })

  register.guarded(endListEntry, 'control-trip', async ({ params: { id }, body: { reason } }, operator) => {
    const done = await abilities.endListEntry({ id, reason, operator })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })

  register.guarded(grantEmergency, 'top-up', async ({ params: { id: accountId }, body: { reason } }, { id }) => {
    const done = await abilities.grantEmergency({ accountId, reason, operatorId: id })
    if (!done.ok) throw new ApiProblem(done.code)
    return { amount: moneyText(done.amount) }
  })

  register.guarded(expectPayment, 'top-up', async ({ params: { id: accountId }, body }, { id: operatorId }) => {
    const done = await abilities.expectPayment({ accountId, ...body, operatorId })
    if (!done.ok) throw new ApiProblem(done.code)
    return { until: done.until }
  })

  register.guarded(approveStop, 'control-trip', async ({ params: { id: approvalId } }, { id: operatorId }) => {
    const done = await abilities.giveVerdict({ approvalId, verdict: { kind: 'approve' }, operatorId })
    if (!done.ok) throw new ApiProblem(done.code)
    return { state: done.state }
  })

  register.guarded(
    refuseStop,
    'control-trip',
    async ({ params: { id: approvalId }, body: { until, reason } }, { id: operatorId }) => {
      const verdict = { kind: 'refuse', until, reason } as const
      const done = await abilities.giveVerdict({ approvalId, verdict, operatorId })
      if (!done.ok) throw new ApiProblem(done.code)
      return { state: done.state }
    },
  )

  register.guarded(
    askStopAgain,
    'control-trip',
    async ({ params: { id: accountId }, body: { reason } }, { id: operatorId }) => {
      const done = await abilities.askAgain({ accountId, reason, operatorId })
      if (!done.ok) throw new ApiProblem(done.code)
      return { id: done.approvalId }
    },
  )

  register.guarded(confirmDelivery, 'work', async ({ params: { id: messageId }, body: { detail } }, { id }) => {
    const done = await abilities.deliverByHand({ messageId, detail, operatorId: id })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })

  register.guarded(listNoTrip, 'view', async (_, { sites }) => ({
    spans: (await abilities.noTrip.all())
      .filter(({ siteId }) => reaches(sites, [siteId]))
      .map(({ id, site, timeZone, kind, from, to, reason }) => ({
        id,
        site,
        kind,
        firstDay: localDayText(from, timeZone),
        lastDay: localDayText(to - 1, timeZone),
        reason,
      })),
    holidays: holidaysAhead('CN', localDayText(clock.now(), system.timeZone)).map(([firstDay, lastDay, name]) => ({
      firstDay,
      lastDay,
      name,
    })),
  }))

  register.guarded(addNoTrip, 'control-trip', async ({ body }, { id }) => {
    const done = await abilities.noTrip.add(body, id)
    if (!done.ok) throw new ApiProblem(done.code)
    return { spans: done.spans }
  })

  register.guarded(removeNoTrip, 'control-trip', async ({ params: { id } }, { id: operatorId }) => {
    if (!(await abilities.noTrip.remove(id, operatorId))) throw new ApiProblem('unknown-span')
    return {}
  })
}

const presentApproval = (row: ApprovalView): StopApproval => ({
  id: row.id,
  state: row.state,
  persons: row.persons,
  voices: [...row.voices],
  requestedBy: row.requested_by,
  requestedAt: row.requested_at,
  notice: row.notice,
  until: row.until_at,
  because: row.because,
})
