import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { audit } from './audit.ts'
import { compensationSetting } from '../store/site-settings.ts'
import { post } from './post.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, yuan, type Town } from './testing/town.ts'
import { watchRestorations } from './watch-restorations.ts'
import { viewLateRestorations, viewRestorationTimes, viewRunningRestorations } from '../store/view/restorations.ts'
import { writeSetting } from '../store/settings.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

const minute = 60_000

/** Payment to power: the case, its clock, its limits, and what follows when they are passed. */
describe('from the payment to power', () => {
  let town: Town
  let headend: ScriptedHeadend
  let stop: () => Promise<void>
  let reconnect: 'direct-close' | 'permit-close' = 'direct-close'

  const open = async (): Promise<void> => {
    town = await createTown([{ place: 'A', opening: 20, reconnect }])
    headend = createScriptedHeadend()
    await town.settle([await town.reading('A', 0)])
    await town.database.query('update gateway set online = true')
    stop = runDispatcher(town, headend)
  }
  beforeEach(() => {
    reconnect = 'direct-close'
  })
  afterEach(async () => {
    await stop()
    const wrong = (await audit(town.database)).flatMap((check) => check.wrong)
    await town.close()
    if (wrong.length > 0) throw new Error(`the books are wrong: ${wrong.join('; ')}`)
  })

  const command = async (kind: string) => {
    const [row] = await town.database.query<{ state: string; attempts: number; failure: string | null }>(
      'select state, attempts, failure from relay_command where kind = $1 order by at desc, id desc limit 1',
      [kind],
    )
    return row
  }
  const untilCommand = async (kind: string, state: string): Promise<void> =>
    town.until(`${kind} ${state}`, async () => (await command(kind))?.state === state)
  const cases = async () =>
    town.database.query<Record<string, unknown>>(
      `select state, late, online, payment_id is not null as paid, reminded_at is not null as reminded,
              compensation_id is not null as compensated, real_sent_at >= real_queued_at as sent,
              real_acknowledged_at >= real_sent_at as acknowledged, real_verified_at >= real_acknowledged_at as verified
       from restoration order by id`,
    )
  const items = async () =>
    (
      await town.database.query<{ words: string }>(
        `select kind || case when closed_at is null then '' else ' ' || closed_because end as words from work_item order by id`,
      )
    ).map(({ words }) => words)
  const notices = async () =>
    (await town.database.query<{ notice: string }>('select notice from message order by id')).map(
      ({ notice }) => notice,
    )
  const pay = async (amount: number, key = 'one') =>
    town.pay({
      accountId: (await town.place('A')).accountId,
      key,
      amount: yuan(amount),
      channel: 'cash-counter',
      operatorId: null,
    })
  let total = 0
  const see = async (
    kwh: number,
    status: { relay: 'closed' | 'open'; relayCommand: 'closed' | 'open' },
  ): Promise<void> => {
    town.clock.move(30 * minute)
    total += kwh * 1_000
    await town.settle([await town.reading('A', total, { status: { ...status, keepPower: false, alarm: true } })])
  }
  const closed = { relay: 'closed', relayCommand: 'closed' } as const
  const opened = { relay: 'open', relayCommand: 'open' } as const
  const tripped = async (): Promise<void> => {
    total = 0
    await open()
    await see(10, closed)
    await see(10, closed)
    town.clock.move(31 * minute)
    await decideAgain()
    await untilCommand('trip', 'verified')
  }
  const decideAgain = async (): Promise<void> => {
    const { accountId } = await town.place('A')
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds: [accountId], postings: [] })
    })
  }
  const press = async (): Promise<void> => {
    // The alarm is put out as well, and its proof must show the same relay as the reading does.
    headend.press()
    await see(0, closed)
  }

  test('each step has its time, in its order; a second payment opens no second case', async () => {
    await tripped()
    await pay(30)
    await pay(30, 'two')
    await untilCommand('direct-close', 'verified')
    expect(await cases()).toEqual([
      {
        state: 'restored',
        late: false,
        online: true,
        paid: true,
        reminded: false,
        compensated: false,
        sent: true,
        acknowledged: true,
        verified: true,
      },
    ])
    await watchRestorations(town.context)
    expect(await items()).toEqual([])
    const times = await viewRestorationTimes(town.database, 24)
    expect([times.count, times.late_count, times.verified.length]).toEqual([1, 0, 4])
    expect((times.verified[0] ?? 0) >= (times.sent[0] ?? Infinity)).toBe(true)
    expect(await viewRunningRestorations(town.database, 10)).toEqual([])
  })

  test('permitted: waits for the button without being a fault, reminds once after two hours, is proven by the relay', async () => {
    reconnect = 'permit-close'
    await tripped()
    headend.behave('obey-permit')
    await pay(30)
    await untilCommand('permit-close', 'verified')
    await watchRestorations(town.context)
    expect(await cases()).toMatchObject([{ state: 'hand', reminded: false }])
    expect(await notices()).toEqual(['warning-1', 'pre-stop', 'stopped', 'reconnect-permitted'])
    town.clock.move(121 * minute)
    await watchRestorations(town.context)
    await watchRestorations(town.context)
    expect((await notices()).slice(4)).toEqual(['reconnect-permitted'])
    expect(await items()).toEqual([])
    await press()
    await watchRestorations(town.context)
    expect(await cases()).toMatchObject([{ state: 'restored', late: false, reminded: true }])
    expect((await notices()).slice(5)).toEqual(['reconnected'])
  })

  test('five attempts at 0, 1, 5, 15, 30 minutes; then a field order that ends when the relay is seen closed', async () => {
    await tripped()
    headend.behave('stuck')
    const startedAt = town.clock.now()
    await pay(30)
    for (const [attempt, minutes] of [0, 1, 5, 15, 30].entries()) {
      town.clock.set(startedAt + minutes * minute)
      await town.until(
        `attempt ${String(attempt + 1)}`,
        async () =>
          (await command('direct-close'))?.attempts === attempt + 1 &&
          (await command('direct-close'))?.state !== 'sent',
      )
      if (attempt < 4) await town.until('queued', async () => (await command('direct-close'))?.state === 'queued')
    }
    await untilCommand('direct-close', 'failed')
    expect(await items()).toEqual(['field-reconnect'])
    const [due] = await town.database.query<{ minutes: number }>(
      'select extract(epoch from due_at - opened_at)::int / 60 as minutes from work_item',
    )
    expect(due?.minutes).toBe(120)
    await watchRestorations(town.context)
    expect(await items()).toEqual(['field-reconnect'])
    // The engineer closes it by hand, and the next reading shows it.
    headend.behave('obey')
    await see(0, closed)
    await watchRestorations(town.context)
    await town.until('over', async () => {
      await watchRestorations(town.context)
      return (await items()).join() === 'field-reconnect reconnected'
    })
  })

  test('a gateway that stays away costs no attempt, and still ends in a field order', async () => {
    await tripped()
    headend.behave('offline')
    await town.database.query('update gateway set online = false')
    await pay(30)
    await town.until('tried', async () => (await command('direct-close'))?.failure !== null)
    await watchRestorations(town.context)
    expect(await items()).toEqual([])
    town.clock.move(31 * minute)
    await watchRestorations(town.context)
    expect(await items()).toEqual(['field-reconnect'])
    expect(await cases()).toMatchObject([{ state: 'running', online: false, late: false }])
  })

  test('late: listed, told once, and paid for by the rule, once', async () => {
    await tripped()
    await town.database.query('update site set restore_late_seconds = 60')
    headend.behave('silence')
    await pay(30)
    await town.until('tried', async () => (await command('direct-close'))?.failure !== null)
    await watchRestorations(town.context)
    expect([await items(), await cases()]).toMatchObject([[], [{ late: false }]])
    // Machine time: the payment is put back, for a test does not wait for a minute.
    await town.database.query(`update restoration set real_accepted_at = real_accepted_at - interval '90 seconds'`)
    await watchRestorations(town.context)
    await watchRestorations(town.context)
    expect([await items(), await cases()]).toMatchObject([['late-restore'], [{ state: 'running', late: true }]])
    headend.behave('obey')
    town.clock.move(minute)
    await untilCommand('direct-close', 'verified')
    await watchRestorations(town.context)
    expect(await cases()).toMatchObject([{ state: 'restored', late: true, compensated: false }])
    const before = (await town.account('A')).balance
    await writeSetting(town.database, compensationSetting, {
      afterSeconds: 60,
      amount: '5000000',
      perHour: '1000000',
      most: '20000000',
    })
    await watchRestorations(town.context)
    await watchRestorations(town.context)
    expect((await town.account('A')).balance - before).toBe(yuan(5))
    expect(await cases()).toMatchObject([{ compensated: true }])
    const kinds = await town.database.query(`select kind from transfer where kind = 'compensation'`)
    expect(kinds).toHaveLength(1)
    expect(await viewLateRestorations(town.database, 24, 10)).toMatchObject([
      { place: 'A', late: true, compensation: yuan(5) },
    ])
  })

  test('trips that fail in three windows are given up: a field order, which a payment ends', async () => {
    total = 0
    await open()
    headend.behave('stuck')
    await see(10, closed)
    await see(10, closed)
    for (const day of [0, 1, 2]) {
      town.clock.move(day === 0 ? 31 * minute : 24 * 60 * minute)
      await town.settle([await town.reading('A', total, { status: { ...closed, keepPower: false, alarm: true } })])
      await decideAgain()
      for (const attempt of [1, 2, 3]) {
        await town.until(`attempt ${String(attempt)}`, async () => {
          const trip = await command('trip')
          return trip?.attempts === attempt && (trip.state === 'queued' || trip.state === 'failed')
        })
        town.clock.move(5 * minute)
      }
      await untilCommand('trip', 'failed')
    }
    await town.until('given up', async () => (await items()).includes('field-trip'))
    headend.behave('obey')
    await pay(60)
    await watchRestorations(town.context)
    expect(await items()).toContain('field-trip not-needed-any-more')
  })

  test('energy that is counted behind an open relay is an alarm, until the relay is closed', async () => {
    await tripped()
    await see(0, opened)
    expect(await items()).toEqual([])
    await see(1, opened)
    expect(await items()).toEqual(['energy-while-open'])
  })

  test('a relay that is closed against its trip is an alarm', async () => {
    await tripped()
    await see(0, opened)
    await see(0, closed)
    expect(await items()).toEqual(['relay-moved'])
  })

  test('a reading without a status word changes nothing of what is owed', async () => {
    await tripped()
    town.clock.move(30 * minute)
    await town.settle([await town.reading('A', total, { status: null })])
    const [row] = await town.database.query<{ owed: boolean }>('select restore_owed as owed from meter')
    expect(row?.owed).toBe(true)
  })

  test('a relay that opens although nobody told it is an alarm', async () => {
    total = 0
    await open()
    await see(0, { relay: 'open', relayCommand: 'closed' })
    expect(await items()).toEqual(['relay-moved'])
  })
})
