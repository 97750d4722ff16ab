import {
  needsSecondPerson,
  objectionToAsking,
  otherAccountOf,
  type CounterOperation,
} from '../domain/counter-operation.ts'
import type { AccountRefusal } from '../domain/account.ts'
import type { ReversalRefusal } from '../domain/reversal.ts'
import { formatMoney, zeroMoney, type MicroYuan } from '../domain/quantity.ts'
import { permissionsOf } from '../domain/role.ts'
import { writeAudit } from '../store/audit.ts'
import type { Sql } from '../store/database.ts'
import { hashOfInput } from '../store/operations.ts'
import {
  decideRequest,
  findRequestByKey,
  finishRequest,
  insertRequest,
  lockRequest,
  operationStake,
  type OperationRequestRow,
} from '../store/operation-requests.ts'
import { loadStandings } from '../store/standing.ts'
import { closeWorkItems, openWorkItems } from '../store/work-items.ts'
import { createCarryOut, type CarryOutRefusal } from './counter-operations.ts'
import type { FlowContext } from './process.ts'
import type { SignedIn } from './sign-in.ts'

export type AskCounter = Readonly<{
  accountId: number
  /** Made by whoever asks; the same key with the same operation is done, or asked for, once. */
  key: string
  reason: string
  operator: SignedIn
  operation: CounterOperation
}>

export type CounterAnswer = Readonly<
  | { ok: true; state: 'done'; operationId: string; fresh: boolean; returned: MicroYuan | null }
  | { ok: true; state: 'waiting'; requestId: string; fresh: boolean }
  | { ok: false; code: CarryOutRefusal }
>

export type DecideRefusal =
  | 'unknown-request'
  | 'not-permitted'
  | 'asked-yourself'
  | 'request-not-waiting'
  | CarryOutRefusal
export type DecideRequest = Readonly<{ requestId: string; operator: SignedIn; reason: string }>
export type DecidedRequest = Readonly<{ ok: true; operationId: string | null } | { ok: false; code: DecideRefusal }>

/** What a counter may ask of the ledger besides payments; who may do it alone and who has to ask is in the domain. */
export type Counter = Readonly<{
  ask(input: AskCounter): Promise<CounterAnswer>
  approve(input: DecideRequest): Promise<DecidedRequest>
  /** By a second person; who asked withdraws by it. */
  refuse(input: DecideRequest): Promise<DecidedRequest>
}>

export const createCounter = (context: FlowContext): Counter => {
  const carryOut = createCarryOut(context)
  return {
    ask: async (input) => ask(context, carryOut, input),
    approve: async (input) => approve(context, carryOut, input),
    refuse: async (input) => refuse(context, input),
  }
}

type CarryOut = ReturnType<typeof createCarryOut>

const mayRefund = ({ role }: SignedIn): boolean => permissionsOf[role].includes('refund')

const ask = async (context: FlowContext, carryOut: CarryOut, input: AskCounter): Promise<CounterAnswer> => {
  const { accountId, key, reason, operator, operation } = input
  const { database, clock, ids } = context
  const inputHash = hashOfInput(operation.kind, { accountId, operation })
  const by = { accountId, requestedBy: operator.id, key }
  const known = await findRequestByKey(database, by)
  if (known !== null) return knownRequest(known, inputHash)
  const stake = await stakeOf(context, accountId, operation)
  if (typeof stake === 'string') return { ok: false, code: stake }
  const { amount } = stake
  if (!needsSecondPerson(operation.kind, amount, mayRefund(operator))) {
    const done = await carryOut(operation, { accountId, key, reason, operatorId: operator.id })
    return done.ok ? { ...done, state: 'done' } : done
  }
  if (stake.reversed) return { ok: false, code: 'reversed-already' }
  return database.transaction(async (sql) => {
    const now = clock.now()
    const other = otherAccountOf(operation)
    const standings = await loadStandings(sql, other === null ? [accountId] : [accountId, other])
    const own = standings.get(accountId)
    if (own === undefined) return { ok: false, code: 'unknown-account' }
    const code = objectionToAsking(operation, own, other === null ? null : (standings.get(other) ?? null))
    if (code !== null) return { ok: false, code }
    const id = ids.uuid()
    if (!(await insertRequest(sql, { ...by, id, operation, inputHash, reason, at: now }))) {
      const first = await findRequestByKey(sql, by)
      if (first === null) throw new Error('a key was taken by nothing')
      return knownRequest(first, inputHash)
    }
    const subject = subjectOf(id)
    const detail = { what: operation.kind, amount: formatMoney(amount), requestedBy: operator.login, reason }
    await tell(sql, now, {
      action: 'operation:request',
      request: { id, accountId, operation },
      by: operator.id,
      reason,
    })
    await openWorkItems(sql, [{ kind: 'approve-operation', subject, accountId, detail }], now)
    return { ok: true, state: 'waiting', requestId: id, fresh: true }
  })
}

