import { readRestorations, type Restoration } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import {
  viewLateRestorations,
  viewRestorationTimes,
  viewRunningRestorations,
  type RestorationView,
} from '../store/view/restorations.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { createRegister, type WhoIs } from './register.ts'

const casesShown = 200

/** The clock from payment to power: its percentiles, and the cases that a person may have to look at. */
export const restorationRoutes = (app: FastifyInstance, { database }: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, database)
  register.guarded(readRestorations, 'view', async ({ query: { hours } }, { sites }) => {
    const [times, running, late] = await Promise.all([
      viewRestorationTimes(database, hours, sites),
      viewRunningRestorations(database, casesShown, sites),
      viewLateRestorations(database, hours, casesShown, sites),
    ])
    return {
      count: times.count,
      lateCount: times.late_count,
      queued: percentilesOf(times.queued),
      sent: percentilesOf(times.sent),
      acknowledged: percentilesOf(times.acknowledged),
      verified: percentilesOf(times.verified),
      running: running.map(present),
      late: late.map(present),
    }
  })
}

const percentilesOf = (values: readonly number[]) => ({
  p50Ms: values[0] ?? null,
  p95Ms: values[1] ?? null,
  p99Ms: values[2] ?? null,
  worstMs: values[3] ?? null,
})

const present = (row: RestorationView): Restoration => ({
  id: Number(row.id),
  meter: { id: row.meter_id, place: row.place },
  account: { id: row.account_id, number: row.account_number },
  paymentId: row.payment_id,
  kind: row.kind,
  online: row.online,
  state: row.state,
  openedAt: row.opened_at,
  late: row.late,
  queuedMs: row.queued_ms,
  sentMs: row.sent_ms,
  acknowledgedMs: row.acknowledged_ms,
  verifiedMs: row.verified_ms,
  compensation: row.compensation === null ? null : moneyText(row.compensation),
})
