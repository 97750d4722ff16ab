import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countFailures } from '../store/meters.ts'
import { viewWorkItems } from '../store/view/work-items.ts'
import { createTown, type Town } from './testing/town.ts'
import { countOnline, judgeField } from './watch-communication.ts'

const minute = 60_000

describe('communication alarms', () => {
  let town: Town
  let gatewayId = 0
  let meterIds: number[] = []
  let start = 0
  const places = Array.from({ length: 20 }, (_, index) => ({ place: `P${String(index)}` }))
  const judge = async () => judgeField(town.context, start)
  const gateway = async (online: boolean) =>
    town.database.query('update gateway set online = $2, online_since = $3 where id = $1', [
      gatewayId,
      online,
      new Date(town.clock.now()),
    ])
  const miss = async (ids: readonly number[], times: number) => {
    for (let time = 0; time < times; time += 1) await countFailures(town.database, ids)
  }
  const answer = async (ids: readonly number[]) =>
    town.database.query('update meter set failed_reads = 0 where id = any($1::int[])', [ids])
  const alarms = async (closed = false) =>
    (await viewWorkItems(town.database, closed, 500)).map(({ kind, subject, closed_because: because }) =>
      [kind, subject, ...(closed ? [because] : [])].join(' '),
    )

  beforeAll(async () => {
    town = await createTown(places)
    const [row] = await town.database.query<{ id: number }>('select id from gateway')
    gatewayId = row?.id ?? 0
    meterIds = (await town.database.query<{ id: number }>('select id from meter order by id')).map(({ id }) => id)
    start = town.clock.now()
  })
  afterAll(async () => town.close())

  test('a gateway that never came is away after ten minutes, counted from the start', async () => {
    expect(await judge()).toBe(0)
    town.clock.move(10 * minute)
    expect(await judge()).toBe(1)
    expect(await judge()).toBe(0)
    expect(await alarms()).toEqual([`gateway-offline gateway:${String(gatewayId)}`])
    const [item] = await viewWorkItems(town.database, false, 1)
    expect(item).toMatchObject({ gateway: 'GW-T', site: 'test town', detail: { meters: 20 } })
  })

  test('and back when it has stayed for five', async () => {
    await gateway(true)
    town.clock.move(4 * minute)
    expect(await judge()).toBe(0)
    town.clock.move(minute)
    expect(await judge()).toBe(1)
    expect(await alarms()).toEqual([])
    expect(await alarms(true)).toEqual([`gateway-offline gateway:${String(gatewayId)} back-online`])
  })

  test('some silent meters are an alarm each, all of them one of their line, and a gateway takes that one too', async () => {
    town.clock.move(30 * minute)
    await miss(meterIds.slice(0, 2), 3)
    await miss(meterIds.slice(2, 3), 2)
    await judge()
    expect(await alarms()).toEqual(meterIds.slice(0, 2).map((id) => `meter-silent meter:${String(id)}`))
    await miss(meterIds, 3)
    await judge()
    expect(await alarms()).toEqual([`line-dead line:${String(gatewayId)}`])
    await gateway(false)
    town.clock.move(10 * minute)
    await judge()
    expect(await alarms()).toEqual([`gateway-offline gateway:${String(gatewayId)}`])
    expect((await alarms(true)).filter((alarm) => alarm.includes(' behind-'))).toEqual([
      `line-dead line:${String(gatewayId)} behind-gateway`,
      ...meterIds
        .slice(0, 2)
        .toReversed()
        .map((id) => `meter-silent meter:${String(id)} behind-line`),
    ])
  })

  test('when all is well again nothing is left', async () => {
    await gateway(true)
    town.clock.move(5 * minute)
    await judge()
    // Not judged by what was asked before it came back.
    expect(await alarms()).toEqual([])
    await answer(meterIds)
    town.clock.move(60 * minute)
    expect(await judge()).toBe(0)
  })

  test('the limits are settings of the site', async () => {
    await town.database.query('update site set silent_after_reads = 5, offline_after_minutes = 60')
    await miss(meterIds.slice(0, 1), 4)
    expect(await judge()).toBe(0)
    await miss(meterIds.slice(0, 1), 1)
    await judge()
    expect(await alarms()).toEqual([`meter-silent meter:${String(meterIds[0])}`])
    await answer(meterIds)
    await judge()
    expect(await alarms()).toEqual([])
    await gateway(false)
    town.clock.move(59 * minute)
    expect(await judge()).toBe(0)
  })

  test('the time online is counted as it is watched', async () => {
    const now = town.clock.now()
    await gateway(true)
    await countOnline(town.context, now, 3 * minute)
    await gateway(false)
    await countOnline(town.context, now, minute)
    // Nobody watched for a day; and a clock that went back watched nothing.
    await countOnline(town.context, now, 1_440 * minute)
    await countOnline(town.context, now, -minute)
    const rows = await town.database.query<{ online_ms: bigint; watched_ms: bigint }>(
      'select online_ms, watched_ms from online_time',
    )
    expect(rows.map((row) => [Number(row.online_ms), Number(row.watched_ms)])).toEqual([[3 * minute, 4 * minute]])
  })
})
