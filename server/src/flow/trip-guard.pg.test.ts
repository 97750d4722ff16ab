import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadCredit } from '../store/credit.ts'
import { post } from './post.ts'
import { createScriptedHeadend, type ScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, yuan, type Town } from './testing/town.ts'
import { createReleaseTrips, runClockWatch } from './trip-guard.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

const minute = 60_000
const houses = 12

/** Twelve accounts reach zero in the same minute: what a wrong price or a broken import would look like. */
describe('a wave of trips', () => {
  let town: Town
  let headend: ScriptedHeadend
  let stop: () => Promise<void>
  const places = Array.from({ length: houses }, (_, index) => `house ${String(index + 1)}`)

  beforeAll(async () => {
    town = await createTown(places.map((place, index) => ({ place, opening: 20, protected: index === 0 })))
    await town.database.query(
      'update trip_guard set most_per_minute = 2, most_per_day_percent = 1, most_per_day_floor = 5',
    )
    headend = createScriptedHeadend()
    stop = runDispatcher(town, headend)
    for (const kwh of [0, 10, 20]) {
      await town.settle(await Promise.all(places.map(async (place) => town.reading(place, kwh * 1_000))))
      town.clock.move(30 * minute)
    }
    town.clock.move(minute)
    await decideAll()
  })
  afterAll(async () => {
    await stop()
    await town.close()
  })

  const decideAll = async (): Promise<void> => {
    const accountIds = await Promise.all(places.map(async (place) => (await town.place(place)).accountId))
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds, postings: [] })
    })
  }
  const states = async () => {
    const rows = await town.database.query<{ state: string; n: bigint }>(
      `select state, count(*) as n from relay_command where kind = 'trip' group by 1`,
    )
    return Object.fromEntries(rows.map(({ state, n }) => [state, Number(n)]))
  }
  const guard = async () => {
    const [row] = await town.database.query<{ site_id: number; frozen_because: string | null; sent_in_day: number }>(
      'select site_id, frozen_because, sent_in_day from trip_guard',
    )
    if (row === undefined) throw new Error('a site has a guard')
    return row
  }

  test('two leave in the first minute, the others wait without costing an attempt', async () => {
    await town.until('two', async () => (await states())['verified'] === 2)
    expect(await states()).toEqual({ verified: 2, queued: 9 })
    const [tried] = await town.database.query<{ most: number }>(
      `select max(attempts) as most from relay_command where kind = 'trip' and state = 'queued'`,
    )
    expect(tried?.most).toBe(0)
  })

  test('who pays while waiting is not tripped', async () => {
    const [waiting] = await town.database.query<{ account_id: number; id: string }>(
      `select account_id, id from relay_command where kind = 'trip' and state = 'queued' order by at, id desc limit 1`,
    )
    if (waiting === undefined) throw new Error('nobody waits')
    await town.pay({
      accountId: waiting.account_id,
      key: 'in time',
      amount: yuan(50),
      channel: 'cash-counter',
      operatorId: null,
    })
    const [after] = await town.database.query<{ state: string }>('select state from relay_command where id = $1', [
      waiting.id,
    ])
    expect(after?.state).toBe('cancelled')
  })

  test('the sixth of the day is too many: everything is frozen, and nobody protected was among them', async () => {
    for (let step = 0; step < 4; step += 1) {
      town.clock.move(minute)
      await town.until('the next ones', async () => {
        const { verified = 0 } = await states()
        return verified === Math.min(5, 2 * (step + 2)) || (await guard()).frozen_because !== null
      })
    }
    await town.until('frozen', async () => (await guard()).frozen_because === 'too-many-trips')
    // Under way is not queued any more and not proven yet.
    await town.until('withdrawn', async () => {
      const { queued, sent, acknowledged } = await states()
      return queued === undefined && sent === undefined && acknowledged === undefined
    })
    expect((await states())['verified']).toBe(5)
    expect((await guard()).sent_in_day).toBe(5)
    const [audit] = await town.database.query<{ action: string }>(
      `select action from audit_log where action like 'trips:%'`,
    )
    expect(audit?.action).toBe('trips:freeze')
    const { accountId } = await town.place('house 1')
    const trips = await town.database.query(`select from relay_command where kind = 'trip' and account_id = $1`, [
      accountId,
    ])
    expect(trips).toEqual([])
  })

  test('while frozen the policy says why and orders nothing; released, it goes on', async () => {
    await decideAll()
    expect((await states())['queued']).toBeUndefined()
    const held = await town.database.query(
      `select from account where decision->'reasons' ? 'trips-frozen' and stage = 'cut-off'`,
    )
    expect(held.length).toBe(5)
    const [operator] = await town.database.query<{ id: number }>(
      `insert into operator (login, name, role, password_hash) values ('m', 'm', 'manager', 'x') returning id`,
    )
    const { site_id: siteId } = await guard()
    await createReleaseTrips(town.context)({ siteId, operatorId: operator?.id ?? 0, reason: 'the price was right' })
    await town.until('two more', async () => (await states())['verified'] === 7)
    expect((await guard()).frozen_because).toBeNull()
  })

  test('a jump of the wall clock freezes trips', async () => {
    const stopping = new AbortController()
    const watching = runClockWatch(town.context, stopping.signal)
    await new Promise((resolve) => setTimeout(resolve, 50))
    town.clock.move(3 * 60 * minute)
    await town.until('frozen', async () => (await guard()).frozen_because === 'clock-jumped')
    stopping.abort()
    await watching
    expect(town.logged.some(({ what }) => what.includes('clock-jumped'))).toBe(true)
  })

  test('days without trips reach the policy as instants', async () => {
    const from = town.clock.now()
    const to = from + 24 * 60 * minute
    await town.database.query(
      `insert into no_trip (site_id, kind, from_at, to_at, reason) select id, 'holiday', $1, $2, 'new year' from site`,
      [new Date(from), new Date(to)],
    )
    const { accountId } = await town.place('house 12')
    const [record] = await loadCredit(town.database, [accountId])
    expect(record?.facts.noTrip).toEqual([{ kind: 'holiday', from, to }])
  })
})
