import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { openVirtualField, type VirtualField } from './soak/virtual-field.ts'

// Virtual meters over real TCP: what was missed while a gateway or the server was away is found in the meters' memory.

/** Half an hour passes in three seconds. */
const rate = 600
const halfHour = 1_800_000
const start = Date.parse('2026-11-25T02:00:00Z')
/** Meter 4 keeps half-hourly freezes, meter 5 nothing. */
const memories = [null, null, null, { hourlyMinutes: 30, profileMinutes: 0 }, { profileMinutes: 0 }]

let at: TestDatabase
let field: VirtualField

type Gap = Readonly<{
  meter_id: number
  from_at: number
  to_at: number
  reason: string
  state: string
  because: string | null
}>
const gaps = async (): Promise<readonly Gap[]> =>
  at.database.query<Gap>(
    'select meter_id, from_at, to_at, reason, state, because from reading_gap order by meter_id, from_at',
  )
const holds = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const until = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > until) throw new Error(`it did not come to be: ${what}; ${JSON.stringify(await gaps())}`)
    await sleep(50)
  }
}
/** Until the wall clock shows so many half hours since the start, and a little. */
const reach = async (halfHours: number): Promise<void> => {
  const wait = start + halfHours * halfHour - field.clock.now()
  if (wait > 0) await sleep(wait / rate)
}

beforeAll(async () => {
  at = await createTestDatabase()
  field = await openVirtualField({
    database: at.database,
    anchor: { virtualMs: start, realMs: Date.now(), rate },
    gateways: 1,
    metersPerGateway: 5,
    seed: 1,
    ownKeys: (index) => (memories[index] === null ? {} : { memory: memories[index] }),
  })
})
afterAll(async () => {
  await field.stop()
  await at.drop()
})

describe('gaps', () => {
  test(
    'of a gateway that was away are found again, each from where the meter keeps it',
    { timeout: 120_000 },
    async () => {
      await holds('the meters are watched', async () => {
        const [row] = await at.database.query<{ n: bigint }>(
          'select count(*) as n from meter where watched_since is not null',
        )
        return row?.n === 5n
      })
      const [{ since } = { since: 0 }] = await at.database.query<{ since: number }>(
        'select min(watched_since) as since from meter',
      )
      const away = Math.ceil((field.clock.now() - start) / halfHour) + 1
      // Before it the village itself was on its way, and its meters had no record yet.
      const ofOutage = async () =>
        (await gaps()).filter(
          ({ reason, from_at: from }) => reason === 'gateway-away' && from >= start + away * halfHour,
        )
      await reach(away + 0.5)
      field.village.gateway('g1')?.setOffline(true)
      await reach(away + 4.5)
      field.village.gateway('g1')?.setOffline(false)
      await holds('nothing of it is open', async () => {
        const found = await ofOutage()
        return new Set(found.map(({ meter_id: id }) => id)).size === 5 && found.every(({ state }) => state !== 'open')
      })
      const found = await ofOutage()
      expect([
        ...new Set(
          found.map(
            ({ meter_id: id, state, because }) =>
              `${String(id)} ${state === 're-read' ? state : 'not found'} ${String(because)}`,
          ),
        ),
      ]).toEqual(['1 re-read null', '2 re-read null', '3 re-read null', '4 re-read null', '5 not found no-memory'])
      // A question that was on its way when the link broke may have told another reason for its half hour.
      const [first, end] = [start + (away + 1) * halfHour, start + (away + 4) * halfHour]
      for (const meter of [1, 2, 3, 4, 5])
        expect(
          (await gaps())
            .filter(({ meter_id: id }) => id === meter)
            .reduce(
              (sum, { from_at: from, to_at: to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, first)),
              0,
            ),
        ).toBe(3 * halfHour)
      const readings = await at.database.query<{
        meter_id: number
        at: number
        quality: string
        charged: bigint | null
      }>("select meter_id, at, quality, charged from reading where obtained = 're-read' order by meter_id, at")
      expect(readings.filter(({ meter_id: id }) => id === 1).length).toBeGreaterThanOrEqual(3)
      for (const reading of readings) {
        expect(reading).toMatchObject({ quality: 'good', charged: null })
        expect(reading.at % halfHour).toBe(0)
        expect(reading.at).toBeGreaterThanOrEqual(since)
      }
      const memories = await at.database.query<{ record_source: string }>('select record_source from meter order by id')
      expect(memories.map(({ record_source: source }) => source)).toEqual([
        'load-profile',
        'load-profile',
        'load-profile',
        'hourly-freeze',
        'none',
      ])
    },
  )

  test('of a server that was away as well', { timeout: 120_000 }, async () => {
    await field.restart((3.2 * halfHour) / rate)
    await holds('they are found', async () => {
      const found = (await gaps()).filter(({ reason }) => reason === 'server-away')
      return found.length >= 5 && found.every(({ state }) => state !== 'open')
    })
    const found = (await gaps()).filter(({ reason, meter_id: id }) => reason === 'server-away' && id <= 4)
    expect(found.every(({ state }) => state === 're-read')).toBe(true)
  })

  test('and every half hour of a meter is there, its register never falling', async () => {
    const rows = await at.database.query<{ at: number; total_wh: bigint }>(
      "select at, total_wh from reading where meter_id = 1 and quality = 'good' order by at",
    )
    const slots = new Set(rows.map(({ at: instant }) => Math.floor(instant / halfHour)))
    const [sweep] = await at.database.query<{ swept_to: number }>('select swept_to from gap_sweep')
    const [first, last] = [Math.min(...slots), (sweep?.swept_to ?? 0) / halfHour]
    const open = (await gaps()).filter(({ meter_id: id, state }) => id === 1 && state === 'open')
    const missing = Array.from({ length: last - first }, (_, index) => first + index).filter(
      (slot) =>
        !slots.has(slot) &&
        !open.some(({ from_at: from, to_at: to }) => from <= slot * halfHour && slot * halfHour < to),
    )
    expect(missing).toEqual([])
    for (const [index, { total_wh: total }] of rows.entries())
      expect(total >= (rows[index - 1]?.total_wh ?? 0n)).toBe(true)
  })
})
