import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Headend, PursePurchase } from '../headend/headend.ts'
import { createFieldPurchaseWriter } from './field-purchase-writer.ts'
import type { FlowEvent } from './process.ts'
import { createSignAgreement } from './sign-agreement.ts'
import { createMoneyBench, terms, yuan, type MoneyBench } from './testing/money-bench.ts'

describe('a purchase over the wire', () => {
  let bench: MoneyBench
  let [accountId, meterId] = [0, 0]
  let sent: PursePurchase[] = []
  let said: FlowEvent[] = []
  const exchange = {
    at: 0,
    durationMs: 1,
    request: Uint8Array.of(0x68, 0x16),
    response: Uint8Array.of(0x68, 0x83),
    meaning: 'recharge',
  }
  const field: Pick<Headend, 'readPurse' | 'writePurse'> = {
    readPurse: async () => ({ ok: false, code: 'not-genuine', detail: 'MACs', exchanges: [exchange] }),
    writePurse: async (_, purchase) => {
      sent.push(purchase)
      return { kind: 'accepted', exchanges: [exchange] }
    },
  }
  const writer = () => createFieldPurchaseWriter({ database: bench.database, log: (event) => said.push(event) }, field)
  const sign = async (settlementMode: 'local' | 'remote') => {
    bench.clock.pass(1_000)
    const signed = { ...terms, pricePlanId: 1, legalPath: 'agreement', supplyContract: 'S', settlementMode } as const
    const ask = { key: randomUUID(), reason: 'signed', operatorId: bench.cashierId }
    await createSignAgreement(bench.context)({ ...ask, accountId, terms: signed, effectiveFrom: null })
  }
  const number = async (text: string) =>
    bench.database.query('update account set number = $2 where id = $1', [accountId, text])
  const purchase = { amount: yuan(5), purchaseCount: 3 }

  beforeEach(async () => {
    bench = await createMoneyBench({ accounts: 1, opening: yuan(200) })
    accountId = bench.accountIds[0] ?? 0
    meterId = bench.meterIds[0] ?? 0
    sent = []
    said = []
    await sign('local')
  })
  afterEach(async () => bench.drop())

  test('goes under the number of its account, and its bytes are in the log', async () => {
    await number('4711')
    expect(await writer().write(meterId, purchase)).toEqual({ kind: 'accepted' })
    expect(sent).toEqual([{ ...purchase, customerNumber: '000000004711' }])
    expect(said).toMatchObject([{ level: 'info', detail: { meterId, request: '6816', response: '6883' } }])
  })

  test.each(['A0001', '1234567890123'])('of account %s is refused: no meter can have that number', async (text) => {
    await number(text)
    expect(await writer().write(meterId, purchase)).toMatchObject({ kind: 'refused' })
    expect(sent).toEqual([])
  })

  test('is refused once the account is settled remotely', async () => {
    await number('4711')
    await sign('remote')
    expect(await writer().write(meterId, purchase)).toMatchObject({ kind: 'refused' })
    expect(sent).toEqual([])
  })

  test('a purse that is not the one of the meter is no reading, and somebody is told', async () => {
    expect(await writer().readPurse(meterId)).toBeNull()
    expect(said).toMatchObject([{ level: 'error', detail: { code: 'not-genuine', response: '6883' } }])
  })
})
