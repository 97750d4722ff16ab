import type { Shift } from '@xianfu/contract'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../flow/audit.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

type Body = Readonly<Record<string, unknown>>

describe('a shift, over HTTP', () => {
  let town: Town
  let api: ApiBench
  let account = 0
  let other = 0

  const pay = async (amount: string, login: string, means = 'cash-counter'): Promise<string> => {
    const body = { key: randomUUID(), amount, means }
    return ((await api.send(`/api/accounts/${String(account)}/top-ups`, body, login)).body as { paymentId: string })
      .paymentId
  }
  const ask = async (login: string, operation: Body) =>
    (await api.send(
      `/api/accounts/${String(account)}/operations`,
      { key: randomUUID(), reason: 'a slip', operation },
      login,
    )) as { status: number; body: Record<string, unknown> }
  const mine = async (login: string) =>
    (await api.get('/api/shift', login)).body as { shift: Shift | null; drawer: string }
  const step = async (what: 'open' | 'close', login: string, body: Body) =>
    (await api.send(`/api/shift/${what}`, { key: randomUUID(), ...body }, login)) as {
      status: number
      body: Record<string, unknown>
    }
  const shiftsFor = async (login: string) => ((await api.get('/api/shifts', login)).body as { shifts: Shift[] }).shifts
  const standing = async (code: string): Promise<string> => {
    const [row] = await town.database.query<{ sum: string }>(
      'select coalesce(sum(debits - credits), 0)::text as sum from ledger_account where code = $1',
      [code],
    )
    return row?.sum ?? ''
  }

  beforeAll(async () => {
    town = await createTown([
      { place: 'A', opening: 100 },
      { place: 'B', opening: 100 },
    ])
    api = await createApiBench(town, { till: 'cashier', two: 'cashier', boss: 'manager', ledger: 'auditor' })
    account = (await town.place('A')).accountId
    other = (await town.place('B')).accountId
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  test('is none before one is opened; what is taken then lies in the drawer and belongs to none', async () => {
    expect(await mine('till')).toEqual({ shift: null, drawer: '0.00' })
    expect((await step('close', 'till', { counted: '0' })).body).toMatchObject({ code: 'no-open-shift' })
    await pay('20', 'till')
    expect(await mine('till')).toEqual({ shift: null, drawer: '20.00' })
  })

  test('opens with what was counted: more than the books is float from the bank, once per key', async () => {
    const key = randomUUID()
    const bank = BigInt(await standing('bank'))
    const opened = (await step('open', 'till', { key, counted: '220' })).body
    expect(opened).toMatchObject({ fresh: true })
    expect((await step('open', 'till', { key, counted: '220' })).body).toEqual({ ...opened, fresh: false })
    expect((await step('open', 'till', { key, counted: '221' })).body).toMatchObject({ code: 'same-key-other-input' })
    expect((await step('open', 'till', { counted: '0' })).body).toMatchObject({ code: 'shift-open-already' })
    expect(BigInt(await standing('bank')) - bank).toBe(-200_000_000n)
    expect(await mine('till')).toMatchObject({
      drawer: '220.00',
      shift: { carried: '20.00', opening: '220.00', totals: [], byOthers: '0.00', expected: '220.00', closed: null },
    })
  })

  test('two openings at once open one', async () => {
    const both = await Promise.all([step('open', 'two', { counted: '10' }), step('open', 'two', { counted: '10' })])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect((await mine('two')).drawer).toBe('10.00')
    expect((await step('close', 'two', { counted: '10' })).status).toBe(200)
  })

  test.each([
    ['counted', '-1'],
    ['counted', '1.234'],
    ['counted', ''],
    ['counted', '1e5'],
  ])('is refused with %s %s', async (name, value) => {
    expect((await step('close', 'till', { [name]: value })).status).toBe(400)
  })

  test('adds up by means: payments, refunds, reversals, and what others moved in the drawer', async () => {
    await pay('50', 'till')
    const slip = await pay('30', 'till')
    await pay('70', 'till', 'card-terminal')
    await pay('15', 'till', 'bank-transfer')
    await pay('99', 'boss')
    // Asked for by the cashier and agreed to: the cashier's own doing.
    const { requestId } = (await ask('till', { kind: 'reverse', operationId: slip })).body
    await api.send(`/api/operation-requests/${String(requestId)}/approve`, {}, 'boss')
    const back = (await ask('till', { kind: 'refund', amount: '5', channel: 'cash-counter' })).body
    await api.send(`/api/operation-requests/${String(back['requestId'])}/approve`, {}, 'boss')
    // By the manager, out of the cashier's drawer.
    const wrong = await pay('8', 'till')
    await ask('boss', { kind: 'reverse', operationId: wrong })
    // To where it belongs: the drawer has it once.
    const moved = await pay('4', 'till')
    await ask('boss', { kind: 'move-payment', paymentId: moved, toAccountId: other })
    const { shift, drawer } = await mine('till')
    expect(shift?.totals).toEqual([
      {
        means: 'cash-counter',
        payments: 4,
        taken: '92.00',
        refunds: 1,
        refunded: '5.00',
        reversed: '-30.00',
        net: '57.00',
      },
      {
        means: 'card-terminal',
        payments: 1,
        taken: '70.00',
        refunds: 0,
        refunded: '0.00',
        reversed: '0.00',
        net: '70.00',
      },
      {
        means: 'bank-transfer',
        payments: 1,
        taken: '15.00',
        refunds: 0,
        refunded: '0.00',
        reversed: '0.00',
        net: '15.00',
      },
    ])
    expect(shift).toMatchObject({ byOthers: '-8.00', expected: '269.00' })
    expect(drawer).toBe('269.00')
  })

  test('closes with a difference only when it is said why; it is booked, and somebody looks at it', async () => {
    const [bank, off] = [BigInt(await standing('bank')), BigInt(await standing('cash-difference'))]
    expect((await step('close', 'till', { counted: '266.50' })).body).toMatchObject({
      code: 'difference-without-reason',
    })
    const body = { key: randomUUID(), counted: '266.50', note: 'gave too much change' }
    const closed = (await step('close', 'till', body)).body
    expect(closed).toMatchObject({ fresh: true, expected: '269.00', difference: '-2.50' })
    expect((await step('close', 'till', body)).body).toEqual({ ...closed, fresh: false })
    expect(BigInt(await standing('bank')) - bank).toBe(266_500_000n)
    expect(BigInt(await standing('cash-difference')) - off).toBe(2_500_000n)
    expect(await mine('till')).toEqual({ shift: null, drawer: '0.00' })
    const [item] = await town.database.query(
      `select subject, detail->>'cashier' as cashier, detail->>'difference' as difference from work_item where kind = 'cash-difference'`,
    )
    expect(item).toEqual({ subject: `shift:${String(closed['shiftId'])}`, cashier: 'till', difference: '-2.50' })
  })

  test('is kept as it was closed, also when a payment of it is reversed later', async () => {
    const [before] = await shiftsFor('till')
    expect(before).toMatchObject({
      closed: { counted: '266.50', difference: '-2.50', note: 'gave too much change' },
      byOthers: '-8.00',
      cashier: 'till',
    })
    const card = await town.database.query<{ id: string }>(`select id from payment where channel = 'card-terminal'`)
    expect((await ask('boss', { kind: 'reverse', operationId: card[0]?.id })).status).toBe(200)
    expect((await shiftsFor('till'))[0]).toEqual(before)
    await expect(town.database.query(`update cash_shift set counted = 1 where counted = 266500000`)).rejects.toThrow(
      /never changed/u,
    )
  })

  test('the next one that finds less than the books has lost it before it began', async () => {
    await pay('10', 'till')
    await step('open', 'till', { counted: '9' })
    expect((await mine('till')).shift).toMatchObject({ carried: '10.00', opening: '9.00', expected: '9.00' })
    expect((await step('close', 'till', { counted: '9' })).body).toMatchObject({ difference: '0.00' })
  })

  test('is seen by its cashier, by who may refund and by auditors; the auditor opens none', async () => {
    expect((await shiftsFor('two')).map(({ cashier }) => cashier)).toEqual(['two'])
    expect((await shiftsFor('boss')).length).toBe(3)
    expect((await shiftsFor('ledger')).length).toBe(3)
    expect((await step('open', 'ledger', { counted: '1' })).status).toBe(403)
    expect((await api.get('/api/shift', 'nobody')).status).toBe(401)
  })

  test('leaves the books right', async () => {
    expect((await audit(town.database)).flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`))).toEqual(
      [],
    )
  })
})
