import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, type Town } from '../flow/testing/town.ts'
import { benchPassword as password, createApiBench, type ApiBench } from './testing/api-bench.ts'

const reason = 'agreed with the branch'

describe('sites over HTTP', () => {
  let town: Town
  let api: ApiBench
  let url = ''

  beforeAll(async () => {
    town = await createTown([
      { place: 'A', opening: 20 },
      { place: 'B', agreement: false },
    ])
    api = await createApiBench(town, { li: 'manager', chen: 'field-engineer', zhao: 'auditor', wu: 'cashier' })
    const [site] = await town.database.query<{ id: number }>('select id from site')
    url = `/api/sites/${String(site?.id)}`
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  const set = async (login: string, body: object, path = `${url}/settings`) =>
    api.send(path, { version: 0, reason, ...body }, login)

  test('the list says what a site is made of and how many trips have left', async () => {
    expect(await api.get('/api/sites', 'zhao')).toMatchObject({
      status: 200,
      body: {
        sites: [
          {
            name: 'test town',
            meters: 2,
            accounts: 1,
            gateways: { total: 1, online: 0 },
            intervalMinutes: 30,
            frozen: null,
            trips: { sentThisHour: 0, sentToday: 0, mostToday: 20, mostUsual: null },
          },
        ],
      },
    })
  })

  test('a site tells its settings, what each may be, and what asks for the password', async () => {
    const { body } = await api.get(url, 'zhao')
    expect(body).toMatchObject({
      version: 0,
      settings: {
        readingIntervalMinutes: null,
        servicePhone: '10000',
        tripsPerHour: null,
        compensation: { kind: 'installation' },
      },
      ranges: {
        tripsPerHour: { least: 1, most: 100_000, optional: true },
        signature: { least: 1, most: 40, optional: false },
      },
      history: [],
    })
    expect((body as { withPassword: string[] }).withPassword).toContain('tripsPerHour')
    expect((await api.get('/api/sites/99', 'zhao')).status).toBe(404)
  })

  test.each([
    ['zhao', 403, { changes: { servicePhone: '1' } }],
    ['wu', 403, { changes: { servicePhone: '1' } }],
    ['chen', 403, { changes: { servicePhone: '1' } }],
    ['li', 400, { changes: { servicePhone: '1' }, reason: ' ' }],
    ['li', 400, { changes: { timeZone: 'UTC' } }],
    [
      'li',
      400,
      { changes: { compensation: { kind: 'own', afterSeconds: 60, amount: '-1', perHour: '0', most: '1' } } },
    ],
    ['li', 400, { changes: {} }],
    ['li', 400, { changes: { offlineAfterMinutes: 1_441 } }],
    ['li', 409, { changes: { servicePhone: '1' }, version: 7 }],
    ['li', 403, { changes: { tripsPerHour: 3 } }],
    ['li', 403, { changes: { tripsPerHour: 3 }, password: 'wrong' }],
  ])('%s is answered %i', async (login, status, body) => {
    expect((await set(login, body)).status).toBe(status)
  })

  test('what is not allowed is named with what it may be', async () => {
    expect(await set('li', { changes: { offlineAfterMinutes: 1_441 } })).toMatchObject({
      body: { code: 'setting-not-allowed', fields: [{ path: 'offlineAfterMinutes' }] },
    })
  })

  test('a change counts, and the history says what stood before, who and why', async () => {
    const compensation = { kind: 'own', afterSeconds: 90, amount: '2', perHour: '1.5', most: '20.00' }
    expect(await set('li', { changes: { compensation, tripsPerHour: 3 }, password })).toEqual({
      status: 200,
      body: { version: 1 },
    })
    const { body } = await api.get(url, 'zhao')
    const kept = { kind: 'own', afterSeconds: 90, amount: '2.00', perHour: '1.50', most: '20.00' }
    expect(body).toMatchObject({
      version: 1,
      settings: { compensation: kept, tripsPerHour: 3 },
      history: [
        {
          by: { login: 'li' },
          reason,
          action: 'settings',
          changes: [
            { name: 'compensation', before: { kind: 'installation' }, after: kept },
            { name: 'tripsPerHour', before: null, after: 3 },
          ],
        },
      ],
    })
  })

  test('the installation has limits of its own, set by the same people', async () => {
    const path = '/api/installation/settings'
    expect((await set('chen', { changes: { tripsPerDay: 100 }, password }, path)).status).toBe(403)
    expect((await set('li', { changes: { tripsPerDay: 0 }, password }, path)).status).toBe(400)
    expect(await set('li', { changes: { tripsPerDay: 100 }, password }, path)).toMatchObject({ body: { version: 1 } })
    expect(await api.get('/api/installation', 'zhao')).toMatchObject({
      body: {
        version: 1,
        settings: { tripsPerDay: 100, waveFactor: null, compensation: { kind: 'none' } },
        trips: { sentToday: 0, mostToday: 100 },
        history: [{ reason, changes: [{ name: 'tripsPerDay', before: null, after: 100 }] }],
      },
    })
  })
})
