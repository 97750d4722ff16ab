import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayStatus, Headend, LineStatus } from '../headend/headend.ts'
import { endHeadend, registerHeadend, saveGatewayStates } from '../store/headends.ts'
import { dropLineReports } from '../store/line-reports.ts'
import { createReadLines } from './line-report.ts'
import { createLinePublisher, publishEveryMs } from './publish-lines.ts'
import { createTown, handClock, type Town } from './testing/town.ts'

const house = '00000000-0000-7000-8000-0000000000a1'
const north = '00000000-0000-7000-8000-0000000000b2'
const south = '00000000-0000-7000-8000-0000000000c3'

/** A line of two meters, one of which never answers. */
const lineOf = (gatewayId: number, asked = 40): LineStatus => {
  const counts = { garbled: 0, foreign: 0, echoed: 0, late: 0, windowMs: 1_800_000, isBackingOff: false }
  return {
    gatewayId,
    online: true,
    queueLength: 3,
    linksLost: 0,
    unasked: 0,
    meters: [
      { ...counts, meterId: 1, asked, answered: asked, silent: 0, busyMs: 180_000.4, responseMs: 80.3 },
      { ...counts, meterId: 2, asked: 10, answered: 0, silent: 10, busyMs: 0, responseMs: null, isBackingOff: true },
    ],
  }
}

const nowhere: Pick<Headend, 'lines'> = { lines: () => [] }
const forever = new AbortController().signal

