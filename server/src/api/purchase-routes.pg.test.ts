import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createSignedInApi, type SignedInApi } from './testing/signed-in-api.ts'

describe('buying under a price plan, over HTTP', () => {
  let town: Town
  let api: SignedInApi
  let url = ''

  beforeAll(async () => {
    const purchase = { minimum: '10', hoardLimit: '200' }
    const tariff = { code: 'P', version: 1, validFrom: '2026-01-01', energy: { kind: 'flat', price: '0.5' }, purchase }
    town = await createTown([{ place: 'A', tariff }])
    api = await createSignedInApi(town, ['manager', 'cashier', 'auditor'])
    url = `/api/accounts/${String((await town.place('A')).accountId)}`
  })
  afterAll(async () => {
    await api.close()
    await town.close()
  })

  test('is quoted by amount and by energy, and refused by days without a history', async () => {
    const quote = async (query: string) => (await api.get(`${url}/top-up-quote?${query}`, 'cashier')).json()
    expect(await quote('amount=50')).toEqual({
      amount: '50.00',
      toDebt: '0.00',
      toBalance: '50.00',
      balance: '0.00',
      balanceAfter: '50.00',
      debt: '0.00',
      debtAfter: '0.00',
      minimum: '10.00',
      hoardLimit: '200.00',
      debtPercent: null,
      refusal: null,
    })
    expect(await quote('kwh=100')).toMatchObject({ amount: '50.00', refusal: null })
    expect(await quote('amount=9.99')).toMatchObject({ refusal: 'below-minimum' })
    expect(await quote('days=3')).toMatchObject({ code: 'no-usual-day' })
    for (const wrong of ['', 'amount=5&kwh=5', 'amount=0', 'kwh=x', 'days=1.5'])
      expect(await quote(wrong)).toMatchObject({ code: 'bad-input' })
    expect((await api.get(`${url}/top-up-quote?amount=50`, 'auditor')).statusCode).toBe(403)
  })

  test('is refused in both languages with the limit, and energy at another price is not taken', async () => {
    const pay = async (body: object) => api.post(`${url}/top-ups`, { key: randomUUID(), ...body }, 'cashier')
    const low = await pay({ amount: '5' })
    expect(low.statusCode).toBe(409)
    expect(low.json()).toMatchObject({
      code: 'below-minimum',
      message: { zh: expect.stringContaining('最低购电金额'), en: expect.stringContaining('least purchase') },
      fields: [{ path: 'amount', message: '至少 10.00 元 / at least 10.00 yuan' }],
    })
    expect((await pay({ amount: '201' })).json().code).toBe('above-hoard-limit')
    const wish = { kind: 'energy', kwh: '100' }
    expect((await pay({ amount: '49', wish })).json().code).toBe('price-has-changed')
    expect((await pay({ amount: '50', wish })).json()).toMatchObject({
      amount: '50.00',
      toDebt: '0.00',
      balance: '50.00',
    })
  })

  test('money is given back out of the drawer of who took it, once per key, and not by everybody', async () => {
    const back = async (body: object, role: 'manager' | 'cashier' = 'manager') =>
      api.post(`${url}/refunds`, { key: randomUUID(), reason: 'moved away', ...body }, role)
    expect((await back({ amount: '5' }, 'cashier')).statusCode).toBe(403)
    expect((await back({ amount: '5', reason: ' ' })).statusCode).toBe(400)
    // Nothing is in the manager's drawer yet.
    expect((await back({ amount: '5' })).json().code).toBe('would-overdraw')
    await api.post(`${url}/top-ups`, { key: randomUUID(), amount: '20' }, 'manager')
    const key = randomUUID()
    const given = (await back({ key, amount: '15' })).json()
    expect(given).toMatchObject({ fresh: true, balance: '55.00' })
    expect((await back({ key, amount: '15' })).json()).toEqual({ ...given, fresh: false })
    expect((await back({ key, amount: '16' })).json().code).toBe('same-key-other-input')
    expect((await back({ amount: '999' })).json().code).toBe('not-enough-money')
  })
})
