import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readPaper } from '../provider/document/testing/read-paper.ts'
import { findReceipt, printReceipt } from './receipt.ts'
import { createReverse } from './reverse.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

describe('the receipt of a payment, on a real database', () => {
  let town: Town
  let paymentId = ''
  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 5 }])
    const [operator] = await town.database.query<{ id: number }>(
      "insert into operator (login, name, role, password_hash) values ('zhang', '张丽', 'cashier', '') returning id",
    )
    const paid = await town.pay({
      accountId: (await town.place('A')).accountId,
      key: 'k',
      amount: yuan(1_409.5),
      channel: 'cash-counter',
      operatorId: operator?.id ?? null,
    })
    if (!paid.ok) throw new Error(paid.code)
    paymentId = paid.paymentId
  })
  afterAll(async () => town.close())

  test('says what was paid, by whom it was taken and what stood afterwards', async () => {
    expect(await findReceipt(town.database, paymentId)).toMatchObject({
      number: expect.stringMatching(/^R20261125-\d+$/u),
      paymentId,
      account: { number: '70001', customer: 'A', places: ['A'] },
      at: wednesday,
      amount: '1409.50',
      capitals: '壹仟肆佰零玖元伍角整',
      channel: 'cash-counter',
      cashier: '张丽',
      balanceAfter: '1414.50',
      reversedAt: null,
    })
  })

  test('is found by its own number, and not by one with another day', async () => {
    const receipt = await findReceipt(town.database, paymentId)
    if (receipt === null) throw new Error('no receipt')
    expect(await findReceipt(town.database, receipt.number)).toEqual(receipt)
    expect(await findReceipt(town.database, receipt.number.replace('R20261125', 'R20261124'))).toBeNull()
  })

  test.each(['', 'R', 'R20261125-999999', 'not an id', '00000000-0000-7000-8000-00000000ffff'])(
    '“%s” is no receipt',
    async (text) => {
      expect(await findReceipt(town.database, text)).toBeNull()
    },
  )

  test('of a payment that was reversed says so on the paper', async () => {
    const reverse = createReverse(town.context)
    town.clock.move(3_600_000)
    const done = await reverse({ operationId: paymentId, key: 'undo', reason: 'counted wrongly', operatorId: null })
    expect(done.ok).toBe(true)
    const receipt = await findReceipt(town.database, paymentId)
    if (receipt === null) throw new Error('no receipt')
    expect(receipt.reversedAt).toBe(wednesday + 3_600_000)
    expect(readPaper((await printReceipt(receipt)).bytes)).toContain('此笔缴费已于 2026-11-25 12:00 冲正，收据作废。')
  })
})