describe('lines in the hands of other processes', () => {
  let town: Town
  let elapsed = 0
  let written = 0
  const lines = new Map<number, LineStatus>()
  const connected = (...ids: number[]): GatewayStatus[] =>
    ids.map((gatewayId) => ({
      gatewayId,
      online: true,
      since: 0,
      lastHeardAt: null,
      remoteAddress: null,
      queueLength: 0,
    }))
  const headend: Pick<Headend, 'lines'> = {
    lines: (id) => [...lines.values()].filter(({ gatewayId }) => gatewayId === id),
  }
  const publisher = (self: string, gateways: () => readonly GatewayStatus[]) => {
    const { database } = town
    const counting = {
      ...database,
      query: (async (text: string, values?: readonly unknown[]) => {
        if (text.includes('insert into line_report')) written += ((values?.[1] ?? []) as readonly number[]).length
        return database.query(text, values)
      }) as typeof database.query,
    }
    const clock = { ...handClock(0), elapsedMs: () => elapsed }
    return createLinePublisher({ database: counting, clock }, self, headend, gateways)
  }
  const take = async (self: string, ...ids: number[]): Promise<void> => {
    await saveGatewayStates(
      town.database,
      self,
      ids.map((gatewayId) => ({ gatewayId, online: true, since: town.clock.now() })),
    )
  }
  /** As the page of the house shows it. */
  const shown = async (gatewayId = 1) => {
    const all = await createReadLines(town.context, nowhere)()
    return all.find((one) => one.gatewayId === gatewayId)
  }

  beforeAll(async () => {
    town = await createTown([{ place: 'A' }, { place: 'B' }])
    await town.database.query(
      `insert into gateway (site_id, code, link_kind, registration) select site_id, 'GW-2', 'dials-in', 'GW-2' from gateway`,
    )
  })
  beforeEach(async () => {
    await town.database.query('update gateway set headend_id = null, last_headend_id = null, online = false')
    await town.database.query('delete from headend_process')
    await registerHeadend(town.database, { id: house, kind: 'house', name: 'house' })
    await registerHeadend(town.database, { id: north, kind: 'headend', name: 'north' })
    await registerHeadend(town.database, { id: south, kind: 'headend', name: 'south' })
    lines.clear()
    lines.set(1, lineOf(1)).set(2, lineOf(2))
    elapsed = 0
    written = 0
  })
  afterAll(async () => town.close())

  test('are shown with what their holder tells, and how old that is', async () => {
    await take(north, 1)
    expect(await shown()).toMatchObject({
      holder: { name: 'north', isHere: false, ageMs: null },
      health: { state: 'unknown' },
    })
    await publisher(north, () => connected(1)).step(forever)
    expect(await shown()).toMatchObject({
      holder: { name: 'north', isHere: false, ageMs: expect.any(Number) },
      health: { state: 'impaired', cause: 'meter', reasons: [{ code: 'silent-meters', count: 1, meterIds: [2] }] },
      measured: { asked: 50, answered: 40, busyShare: 0.1, responseMs: 80, backingOff: 1 },
      airtime: { silentShare: expect.any(Number) },
      queueLength: 3,
    })
    expect((await shown())?.airtime?.silentShare).toBeGreaterThan(0)
    expect((await shown())?.holder?.ageMs).toBeLessThan(5_000)
    expect((await shown(2))?.holder).toBeNull()
    await town.database.query(`update headend_process set lines_at = lines_at - interval '1 minute' where id = $1`, [
      north,
    ])
    await town.database.query(`update line_report set at = at - interval '2 minutes'`)
    expect(Math.round(((await shown())?.holder?.ageMs ?? 0) / 10_000)).toBe(6)
  })

  test('one of the house itself is told at first hand', async () => {
    await take(house, 1)
    const all = await createReadLines(town.context, { lines: () => [lineOf(1)] })()
    expect(all.find(({ gatewayId }) => gatewayId === 1)).toMatchObject({
      holder: { name: 'house', isHere: true, ageMs: null },
      measured: { asked: 50 },
      queueLength: 3,
    })
  })

  test('are written once a round, only where something has changed; a new one at the next look', async () => {
    await take(north, 1, 2)
    let here = connected(1)
    const { step } = publisher(north, () => here)
    await step(forever)
    expect(written).toBe(1)
    elapsed = 5_000
    here = connected(1, 2)
    await step(forever)
    expect(written).toBe(2)
    lines.set(1, lineOf(1, 41))
    elapsed = publishEveryMs - 1
    await step(forever)
    expect(written).toBe(2)
    elapsed = publishEveryMs
    await step(forever)
    expect(written).toBe(3)
    expect((await shown(1))?.measured.asked).toBe(51)
    elapsed = 2 * publishEveryMs
    await step(forever)
    expect(written).toBe(3)
  })

  test('follow the socket: who does not hold a gateway any more tells nothing of it', async () => {
    await take(north, 1)
    const late = publisher(north, () => connected(1))
    await late.step(forever)
    await take(south, 1)
    expect((await shown())?.holder).toEqual({ name: 'south', isHere: false, ageMs: null })
    lines.set(1, lineOf(1, 90))
    elapsed = publishEveryMs
    await late.step(forever)
    expect((await shown())?.measured.asked).toBe(0)
    await publisher(south, () => connected(1)).step(forever)
    expect(await shown()).toMatchObject({ holder: { name: 'south' }, measured: { asked: 100 } })
  })

  test('what was told dies with the lease, and is told anew where the database has lost it', async () => {
    await take(north, 1)
    await take(south, 2)
    const { step } = publisher(north, () => connected(1))
    await step(forever)
    await publisher(south, () => connected(2)).step(forever)
    await endHeadend(town.database, south)
    await dropLineReports(town.database)
    expect(await town.database.query('select gateway_id from line_report')).toEqual([{ gateway_id: 1 }])
    expect(await shown(2)).toMatchObject({ holder: null, measured: { asked: 0 } })
    await town.database.query('truncate line_report')
    for (elapsed of [publishEveryMs, 2 * publishEveryMs]) await step(forever)
    expect((await shown(1))?.measured.asked).toBe(50)
  })

  test('five thousand lines are a dozen statements', async () => {
    await town.database.query(
      `insert into gateway (site_id, code, link_kind, registration)
       select (select min(id) from site), 'L-' || i, 'dials-in', 'L-' || i from generate_series(1, 5000) i`,
    )
    const rows = await town.database.query<{ id: number }>("select id from gateway where code like 'L-%' order by id")
    const ids = rows.map(({ id }) => id)
    await take(north, ...ids)
    for (const id of ids) lines.set(id, lineOf(id))
    const fast: Pick<Headend, 'lines'> = { lines: (id) => [lines.get(id ?? 0)].flatMap((one) => one ?? []) }
    let statements = 0
    const query = (async (text: string, values?: readonly unknown[]) => {
      statements += 1
      return town.database.query(text, values)
    }) as typeof town.database.query
    const clock = { ...handClock(0), elapsedMs: () => elapsed }
    const { step } = createLinePublisher({ database: { ...town.database, query }, clock }, north, fast, () =>
      connected(...ids),
    )
    await step(forever)
    expect(statements).toBe(11)
    elapsed = publishEveryMs
    await step(forever)
    expect(statements).toBe(12)
    const [kept] = await town.database.query<{ n: bigint }>('select count(*) as n from line_report')
    expect(kept?.n).toBe(5_000n)
    await town.database.query("delete from gateway where code like 'L-%'")
  })
})
