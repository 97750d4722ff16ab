import {
  addNoTrip,
  askCounter,
  countWorkItems,
  listBatches,
  listShifts,
  openAccount,
  openShift,
  problem,
  readDay,
  readFieldDays,
  readOverview,
  readSession,
  refuseOperation,
  removeSchedule,
  setSchedule,
  type Role,
  type Route,
} from '@xianfu/contract'
import { hash } from '@node-rs/argon2'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { moveOperator, shutOut } from '../flow/operators.ts'
import { createDoor } from '../flow/sign-in.ts'
import { insertOperator } from '../store/operators.ts'
import { benchPassword } from './testing/api-bench.ts'
import { topicsWithin } from './live-topics.ts'
import { contentOf } from './testing/content-of.ts'
import { contractRoutes, doors, openDoors, type Asked, type Door } from './testing/doors.table.ts'
import {
  addNoTripSpan,
  addPause,
  createTwoBranches,
  nobody,
  type Branch,
  type TwoBranches,
} from './testing/two-branches.ts'

const roles: readonly Role[] = ['administrator', 'manager', 'cashier', 'field-engineer', 'auditor']
/** Names of numbers and texts that count things or money, so that those of parts add up. */
const counted =
  /^(total|open|critical|late|unowned|good|held|failed|relay\w+|notAnswering|normal|warned|stopNotified|cutOff|moneyInToday|chargedToday|running|usedWh|charged|paid)$/u

/** The sum of all that an answer counts, wherever it stands in it. */
const countsIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce((sum: number, [name, one]: [string, unknown]) => {
    const figure = typeof one === 'number' || typeof one === 'string' ? Number(one) : NaN
    return sum + (counted.test(name) && !Number.isNaN(figure) ? Math.round(figure * 1_000_000) : countsIn(one))
  }, 0)
}

type Answer = Readonly<{ status: number; text: string }>

