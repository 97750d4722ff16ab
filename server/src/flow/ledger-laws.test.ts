import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { microYuan } from '../domain/quantity.ts'
import { loadStandings } from '../store/standing.ts'
import { createFreeze, createUnfreeze } from './freeze.ts'
import { createOpenAccount } from './open-account.ts'
import type { Asked } from './operate.ts'
import { createChargeFee, createWriteOff } from './owed-money.ts'
import { createPay } from './pay.ts'
import { createRefund } from './refund.ts'
import { createReverse } from './reverse.ts'
import { LedgerModel, type Order } from './testing/ledger-model.ts'
import { createMoneyBench, yuan, type MoneyBench } from './testing/money-bench.ts'
import { createTransferMoney } from './transfer-money.ts'

const accounts = 3
const account = fc.nat(accounts - 1)
const amount = fc.bigInt(1n, 60_000_000n)
const cash = fc.boolean()
const order: fc.Arbitrary<Order> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pay' as const), account, amount, cash }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('refund' as const), account, amount, cash }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('transfer' as const), account, to: account, amount }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'unfreeze', 'fee', 'write-off'), account, amount }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reverse' as const), of: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), of: fc.nat(12) }) },
)

type Result = Readonly<{ ok: boolean; code?: string; fresh?: boolean; operationId?: string; paymentId?: string }>

/** Whatever is asked in whatever order, the ledger does what the plain model of it does. */
describe('the laws of the ledger', () => {
  let bench: MoneyBench
  let runs = 0

  beforeAll(async () => {
    bench = await createMoneyBench({ accounts: 1 })
  })
  afterAll(async () => bench.drop())

  const openAccounts = async (run: number): Promise<readonly number[]> => {
    const ids: number[] = []
    for (let index = 0; index < accounts; index += 1) {
      const opened = await createOpenAccount(bench.context)({
        key: 'open',
        reason: '',
        operatorId: null,
        number: `R${String(run)}-${String(index)}`,
        siteId: 1,
        customer: 1,
        protected: false,
        meterIds: [],
        oldBalance: yuan(0),
        oldDebt: yuan(0),
      })
      if (!opened.ok) throw new Error(opened.code)
      ids.push(opened.result.accountId)
    }
    return ids
  }

  /** Each run has a cashier of its own, so that its drawer is empty at the start. */
  const cashierOf = async (run: number): Promise<number> => {
    const [row] = await bench.database.query<{ id: number }>(
      `insert into operator (login, name, role, password_hash) values ($1, '', 'cashier', '') returning id`,
      [`run ${String(run)}`],
    )
    return row?.id ?? 0
  }

  test('hold for every history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(order, { minLength: 5, maxLength: 25 }), async (orders) => {
        runs += 1
        const [ids, cashierId, model] = [await openAccounts(runs), await cashierOf(runs), new LedgerModel()]
        const sent: { again: () => Promise<Result>; first: Result }[] = []
        for (const [index, one] of orders.entries()) {
          const repeated = one.kind === 'repeat' ? sent[one.of] : undefined
          if (one.kind === 'repeat' && repeated === undefined) continue
          const expected = model.expect(one)
          const asked = { key: `${String(runs)}/${String(index)}`, reason: 'a law', operatorId: cashierId }
          const send = sender(one, { ids, asked, sent })
          const result = await send()
          const wanted = expected.ok ? { ok: true, fresh: true } : expected
          expect(result).toMatchObject(repeated === undefined ? wanted : { ...repeated.first, fresh: false })
          if (!expected.ok) continue
          model.apply(one, expected.effect)
          if (repeated === undefined) sent.push({ again: send, first: result })
          await expectLaws(model, ids, cashierId)
        }
      }),
      { numRuns: 25 },
    )
    expect(await bench.wrong()).toEqual([])
  }, 120_000)

  type Sending = Readonly<{
    ids: readonly number[]
    asked: Asked
    sent: readonly { again: () => Promise<Result>; first: Result }[]
  }>

  const sender = (one: Order, { ids, asked, sent }: Sending): (() => Promise<Result>) => {
    const { context } = bench
    if (one.kind === 'repeat') return async () => sent[one.of]?.again() ?? { ok: true, fresh: true }
    if (one.kind === 'reverse') {
      const { operationId, paymentId } = sent[one.of]?.first ?? {}
      const id = operationId ?? paymentId ?? '00000000-0000-0000-0000-000000000000'
      const known = bench.database.query<{ kind: string }>('select kind from operation where id = $1', [id])
      return async () =>
        createReverse(context)({ ...asked, operationId: id, ofReversal: (await known)[0]?.kind === 'reverse' })
    }
    const base = { ...asked, accountId: ids[one.account] ?? 0, amount: microYuan(one.amount) }
    switch (one.kind) {
      case 'pay':
        return async () =>
          createPay(
            context.database,
            context.clock,
            context.ids,
          )({
            ...base,
            channel: one.cash ? 'cash-counter' : 'alipay',
          })
      case 'refund':
        return async () => createRefund(context)({ ...base, channel: one.cash ? 'cash-counter' : 'alipay' })
      case 'transfer':
        return async () =>
          createTransferMoney(context)({ ...base, fromAccountId: base.accountId, toAccountId: ids[one.to] ?? 0 })
      case 'freeze':
        return async () => createFreeze(context)(base)
      case 'unfreeze':
        return async () => createUnfreeze(context)(base)
      case 'fee':
        return async () => createChargeFee(context)(base)
      case 'write-off':
        return async () => createWriteOff(context)({ ...base, of: 'overdraft' })
    }
  }

  const expectLaws = async (model: LedgerModel, ids: readonly number[], cashierId: number): Promise<void> => {
    const standings = await loadStandings(bench.database, ids)
    for (const [index, id] of ids.entries())
      expect(standings.get(id)).toMatchObject({
        prepayment: model.balance(`prepayment ${String(index)}`),
        frozen: model.balance(`frozen ${String(index)}`),
      })
    const [drawer] = await bench.database.query<{ balance: bigint }>(
      `select coalesce(sum(debits - credits), 0)::bigint as balance from ledger_account where code = 'cash-drawer' and owner = $1`,
      [String(cashierId)],
    )
    expect(drawer?.balance).toBe(model.balance('drawer'))
    // Money in = what was given back, charged as fees, lost, and what still stands on the accounts.
    const moneyIn = model.sum('drawer') + model.sum('channel')
    const elsewhere = model.sum('payable') + model.sum('fees') - model.sum('lost')
    expect(moneyIn).toBe(elsewhere + model.sum('prepayment') + model.sum('frozen'))
  }
})
