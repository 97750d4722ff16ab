import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { audit } from '../flow/audit.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

type Body = Readonly<Record<string, unknown>>

describe('the counter, over HTTP', () => {
  let town: Town
  let api: ApiBench
  const ids: Record<string, number> = {}
  const people = {
    boss: 'manager',
    head: 'administrator',
    till: 'cashier',
    field: 'field-engineer',
    ledger: 'auditor',
  } as const

  const ask = async (place: string, login: string, operation: Body, more: Body = {}) =>
    api.send(
      `/api/accounts/${String(ids[place])}/operations`,
      { key: randomUUID(), reason: 'as the customer wished', operation, ...more },
      login,
    ) as Promise<{ status: number; body: Record<string, unknown> }>
  const pay = async (place: string, amount: string, login = 'till', more: Body = {}): Promise<string> => {
    const body = { key: randomUUID(), amount, ...more }
    const answer = await api.send(`/api/accounts/${String(ids[place])}/top-ups`, body, login)
    return (answer.body as { paymentId: string }).paymentId
  }
  const file = async (place: string) =>
    (await api.get(`/api/accounts/${String(ids[place])}`, 'till')).body as {
      balance: Record<string, string>
      closedAt: number | null
      operations: Record<string, unknown>[]
      requests: Record<string, unknown>[]
    }
  const decide = async (requestId: unknown, how: 'approve' | 'refuse', login: string) =>
    api.send(`/api/operation-requests/${String(requestId)}/${how}`, { reason: 'looked at it' }, login) as Promise<{
      status: number
      body: Record<string, unknown>
    }>
  const openItems = async () =>
    town.database.query<{ kind: string; subject: string }>(
      `select kind, subject from work_item where closed_at is null and kind = 'approve-operation'`,
    )

  beforeAll(async () => {
    town = await createTown(['A', 'B', 'C', 'D', 'E'].map((place) => ({ place, opening: 100 })))
    api = await createApiBench(town, people)
    for (const place of ['A', 'B', 'C', 'D', 'E']) ids[place] = (await town.place(place)).accountId
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  test('finds an account by number, name, phone, place and meter, and by no pattern', async () => {
    const find = async (q: string) =>
      ((await api.get(`/api/accounts?q=${encodeURIComponent(q)}`, 'field')).body as { accounts: { id: number }[] })
        .accounts
    for (const q of ['70002', 'b', '202611010002']) expect((await find(q)).map(({ id }) => id)).toEqual([ids['B']])
    expect(await find('10000000000')).toHaveLength(5)
    expect(await find('%')).toEqual([])
    expect(await find('nobody')).toEqual([])
    expect((await find('70001'))[0]).toMatchObject({ number: '70001', balance: '100.00', places: ['A'], closed: false })
    expect((await api.get('/api/accounts?q=', 'till')).status).toBe(400)
  })

  test('shows the balance in its parts, and refuses an account that is not there', async () => {
    expect(await file('A')).toMatchObject({
      customer: { name: 'A' },
      balance: { prepayment: '100.00', frozen: '0.00', debt: '0.00', pending: '0.00', wallet: '0.00' },
      operations: [{ kind: 'payment', amount: '100.00', reversible: true, unpaid: false }],
    })
    expect((await api.get('/api/accounts/99999', 'till')).body).toMatchObject({ code: 'unknown-account' })
  })

  test('takes card and transfer, which lie in no drawer', async () => {
    await pay('A', '30', 'till', { means: 'card-terminal' })
    expect((await file('A')).operations[0]).toMatchObject({ means: 'card-terminal', amount: '30.00' })
    const refused = { key: randomUUID(), amount: '30', means: 'alipay' }
    expect((await api.send(`/api/accounts/${String(ids['A'])}/top-ups`, refused, 'till')).status).toBe(400)
    const drawer = await town.database.query(`select from ledger_account where code = 'cash-drawer' and debits > 0`)
    expect(drawer).toEqual([])
  })

  test('freezes and gives back by one who may refund, once per key', async () => {
    const key = randomUUID()
    const freeze = { kind: 'freeze', amount: '40' }
    const done = await ask('B', 'boss', freeze, { key })
    expect(done.body).toMatchObject({ state: 'done', fresh: true, returned: null })
    expect((await ask('B', 'boss', freeze, { key })).body).toEqual({ ...done.body, fresh: false })
    expect((await ask('B', 'boss', { ...freeze, amount: '41' }, { key })).body).toMatchObject({
      code: 'same-key-other-input',
    })
    expect((await file('B')).balance).toMatchObject({ prepayment: '60.00', frozen: '40.00' })
    expect((await ask('B', 'boss', { kind: 'unfreeze', amount: '41' })).body).toMatchObject({
      code: 'not-so-much-frozen',
      message: { zh: expect.any(String), en: expect.any(String) },
    })
    expect((await ask('B', 'boss', { kind: 'unfreeze', amount: '40' })).body).toMatchObject({ state: 'done' })
    expect((await file('B')).balance).toMatchObject({ prepayment: '100.00', frozen: '0.00' })
  })

  test.each(['field', 'ledger', 'nobody'])('moves nothing for %s', async (login) => {
    const { status } = await ask('B', login, { kind: 'refund', amount: '1', channel: 'cash-counter' })
    expect(status).toBe(login === 'nobody' ? 401 : 403)
    expect((await decide(randomUUID(), 'approve', login)).status).toBe(status)
    expect((await api.send('/api/accounts', {}, login)).status).toBe(status)
  })

  test('asks a second person for what a cashier may not do alone: it happens once, in the name of who asked', async () => {
    const paymentId = await pay('C', '50')
    const key = randomUUID()
    const reverse = { kind: 'reverse', operationId: paymentId }
    const asked = await ask('C', 'till', reverse, { key })
    expect(asked.body).toMatchObject({ state: 'waiting', fresh: true })
    expect((await ask('C', 'till', reverse, { key })).body).toEqual({ ...asked.body, fresh: false })
    const { requestId } = asked.body
    expect(await openItems()).toEqual([
      { kind: 'approve-operation', subject: `operation-request:${String(requestId)}` },
    ])
    expect((await file('C')).balance).toMatchObject({ prepayment: '150.00' })
    expect((await file('C')).requests[0]).toMatchObject({
      state: 'waiting',
      kind: 'reverse',
      about: { kind: 'payment', amount: '50.00' },
      requestedBy: { login: 'till' },
    })
    expect((await decide(requestId, 'approve', 'till')).status).toBe(403)
    const approved = await decide(requestId, 'approve', 'boss')
    expect(approved.status).toBe(200)
    expect((await decide(requestId, 'approve', 'head')).body).toMatchObject({ code: 'request-not-waiting' })
    const after = await file('C')
    expect(after.balance).toMatchObject({ prepayment: '100.00' })
    expect(after.operations[0]).toMatchObject({ kind: 'reverse', by: 'till', amount: '50.00', reversible: false })
    expect(after.operations[1]).toMatchObject({ id: paymentId, reversedBy: approved.body['operationId'] })
    expect(after.requests[0]).toMatchObject({ state: 'done', decided: { by: 'boss' } })
    expect(await openItems()).toEqual([])
    expect((await ask('C', 'till', reverse)).body).toMatchObject({ code: 'reversed-already' })
  })

  test('what can not be done any more waits on, until it can or somebody says no', async () => {
    const { requestId } = (await ask('C', 'till', { kind: 'freeze', amount: '100' })).body
    await ask('C', 'boss', { kind: 'transfer', toAccountId: ids['D'], amount: '1' })
    expect((await decide(requestId, 'approve', 'boss')).body).toMatchObject({ code: 'not-enough-money' })
    expect((await file('C')).requests[0]).toMatchObject({ id: requestId, state: 'waiting', decided: null })
    expect(await openItems()).toHaveLength(1)
    expect((await decide(requestId, 'refuse', 'boss')).status).toBe(200)
    expect((await file('C')).requests[0]).toMatchObject({ state: 'refused' })
    await ask('D', 'boss', { kind: 'transfer', toAccountId: ids['C'], amount: '1' })
  })

  test('two who agree at the same time carry it out once', async () => {
    await pay('C', '20')
    const { requestId } = (await ask('C', 'till', { kind: 'refund', amount: '20', channel: 'cash-counter' })).body
    const both = await Promise.all([decide(requestId, 'approve', 'boss'), decide(requestId, 'approve', 'head')])
    // The later one finds it done, or does it a second time under the same key: the very same operation.
    expect(both.map(({ status }) => status).filter((status) => status !== 200 && status !== 409)).toEqual([])
    expect(new Set(both.flatMap(({ body }) => body['operationId'] ?? [])).size).toBe(1)
    expect((await file('C')).operations.filter(({ kind }) => kind === 'refund')).toHaveLength(1)
    expect((await file('C')).balance).toMatchObject({ prepayment: '100.00' })
  })

  test('a program that was killed between agreeing and doing carries on with the approval that was given', async () => {
    const { requestId } = (await ask('C', 'till', { kind: 'freeze', amount: '5' })).body
    await town.database.query(
      `update operation_request set state = 'approved', decided_at = now(), decision_reason = '',
         decided_by = (select id from operator where login = 'boss') where id = $1`,
      [requestId],
    )
    expect((await decide(requestId, 'refuse', 'head')).body).toMatchObject({ code: 'request-not-waiting' })
    expect((await decide(requestId, 'approve', 'till')).status).toBe(403)
    expect((await decide(requestId, 'approve', 'head')).status).toBe(200)
    expect((await file('C')).balance).toMatchObject({ frozen: '5.00' })
    expect((await file('C')).requests[0]).toMatchObject({ state: 'done', decided: { by: 'boss' } })
    await ask('C', 'boss', { kind: 'unfreeze', amount: '5' })
  })

  test('what was asked is withdrawn by who asked', async () => {
    const asked = (await ask('B', 'till', { kind: 'refund', amount: '10', channel: 'bank-transfer' })).body
    expect((await decide(asked['requestId'], 'refuse', 'till')).status).toBe(200)
    expect((await file('B')).requests[0]).toMatchObject({ state: 'withdrawn', decided: { by: 'till' } })
    expect(await openItems()).toEqual([])
  })

  test('more than one person may give back needs two, also by the old door', async () => {
    await pay('D', '2000', 'boss')
    const refund = { kind: 'refund', amount: '1000.01', channel: 'cash-counter' }
    const asked = (await ask('D', 'boss', refund)).body
    expect(asked).toMatchObject({ state: 'waiting' })
    expect((await decide(asked['requestId'], 'approve', 'boss')).body).toMatchObject({ code: 'asked-yourself' })
    expect((await decide(asked['requestId'], 'approve', 'head')).status).toBe(200)
    const door = { key: randomUUID(), amount: '1000.01', reason: 'x' }
    expect((await api.send(`/api/accounts/${String(ids['D'])}/refunds`, door, 'boss')).body).toMatchObject({
      code: 'more-than-alone',
    })
    expect((await file('D')).balance).toMatchObject({ prepayment: '1099.99' })
  })

  test('writes off what is owed by two, and nothing that is not', async () => {
    const writeOff = { kind: 'write-off', amount: '3', of: 'overdraft' }
    expect((await ask('A', 'boss', writeOff)).body).toMatchObject({ code: 'not-so-much-owed' })
    await town.settle([await town.reading('E', 0)])
    town.clock.move(12 * 3_600_000)
    await town.settle([await town.reading('E', 103_000)])
    expect((await file('E')).balance).toMatchObject({ prepayment: '-3.00' })
    const { requestId, state } = (await ask('E', 'boss', writeOff)).body
    expect(state).toBe('waiting')
    expect((await decide(requestId, 'approve', 'head')).status).toBe(200)
    expect((await file('E')).balance).toMatchObject({ prepayment: '0.00' })
  })

  test('transfers, and moves a payment that went to the wrong account', async () => {
    expect((await ask('A', 'boss', { kind: 'transfer', toAccountId: ids['A'], amount: '1' })).body).toMatchObject({
      code: 'same-account',
    })
    await ask('A', 'boss', { kind: 'transfer', toAccountId: ids['B'], amount: '30' })
    expect((await file('A')).balance).toMatchObject({ prepayment: '100.00' })
    expect((await file('B')).balance).toMatchObject({ prepayment: '130.00' })
    const paymentId = await pay('A', '12')
    const move = { kind: 'move-payment', paymentId, toAccountId: ids['B'] }
    expect((await ask('B', 'boss', move)).body).toMatchObject({ code: 'unknown-payment' })
    expect((await ask('A', 'boss', move)).body).toMatchObject({ state: 'done' })
    expect((await file('A')).balance).toMatchObject({ prepayment: '100.00' })
    expect((await file('B')).balance).toMatchObject({ prepayment: '142.00' })
    expect((await file('A')).operations[0]).toMatchObject({ kind: 'move-payment', to: { number: '70002' } })
  })

  test('a refund by transfer is owed until the channel has paid it', async () => {
    const refund = (await ask('A', 'boss', { kind: 'refund', amount: '7', channel: 'bank-transfer' })).body
    expect((await file('A')).operations[0]).toMatchObject({ unpaid: true, reversible: true })
    const paid = { kind: 'refund-paid', refundId: refund['operationId'] }
    expect((await ask('A', 'boss', paid)).body).toMatchObject({ state: 'done' })
    expect((await file('A')).operations[1]).toMatchObject({ unpaid: false, reversible: false })
    expect((await ask('A', 'boss', paid)).body).toMatchObject({ code: 'paid-already' })
    expect((await ask('A', 'boss', { kind: 'reverse', operationId: refund['operationId'] })).body).toMatchObject({
      code: 'completed-already',
    })
  })

  test('reverses nothing of another account', async () => {
    const other = (await file('B')).operations.find(({ kind }) => kind === 'payment')
    expect((await ask('A', 'boss', { kind: 'reverse', operationId: other?.['id'] })).body).toMatchObject({
      code: 'unknown-operation',
    })
  })

  test('closes an account when its meter was just read, returns the rest, and opens the next on the same meter', async () => {
    const close = { kind: 'close-account', channel: 'bank-transfer' }
    const key = randomUUID()
    expect((await ask('B', 'boss', close, { key })).body).toMatchObject({ code: 'last-reading-missing' })
    await town.settle([await town.reading('B', 0)])
    const closed = (await ask('B', 'boss', close, { key })).body
    expect(closed).toMatchObject({ state: 'done', returned: '142.00' })
    expect((await ask('B', 'boss', close, { key })).body).toEqual({ ...closed, fresh: false })
    expect(await file('B')).toMatchObject({ closedAt: town.clock.now(), balance: { prepayment: '0.00' } })
    const { sites, meters } = (await api.get('/api/openings', 'boss')).body as {
      sites: { id: number }[]
      meters: { id: number; place: string }[]
    }
    expect(meters.map(({ place }) => place)).toEqual(['B'])
    const opening = {
      key: randomUUID(),
      number: '80001',
      siteId: sites[0]?.id,
      customer: { name: 'next', phone: '1', language: 'zh' },
      meterIds: meters.map(({ id }) => id),
      oldBalance: '8.50',
    }
    const opened = (await api.send('/api/accounts', opening, 'boss')).body as { accountId: number }
    expect(opened).toMatchObject({ fresh: true })
    expect((await api.send('/api/accounts', opening, 'boss')).body).toEqual({ ...opened, fresh: false })
    const next = { ...opening, key: randomUUID() }
    expect((await api.send('/api/accounts', next, 'boss')).body).toMatchObject({ code: 'number-taken' })
    expect((await api.send('/api/accounts', { ...next, number: '80002' }, 'boss')).body).toMatchObject({
      code: 'meter-not-free',
    })
    expect((await api.send('/api/accounts', opening, 'till')).status).toBe(403)
    ids['next'] = opened.accountId
    expect(await file('next')).toMatchObject({ balance: { prepayment: '8.50' } })
  })

  test('lists what waits and what was decided', async () => {
    const list = async (state: string) =>
      ((await api.get(`/api/operation-requests?state=${state}`, 'ledger')).body as { requests: { state: string }[] })
        .requests
    expect(await list('waiting')).toEqual([])
    expect((await list('decided')).map(({ state }) => state)).toContain('withdrawn')
  })

  test('leaves the books right', async () => {
    expect((await audit(town.database)).flatMap(({ name, wrong }) => wrong.map((line) => `${name}: ${line}`))).toEqual(
      [],
    )
  })
})
