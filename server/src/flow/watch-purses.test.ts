import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PurseReading } from '../domain/meter-purchase.ts'
import type { PurseRead } from '../headend/headend.ts'
import { createBuyForMeter } from './buy-for-meter.ts'
import type { FlowEvent } from './process.ts'
import { createSignAgreement } from './sign-agreement.ts'
import { stepPurchases } from './run-purchases.ts'
import { createHandMadePurse, type HandMadePurse } from './testing/hand-made-purse.ts'
import { createMoneyBench, terms, yuan, type MoneyBench } from './testing/money-bench.ts'
import { createPurseWatch, type PurseWatch } from './watch-purses.ts'

describe('the purses of meters that settle themselves', () => {
  const intervalMs = 30 * 60_000
  let bench: MoneyBench
  let purse: HandMadePurse
  let watch: PurseWatch
  let [accountId, meterId, reads] = [0, 0, 0]
  let said: FlowEvent[] = []
  let instead: (() => Promise<PurseRead>) | null = null

  const purseRead = (shown: PurseReading): PurseRead => ({ ok: true, purse: shown, exchanges: [] })
  const charged = async () => -(await bench.standing('revenue'))
  const ask = () => ({ key: randomUUID(), reason: 'signed', operatorId: bench.cashierId, accountId })
  const sign = async (settlementMode: 'local' | 'remote') => {
    bench.clock.pass(1_000)
    const signed = { ...terms, pricePlanId: 1, legalPath: 'agreement', supplyContract: 'S', settlementMode } as const
    await createSignAgreement(bench.context)({ ...ask(), terms: signed, effectiveFrom: null })
  }

  beforeEach(async () => {
    bench = await createMoneyBench({ accounts: 2, opening: yuan(200) })
    accountId = bench.accountIds[0] ?? 0
    meterId = bench.meterIds[0] ?? 0
    purse = createHandMadePurse(7, yuan(30))
    reads = 0
    said = []
    instead = null
    const context = { ...bench.context, log: (event: FlowEvent) => said.push(event) }
    watch = createPurseWatch(context, {
      readPurse: async (of) => {
        if (of !== meterId) throw new Error(`meter ${String(of)} keeps no purse`)
        reads += 1
        return instead === null ? purseRead(purse.shows()) : instead()
      },
    })
    await sign('local')
  })
  afterEach(async () => {
    const wrong = await bench.wrong()
    await bench.drop()
    if (wrong.length > 0) throw new Error(wrong.join('\n'))
  })

  test('are read once per interval, and what they deducted is charged', async () => {
    expect([await watch.step(), await watch.step()]).toEqual([1, 0])
    expect(await charged()).toBe(0n)
    purse.use(yuan(12))
    bench.clock.pass(intervalMs)
    expect([await watch.step(), await watch.step()]).toEqual([1, 0])
    expect(await charged()).toBe(yuan(12))
    expect(-(await bench.standing('meter-wallet'))).toBe(yuan(18))
  })

  test('are left alone while a purchase is on its way, and when the account is settled here again', async () => {
    await watch.step()
    await createBuyForMeter(bench.context)({ ...ask(), meterId, amount: yuan(5) })
    bench.clock.pass(intervalMs)
    expect(await watch.step()).toBe(0)
    await stepPurchases(bench.context, purse.writer)
    await stepPurchases(bench.context, purse.writer)
    bench.clock.pass(intervalMs)
    expect(await watch.step()).toBe(1)
    await sign('remote')
    bench.clock.pass(intervalMs)
    expect([await watch.step(), reads]).toEqual([0, 2])
  })

  test('that do not answer, or are disputed, are not asked again at once', async () => {
    instead = async () => ({ ok: false, code: 'no-answer', detail: 'silence', exchanges: [] })
    expect([await watch.step(), await watch.step()]).toEqual([1, 0])
    expect(said.map(({ what }) => what)).toEqual(['a purse could not be read'])
  })

  test('whose count nobody here has moved wait for a person', async () => {
    await watch.step()
    purse.buyByCard(yuan(5))
    bench.clock.pass(intervalMs)
    expect([await watch.step(), await watch.step()]).toEqual([1, 0])
    expect(said.map(({ what }) => what)).toEqual(['a purse needs a person'])
    expect(await charged()).toBe(0n)
  })

  test('a reading that a purchase has overtaken proves nothing', async () => {
    await watch.step()
    bench.clock.pass(intervalMs)
    instead = async () => {
      const before = purse.shows()
      bench.clock.pass(1)
      await createBuyForMeter(bench.context)({ ...ask(), meterId, amount: yuan(5) })
      await stepPurchases(bench.context, purse.writer)
      await stepPurchases(bench.context, purse.writer)
      return purseRead(before)
    }
    expect(await watch.step()).toBe(1)
    expect(said).toEqual([])
    expect(-(await bench.standing('meter-wallet'))).toBe(yuan(35))
  })
})
