import { afterEach, describe, expect, test } from 'vitest'
import { localDayText } from '../domain/calendar.ts'
import { post } from './post.ts'
import { createScriptedHeadend } from './testing/scripted-headend.ts'
import { createTown, type Town } from './testing/town.ts'
import { askGuard, createFreezeTrips, createReleaseTrips } from './trip-guard.ts'
import { runDispatcher } from './testing/run-dispatcher.ts'

const minute = 60_000
const places = ['north 1', 'north 2', 'north 3', 'south 1', 'south 2', 'south 3']

/** Two sites of one installation, each with a guard of its own, and the guard over both. */
describe('the guards of two sites and of the installation', () => {
  let town: Town
  let south = 0
  let north = 0
  let operatorId = 0
  const stops: (() => Promise<void>)[] = []

  const open = async (): Promise<void> => {
    town = await createTown(places.map((place) => ({ place, opening: 20 })))
    const { database } = town
    const [first] = await database.query<{ id: number }>('select id from site')
    const [second] = await database.query<{ id: number }>(
      `insert into site (name, time_zone, service_phone, signature) values ('south', 'Asia/Shanghai', '10000', 'S') returning id`,
    )
    north = first?.id ?? 0
    south = second?.id ?? 0
    await database.query(
      `update account a set site_id = $1 from meter m where m.account_id = a.id and m.place like 'south%'`,
      [south],
    )
    await database.query(`update meter set site_id = $1 where place like 'south%'`, [south])
    const [operator] = await database.query<{ id: number }>(
      `insert into operator (login, name, role, password_hash) values ('m', 'm', 'manager', 'x') returning id`,
    )
    operatorId = operator?.id ?? 0
  }
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop()
    await town.close()
  })

  const guards = async (): Promise<Readonly<Record<string, readonly [string | null, number]>>> =>
    Object.fromEntries(
      (
        await town.database.query<{ site_id: number; frozen_because: string | null; sent_in_day: number }>(
          'select site_id, frozen_because, sent_in_day from trip_guard order by site_id',
        )
      ).map((row) => [row.site_id === north ? 'north' : 'south', [row.frozen_because, row.sent_in_day] as const]),
    )
  const inAll = async (): Promise<number> =>
    (await town.database.query<{ n: number }>('select sent_in_day as n from installation_guard'))[0]?.n ?? 0
  const ask = async (place: string) => {
    const { accountId } = await town.place(place)
    return town.database.transaction(async (sql) => askGuard(sql, accountId, town.clock))
  }
  const limit = async (change: string): Promise<void> => void (await town.database.query(change))

  test('a frozen site does not stop the other, and is released alone with a reason', async () => {
    await open()
    await createFreezeTrips(town.context)({ siteId: south, operatorId, reason: 'a storm' })
    expect(await ask('south 1')).toMatchObject({ kind: 'frozen', because: 'by-operator' })
    expect(await ask('north 1')).toMatchObject({ kind: 'go' })
    expect(await guards()).toEqual({ north: [null, 1], south: ['by-operator', 0] })
    await createReleaseTrips(town.context)({ siteId: south, operatorId, reason: 'it is over' })
    expect(await ask('south 1')).toMatchObject({ kind: 'go' })
    const reasons = await town.database.query(
      `select detail->>'reason' as reason from audit_log where action like 'trips:%' and subject = $1 order by id`,
      [`site:${String(south)}`],
    )
    expect(reasons).toEqual([{ reason: 'a storm' }, { reason: 'it is over' }])
  })

  test('a site’s own limits hold for it alone: hour, day and wave', async () => {
    await open()
    await limit(`update trip_guard set most_per_hour = 1, most_per_day_floor = 2, most_per_day_percent = 1
                 where site_id = ${String(south)}`)
    expect(await ask('south 1')).toMatchObject({ kind: 'go' })
    expect(await ask('south 2')).toMatchObject({ kind: 'wait', because: 'trips-of-this-hour-used-up' })
    for (const place of places.slice(0, 3)) expect(await ask(place)).toMatchObject({ kind: 'go' })
    town.clock.move(60 * minute)
    expect(await ask('south 2')).toMatchObject({ kind: 'go' })
    expect(await ask('south 3')).toMatchObject({ kind: 'frozen', because: 'too-many-trips' })
    expect(await ask('north 1')).toMatchObject({ kind: 'go' })
    const day = localDayText(town.clock.now(), 'Asia/Shanghai')
    await limit(`update trip_guard set wave_factor = 2, wave_floor = 3, usual_per_day = 1, usual_days = 7, sent_in_day = 3,
                   day = '${day}' where site_id = ${String(north)}`)
    expect(await ask('north 2')).toMatchObject({ kind: 'frozen', because: 'unusual-wave' })
  })

  test('the installation’s limits hold over both; what it stops, it stops everywhere, and each site is released by itself', async () => {
    await open()
    await limit('update installation_guard set most_per_hour = 4, most_per_day = 5')
    for (const place of ['north 1', 'south 1', 'north 2', 'south 2'])
      expect(await ask(place)).toMatchObject({ kind: 'go' })
    expect(await ask('north 3')).toMatchObject({ kind: 'wait', because: 'trips-of-this-hour-used-up-in-all' })
    town.clock.move(60 * minute)
    expect(await ask('north 3')).toMatchObject({ kind: 'go' })
    expect(await ask('south 3')).toMatchObject({ kind: 'frozen', because: 'too-many-trips-in-all' })
    expect(await guards()).toEqual({ north: ['too-many-trips-in-all', 3], south: ['too-many-trips-in-all', 2] })
    await createReleaseTrips(town.context)({ siteId: north, operatorId, reason: 'looked at the prices' })
    expect(await ask('north 1')).toMatchObject({ kind: 'go' })
    expect(await ask('south 3')).toMatchObject({ kind: 'frozen' })
    expect(await inAll()).toBe(1)
  })

  test('the same trips by two dispatchers at once: none is sent twice, and the most of the minute holds over both sites', async () => {
    await open()
    await limit('update installation_guard set most_per_minute = 3')
    const headend = createScriptedHeadend()
    for (const owner of ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'])
      stops.push(runDispatcher(town, headend, owner))
    for (const kwh of [0, 10, 20]) {
      await town.settle(await Promise.all(places.map(async (place) => town.reading(place, kwh * 1_000))))
      town.clock.move(30 * minute)
    }
    town.clock.move(minute)
    const accountIds = await Promise.all(places.map(async (place) => (await town.place(place)).accountId))
    await town.database.transaction(async (sql) => {
      await post(sql, town.context.ids, { now: town.clock.now(), accountIds, postings: [] })
    })
    const verified = async (): Promise<number> =>
      (await town.database.query(`select from relay_command where kind = 'trip' and state = 'verified'`)).length
    const reach = async (count: number): Promise<void> => {
      await town.until(`${String(count)} are verified`, async () => (await verified()) >= count)
      // Whoever would send one too many has its chance.
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(await verified()).toBe(count)
    }
    await reach(3)
    const waited = await town.database.query<{ text: string }>(
      `select distinct e.text from command_event e join relay_command c on c.id = e.command_id
       where c.kind = 'trip' and e.text like 'trips-of%'`,
    )
    expect(waited).toEqual([{ text: 'trips-of-this-minute-used-up-in-all' }])
    town.clock.move(minute)
    await reach(6)
    expect(await inAll()).toBe(6)
    // Each trip of a meter once: what two dispatchers did at once is what one would have done.
    const sent = await town.database.query<{ n: bigint }>(
      `select count(*) as n from relay_command where kind = 'trip' group by meter_id`,
    )
    expect(sent.map(({ n }) => Number(n))).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('many ask at once on both sites while both are frozen and released: the counts agree and nobody waits in a circle', async () => {
    await open()
    await limit('update trip_guard set most_per_minute = 1000, most_per_day_floor = 1000')
    await limit('update installation_guard set most_per_day = 40')
    const freeze = createFreezeTrips(town.context)
    const release = createReleaseTrips(town.context)
    let gone = 0
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const verdict = await ask(places[index % places.length] ?? '')
        if (verdict?.kind === 'go') gone += 1
        if (index % 20 === 7) await freeze({ siteId: south, operatorId, reason: 'look' })
        if (index % 20 === 13) await release({ siteId: south, operatorId, reason: 'looked' })
      }),
    )
    expect(gone).toBeGreaterThan(0)
    // The hour goes on over a release, so it knows them all.
    const hours = await town.database.query<{ n: number }>(
      'select sent_in_hour as n from installation_guard union all select sum(sent_in_hour)::int from trip_guard',
    )
    expect(hours.map(({ n }) => n)).toEqual([gone, gone])
    expect(await inAll()).toBeLessThanOrEqual(40)
  })
})
