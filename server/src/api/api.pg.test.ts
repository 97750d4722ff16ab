import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Role } from '../domain/role.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { StoreError } from '../store/store-error.ts'
import { openWorkItems } from '../store/work-items.ts'
import { benchPassword as password, createApiBench, type ApiBench } from './testing/api-bench.ts'

const uuid = '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d4e'
const json = { 'content-type': 'application/json' }

describe('the API, over a real database', () => {
  let town: Town
  let api: ApiBench
  let app: FastifyInstance
  let broken: StoreError | null = null

  const signIn = async (login: string, given = password) =>
    app.inject({ method: 'POST', url: '/api/session', headers: json, body: JSON.stringify({ login, password: given }) })
  const get = async (url: string, role: Role = 'manager') =>
    app.inject({ method: 'GET', url, headers: { cookie: api.cookieOf(role) } })
  const send = async (url: string, body: unknown, role: Role = 'manager', more: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url,
      headers: { ...json, cookie: api.cookieOf(role), ...more },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  const place = async () => town.place('A')

  beforeAll(async () => {
    town = await createTown([
      { place: 'A', opening: 20 },
      { place: 'B', agreement: false },
    ])
    const roles: readonly Role[] = ['administrator', 'manager', 'cashier', 'field-engineer', 'auditor']
    const people = Object.fromEntries(roles.map((role) => [role, role]))
    // The one place of this file where something fails on purpose.
    api = await createApiBench(town, people, {
      ...town.database,
      query: async (text, values) => {
        if (broken !== null) throw broken
        return town.database.query(text, values)
      },
    })
    ;({ app } = api)
  })
  beforeEach(() => {
    broken = null
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })

  describe('signing in', () => {
    test.each([
      ['a wrong password', 'manager', 'wrong'],
      ['a login that does not exist', 'nobody', password],
    ])('%s: one answer for both, which says what to do', async (_, login, given) => {
      const answer = await signIn(login, given)
      expect(answer.statusCode).toBe(401)
      expect(answer.json()).toEqual({
        code: 'wrong-sign-in',
        message: {
          en: 'Login or password is wrong. Check both and try again.',
          zh: '用户名或密码错误，请核对后重试。',
        },
      })
      expect(answer.cookies).toEqual([])
    })

    test('payment to power: nothing yet is nothing, and the span has its bounds', async () => {
      const answer = await get('/api/restorations?hours=24', 'auditor')
      const none = { p50Ms: null, p95Ms: null, p99Ms: null, worstMs: null }
      expect([answer.statusCode, answer.json()]).toEqual([
        200,
        { count: 0, lateCount: 0, queued: none, sent: none, acknowledged: none, verified: none, running: [], late: [] },
      ])
      expect((await get('/api/restorations?hours=0')).statusCode).toBe(400)
    })

    test('the cookie is for this site and not for scripts; the token is not kept', async () => {
      const [cookie] = (await signIn('auditor')).cookies
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
      const rows = await town.database.query<{ token_hash: Uint8Array }>('select token_hash from session')
      expect(rows.some((row) => Buffer.from(row.token_hash).toString('base64url') === cookie?.value)).toBe(false)
    })

    test('after ten tries in a minute it is a minute’s pause', async () => {
      const codes: number[] = []
      for (let attempt = 0; attempt < 11; attempt += 1) codes.push((await signIn('guessed', 'x')).statusCode)
      expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401))
      expect(codes[10]).toBe(429)
    })

    test('signed out is signed out', async () => {
      const cookie = `xianfu_session=${(await signIn('auditor')).cookies[0]?.value ?? ''}`
      const session = async (method: 'GET' | 'DELETE') =>
        app.inject({ method, url: '/api/session', headers: { cookie } })
      expect((await session('GET')).statusCode).toBe(200)
      expect((await session('DELETE')).statusCode).toBe(200)
      expect((await session('GET')).statusCode).toBe(401)
    })

    test('a stranger learns nothing, not even what exists', async () => {
      for (const url of [
        '/api/meters',
        '/api/meters/1',
        '/api/meters/999999',
        '/api/overview',
        '/api/messages',
        '/api/live',
      ])
        expect((await app.inject({ url })).statusCode, url).toBe(401)
    })
  })

  describe('who may do what', () => {
    const trip = { key: uuid, kind: 'trip', reason: 'works' }
    test.each<[Role, 'top-up' | 'trip' | 'close', number]>([
      ['auditor', 'top-up', 403],
      ['auditor', 'close', 403],
      ['cashier', 'trip', 403],
      ['field-engineer', 'top-up', 403],
      ['field-engineer', 'trip', 403],
    ])('%s, %s: %s', async (role, deed, status) => {
      const { meterId, accountId } = await place()
      const answer =
        deed === 'top-up'
          ? await send(`/api/accounts/${String(accountId)}/top-ups`, { key: uuid, amount: '1' }, role)
          : await send(
              `/api/meters/${String(meterId)}/commands`,
              deed === 'trip' ? trip : { ...trip, kind: 'direct-close' },
              role,
            )
      expect([answer.statusCode, answer.json().code]).toEqual([status, 'not-permitted'])
    })

    test('a page of another site may not act', async () => {
      const { accountId } = await place()
      const url = `/api/accounts/${String(accountId)}/top-ups`
      const answer = await send(url, { key: uuid, amount: '1' }, 'manager', { origin: 'https://elsewhere.example' })
      expect(answer.statusCode).toBe(403)
    })
  })

  describe('bad input', () => {
    test.each(['0', '0.00', '-5', '1.234', 'abc', '', '10000000', '1e3', ' 5', '５'])(
      'a top-up of %j is refused with the field and what it must look like',
      async (amount) => {
        const { accountId } = await place()
        const before = (await town.account('A')).balance
        const answer = await send(`/api/accounts/${String(accountId)}/top-ups`, { key: uuid, amount })
        expect([answer.statusCode, answer.json().code]).toEqual([400, 'bad-input'])
        expect(answer.json().fields[0].path).toBe('amount')
        expect(answer.json().fields[0].message).toMatch(/金额.*at most two decimals/u)
        expect((await town.account('A')).balance).toBe(before)
      },
    )

    test.each([
      ['{"key":', 400],
      ['[]', 400],
      ['null', 400],
      [{ key: 'no uuid', amount: '5' }, 400],
      [{ amount: '5' }, 400],
    ])('a body of %j: %s', async (body, status) => {
      const { accountId } = await place()
      expect((await send(`/api/accounts/${String(accountId)}/top-ups`, body)).statusCode).toBe(status)
    })

    test.each([
      ['/api/meters/999999', 404, 'unknown-meter'],
      ['/api/meters/999999/commands', 404, 'unknown-meter'],
      ['/api/meters/999999/history', 404, 'unknown-meter'],
      ['/api/accounts/999999/entries', 404, 'unknown-account'],
      ['/api/meters/abc', 400, 'bad-input'],
      ['/api/meters/-1', 400, 'bad-input'],
      ['/api/meters/99999999999999999999', 400, 'bad-input'],
      ['/api/meters/1/history?hours=100000', 400, 'bad-input'],
      ['/api/nothing', 404, 'not-found'],
    ])('%s: %s %s', async (url, status, code) => {
      const answer = await get(url)
      expect([answer.statusCode, answer.json().code]).toEqual([status, code])
      expect(Object.keys(answer.json().message)).toEqual(['en', 'zh'])
    })

    test('an unknown account, an unknown meter, a reason left out', async () => {
      expect((await send('/api/accounts/999999/top-ups', { key: uuid, amount: '5' })).json().code).toBe(
        'unknown-account',
      )
      const command = { key: uuid, kind: 'alarm-on', reason: 'test' }
      expect((await send('/api/meters/999999/commands', command)).json().code).toBe('unknown-meter')
      const { meterId } = await place()
      const answer = await send(`/api/meters/${String(meterId)}/commands`, { ...command, reason: '  ' })
      expect(answer.json()).toMatchObject({ code: 'bad-input', fields: [{ path: 'reason' }] })
    })

    test('a gateway that is away is said to be', async () => {
      const { meterId } = await place()
      const answer = await send(`/api/meters/${String(meterId)}/read-now`, {})
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'gateway-offline'])
    })

    test('a database that is away: nothing was changed, try again', async () => {
      broken = new StoreError('unreachable', 'cannot reach PostgreSQL')
      const answer = await get('/api/meters')
      expect([answer.statusCode, answer.json().code]).toEqual([503, 'unavailable'])
      expect(JSON.stringify(answer.json())).not.toContain('PostgreSQL')
    })
  })

  describe('a top-up', () => {
    test('is credited once for each key, however often it is sent', async () => {
      const { accountId } = await place()
      const url = `/api/accounts/${String(accountId)}/top-ups`
      const key = '0d6a1b2c-7a3e-4b4e-9d5c-5f0c3a523d4e'
      const before = (await town.account('A')).balance
      const answers = await Promise.all(
        Array.from({ length: 6 }, async () => send(url, { key, amount: '12.34' }, 'cashier')),
      )
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 6 }, () => 200))
      expect(answers.filter((answer) => answer.json().fresh)).toHaveLength(1)
      expect(new Set(answers.map((answer) => answer.json().paymentId)).size).toBe(1)
      expect((await town.account('A')).balance - before).toBe(12_340_000n)
      const other = await send(url, { key, amount: '12.35' }, 'cashier')
      expect([other.statusCode, other.json().code]).toEqual([409, 'same-key-other-input'])
    })

    test('shows in the entries, newest first, with the balance after it', async () => {
      const { accountId } = await place()
      const { entries } = (await get(`/api/accounts/${String(accountId)}/entries`)).json()
      expect(entries[0]).toMatchObject({ kind: 'payment', amount: '12.34' })
    })
  })

  test('automatic trips are frozen and released by who may trip, with a reason', async () => {
    const { guards } = (await get('/api/guards')).json()
    expect(guards).toMatchObject([{ site: { name: 'test town' }, frozen: null, sentToday: 0 }])
    const url = `/api/guards/${String(guards[0].site.id)}`
    expect((await send(`${url}/freeze`, { reason: 'x' }, 'cashier')).statusCode).toBe(403)
    expect((await send(`${url}/freeze`, { reason: '' })).json()).toMatchObject({ fields: [{ path: 'reason' }] })
    expect((await send(`${url}/freeze`, { reason: 'storm' })).statusCode).toBe(200)
    expect((await get('/api/guards')).json().guards[0].frozen).toMatchObject({ because: 'by-operator' })
    expect((await send(`${url}/release`, { reason: 'it is over' })).json()).toMatchObject({
      fields: [{ path: 'password' }],
    })
    const guessed = await send(`${url}/release`, { reason: 'it is over', password: 'guess' })
    expect([guessed.statusCode, guessed.json().code]).toEqual([403, 'wrong-password'])
    expect((await send(`${url}/release`, { reason: 'it is over', password })).statusCode).toBe(200)
    expect((await get('/api/guards')).json().guards[0].frozen).toBeNull()
    expect((await send('/api/guards/999/release', { reason: 'x', password })).json().code).toBe('unknown-site')
  })

  test('work items are seen by all and handled by who may, with a reason', async () => {
    const { meterId } = await place()
    const item = { kind: 'field-trip', subject: `meter:${String(meterId)}`, meterId } as const
    await openWorkItems(town.database, [item], town.clock.now())
    const { items, counts } = (await get('/api/work-items', 'auditor')).json()
    expect(counts).toEqual({ open: 1, critical: 0, late: 0, unowned: 1 })
    expect((await get('/api/work-items/counts', 'auditor')).json()).toEqual(counts)
    expect(items).toMatchObject([
      { kind: 'field-trip', meter: { place: 'A' }, account: { number: '70001' }, roleToLook: 'field-engineer' },
    ])
    const url = `/api/work-items/${String(items[0].id)}`
    expect((await send(url, { deed: 'take' }, 'auditor')).statusCode).toBe(403)
    expect((await send(url, { deed: 'burn' }, 'cashier')).statusCode).toBe(400)
    expect((await send(url, { deed: 'close' }, 'field-engineer')).json().code).toBe('reason-missing')
    expect((await send(url, { deed: 'close', reason: 'cut by hand' }, 'field-engineer')).statusCode).toBe(200)
    expect((await send('/api/work-items/99', { deed: 'take' }, 'cashier')).json().code).toBe('unknown-work-item')
    expect((await get('/api/work-items?state=closed')).json().items).toMatchObject([
      { owner: null, closed: { by: 'field-engineer', because: 'cut by hand' } },
    ])
  })

  test('the list shows meters with and without an account', async () => {
    const { meters } = (await get('/api/meters')).json()
    expect(
      meters.map((row: { place: string; account: { stage: string } | null }) => [row.place, row.account?.stage]),
    ).toEqual([
      ['A', 'normal'],
      ['B', 'normal'],
    ])
  })

  test('the console’s pages are never in another frame, and carry no foreign script', async () => {
    const answer = await app.inject({ url: '/', headers: { accept: 'text/html' } })
    expect(answer.statusCode).toBe(503)
    expect(answer.body).toContain('npm run build')
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(answer.headers['content-security-policy']).toContain("script-src 'self'")
    expect((await app.inject({ url: '/api/health' })).json()).toEqual({ ok: true })
  })
})
