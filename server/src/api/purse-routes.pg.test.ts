import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stepPurchases } from '../flow/run-purchases.ts'
import { createHandMadePurse, type HandMadePurse } from '../flow/testing/hand-made-purse.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createSignedInApi, type SignedInApi } from './testing/signed-in-api.ts'

describe("a meter's own purse, over HTTP", () => {
  let town: Town
  let api: SignedInApi
  let purse: HandMadePurse
  let [account, meter] = ['', '']

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 100 }])
    api = await createSignedInApi(town, ['manager', 'cashier', 'auditor'])
    purse = createHandMadePurse(7)
    const { accountId, meterId } = await town.place('A')
    account = `/api/accounts/${String(accountId)}`
    meter = `/api/meters/${String(meterId)}`
    town.clock.move(1_000)
  })
  afterAll(async () => {
    await api.close()
    await town.close()
  })
  const step = async () => stepPurchases(town.context, purse.writer)
  const look = async () => (await api.get(`${meter}/purse`, 'auditor')).json()

  test('is for who may, and only after signing', async () => {
    expect((await api.post(`${meter}/purchases`, { key: randomUUID(), amount: '5' }, 'auditor')).statusCode).toBe(403)
    expect(
      (await api.post(`${account}/agreements`, { key: randomUUID(), settlementMode: 'local' }, 'cashier')).statusCode,
    ).toBe(403)
    const refused = await api.post(`${meter}/purchases`, { key: randomUUID(), amount: '5' }, 'cashier')
    expect([refused.statusCode, refused.json().code]).toEqual([409, 'not-local-mode'])
    expect((await api.get('/api/meters/999999/purse', 'auditor')).json().code).toBe('unknown-meter')
  })

  test.each([
    [{ alarm1: '1', alarm2: '2' }, 'thresholds-out-of-order'],
    [{ pricePlan: 'nobody has this' }, 'unknown-price-plan'],
    [{ effectiveFrom: 1 }, 'in-the-past'],
  ])('a version that cannot be is refused: %j', async (change, code) => {
    const answer = await api.post(`${account}/agreements`, { key: randomUUID(), ...change }, 'manager')
    expect([answer.statusCode, answer.json().code]).toEqual([409, code])
  })

  test('a version says only what changes, once per key', async () => {
    const body = { key: randomUUID(), settlementMode: 'local', supplyContract: 'S-1', alarm1: '30' }
    const signed = (await api.post(`${account}/agreements`, body, 'manager')).json()
    expect(signed).toMatchObject({ version: 2, fresh: true })
    expect((await api.post(`${account}/agreements`, body, 'manager')).json()).toEqual({ ...signed, fresh: false })
    expect((await api.get(meter, 'auditor')).json().agreement).toMatchObject({
      version: 2,
      settlementMode: 'local',
      alarm1: '30.00',
      alarm2: '5.00',
      planName: 'flat',
    })
  })

  test('a purchase is seen on its way, being resolved, and in the meter', async () => {
    const body = { key: randomUUID(), amount: '40' }
    purse.fate.writes.push('answer-lost')
    const bought = (await api.post(`${meter}/purchases`, body, 'cashier')).json()
    expect(bought).toMatchObject({ fresh: true, balance: '60.00' })
    expect(await look()).toMatchObject({
      shown: null,
      pending: '40.00',
      available: '60.00',
      purchases: [{ state: 'waiting', operator: 'cashier', life: [] }],
    })
    await step()
    expect((await look()).purchases).toMatchObject([{ state: 'written', resolving: true, provingCount: 8 }])
    expect((await api.post(`${meter}/purchases`, { key: randomUUID(), amount: '1' }, 'cashier')).json().code).toBe(
      'purchase-already-open',
    )
    await step()
    expect(await look()).toMatchObject({
      mode: 'local',
      shown: { balance: '40.00', purchaseCount: 8 },
      booked: '40.00',
      pending: '0.00',
      purchases: [
        { state: 'posted', resolving: false, life: [{ step: 'written' }, { step: 'no-answer' }, { step: 'posted' }] },
      ],
    })
    expect((await api.post(`${meter}/purchases`, body, 'cashier')).json()).toEqual({ ...bought, fresh: false })
  })

  test('a meter that stands alone has no line loss, and one that is not there is none', async () => {
    expect((await api.get(`${meter}/line-loss`, 'auditor')).json()).toEqual({
      ratio: 1,
      limitPercent: null,
      master: null,
      subs: [],
      spans: [],
    })
    expect((await api.get('/api/meters/999999/line-loss', 'auditor')).json().code).toBe('unknown-meter')
  })
})
