import {
  approveBatch,
  listBatches,
  previewBatch,
  readBatch,
  refuseBatch,
  requestBatch,
  stopBatch,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { approvalOf, type BatchKind } from '../domain/batch.ts'
import { permissionOfBatch, permissionsOf } from '../domain/role.ts'
import type { SignedIn } from '../flow/sign-in.ts'
import { viewBatch, viewBatches, viewBatchItems } from '../store/view/batches.ts'
import type { ApiAbilities } from './abilities.ts'
import { presentBatch, presentItem, presentMeter } from './present-batch.ts'
import { ApiProblem } from './problem.ts'
import { passwordLimit } from './password-limit.ts'
import { createRegister, type WhoIs } from './register.ts'

export const batchRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(previewBatch, 'control', async ({ body: { kind, selection, override, parameters } }, caller) => {
    mustBeAllowed(kind, caller)
    const previewed = await abilities.batches.preview({
      kind,
      selection: given(selection),
      override,
      parameters,
      reach: caller.sites,
    })
    if (!previewed.ok) throw new ApiProblem(previewed.code)
    const meters = previewed.meters.map(presentMeter)
    const included = meters.filter(({ skip }) => skip === null).length
    return { approval: approvalOf[kind], included, leftOut: meters.length - included, meters }
  })

  register.guarded(
    requestBatch,
    'control',
    async ({ body: { kind, selection, override, parameters, key, reason } }, caller) => {
      mustBeAllowed(kind, caller)
      const operator = { id: caller.id, login: caller.login }
      const order = {
        kind,
        selection: given(selection),
        override,
        parameters,
        key,
        reason,
        operator,
        reach: caller.sites,
      }
      const requested = await abilities.batches.request(order)
      if (!requested.ok) throw new ApiProblem(requested.code)
      return { id: requested.id }
    },
  )

  register.guarded(listBatches, 'view', async (_, { sites }) => ({
    batches: (await viewBatches(database, sites)).map(presentBatch),
  }))

  register.guarded(readBatch, 'view', async ({ params: { id } }) => {
    const batch = await viewBatch(database, id)
    if (batch === null) throw new ApiProblem('unknown-batch')
    return { ...presentBatch(batch), items: (await viewBatchItems(database, id)).map(presentItem) }
  })

  register.guarded(
    approveBatch,
    'control',
    async ({ params: { id }, body: { reason, password, overrideSeen } }, operator) => {
      const approval = { batchId: id, operator, reason, password: password ?? null, overrideSeen }
      const done = await abilities.batches.approve(approval)
      if (!done.ok) throw new ApiProblem(done.code)
      return {}
    },
    passwordLimit,
  )

  register.guarded(refuseBatch, 'control', async ({ params: { id }, body: { reason } }, operator) => {
    const done = await abilities.batches.refuse({ batchId: id, operator, reason })
    if (!done.ok) throw new ApiProblem(done.code)
    return {}
  })

  register.guarded(stopBatch, 'control', async ({ params: { id }, body: { reason } }, operator) => {
    const done = await abilities.batches.stop({ batchId: id, operator, reason })
    if (!done.ok) throw new ApiProblem(done.code)
    return { cancelled: done.cancelled }
  })
}

const mustBeAllowed = (kind: BatchKind, { role }: SignedIn): void => {
  if (!permissionsOf[role].includes(permissionOfBatch(kind))) throw new ApiProblem('not-permitted')
}

/** Without the keys that were not said: an absent condition and an undefined one are the same selection. */
const given = <T extends object>(selection: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(selection).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
