import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { viewDays, viewMonths, type DayView } from '../store/view/half-hours.ts'
import { findGaps } from './find-gaps.ts'
import { fillOne } from './fill-gaps.ts'
import { oldestGaps } from '../store/gaps-to-fill.ts'
import { rollUp } from './roll-up.ts'
import { dropReadingDay } from '../store/prune.ts'
import { pruneReadings } from './prune-readings.ts'
import { createTown, type Town } from './testing/town.ts'

const halfHour = 1_800_000
/** Midnight in Shanghai. */
const start = Date.parse('2026-11-28T16:00:00Z')
const days = 4

describe('half hours rolled up to days and months, on a real database', () => {
  let town: Town
  let ids: number[]
  const saved = new Map<string, string[]>()
  const at = (halfHours: number): number => start + Math.round(halfHours * halfHour)
  /** 100 Wh each half hour, read six minutes into it. */
  const total = (halfHours: number): number => 1_000 + Math.round(halfHours * 100)
  const sweep = async (): Promise<void> => {
    while (await findGaps(town.context, 0));
  }
  const roll = async (): Promise<void> => {
    while (await rollUp(town.context));
  }
  const stored = async (place: number): Promise<readonly DayView[]> =>
    viewDays(town.database, ids[place] ?? 0, '2026-11-01', '2026-12-31')
  const sum = ({ energies_wh: energies }: DayView): number => energies.reduce((all, energy) => all + energy, 0)

  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'whole', opening: 1_000 },
        { place: 'gap', opening: 1_000 },
      ],
      start,
    )
    ids = await Promise.all(['whole', 'gap'].map(async (name) => (await town.place(name)).meterId))
    town.clock.set(at(0) + 120_000)
    await sweep()
    for (let slot = 0; slot < days * 48 + 2; slot += 1) {
      const readings = [await town.reading('whole', total(slot + 0.2), { at: at(slot + 0.2) })]
      // Nothing from 20:00 of the first day to 04:00 of the second.
      if (slot < 40 || slot >= 56) readings.push(await town.reading('gap', total(slot + 0.2), { at: at(slot + 0.2) }))
      town.clock.set(at(slot + 0.2))
      await town.settle(readings)
    }
    town.clock.set(at(days * 48 + 2))
    await sweep()
  })
  afterAll(async () => town.close())

  test('a day is rolled up when it is over and its readings lie still', async () => {
    await roll()
    // The last day ends at 16:00 UTC, in the middle of a UTC day whose readings may still come.
    expect((await stored(0)).map(({ day }) => day)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01'])
    town.clock.set(start + (days + 1) * 86_400_000)
    await sweep()
    await roll()
    const whole = await stored(0)
    expect(whole.map(({ day }) => day)).toEqual(['2026-11-29', '2026-11-30', '2026-12-01', '2026-12-02'])
    expect(whole.map(sum)).toEqual([4_800 - 100, 4_800, 4_800, 4_800])
    expect(whole[1]).toMatchObject({
      opening_wh: BigInt(total(48)),
      closing_wh: BigInt(total(96)),
      marks: 'r'.repeat(48),
    })
    expect(whole[0]).toMatchObject({ opening_wh: null })
  })

  test('over a gap the energy is divided in proportion, and each half hour says so', async () => {
    const [first, second] = await stored(1)
    expect(first?.marks).toBe(`${'r'.repeat(40)}${'m'.repeat(8)}`)
    expect(second?.marks).toBe(`${'m'.repeat(8)}${'r'.repeat(40)}`)
    expect(second?.opening_wh).toBe(first?.closing_wh)
    expect(second === undefined ? 0 : sum(second)).toBe(4_800)
  })

  test('what is found later moves the days on both sides of midnight, and no others', async () => {
    const before = await stored(1)
    const gateway = await town.database.query<{ id: number }>('select id from gateway')
    const gaps = await oldestGaps(
      town.database,
      gateway.map(({ id }) => id),
      town.clock.now(),
      10,
    )
    const [gap] = gaps
    if (gap === undefined) throw new Error('there is no gap')
    // All of it was used before midnight.
    const records = Array.from({ length: 16 }, (_, slot) => ({
      at: at(40 + slot),
      totalWh: slot < 8 ? total(40.2) + Math.round((slot * 1_500) / 8) : total(56),
    }))
    const found = { ok: true, source: 'load-profile', records, exhausted: true, exchanges: [] } as const
    await fillOne(town.context, { readStored: async () => found }, gap)
    await roll()
    const after = await stored(1)
    expect(after[0]?.marks).toBe(`${'r'.repeat(40)}${'b'.repeat(8)}`)
    expect(after[1]?.marks).toBe(`${'b'.repeat(8)}${'r'.repeat(40)}`)
    expect(after[0]?.closing_wh).toBe(BigInt(total(56)))
    expect(after[1]?.opening_wh).toBe(BigInt(total(56)))
    expect(after.slice(2)).toEqual(before.slice(2))
    const [was, is] = [before, after].map((all) => all.slice(0, 2).reduce((sums, day) => sums + sum(day), 0))
    expect(is).toBe(was)
  })

  test('a month is the sum of its days', async () => {
    const [november, december] = await viewMonths(town.database, ids[1] ?? 0)
    expect(november).toMatchObject({ month: '2026-11', days: 2, read: 80, re_read: 16, missing: 0 })
    expect(december).toMatchObject({ month: '2026-12', days: 2, used_wh: 9_600n, opening_wh: BigInt(total(96)) })
  })

  test('readings are dropped only when they are rolled up, equal, judged and exported', async () => {
    const prune = async (before: string) =>
      pruneReadings(town.context, {
        before: Date.parse(before),
        save: async (day, lines) => {
          const kept: string[] = []
          for await (const line of lines) kept.push(line)
          saved.set(day, kept)
        },
      })
    const days0 = await stored(1)
    await town.database.query(
      "update meter_day set closing_wh = closing_wh + 1 where meter_id = $1 and day = '2026-11-29'",
      [ids[1]],
    )
    expect(await prune('2026-11-29')).toMatchObject({ dropped: [], stopped: { day: '2026-11-28', because: 'differs' } })
    await town.database.query(
      "update meter_day set closing_wh = closing_wh - 1 where meter_id = $1 and day = '2026-11-29'",
      [ids[1]],
    )
    await town.database.query("update reading set quality = 'held' where at = $1", [new Date(at(50.2))])
    expect(await prune('2026-11-30')).toMatchObject({
      dropped: ['2026-11-28'],
      stopped: { day: '2026-11-29', because: 'held' },
    })
    await town.database.query("update reading set quality = 'good' where at = $1", [new Date(at(50.2))])
    expect(await prune('2027-01-01')).toMatchObject({ stopped: { because: 'not-rolled-up' } })
    expect(await stored(1)).toEqual(days0)
    const left = await town.database.query<{ at: number }>('select min(at) as at from reading')
    expect(left[0]?.at ?? 0).toBeGreaterThan(Date.parse('2026-11-30'))
  })

  test('a day whose readings are gone is never rolled up anew', async () => {
    const before = await stored(1)
    await town.database.query("insert into roll_up_due values ($1, '2026-11-29', $2)", [ids[1], new Date(at(48))])
    await roll()
    expect(await stored(1)).toEqual(before)
    expect(await town.database.query('select 1 from roll_up_due')).toEqual([])
  })

  test('gaps that go with their readings are estimates, or lost until their meter is read again', async () => {
    const late = await createTown([{ place: 'both' }, { place: 'dead' }, { place: 'never' }], start)
    try {
      const of = async (place: string) => (await late.place(place)).meterId
      const states = async (place: string) =>
        late.database.query(
          'select state, unknown_side from reading_gap where meter_id = $1 order by from_at limit 1',
          [await of(place)],
        )
      const sweepLate = async (halfHours: number) => {
        late.clock.set(at(halfHours) + 120_000)
        while (await findGaps(late.context, 0));
      }
      await sweepLate(0)
      await late.settle([await late.reading('both', 1_000), await late.reading('dead', 1_000)])
      await sweepLate(3)
      await late.settle([await late.reading('both', 1_200)])
      await sweepLate(4)
      await late.database.query('update reading_gap set before_wh = null')
      await late.database.transaction(async (sql) => {
        await dropReadingDay(sql, '2026-11-28', late.clock.now())
      })
      expect(await states('both')).toEqual([{ state: 'estimated', unknown_side: null }])
      expect(await states('dead')).toEqual([{ state: 'lost', unknown_side: 'after' }])
      expect(await states('never')).toEqual([{ state: 'lost', unknown_side: 'before' }])
      late.clock.set(at(50))
      await late.settle([await late.reading('dead', 2_000), await late.reading('never', 2_000)])
      await sweepLate(51)
      expect(await states('dead')).toEqual([{ state: 'estimated', unknown_side: null }])
      expect(await states('never')).toEqual([{ state: 'lost', unknown_side: 'before' }])
    } finally {
      await late.close()
    }
  })

  test('what was dropped was saved before, line by line', () => {
    const lines = saved.get('2026-11-28') ?? []
    expect(lines[0]).toMatch(/^at,meter_id,address,total_wh,/u)
    expect(lines[1]).toMatch(/^2026-11-28T16:06:00\.000Z,\d+,202611010001,1020,/u)
    expect(lines).toHaveLength(1 + 2 * 16)
  })
})