const knownRequest = (known: Readonly<{ id: string; inputHash: string }>, inputHash: string): CounterAnswer =>
  known.inputHash === inputHash
    ? { ok: true, state: 'waiting', requestId: known.id, fresh: false }
    : { ok: false, code: 'same-key-other-input' }

/** Micro-yuan that would move, and whether what it is about has been undone; of another account nothing is known here. */
type Stake = Readonly<{ amount: MicroYuan; reversed: boolean }>

const stakeOf = async (
  { database }: FlowContext,
  accountId: number,
  operation: CounterOperation,
): Promise<Stake | AccountRefusal | ReversalRefusal | 'unknown-payment'> => {
  if ('amount' in operation) return { amount: operation.amount, reversed: false }
  if (operation.kind === 'refund-paid') return { amount: zeroMoney, reversed: false }
  if (operation.kind === 'close-account') {
    const own = (await loadStandings(database, [accountId])).get(accountId)
    return own === undefined ? 'unknown-account' : { amount: own.prepayment, reversed: false }
  }
  const isPayment = operation.kind === 'move-payment'
  const found = await operationStake(database, isPayment ? operation.paymentId : operation.operationId)
  if (found === null || found.accountId !== accountId) return isPayment ? 'unknown-payment' : 'unknown-operation'
  return { amount: found.amount ?? zeroMoney, reversed: found.reversed }
}

const subjectOf = (requestId: string): string => `operation-request:${requestId}`

/**
 * Marked as approved before anything moves, carried out under the request's own key, marked as done: any second person who
 * finds it approved and not done (the program was killed between) carries on, and it happens once.
 */
const approve = async (
  context: FlowContext,
  carryOut: CarryOut,
  { requestId, operator, reason }: DecideRequest,
): Promise<DecidedRequest> => {
  const { database, clock } = context
  const approved = await database.transaction(async (sql) => {
    const request = await lockRequest(sql, requestId)
    if (request === null) return 'unknown-request'
    if (!mayRefund(operator)) return 'not-permitted'
    if (request.requestedBy === operator.id) return 'asked-yourself'
    if (request.state === 'approved') return request
    if (request.state !== 'waiting') return 'request-not-waiting'
    const { id, accountId } = request
    const at = clock.now()
    await decideRequest(sql, { id, accountId, state: 'approved', by: operator.id, reason, at })
    await tell(sql, at, { action: 'operation:approve', request, by: operator.id, reason })
    return request
  })
  if (typeof approved === 'string') return { ok: false, code: approved }
  const { id, accountId, operation, requestedBy: operatorId, reason: asked } = approved
  const done = await carryOut(operation, { accountId, key: id, reason: asked, operatorId })
  return database.transaction(async (sql) => {
    const at = clock.now()
    const now = await lockRequest(sql, id)
    if (now?.state === 'approved') {
      if (done.ok) await finishRequest(sql, id, done.operationId)
      // It cannot be done as things are: it waits on, for a time when it can or for a refusal.
      else await decideRequest(sql, { id, accountId, state: 'waiting', by: null, reason: null, at })
    }
    if (!done.ok) return done
    await closeWorkItems(sql, { kind: 'approve-operation', subjects: [subjectOf(id)] }, at, 'operation:approve')
    return { ok: true, operationId: done.operationId }
  })
}

const refuse = async (
  { database, clock }: FlowContext,
  { requestId, operator, reason }: DecideRequest,
): Promise<DecidedRequest> =>
  database.transaction(async (sql) => {
    const request = await lockRequest(sql, requestId)
    if (request === null) return { ok: false, code: 'unknown-request' }
    const isOwn = request.requestedBy === operator.id
    if (!isOwn && !mayRefund(operator)) return { ok: false, code: 'not-permitted' }
    if (request.state !== 'waiting') return { ok: false, code: 'request-not-waiting' }
    const { id, accountId } = request
    const at = clock.now()
    const [state, action] = isOwn ? (['withdrawn', 'withdraw'] as const) : (['refused', 'refuse'] as const)
    await decideRequest(sql, { id, accountId, state, by: operator.id, reason, at })
    await tell(sql, at, { action: `operation:${action}`, request, by: operator.id, reason })
    await closeWorkItems(sql, { kind: 'approve-operation', subjects: [subjectOf(id)] }, at, `operation:${action}`)
    return { ok: true, operationId: null }
  })

type Told = Readonly<{
  action: string
  request: Pick<OperationRequestRow, 'id' | 'accountId' | 'operation'>
  by: number
  reason: string
}>

const tell = async (sql: Sql, at: number, { action, request, by: operatorId, reason }: Told): Promise<void> =>
  writeAudit(sql, {
    at,
    operatorId,
    action,
    subject: `account:${String(request.accountId)}`,
    detail: { request: request.id, what: request.operation.kind, reason },
  })
