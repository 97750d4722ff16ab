import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PurchaseWriter } from '../domain/purchase-writer.ts'
import { createBuyForMeter } from './buy-for-meter.ts'
import { runPurchases } from './run-purchases.ts'
import { createSignAgreement } from './sign-agreement.ts'
import { createHandMadePurse } from './testing/hand-made-purse.ts'
import { createMoneyBench, terms, yuan, type MoneyBench } from './testing/money-bench.ts'
import { until } from '../domain/testing/until.ts'

describe('purchases on their way', () => {
  let bench: MoneyBench
  const ask = (accountId: number) => ({
    key: randomUUID(),
    reason: 'at the counter',
    operatorId: bench.cashierId,
    accountId,
  })
  const local = { ...terms, pricePlanId: 1, legalPath: 'agreement', supplyContract: 'S' } as const

  const buy = async (index: number): Promise<string> => {
    const [accountId, meterId] = [bench.accountIds[index] ?? 0, bench.meterIds[index] ?? 0]
    const bought = await createBuyForMeter(bench.context)({ ...ask(accountId), meterId, amount: yuan(5) })
    if (!bought.ok) throw new Error(bought.code)
    return bought.result.purchaseId
  }
  const states = async () => {
    const rows = await bench.database.query<{ id: string; state: string }>('select id, state from meter_purchase')
    return new Map(rows.map(({ id, state }) => [id, state]))
  }

  beforeEach(async () => {
    bench = await createMoneyBench({ accounts: 2, opening: yuan(200) })
    bench.clock.pass(1_000)
    for (const accountId of bench.accountIds) {
      const signed = { ...ask(accountId), terms: { ...local, settlementMode: 'local' }, effectiveFrom: null } as const
      await createSignAgreement(bench.context)(signed)
    }
  })
  afterEach(async () => bench.drop())

  test('do not wait for a meter that does not come to an end, and are not taken up twice', async () => {
    const purses = new Map(bench.meterIds.map((meterId) => [meterId, createHandMadePurse()]))
    const slow = bench.meterIds[0]
    const gate = new AbortController()
    const opened = new Promise<void>((resolve) => gate.signal.addEventListener('abort', () => resolve()))
    const reads: number[] = []
    const writer: PurchaseWriter = {
      readPurse: async (meterId) => {
        reads.push(meterId)
        if (meterId === slow) await opened
        return purses.get(meterId)?.writer.readPurse(meterId) ?? null
      },
      write: async (meterId, purchase) =>
        purses.get(meterId)?.writer.write(meterId, purchase) ?? { kind: 'unknown', reason: 'no meter' },
    }
    const [first, second] = [await buy(0), await buy(1)]
    const stopping = new AbortController()
    const running = runPurchases({ ...bench.context, log: () => undefined }, writer, stopping.signal)
    await until('the second is posted', async () => (await states()).get(second) === 'posted')
    expect((await states()).get(first)).toBe('waiting')
    // Its claim is over; it is under way all the same.
    bench.clock.pass(3_600_000)
    await bench.clock.delay(1_500)
    expect(reads.filter((meterId) => meterId === slow)).toHaveLength(1)
    gate.abort()
    await until('the first is posted', async () => (await states()).get(first) === 'posted')
    expect([...purses.values()].map((purse) => [purse.writes(), purse.shows().balance])).toEqual([
      [1, yuan(5)],
      [1, yuan(5)],
    ])
    stopping.abort()
    await running
    expect(await bench.wrong()).toEqual([])
  })
})
