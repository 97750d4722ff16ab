import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTown, yuan, type Town } from '../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

const json = { 'content-type': 'application/json' }
const hour = 3_600_000

describe('the doors of the way to a stop', () => {
  let town: Town
  let api: ApiBench
  let app: FastifyInstance
  let accountId = 0
  const get = async (url: string, login = 'manager') =>
    app.inject({ method: 'GET', url, headers: { cookie: api.cookieOf(login) } })
  const send = async (url: string, body: object, login = 'manager') =>
    app.inject({
      method: 'POST',
      url,
      headers: { ...json, cookie: api.cookieOf(login) },
      body: JSON.stringify(body),
    })

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20, stop: { approval: 'approved', emergencyCredit: yuan(10) } }])
    api = await createApiBench(town, {
      manager: 'manager',
      administrator: 'administrator',
      cashier: 'cashier',
      auditor: 'auditor',
    })
    ;({ app } = api)
    ;({ accountId } = await town.place('A'))
    await town.settle([await town.reading('A', 0)])
    town.clock.move(hour)
    await town.settle([await town.reading('A', 20_000)])
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })
  const stop = async () => (await get(`/api/accounts/${String(accountId)}/stop`)).json()
  const url = (path: string) => `/api/accounts/${String(accountId)}/${path}`

  test('who may not is told so, and learns nothing', async () => {
    for (const [path, login] of [
      [url('lists'), 'cashier'],
      [url('lists'), 'auditor'],
      ['/api/stop-approvals/1/approve', 'cashier'],
      [url('emergency-credit'), 'auditor'],
      ['/api/no-trip', 'cashier'],
      ['/api/messages/1/delivered', 'auditor'],
    ] as const)
      expect((await send(path, {}, login)).statusCode, path).toBe(403)
    expect((await app.inject({ method: 'GET', url: '/api/stops' })).statusCode).toBe(401)
  })

  test('emergency credit is offered, granted by the cashier, and granted once', async () => {
    expect(await stop()).toMatchObject({
      stage: 'stop-due',
      terms: { approval: 'approved', emergencyCredit: '10.00' },
      meters: [{ state: 'stop-due' }],
      emergency: { granted: '0.00' },
    })
    const granted = await send(url('emergency-credit'), { reason: 'asked at the counter' }, 'cashier')
    expect(granted.json()).toEqual({ amount: '10.00' })
    const again = await send(url('emergency-credit'), { reason: 'again' }, 'cashier')
    expect([again.statusCode, again.json().code]).toEqual([409, 'emergency-in-use'])
    expect(await stop()).toMatchObject({ stage: 'warned-2', emergency: { granted: '10.00' } })
  })

  test('used up again: approved by one person, refused by none twice', async () => {
    town.clock.move(hour)
    await town.settle([await town.reading('A', 31_000)])
    const { rows } = (await get('/api/stops')).json()
    expect(rows).toMatchObject([
      {
        account: { number: '70001' },
        stage: 'await-approval',
        approval: { state: 'open', persons: 1, requestedBy: null },
      },
    ])
    const { id } = rows[0].approval
    expect((await send(`/api/stop-approvals/${String(id)}/refuse`, { until: 0, reason: 'x' })).json().code).toBe(
      'end-not-plausible',
    )
    const refused = await send(`/api/stop-approvals/${String(id)}/refuse`, {
      until: town.clock.now() + hour,
      reason: 'pays today',
    })
    expect(refused.json()).toEqual({ state: 'refused' })
    const asked = await send(url('stop-approvals'), { reason: 'did not pay' })
    const next = String(asked.json().id)
    expect((await send(`/api/stop-approvals/${next}/approve`, {})).json().code).toBe('own-request')
    expect((await send(`/api/stop-approvals/${next}/approve`, {}, 'administrator')).json()).toEqual({
      state: 'approved',
    })
    expect(await stop()).toMatchObject({ stage: 'stop-notified', notices: [{ kind: 'pre-stop', channel: 'outbox' }] })
    expect((await send('/api/stop-approvals/9999/approve', {})).statusCode).toBe(404)
  })

  test('a list is joined and left with a reason', async () => {
    const added = await send(url('lists'), { kind: 'complaint', reason: 'wrong bill', to: town.clock.now() + hour })
    expect(added.statusCode).toBe(200)
    expect(await stop()).toMatchObject({
      stage: 'suspended',
      lists: [{ kind: 'complaint', holds: true, reason: 'wrong bill', by: 'manager', endedBecause: null }],
    })
    expect((await send(url('lists'), { kind: 'complaint', reason: 'twice' })).json().code).toBe('already-listed')
    expect((await send(url('lists'), { kind: 'complaint' })).json().code).toBe('bad-input')
    const entry = String(added.json().id)
    expect((await send(`/api/lists/${entry}/end`, { reason: 'settled' })).statusCode).toBe(200)
    expect(await stop()).toMatchObject({ lists: [{ holds: false, endedBy: 'manager', endedBecause: 'settled' }] })
  })

  test('a payment is announced', async () => {
    const announced = await send(url('expected-payments'), { channel: 'bank-transfer', reference: 'slip' }, 'cashier')
    expect(announced.json()).toEqual({ until: town.clock.now() + 2 * hour })
    expect(await stop()).toMatchObject({ paymentExpectedUntil: town.clock.now() + 2 * hour })
  })

  test('days without trips are written down and taken away; the program knows the public holidays', async () => {
    const input = { site: null, kind: 'weather', firstDay: '2026-12-01', lastDay: '2026-12-02', reason: 'storm' }
    expect((await send('/api/no-trip', input)).json()).toEqual({ spans: 1 })
    expect((await send('/api/no-trip', { ...input, lastDay: '2026-11-01' })).json().code).toBe('ends-before-it-begins')
    const { spans, holidays } = (await get('/api/no-trip')).json()
    expect(spans).toMatchObject([{ firstDay: '2026-12-01', lastDay: '2026-12-02', kind: 'weather', reason: 'storm' }])
    expect(holidays[0]).toEqual({ firstDay: '2027-01-01', lastDay: '2027-01-01', name: '元旦' })
    expect((await send(`/api/no-trip/${String(spans[0].id)}/remove`, {})).statusCode).toBe(200)
    expect((await send(`/api/no-trip/${String(spans[0].id)}/remove`, {})).json().code).toBe('unknown-span')
    const [logged] = await town.database.query(
      `select action, operator_id is not null as named from audit_log where action = 'no-trip:remove'`,
    )
    expect(logged).toEqual({ action: 'no-trip:remove', named: true })
  })

  test('what does not exist', async () => {
    expect((await get('/api/accounts/9999/stop')).statusCode).toBe(404)
    expect((await send('/api/lists/9999/end', { reason: 'x' })).json().code).toBe('unknown-list-entry')
    expect((await send('/api/messages/9999/delivered', { detail: 'x' })).json().code).toBe('unknown-notice')
  })
})
