import {
  approveOperation,
  askCounter,
  findAccounts,
  listOpenings,
  listOperationRequests,
  openAccount,
  readAccount,
  refuseOperation,
  type CounterOperation as AskedOperation,
  type OperationRequest,
} from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import type { CounterOperation } from '../domain/counter-operation.ts'
import { parseMoney } from '../domain/quantity.ts'
import { objectionToReverse } from '../domain/reversal.ts'
import {
  findAccountViews,
  viewAccountFile,
  viewOpenings,
  viewOperations,
  viewRequests,
  viewStanding,
  type OperationView,
  type RequestView,
} from '../store/view/counter.ts'
import type { ApiAbilities } from './abilities.ts'
import { moneyText } from './present.ts'
import { ApiProblem } from './problem.ts'
import { understood } from './purchase-routes.ts'
import { createRegister, type WhoIs } from './register.ts'

const mostFound = 20

/** What a counter does besides taking payments: find, undo, give back, move, open, close; and agree to what others ask. */
export const counterRoutes = (app: FastifyInstance, abilities: ApiAbilities, whoIs: WhoIs): void => {
  const { database, counter, openAccount: open } = abilities
  const register = createRegister(app, whoIs, database)

  register.guarded(findAccounts, 'view', async ({ query: { q } }, { sites }) => {
    const found = await findAccountViews(database, q, mostFound + 1, sites)
    const accounts = found.slice(0, mostFound).map(({ balance, places, customer_id: customerId, ...row }) => ({
      ...row,
      customerId,
      balance: moneyText(balance),
      places: [...places],
    }))
    return { accounts, more: found.length > mostFound }
  })

  register.guarded(readAccount, 'view', async ({ params: { id } }) => {
    const [file, standing, operations, requests] = await Promise.all([
      viewAccountFile(database, id),
      viewStanding(database, id),
      viewOperations(database, id),
      viewRequests(database, { kind: 'of-account', accountId: id }),
    ])
    if (file === null || standing === null) throw new ApiProblem('unknown-account')
    return {
      id,
      number: file.number,
      customer: { id: file.customer_id, name: file.customer, phone: file.phone },
      site: file.site,
      openedAt: file.opened_at,
      closedAt: file.closed_at,
      stage: file.stage,
      prepaid: file.prepaid,
      balance: {
        prepayment: moneyText(standing.prepayment),
        frozen: moneyText(standing.frozen),
        debt: moneyText(standing.receivable),
        pending: moneyText(standing.pending),
        wallet: moneyText(standing.wallet),
      },
      meters: [...file.meters],
      operations: operations.map(presentOperation),
      requests: requests.map(presentRequest),
    }
  })

  register.guarded(askCounter, 'top-up', async ({ params: { id }, body: { key, reason, operation } }, operator) => {
    const answer = await counter.ask({ accountId: id, key, reason, operator, operation: operationOf(operation) })
    if (!answer.ok) throw new ApiProblem(answer.code)
    if (answer.state === 'waiting') return { state: answer.state, requestId: answer.requestId, fresh: answer.fresh }
    const { state, operationId, fresh, returned } = answer
    return { state, operationId, fresh, returned: returned === null ? null : moneyText(returned) }
  })

  register.guarded(listOperationRequests, 'view', async ({ query: { state } }, { sites: reach }) => ({
    requests: (await viewRequests(database, { kind: state }, reach)).map(presentRequest),
  }))

  register.guarded(approveOperation, 'refund', async ({ params: { id }, body: { reason } }, operator) => {
    const decided = await counter.approve({ requestId: id, operator, reason })
    if (!decided.ok) throw new ApiProblem(decided.code)
    return { operationId: decided.operationId }
  })

  // Who asked may withdraw, whatever else they may.
  register.guarded(refuseOperation, 'top-up', async ({ params: { id }, body: { reason } }, operator) => {
    const decided = await counter.refuse({ requestId: id, operator, reason })
    if (!decided.ok) throw new ApiProblem(decided.code)
    return {}
  })

  register.guarded(listOpenings, 'sign', async (_, { sites: reach }) => {
    const { sites, meters } = await viewOpenings(database, reach)
    return { sites: [...sites], meters: meters.map(({ site_id: siteId, ...meter }) => ({ ...meter, siteId })) }
  })

  register.guarded(openAccount, 'sign', async ({ body: { customer, oldBalance, oldDebt, ...asked } }, { id }) => {
    const opened = await open({
      ...asked,
      operatorId: id,
      customer: 'id' in customer ? customer.id : customer,
      // A protection is put on with its reason, on the list for it.
      protected: false,
      oldBalance: understood(parseMoney(oldBalance), 'oldBalance', oldBalance),
      oldDebt: understood(parseMoney(oldDebt), 'oldDebt', oldDebt),
    })
    if (!opened.ok) throw new ApiProblem(opened.code)
    return { accountId: opened.result.accountId, fresh: opened.fresh }
  })
}

const operationOf = (asked: AskedOperation): CounterOperation => {
  if (!('amount' in asked)) return asked
  const amount = understood(parseMoney(asked.amount), 'amount', asked.amount)
  return { ...asked, amount }
}

const optionalMoney = (amount: bigint | null): string | null => (amount === null ? null : moneyText(amount))

const presentOperation = ({ completed, ...row }: OperationView) => ({
  ...row,
  amount: optionalMoney(row.amount),
  reversible: objectionToReverse({ ...row, completed }, { reason: 'asked', ofReversal: false }) === null,
})

const presentRequest = ({ amount, about, ...row }: RequestView): OperationRequest => ({
  ...row,
  amount: optionalMoney(amount),
  about: about === null ? null : { ...about, amount: optionalMoney(about.amount) },
})
