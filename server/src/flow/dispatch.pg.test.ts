import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { post } from './post.ts'
import { createRequestCommand } from './request-command.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, yuan, type Town } from './testing/town.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

const minute = 60_000

/** The second walk on a real database: one account, from the last fen to the proven close, with everything that fails. */
describe('from the balance to the relay', () => {
  let town: Town
  let headend: ScriptedHeadend
  let stop: () => Promise<void>

  const run = (owner = 'one'): void => {
    stop = runDispatcher(town, headend, owner)
  }

  beforeEach(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    headend = createScriptedHeadend()
    await town.settle([await town.reading('A', 0)])
    run()
  })
  afterEach(async () => {
    await stop()
    const wrong = (await audit(town.database)).flatMap((check) => check.wrong)
    await town.close()
    if (wrong.length > 0) throw new Error(`the books are wrong: ${wrong.join('; ')}`)
  })

  let total = 0
  const use = async (kwh: number): Promise<void> => {
    town.clock.move(30 * minute)
    total += kwh * 1_000
    await town.settle([
      await town.reading('A', total, {
        status: { relay: headend.relay, relayCommand: headend.relay, keepPower: false, alarm: true },
      }),
    ])
  }
  beforeEach(() => {
    total = 0
  })
  const decideAgain = async (): Promise<void> => {
    const { accountId } = await town.place('A')
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
    })
  }
  const pay = async (amount: number, key: string) =>
    town.pay({
      accountId: (await town.place('A')).accountId,
      key,
      amount: yuan(amount),
      channel: 'cash-counter',
      operatorId: null,
    })
  const commands = async (kind: string) =>
    town.database.query<{ id: string; state: string; attempts: number; failure: string | null; kind: string }>(
      'select id, state, attempts, failure, kind from relay_command where kind = $1 order by at, id',
      [kind],
    )
  const untilCommand = async (kind: string, state: string): Promise<void> =>
    town.until(`${kind} ${state}`, async () => (await commands(kind)).at(-1)?.state === state)
  /** Back in the queue, to be tried again later. */
  const untilAttempt = async (attempts: number): Promise<void> =>
    town.until(`attempt ${String(attempts)}`, async () => {
      const trip = (await commands('trip'))[0]
      return trip?.attempts === attempts && trip.state === 'queued'
    })
  const notices = async () =>
    (await town.database.query<{ notice: string }>('select notice from message order by id')).map(
      ({ notice }) => notice,
    )
  /** Up to the moment at which the trip is due. */
  const useUp = async (): Promise<void> => {
    await use(12)
    await use(8)
    town.clock.move(31 * minute)
    await decideAgain()
  }

  test('the whole circle: warned, told, tripped, paid, closed, each told and proven', async () => {
    await useUp()
    await untilCommand('trip', 'verified')
    expect(headend.relay).toBe('open')
    const paid = await pay(30, 'first')
    expect(paid).toMatchObject({ ok: true, fresh: true, balance: yuan(30), stage: 'normal' })
    await untilCommand('direct-close', 'verified')
    expect(headend.relay).toBe('closed')
    expect(headend.sent.filter((action) => action !== 'alarm-on' && action !== 'alarm-off')).toEqual([
      'trip',
      'direct-close',
    ])
    await town.until('notices', async () => (await notices()).length >= 4)
    expect(await notices()).toEqual(['warning-1', 'pre-stop', 'stopped', 'reconnected'])
  })

  test('a payment while the trip waits for the line: nothing leaves', async () => {
    headend.before(async (action) => {
      if (action === 'trip') await pay(30, 'in time')
    })
    await useUp()
    await untilCommand('trip', 'cancelled')
    expect(headend.sent).not.toContain('trip')
    expect((await commands('direct-close')).length).toBe(0)
  })

  test('a payment while the trip is on the wire: closed, although the trip was never confirmed', async () => {
    headend.behave('silence-but-obeyed')
    await useUp()
    await town.until('sent', async () => headend.sent.includes('trip'))
    await town.until('asked', async () => (await commands('trip'))[0]?.failure !== null)
    headend.behave('obey')
    await pay(30, 'while it flies')
    await untilCommand('direct-close', 'verified')
    expect(headend.relay).toBe('closed')
    expect((await commands('trip')).map(({ state }) => state)).toEqual(['cancelled'])
  })

  test('an unanswered trip is tried three times, five minutes apart, each after a look at the state, and has then failed', async () => {
    headend.behave('silence')
    await useUp()
    await untilAttempt(1)
    town.clock.move(5 * minute)
    await untilAttempt(2)
    town.clock.move(5 * minute)
    await untilCommand('trip', 'failed')
    expect(headend.calls.filter(({ action }) => action === 'trip').map(({ readStateFirst }) => readStateFirst)).toEqual(
      [false, true, true],
    )
    expect(await notices()).toContain('failed')
    expect(await notices()).not.toContain('stopped')
  })

  test('an answer lost after the relay opened: found by the look at the state, never sent twice', async () => {
    headend.behave('silence-but-obeyed')
    await useUp()
    await untilAttempt(1)
    town.clock.move(5 * minute)
    await untilCommand('trip', 'verified')
    expect(headend.sent.filter((action) => action === 'trip')).toHaveLength(1)
  })

  test('a refused trip is final and is told to the staff', async () => {
    headend.behave('refusal')
    await useUp()
    await untilCommand('trip', 'refused')
    expect((await commands('trip'))[0]?.failure).toContain('wrong-password')
  })

  test('a meter that refuses its alarm is asked once, not for ever', async () => {
    headend.behave('refusal')
    const silent = { relay: 'closed', relayCommand: 'closed', keepPower: false, alarm: false } as const
    for (const totalWh of [12_000, 13_000]) {
      town.clock.move(30 * minute)
      await town.settle([await town.reading('A', totalWh, { status: silent })])
      await untilCommand('alarm-on', 'refused')
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await commands('alarm-on')).length).toBe(1)
  })

  test('a relay that is stuck is never called stopped', async () => {
    headend.behave('stuck')
    await useUp()
    await untilAttempt(1)
    expect((await commands('trip'))[0]?.state).toBe('queued')
    expect(await notices()).not.toContain('stopped')
  })

  test('a gateway that is away costs no attempt, and the trip is given up when its time is over', async () => {
    headend.behave('offline')
    await useUp()
    await town.until('tried', async () => headend.calls.some(({ action }) => action === 'trip'))
    await town.until('queued', async () => (await commands('trip'))[0]?.failure !== null)
    expect((await commands('trip'))[0]).toMatchObject({ state: 'queued', attempts: 0 })
    town.clock.move(5 * 60 * minute)
    await untilCommand('trip', 'expired')
    expect(headend.sent).not.toContain('trip')
  })

  test('killed between the bytes and the answer: the next life asks the meter first', async () => {
    headend.behave('silence-but-obeyed')
    // The process dies in the middle: what it had claimed and sent stays on disk as it was.
    await useUp()
    await town.until('sent', async () => headend.sent.includes('trip'))
    await stop()
    await town.database.query(
      `update relay_command set state = 'sent', owner = 'dead', not_before = at where kind = 'trip'`,
    )
    headend.behave('obey')
    run('two')
    await untilCommand('trip', 'verified')
    expect(headend.sent.filter((action) => action === 'trip')).toHaveLength(1)
    expect(headend.calls.at(-1)?.readStateFirst).toBe(true)
  })

  test('keep-power at the meter stops a person’s trip too', async () => {
    const { meterId } = await town.place('A')
    await town.database.query('update meter set keep_power = true where id = $1', [meterId])
    const [operator] = await town.database.query<{ id: number }>(
      `insert into operator (login, name, role, password_hash) values ('o', 'o', 'manager', 'x') returning id`,
    )
    const request = createRequestCommand(town.context)
    const input = {
      meterId,
      key: 'a',
      kind: 'trip' as const,
      reason: 'works on the cable',
      operator: { id: operator?.id ?? 0, login: 'o' },
    }
    expect(await request(input)).toMatchObject({ ok: true, state: 'queued' })
    await untilCommand('trip', 'cancelled')
    expect(headend.sent).not.toContain('trip')
    expect(await request(input)).toMatchObject({ ok: true, state: 'cancelled' })
    expect(await request({ ...input, kind: 'alarm-on' })).toEqual({ ok: false, code: 'same-key-other-input' })
    expect(await request({ ...input, meterId: 999_999 })).toEqual({ ok: false, code: 'unknown-meter' })
  })
})
