import { countWorkItems, handleWorkItem, listWorkItems, type WorkItem } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { roleToLook } from '../domain/work-item.ts'
import { viewWorkItemCounts, viewWorkItems, type WorkItemView } from '../store/view/work-items.ts'
import type { ApiAbilities } from './abilities.ts'
import { ApiProblem } from './problem.ts'
import { createRegister, type WhoIs } from './register.ts'

const mostListed = 500

export const workItemRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const register = createRegister(app, whoIs, abilities.database)

  register.guarded(countWorkItems, 'view', async (_, { sites }) => viewWorkItemCounts(abilities.database, sites))

  register.guarded(listWorkItems, 'view', async ({ query: { state } }, { sites }) => {
    const [rows, counts] = await Promise.all([
      viewWorkItems(abilities.database, state === 'closed', mostListed, sites),
      viewWorkItemCounts(abilities.database, sites),
    ])
    return { items: rows.map(present), counts }
  })

  register.guarded(handleWorkItem, 'work', async ({ params: { id }, body: { deed, reason } }, { id: operatorId }) => {
    const done = await abilities.handleWorkItem({ id, deed, operatorId, reason })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })
}

const present = (row: WorkItemView): WorkItem => ({
  id: Number(row.id),
  kind: row.kind,
  subject: row.subject,
  site: row.site,
  account:
    row.account_id === null
      ? null
      : { id: row.account_id, number: row.account_number ?? '', customer: row.customer ?? '' },
  meter: row.meter_id === null ? null : { id: row.meter_id, place: row.place ?? '' },
  gateway: row.gateway,
  severity: row.severity,
  detail: { ...row.detail },
  openedAt: row.opened_at,
  seenAt: row.seen_at,
  seen: row.seen,
  dueAt: row.due_at,
  escalation: row.escalation,
  roleToLook: roleToLook(row.kind, row.escalation),
  owner: row.owner,
  acknowledgedAt: row.acknowledged_at,
  closed: row.closed_at === null ? null : { at: row.closed_at, by: row.closed_by, because: row.closed_because ?? '' },
})
