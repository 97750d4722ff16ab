import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stepBatches } from '../flow/run-batches.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { benchPassword, createApiBench, type ApiBench } from './testing/api-bench.ts'

const key = '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e'
const reason = 'works on the riser'
const order = { kind: 'trip', selection: { placePrefix: '1-' }, override: true }

describe('batches over HTTP', () => {
  let town: Town
  let api: ApiBench
  let id = ''

  beforeAll(async () => {
    town = await createTown([
      { place: '1-101', opening: 20 },
      { place: '1-102', opening: 20, protected: true },
    ])
    api = await createApiBench(town, { li: 'manager', wang: 'manager', chen: 'field-engineer', zhao: 'auditor' })
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  const approve = async (login: string, more: object = {}) =>
    api.send(`/api/batches/${id}/approve`, { reason: 'read', ...more }, login)

  test.each([
    ['zhao', 403, order],
    ['chen', 403, order],
    ['li', 400, { ...order, selection: {} }],
    ['li', 400, { ...order, selection: { everything: true } }],
    ['li', 400, { ...order, kind: 'explode' }],
    ['li', 409, { ...order, selection: { placePrefix: '9-' } }],
    ['chen', 200, { ...order, kind: 'direct-close' }],
  ])('the preview for %s: %i', async (login, status, body) => {
    expect((await api.send('/api/batches/preview', body, login)).status).toBe(status)
  })

  test('the preview names each meter with its balance and why it is left out', async () => {
    const { body } = await api.send('/api/batches/preview', order, 'li')
    expect(body).toMatchObject({
      approval: 'second-person-with-password',
      included: 1,
      leftOut: 1,
      meters: [
        { place: '1-101', balance: '20.00', stage: 'normal', skip: null },
        { place: '1-102', protected: true, skip: 'protected' },
      ],
    })
  })

  test('asked for once, whatever is repeated; other content under the key is refused', async () => {
    const asked = await api.send('/api/batches', { ...order, key, reason }, 'li')
    expect(asked.status).toBe(200)
    id = (asked.body as { id: string }).id
    expect(await api.send('/api/batches', { ...order, key, reason }, 'li')).toEqual(asked)
    expect(await api.send('/api/batches', { ...order, key, reason: 'other' }, 'li')).toMatchObject({
      status: 409,
      body: { code: 'same-key-other-input' },
    })
  })

  test('every refusal of an approval has its words in both languages', async () => {
    for (const [login, more, status, code] of [
      ['li', { password: benchPassword }, 403, 'same-person'],
      ['chen', { password: benchPassword }, 403, 'not-permitted'],
      ['wang', { password: benchPassword }, 409, 'override-not-seen'],
      ['wang', { overrideSeen: true }, 403, 'wrong-password'],
      ['wang', { overrideSeen: true, password: 'guess' }, 403, 'wrong-password'],
    ] as const) {
      const { status: answered, body } = await approve(login, more)
      expect([answered, body], code).toMatchObject([status, { code }])
      const { message } = body as { message: { en: string; zh: string } }
      expect(message.en.length * message.zh.length).toBeGreaterThan(0)
    }
    expect((await api.send(`/api/batches/${key}/approve`, { reason: 'x' }, 'wang')).status).toBe(404)
  })

  test('approved, read back with who asked and who decided, and stopped', async () => {
    expect((await approve('wang', { overrideSeen: true, password: benchPassword })).status).toBe(200)
    await stepBatches(town.context)
    expect((await api.get(`/api/batches/${id}`, 'zhao')).body).toMatchObject({
      state: 'running',
      override: true,
      requestedBy: { login: 'li' },
      decision: { by: { login: 'wang' }, reason: 'read' },
      counts: { total: 2, underWay: 1, leftOut: 1 },
      items: [
        { place: '1-101', state: 'commanded', command: { state: 'queued' }, seen: { balance: '20.00' } },
        { place: '1-102', state: 'skipped', because: 'protected', command: null },
      ],
    })
    expect((await api.send(`/api/batches/${id}/stop`, { reason: 'enough' }, 'zhao')).status).toBe(403)
    expect(await api.send(`/api/batches/${id}/stop`, { reason: 'enough' }, 'chen')).toEqual({
      status: 200,
      body: { cancelled: 1 },
    })
    expect((await api.get('/api/batches', 'li')).body).toMatchObject({
      batches: [{ id, state: 'stopped', stop: { by: { login: 'chen' }, reason: 'enough' } }],
    })
  })

  test('after ten guesses in a minute it is a minute’s pause', async () => {
    const codes: number[] = []
    for (let guess = 0; guess < 11; guess += 1) codes.push((await approve('wang', { password: 'x' })).status)
    expect(codes.at(-1)).toBe(429)
  })
})
