import { hash } from '@node-rs/argon2'
import * as fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDeeds } from '../flow/deeds.ts'
import { createDoor, type Door } from '../flow/sign-in.ts'
import { createScriptedHeadend } from '../flow/testing/scripted-headend.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { insertOperator } from '../store/operators.ts'
import { createApi } from './create-api.ts'
import { mostForOneLogin } from './guess-limit.ts'

const password = 'correct horse battery'
const proxy = '127.0.0.1'
const json = { 'content-type': 'application/json' }

describe('the door itself', () => {
  let town: Town
  let app: FastifyInstance
  let door: Door
  let webRoot = ''
  let isBroken = false
  const logged: unknown[] = []
  const listeners = new Set<(topics: readonly string[]) => void>()
  let address = ''
  const listening = async (): Promise<string> => {
    address ||= await app.listen({ host: '127.0.0.1', port: 0 })
    return address
  }

  const signIn = async (
    login: string,
    given = password,
    { from = '198.51.100.7', headers = {} }: Readonly<{ from?: string; headers?: Record<string, string> }> = {},
  ) =>
    app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: from,
      headers: { ...json, ...headers },
      body: JSON.stringify({ login, password: given }),
    })
  /** A session that is not counted at the door. */
  const cookieOf = async (login: string): Promise<string> =>
    `xianfu_session=${(await door.signIn(login, password))?.token ?? ''}`

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    const passwordHash = await hash(password)
    for (const login of ['li', 'wang', 'chen', 'zhao'])
      await insertOperator(town.database, { login, name: login, role: 'manager', passwordHash })
    webRoot = await mkdtemp(join(tmpdir(), 'xianfu-page-'))
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>x</title>')
    const database = {
      ...town.database,
      query: async <Row>(text: string, values?: readonly unknown[]) => {
        if (isBroken) throw new TypeError(`the database has a fault at ${text}`)
        return town.database.query<Row>(text, values)
      },
    }
    door = await createDoor(database)
    app = await createApi({
      database,
      // A stream that is kept open waits for real.
      clock: {
        ...town.clock,
        delay: async (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
      },
      door,
      pay: town.pay,
      ...createDeeds(town.context, createScriptedHeadend()),
      live: {
        subscribe: (listener) => {
          listeners.add(listener)
          return () => listeners.delete(listener)
        },
      },
      system: { name: 'test town', timeZone: 'Asia/Shanghai', demonstration: false, readingIntervalMinutes: 30 },
      webRoot,
      trustedProxies: [proxy],
      log: (error) => void logged.push(error),
    })
  })
  afterAll(async () => {
    await app.close()
    await town.close()
    await rm(webRoot, { recursive: true })
  })

  test.each([
    ['plain HTTP', '198.51.100.7', {}, false],
    ['TLS in front', proxy, { 'x-forwarded-proto': 'https' }, true],
    ['a stranger who says that there is TLS', '198.51.100.7', { 'x-forwarded-proto': 'https' }, false],
  ])('%s: a session cookie for this site alone, not for scripts', async (_, from, headers, isSecure) => {
    const answer = await signIn('li', password, { from, headers })
    expect(answer.cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' })
    expect(answer.cookies[0]?.secure === true).toBe(isSecure)
    expect(answer.headers['strict-transport-security'] !== undefined).toBe(isSecure)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  test('who is not a proxy of ours can not pretend to be many', async () => {
    const codes: number[] = []
    for (let index = 0; index < 11; index += 1)
      codes.push((await signIn('wang', 'x', { headers: { 'x-forwarded-for': `10.0.0.${String(index)}` } })).statusCode)
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 401), 429])
  })

  test('behind our proxy each client is counted for itself, and what clients add to the list is not believed', async () => {
    const from = (client: string) => ({ from: proxy, headers: { 'x-forwarded-for': client } })
    for (let index = 0; index < 10; index += 1) await signIn('zhao', 'x', from(`10.0.0.${String(index)}, 203.0.113.1`))
    expect((await signIn('zhao', 'x', from('10.9.9.9, 203.0.113.1'))).statusCode).toBe(429)
    expect((await signIn('zhao', password, from('203.0.113.2'))).statusCode).toBe(200)
  })

  test('guessing from ever other addresses ends too, but not for who has come in from there before', async () => {
    const home = { from: '192.0.2.1' }
    expect((await signIn('chen', password, home)).statusCode).toBe(200)
    const codes: number[] = []
    for (let index = 0; index < mostForOneLogin + 1; index += 1)
      codes.push((await signIn('chen', 'x', { from: `203.0.113.${String(100 + index)}` })).statusCode)
    expect(codes.filter((code) => code === 401)).toHaveLength(mostForOneLogin)
    expect(codes.at(-1)).toBe(429)
    expect((await signIn('chen', password, { from: '192.0.2.99' })).json()).toMatchObject({ code: 'too-many-requests' })
    expect((await signIn('chen', password, home)).statusCode).toBe(200)
  })

  test.each<readonly [string, Record<string, string>, number]>([
    ['this site', { origin: 'http://localhost:8480', host: 'localhost:8480' }, 200],
    ['a program without an origin', {}, 200],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['an origin that hides itself', { origin: 'null' }, 403],
    ['another port of this machine', { origin: 'http://localhost:8481', host: 'localhost:8480' }, 403],
    ['a page of another site, as the browser says', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a page of a sister domain', { 'sec-fetch-site': 'same-site' }, 403],
    [
      'a stranger who says which host is meant',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
      403,
    ],
  ])('a deed asked for by %s', async (_, headers, status) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/dry-runs',
      remoteAddress: '198.51.100.7',
      headers: { ...json, cookie: await cookieOf('li'), ...headers },
      body: '{}',
    })
    expect(answer.statusCode).toBe(status)
  })

  test('behind a proxy this site is what the proxy says', async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/dry-runs',
      remoteAddress: proxy,
      headers: {
        ...json,
        cookie: await cookieOf('li'),
        host: '127.0.0.1:8480',
        origin: 'https://pay.example',
        'x-forwarded-host': 'pay.example',
        'x-forwarded-proto': 'https',
      },
      body: '{}',
    })
    expect(answer.statusCode).toBe(200)
  })

  test('the page runs no scripts but its own, and stands in no frame', async () => {
    const { headers } = await app.inject({ method: 'GET', url: '/', headers: { accept: 'text/html' } })
    const policy = String(headers['content-security-policy'])
    for (const part of [
      "default-src 'self'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "object-src 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(part)
    expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/u)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'referrer-policy': 'no-referrer',
    })
    expect(headers['x-powered-by'] ?? headers['server']).toBeUndefined()
  })

  test('what is expensive is asked for so often and no more, each session for itself', async () => {
    const [one, other] = [await cookieOf('li'), await cookieOf('li')]
    const ask = async (cookie: string) =>
      app.inject({
        method: 'GET',
        url: '/api/half-hours.csv?first=2026-11-01&last=2026-11-01',
        headers: { cookie },
        remoteAddress: '198.51.100.8',
      })
    const codes: number[] = []
    for (let index = 0; index < 11; index += 1) codes.push((await ask(one)).statusCode)
    expect(codes).toEqual([...Array.from({ length: 10 }, () => 200), 429])
    expect((await ask(one)).json()).toMatchObject({ code: 'too-many-requests', message: { zh: expect.any(String) } })
    expect((await ask(other)).statusCode).toBe(200)
  })

  test('no password and no session is ever logged', async () => {
    const cookie = await cookieOf('li')
    isBroken = true
    try {
      expect((await signIn('li', password, { from: '198.51.100.9' })).statusCode).toBe(500)
      const bodies = [
        ['/api/guards/1/release', { reason: 'looked', password }],
        ['/api/batches', { password }],
      ] as const
      for (const [url, body] of bodies)
        await app.inject({ method: 'POST', url, headers: { ...json, cookie }, body: JSON.stringify(body) })
    } finally {
      isBroken = false
    }
    expect(logged.length).toBeGreaterThan(1)
    const text = inspect(logged, { depth: 20 })
    expect(text).toContain('/api/session')
    expect(text).not.toContain(password)
    expect(text).not.toContain(cookie.slice('xianfu_session='.length))
  })

  test('bytes that are no HTTP bring nothing down, and are told nothing', async () => {
    const { port, hostname } = new URL(await listening())
    /** What a socket answers to bytes until it is closed, or for half a second. */
    const answerTo = async (bytes: Uint8Array | string): Promise<string> =>
      new Promise((resolve) => {
        let text = ''
        const socket = connect({ host: hostname, port: Number(port) })
        const end = (): void => {
          socket.destroy()
          resolve(text)
        }
        socket.on('data', (part) => (text += part.toString('latin1')))
        socket.on('error', end)
        socket.on('close', end)
        socket.setTimeout(500, end)
        socket.write(bytes)
      })
    const known: readonly string[] = [
      '\r\n\r\n',
      'GET',
      'GET / HTTP/9.9\r\n\r\n',
      'GET /api/session HTTP/1.1\r\n\r\n',
      `GET / HTTP/1.1\r\nHost: x\r\nCookie: ${'x'.repeat(64_000)}\r\n\r\n`,
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
      'POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999999999999\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: x\r\nCookie: xianfu_session=\u0000\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    ]
    const random = fc.sample(fc.uint8Array({ minLength: 1, maxLength: 200 }), { numRuns: 40, seed: 7 })
    const answers = await Promise.all([...known, ...random].map(answerTo))
    for (const answer of answers) {
      expect(answer).toMatch(/^$|^HTTP\/1\.1 [234]\d\d /u)
      expect(answer).not.toMatch(/node_modules|\.ts:\d|\bat .+:\d+:\d+/u)
    }
    expect((await signIn('li', password, { from: '198.51.100.10' })).statusCode).toBe(200)
  })

  test('a stream tells whoever is limited only what is theirs, and all to who reaches all', async () => {
    const { meterId } = await town.place('A')
    const [site] = await town.database.query<{ id: number }>('select site_id as id from meter where id = $1', [meterId])
    const passwordHash = await hash(password)
    const people = [
      ['theirs', [site?.id ?? 0]],
      ['others', [2_000_000]],
      ['all', null],
    ] as const
    const url = `${await listening()}/api/live`
    const over = new AbortController()
    const heard = new Map<string, string>()
    for (const [login, sites] of people) {
      await insertOperator(town.database, { login, name: login, role: 'auditor', passwordHash, sites })
      const answer = await fetch(url, { headers: { cookie: await cookieOf(login) }, signal: over.signal })
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
      void (async () => {
        for (;;) {
          const part = await reader?.read()
          if (part === undefined || part.done) return
          heard.set(login, (heard.get(login) ?? '') + part.value)
        }
      })().catch(() => undefined)
    }
    for (const listener of listeners) listener([`meter:${String(meterId)}`, 'message'])
    for (const listener of listeners) listener([`account:${String((await town.place('A')).accountId)}`])
    await expect.poll(() => [...heard.values()].filter((text) => text.includes('message')).length).toBe(3)
    await expect.poll(() => heard.get('theirs')).toContain('account:')
    over.abort()
    expect(heard.get('all')).toContain(`meter:${String(meterId)}`)
    expect(heard.get('theirs')).toContain(`meter:${String(meterId)}`)
    expect(heard.get('others')).not.toMatch(/meter:|account:/u)
  })

  test('streams and sockets are bounded, and one operator does not take all streams', async () => {
    expect(app.server.maxConnections).toBe(4_000)
    const cookie = await cookieOf('li')
    const url = `${await listening()}/api/live`
    const over = new AbortController()
    const open = async () => (await fetch(url, { headers: { cookie }, signal: over.signal })).status
    try {
      for (let index = 0; index < 20; index += 1) expect(await open()).toBe(200)
      expect(await open()).toBe(429)
    } finally {
      over.abort()
    }
  })
})