describe('whose sites a request keeps to', () => {
  let at: TwoBranches
  const cookies = new Map<string, string>()

  const signIn = async (login: string): Promise<string> => {
    const entered = await (await createDoor(at.town.database)).signIn(login, benchPassword)
    return `xianfu_session=${entered?.token ?? ''}`
  }
  const addOperator = async (login: string, role: Role, sites: readonly number[] | null): Promise<void> => {
    const passwordHash = await hash(benchPassword)
    await insertOperator(at.town.database, { login, name: login, role, passwordHash, sites })
    cookies.set(login, await signIn(login))
  }
  const ask = async (route: Route, { params = {}, query = {}, body }: Asked, login: string | null): Promise<Answer> => {
    const path = route.path.replaceAll(/:(\w+)/gu, (_, name: string) =>
      encodeURIComponent(String(Object.entries(params).find(([known]) => known === name)?.[1])),
    )
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString()
    const answer = await at.api.app.inject({
      method: route.method,
      url: search === '' ? path : `${path}?${search}`,
      headers: {
        cookie: login === null ? '' : (cookies.get(login) ?? ''),
        ...(route.method === 'POST' && { 'content-type': 'application/json' }),
      },
      ...(route.method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    })
    return { status: answer.statusCode, text: answer.body }
  }
  const codeOf = ({ text }: Answer): string | null => {
    const said = problem.safeParse(JSON.parse(text))
    return said.success ? said.data.code : null
  }
  const marksIn = ({ text }: Answer, { marks }: Branch): readonly string[] =>
    marks.filter((mark) => text.includes(mark))

  beforeAll(async () => {
    at = await createTwoBranches()
    for (const role of roles) await addOperator(role, role, [at.east.siteId])
    await addOperator('west', 'administrator', [at.west.siteId])
    cookies.set('boss', at.api.cookieOf('boss'))
  })
  afterAll(async () => {
    await at.api.app.close()
    await at.town.close()
  })

  test('every route of the contract is a door of the table, once', () => {
    const told = [...doors.map(({ route }) => route), ...openDoors].map(({ method, path }) => `${method} ${path}`)
    expect(told.toSorted()).toEqual(contractRoutes.map(({ method, path }) => `${method} ${path}`).toSorted())
  })

  test('what has a branch of its own is there to be seen by who reaches all of it', async () => {
    for (const { route, kind, ask: of } of doors.filter(({ kind: one }) => one === 'shows')) {
      const answer = await ask(route, of(at.east), 'boss')
      expect([route.path, kind, answer.status, marksIn(answer, at.east).length > 0]).toEqual([
        route.path,
        kind,
        200,
        true,
      ])
      expect([route.path, marksIn(answer, at.west).length > 0]).toEqual([route.path, true])
    }
  })

  /** What stood in the database after the last request that might write; null: to be looked at. */
  let content: string | null = null

  /** What is wrong at a door, for somebody of the eastern branch in a role; nothing should be. */
  const complaintsOf = async ({ route, kind, roles: may, ask: of }: Door, role: Role): Promise<readonly string[]> => {
    const complaints: string[] = []
    const mustBe = (what: string, is: boolean, answer: Answer): void => {
      if (!is) complaints.push(`${what}: ${String(answer.status)} ${answer.text.slice(0, 500)}`)
    }
    const isSame = (one: Answer, other: Answer): boolean => one.status === other.status && one.text === other.text
    const before = (content ??= await contentOf(at.town.database))
    const foreign = await ask(route, of(at.west), role)
    const unknown = await ask(route, of(nobody), role)
    mustBe('foreign is as what does not exist', isSame(foreign, unknown), foreign)
    mustBe('foreign shows nothing', marksIn(foreign, at.west).length === 0, foreign)
    if (!may.includes(role) || kind === 'all-sites') {
      mustBe('not permitted', foreign.status === 403 && codeOf(foreign) === 'not-permitted', foreign)
      mustBe('nor for the own branch', isSame(foreign, await ask(route, of(at.east), role)), foreign)
      content = await contentOf(at.town.database)
      mustBe('nothing is written', content === before, foreign)
      return complaints
    }
    content = await contentOf(at.town.database)
    mustBe('nothing is written for foreign', content === before, foreign)
    if (kind === 'subject')
      mustBe('unknown', foreign.status === 404 && codeOf(foreign)?.startsWith('unknown-') === true, foreign)
    if (kind === 'order') mustBe('nobody is meant', foreign.status === 409, foreign)
    const own = await ask(route, of(await freshFor(route, role)), role)
    if (route.method !== 'GET') content = null
    mustBe('permitted', own.status !== 403 && own.status !== 401, own)
    mustBe('known', own.status === 200 || codeOf(own)?.startsWith('unknown-') === false, own)
    mustBe('foreseen', own.status === 200 || codeOf(own) !== 'internal', own)
    mustBe('of the own branch alone', marksIn(own, at.west).length === 0, own)
    if (kind === 'shows') mustBe('shown', own.status === 200 && marksIn(own, at.east).length > 0, own)
    return complaints
  }

  const nameOf = ({ route: { method, path } }: Door): string => `${method} ${path}`
  const shared = doors.filter(({ kind }) => kind !== 'own').map((one) => [nameOf(one), one] as const)
  const ofOneself = doors.filter(({ kind }) => kind === 'own').map((one) => [nameOf(one), one] as const)

  describe.each(roles)('%s', (role) => {
    test.each(shared)('%s', async (_, one) => {
      expect(await complaintsOf(one, role)).toEqual([])
    })

    test.each(ofOneself)('%s', async (_, { route, roles: may, ask: of }) => {
      const answer = await ask(route, of(at.east), role)
      content = null
      expect(answer.status === 403).toBe(!may.includes(role))
      expect(answer.text).not.toContain('"code":"internal"')
      expect(marksIn(answer, at.west)).toEqual([])
    })
  })

  describe('who is not, or no longer, in the house', () => {
    /** Doors that were not shut, and whether something was written. */
    const openTo = async (login: string | null): Promise<readonly string[]> => {
      const before = await contentOf(at.town.database)
      const open: string[] = []
      for (const one of doors)
        for (const branch of [at.east, nobody]) {
          const answer = await ask(one.route, one.ask(branch), login)
          if (answer.status !== 401 || codeOf(answer) !== 'not-signed-in') open.push(`${nameOf(one)} ${answer.text}`)
        }
      return (await contentOf(at.town.database)) === before ? open : [...open, 'something was written']
    }
    const session = async (login: string): Promise<number> => (await ask(readSession, {}, login)).status

    test('signed out', async () => {
      expect(await openTo(null)).toEqual([])
    })

    test('a session that nobody was given', async () => {
      cookies.set('forger', 'xianfu_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
      expect(await openTo('forger')).toEqual([])
    })

    test('a session that is over', async () => {
      await addOperator('sleeper', 'administrator', [at.east.siteId])
      expect(await session('sleeper')).toBe(200)
      await at.town.database.query(
        `update session set expires_at = now() where operator_id = (select id from operator where login = 'sleeper')`,
      )
      expect(await openTo('sleeper')).toEqual([])
    })

    test('an operator who was shut out, also after being let in again: only a new session counts', async () => {
      const { database, clock } = at.town
      await addOperator('leaver', 'administrator', null)
      expect(await session('leaver')).toBe(200)
      expect(await shutOut(database, clock.now(), 'leaver', true)).toEqual({ ok: true })
      expect(await openTo('leaver')).toEqual([])
      expect(await (await createDoor(database)).signIn('leaver', benchPassword)).toBeNull()
      expect(await shutOut(database, clock.now(), 'leaver', false)).toEqual({ ok: true })
      expect(await session('leaver')).toBe(401)
      cookies.set('leaver', await signIn('leaver'))
      expect(await session('leaver')).toBe(200)
    })

    test('an operator who was moved has the other branch from the next request on, and no longer the old one', async () => {
      await addOperator('mover', 'administrator', [at.east.siteId])
      const reads = doors.filter(({ route, kind }) => route.method === 'GET' && kind !== 'own' && kind !== 'figures')
      /** Doors at which somebody of one branch sees less than that, or anything of the other. */
      const wrong = async (branch: Branch, other: Branch): Promise<readonly string[]> => {
        const found: string[] = []
        for (const one of reads) {
          const theirs = await ask(one.route, one.ask(branch), 'mover')
          const strange = await ask(one.route, one.ask(other), 'mover')
          const unknown = await ask(one.route, one.ask(nobody), 'mover')
          const seesOwn = theirs.status === 200 && (one.kind !== 'shows' || marksIn(theirs, branch).length > 0)
          if (!seesOwn || marksIn(theirs, other).length > 0 || strange.text !== unknown.text) found.push(nameOf(one))
        }
        return found
      }
      expect(await wrong(at.east, at.west)).toEqual([])
      const { database, clock } = at.town
      expect(await moveOperator(database, clock.now(), 'mover', [at.west.siteName])).toEqual({ ok: true })
      expect(await wrong(at.west, at.east)).toEqual([])
      const noSite = { ok: false, code: 'unknown-site' }
      expect(await moveOperator(database, clock.now(), 'mover', ['nowhere'])).toEqual(noSite)
      expect(await moveOperator(database, clock.now(), 'mover', [])).toEqual(noSite)
    })

    test('the last administrator of all sites is neither shut out nor limited', async () => {
      const { database, clock } = at.town
      await shutOut(database, clock.now(), 'leaver', true)
      const refused = { ok: false, code: 'last-administrator' }
      expect(await shutOut(database, clock.now(), 'boss', true)).toEqual(refused)
      expect(await moveOperator(database, clock.now(), 'boss', [at.east.siteName])).toEqual(refused)
      expect(await shutOut(database, clock.now(), 'nobody', true)).toEqual({ ok: false, code: 'unknown-login' })
      expect(await session('boss')).toBe(200)
    })
  })

  test('what concerns all sites is for who reaches them all', async () => {
    const span = { kind: 'event', firstDay: '2027-01-01', lastDay: '2027-01-01', reason: 'x' } as const
    for (const [route, body] of [
      [addNoTrip, { ...span, site: null }],
      [setSchedule, { scope: 'company', dataSet: 'freeze', minutes: 60 }],
      [removeSchedule, { scope: 'company', dataSet: 'freeze' }],
    ] as const)
      expect(codeOf(await ask(route, { body }, 'administrator'))).toBe('not-permitted')
  })

  test('what concerns all sites is open to who reaches them, by role', async () => {
    for (const { route, ask: of } of doors.filter(({ kind }) => kind === 'all-sites'))
      expect([route.path, (await ask(route, of(at.east), 'boss')).status === 403]).toEqual([route.path, false])
  })

  test('money neither comes from nor goes to an account of another branch', async () => {
    const before = await contentOf(at.town.database)
    const { accountId, paymentId } = at.west
    const [west] = await at.town.database.query<{ id: string }>(
      'select id from operation where account_id = $1 limit 1',
      [accountId],
    )
    const key = '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d50'
    for (const [operation, code] of [
      [{ kind: 'transfer', toAccountId: accountId, amount: '1' }, 'unknown-account'],
      [{ kind: 'move-payment', paymentId: at.east.paymentId, toAccountId: accountId }, 'unknown-account'],
      [{ kind: 'move-payment', paymentId, toAccountId: at.east.poorAccountId }, 'unknown-payment'],
      [{ kind: 'reverse', operationId: west?.id }, 'unknown-operation'],
      [{ kind: 'refund-paid', refundId: west?.id }, 'unknown-refund'],
    ] as const) {
      const body = { key, reason: 'moved', operation }
      const answer = await ask(askCounter, { params: { id: at.east.accountId }, body }, 'administrator')
      expect([operation.kind, answer.status, codeOf(answer)]).toEqual([operation.kind, 404, code])
    }
    const free = { key, number: '79998', siteId: at.east.siteId, customer: { id: 3 }, meterIds: [] }
    expect(codeOf(await ask(openAccount, { body: free }, 'administrator'))).toBe('unknown-customer')
    const someone = { name: 'new', phone: '', language: 'zh' }
    const foreign = { ...free, customer: someone, meterIds: [at.west.meterId] }
    expect(codeOf(await ask(openAccount, { body: foreign }, 'administrator'))).toBe('meter-not-free')
    expect(await contentOf(at.town.database)).toBe(before)
  })

  test('shifts of the own branch: of who answers for no site beyond it', async () => {
    const of = async (login: string) =>
      (JSON.parse((await ask(listShifts, {}, login)).text) as { shifts: { cashier: string }[] }).shifts
    const opened = { body: { key: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d51', counted: '0' } }
    expect((await ask(openShift, opened, 'west')).status).toBe(200)
    const another = { body: { key: '5f0c3a52-7a3e-4b4e-9d5c-0d6a1b2c3d52', counted: '0' } }
    await ask(openShift, another, 'cashier')
    const names = (shifts: readonly { cashier: string }[]) => new Set(shifts.map(({ cashier }) => cashier))
    expect(names(await of('administrator')).has('west')).toBe(false)
    expect(names(await of('auditor')).has('west')).toBe(false)
    expect(names(await of('auditor')).has('cashier')).toBe(true)
    expect(names(await of('west'))).toEqual(new Set(['west']))
    expect(names(await of('boss')).has('west')).toBe(true)
  })

  test('a batch over both branches is for who reaches both', async () => {
    const selection = { meterIds: [at.east.meterId, at.west.meterId] }
    const order = { kind: 'alarm-on', selection, key: nobody.batchId, reason: 'works' }
    const { body, status } = await at.api.send('/api/batches', order, 'boss')
    expect([status, body]).toMatchObject([200, {}])
    const { id } = body as { id: string }
    const listed = async (login: string) => (await ask(listBatches, {}, login)).text.includes(id)
    expect([await listed('boss'), await listed('west'), await listed('administrator')]).toEqual([true, false, false])
  })

  test.each([countWorkItems, readOverview, readFieldDays, readDay].map((route) => [route.path, route] as const))(
    'figures of the branches add up to those of the whole: %s',
    async (_, route) => {
      const sum = async (login: string) => countsIn(JSON.parse((await ask(route, {}, login)).text))
      const [east, west] = [await sum('administrator'), await sum('west')]
      expect([east > 0, west > 0]).toEqual([true, true])
      expect(east + west).toBe(await sum('boss'))
    },
  )

  test('the stream of changes names no meter and no account of another branch', async () => {
    const named = [at.east, at.west].flatMap(({ meterId, accountId }) => [
      `meter:${String(meterId)}`,
      `command:${String(meterId)}`,
      `account:${String(accountId)}`,
    ])
    const all = [...named, 'message', 'gateway', 'meter:999999999']
    const { database } = at.town
    expect(await topicsWithin(database, all, null)).toEqual(all)
    expect(await topicsWithin(database, all, [at.east.siteId])).toEqual([...named.slice(0, 3), 'message', 'gateway'])
    expect(await topicsWithin(database, all, [at.west.siteId])).toEqual([...named.slice(3), 'message', 'gateway'])
    expect(await topicsWithin(database, named, [])).toEqual([])
  })

  /** What a door takes away is put there again before it is asked for the next time. */
  const freshFor = async (route: Route, role: Role): Promise<Branch> => {
    if (route.path === '/api/pauses/:id/end')
      return { ...at.east, pauseId: await addPause(at.api, 'boss', at.east.meterId, at.town.clock.now()) }
    if (route.path === '/api/no-trip/:id/remove')
      return { ...at.east, noTripId: await addNoTripSpan(at.town, at.api, 'boss', at.east.siteName) }
    if (route === refuseOperation) {
      const body = {
        key: randomUUID(),
        reason: 'kept',
        operation: { kind: 'transfer', amount: '0.1', toAccountId: at.east.poorAccountId },
      }
      const asked = await ask(askCounter, { params: { id: at.east.accountId }, body }, role)
      const { requestId = at.east.requestId } = JSON.parse(asked.text) as { requestId?: string }
      return { ...at.east, requestId }
    }
    if (route === removeSchedule) {
      const body = { scope: 'meter', subjectId: at.east.meterId, dataSet: 'freeze', minutes: 60 }
      await ask(setSchedule, { body }, role)
    }
    return at.east
  }
})
