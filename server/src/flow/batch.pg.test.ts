import { hash } from '@node-rs/argon2'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { approveWithinMs, mostUnderWayPerBatch } from '../domain/batch.ts'
import { insertOperator } from '../store/operators.ts'
import { viewBatch, viewBatchItems } from '../store/view/batches.ts'
import { createBatchAbilities, type BatchAbilities } from './batch-abilities.ts'
import { createDispatcher } from './dispatch.ts'
import { post } from './post.ts'
import { createBatchRunner, stepBatches } from './run-batches.ts'
import type { SignedIn } from './sign-in.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

const minute = 60_000
const password = 'correct horse'
const places = ['1-101', '1-102', '1-103', '2-101']

/** Two persons, four rooms: 1-101 and 1-102 owe money, 1-103 has enough, 2-101 owes and is protected. */
describe('a batch, from the request to each proven meter', () => {
  let town: Town
  let headend: ScriptedHeadend
  let batches: BatchAbilities
  let asker: SignedIn
  let second: SignedIn
  let running: AbortController
  let ended: Promise<unknown>
  let keys = 0

  const person = async (login: string, role: SignedIn['role']): Promise<SignedIn> => {
    await insertOperator(town.database, { login, name: login, role, passwordHash: await hash(password) })
    const [row] = await town.database.query<{ id: number }>('select id from operator where login = $1', [login])
    return { id: row?.id ?? 0, login, name: login, role, sites: null }
  }
  /** Dispatcher and batches, as the house runs them. */
  const run = (): void => {
    running = new AbortController()
    const dispatcher = createDispatcher(town.context, headend, { self: 'one', onlyHeld: false })
    const runner = createBatchRunner(town.context)
    ended = Promise.all([dispatcher.run(running.signal), runner.run(running.signal)])
    const waking = setInterval(() => {
      dispatcher.wake()
      runner.wake()
    }, 10)
    running.signal.addEventListener('abort', () => clearInterval(waking))
  }
  const stop = async (): Promise<void> => {
    running.abort()
    await ended
  }

  beforeEach(async () => {
    town = await createTown([
      { place: '1-101', opening: 20 },
      { place: '1-102', opening: 20 },
      { place: '1-103', opening: 90 },
      { place: '2-101', opening: 20, protected: true },
    ])
    // The policy's own trips stay out of the picture: the guard is frozen, as when a person takes over.
    await town.database.query(`update trip_guard set frozen_at = $1, frozen_because = 'by-operator'`, [
      new Date(town.clock.now()),
    ])
    for (const kwh of [0, 10, 20]) {
      await town.settle(await Promise.all(places.map(async (place) => town.reading(place, kwh * 1_000))))
      town.clock.move(30 * minute)
    }
    town.clock.move(minute)
    headend = createScriptedHeadend()
    batches = createBatchAbilities(town.context)
    asker = await person('li', 'manager')
    second = await person('wang', 'manager')
  })
  afterEach(async () => {
    await town.close()
  })

  const trip = async (change: Partial<Parameters<BatchAbilities['request']>[0]> = {}) => {
    keys += 1
    const requested = await batches.request({
      kind: 'trip',
      selection: { placePrefix: '1-' },
      override: false,
      parameters: [],
      key: `key ${String(keys)}`,
      reason: 'arrears of November',
      operator: asker,
      ...change,
    })
    if (!requested.ok) throw new Error(requested.code)
    return requested.id
  }
  const approve = async (batchId: string, change: Partial<Parameters<BatchAbilities['approve']>[0]> = {}) =>
    batches.approve({ batchId, operator: second, reason: 'list read', password, overrideSeen: false, ...change })
  const outcome = async (id: string) =>
    Object.fromEntries(
      (await viewBatchItems(town.database, id)).map((item) => [item.place, item.command_state ?? item.because]),
    )
  const untilOver = async (id: string): Promise<void> =>
    town.until('the end', async () => (await viewBatch(town.database, id))?.finished_at !== null)
  const tripsSent = () => headend.sent.filter((action) => action === 'trip').length
  const audited = async () =>
    (
      await town.database.query<{ action: string }>(
        `select action from audit_log where action like 'batch:%' order by id`,
      )
    ).map(({ action }) => action)
  const kept = async (place: string): Promise<void> => {
    await town.database.query('update meter set keep_power = true where place = $1', [place])
  }

  test('the preview says who is in and why the others are not', async () => {
    const previewed = await batches.preview({
      kind: 'trip',
      selection: { names: places },
      override: false,
      parameters: [],
    })
    if (!previewed.ok) throw new Error(previewed.code)
    expect(previewed.meters.map(({ place, skip }) => [place, skip])).toEqual([
      ['1-101', null],
      ['1-102', null],
      ['1-103', 'enough-money'],
      ['2-101', 'protected'],
    ])
    const nobody = await batches.preview({
      kind: 'trip',
      selection: { names: ['9-999'] },
      override: false,
      parameters: [],
    })
    expect(nobody).toEqual({ ok: false, code: 'nothing-selected' })
  })

  test('nothing is sent before a second person with a right and the password has said yes; then each is proven', async () => {
    run()
    const id = await trip()
    expect(await approve(id, { operator: asker })).toEqual({ ok: false, code: 'same-person' })
    expect(await approve(id, { operator: await person('chen', 'field-engineer') })).toEqual({
      ok: false,
      code: 'not-permitted',
    })
    expect(await approve(id, { password: null })).toEqual({ ok: false, code: 'wrong-password' })
    expect(await approve(id, { password: 'wrong' })).toEqual({ ok: false, code: 'wrong-password' })
    await stepBatches(town.context)
    expect(tripsSent()).toBe(0)
    expect(await approve(id)).toEqual({ ok: true })
    expect(await approve(id)).toEqual({ ok: true })
    await untilOver(id)
    expect(await outcome(id)).toEqual({ '1-101': 'verified', '1-102': 'verified', '1-103': 'enough-money' })
    expect(tripsSent()).toBe(2)
    const batch = await viewBatch(town.database, id)
    expect(batch).toMatchObject({ state: 'finished', done: 2, left_out: 1, failed: 0, decider_login: 'wang' })
    expect(await audited()).toEqual(['batch:request', 'batch:approve'])
    const items = await town.database.query(`select closed_because from work_item where kind = 'approve-batch'`)
    expect(items).toEqual([{ closed_because: 'batch:approve' }])
    const [command] = await town.database.query<{ requested_by: string; evidence: Record<string, unknown> }>(
      `select requested_by, evidence from relay_command where kind = 'trip' limit 1`,
    )
    expect(command).toMatchObject({
      requested_by: 'li',
      evidence: { batchId: id, approvedBy: 'wang', override: false },
    })
    await stop()
  })

  test('who was tripped for debt by a batch gets supply back by paying', async () => {
    run()
    const id = await trip()
    await approve(id)
    await untilOver(id)
    await town.database.query(`update meter set relay = 'open', relay_command = 'open' where place = '1-101'`)
    const { accountId } = await town.place('1-101')
    await town.pay({ accountId, key: 'p', amount: yuan(50), channel: 'cash-counter', operatorId: null })
    await town.until('closed again', async () => headend.sent.includes('direct-close'))
    expect(headend.relay).toBe('closed')
    await stop()
  })

  test('who pays after the list was approved is left out, and who pays while the line is busy too', async () => {
    const id = await trip()
    await approve(id)
    const first = await town.place('1-101')
    await town.pay({
      accountId: first.accountId,
      key: 'p',
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: null,
    })
    headend.before(async (action) => {
      const { accountId } = await town.place('1-102')
      if (action === 'trip')
        await town.pay({ accountId, key: 'q', amount: yuan(50), channel: 'cash-counter', operatorId: null })
    })
    run()
    await untilOver(id)
    expect(await outcome(id)).toEqual({ '1-101': 'enough-money', '1-102': 'cancelled', '1-103': 'enough-money' })
    expect(tripsSent()).toBe(0)
    await stop()
  })

  test('override: seen by the second person, carried out whatever is settled meanwhile, never on the protected', async () => {
    const id = await trip({ override: true, selection: { names: places }, reason: 'works on the riser' })
    expect(await approve(id)).toEqual({ ok: false, code: 'override-not-seen' })
    expect(await approve(id, { overrideSeen: true })).toEqual({ ok: true })
    await stepBatches(town.context)
    // A further reading makes the policy look at all accounts; it withdraws its own trips, not this one.
    await town.settle([await town.reading('1-103', 21_000)])
    await kept('1-102')
    run()
    await untilOver(id)
    expect(await outcome(id)).toEqual({
      '1-101': 'verified',
      '1-102': 'cancelled',
      '1-103': 'verified',
      '2-101': 'protected',
    })
    await stop()
  })

  test('the stop button cancels what is not sent', async () => {
    headend.behave('offline')
    const id = await trip()
    await approve(id)
    await stepBatches(town.context)
    expect(Object.values(await outcome(id))).toEqual(['queued', 'queued', 'enough-money'])
    expect(await batches.stop({ batchId: id, operator: asker, reason: 'wrong building' })).toEqual({
      ok: true,
      cancelled: 2,
    })
    expect(await batches.stop({ batchId: id, operator: asker, reason: 'again' })).toEqual({
      ok: false,
      code: 'batch-not-running',
    })
    headend.behave('obey')
    run()
    await new Promise((resolve) => setTimeout(resolve, 100))
    await stop()
    expect(tripsSent()).toBe(0)
    expect(await viewBatch(town.database, id)).toMatchObject({ state: 'stopped', failed: 2, stopper_login: 'li' })
  })

  test('refused and withdrawn batches never run', async () => {
    const refused = await trip()
    const withdrawn = await trip()
    expect(await batches.refuse({ batchId: refused, operator: second, reason: 'not today' })).toEqual({ ok: true })
    expect(await batches.refuse({ batchId: withdrawn, operator: asker, reason: 'mine' })).toEqual({ ok: true })
    expect(await approve(refused)).toEqual({ ok: false, code: 'batch-not-waiting' })
    await stepBatches(town.context)
    expect(await outcome(withdrawn)).toEqual({
      '1-101': 'batch-stopped',
      '1-102': 'batch-stopped',
      '1-103': 'enough-money',
    })
    expect(await audited()).toEqual(['batch:request', 'batch:request', 'batch:refuse', 'batch:withdraw'])
  })

  test('unapproved for too long it is over', async () => {
    const id = await trip()
    town.clock.move(approveWithinMs + minute)
    expect(await approve(id)).toEqual({ ok: false, code: 'batch-not-waiting' })
    await stepBatches(town.context)
    expect((await viewBatch(town.database, id))?.state).toBe('expired')
  })

  test('the same key is one batch; other content under it is refused', async () => {
    const id = await trip({ key: 'mine' })
    expect(await trip({ key: 'mine' })).toBe(id)
    await expect(trip({ key: 'mine', override: true })).rejects.toThrow('same-key-other-input')
  })

  test('a batch of alarms needs nobody; one where everybody would be left out is refused', async () => {
    run()
    await town.until('the policy has set the alarms', async () => {
      const open = await town.database.query(
        `select from relay_command where state in ('queued', 'sent', 'acknowledged')`,
      )
      return open.length === 0
    })
    const id = await trip({ kind: 'alarm-on', selection: { names: ['1-103'] } })
    await untilOver(id)
    expect(await outcome(id)).toEqual({ '1-103': 'verified' })
    await expect(trip({ kind: 'trip', selection: { names: ['2-101'] } })).rejects.toThrow('nothing-to-do')
    await stop()
  })

  test('it goes on where it was after a restart, few at a time, and orders no meter twice', async () => {
    const many = mostUnderWayPerBatch + 5
    await town.database.query(
      `insert into meter (bucket, site_id, gateway_id, address, place, maximum_watts)
       select 1, site_id, gateway_id, lpad(n::text, 12, '0'), '3-' || lpad(n::text, 3, '0'), 1000
       from meter, generate_series(1, $1) n where place = '1-101'`,
      [many],
    )
    const id = await trip({ override: true, selection: { placePrefix: '3-' }, reason: 'empty building' })
    await approve(id, { overrideSeen: true })
    await stepBatches(town.context)
    expect(await viewBatch(town.database, id)).toMatchObject({ under_way: mostUnderWayPerBatch, waiting: 5 })
    await stepBatches(town.context)
    expect(await viewBatch(town.database, id)).toMatchObject({ under_way: mostUnderWayPerBatch, waiting: 5 })
    let left = 7
    headend.before(async () => {
      left -= 1
      if (left === 0) running.abort()
    })
    run()
    await ended
    run()
    await untilOver(id)
    expect(await viewBatch(town.database, id)).toMatchObject({ state: 'finished', done: many })
    const [most] = await town.database.query<{ most: number; n: number }>(
      `select max(n)::int as most, count(*)::int as n from (select count(*) as n from relay_command where kind = 'trip' group by meter_id) c`,
    )
    expect(most).toEqual({ most: 1, n: many })
    await stop()
  })

  test('a decision of the policy in between does not end the batch', async () => {
    const id = await trip()
    await approve(id)
    await stepBatches(town.context)
    const { accountId } = await town.place('1-101')
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
    })
    run()
    await untilOver(id)
    expect(await outcome(id)).toMatchObject({ '1-101': 'verified', '1-102': 'verified' })
    await stop()
  })
})
