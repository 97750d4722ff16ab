import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StoredRead } from '../headend/headend.ts'
import { oldestGaps, type OpenGap } from '../store/gaps-to-fill.ts'
import { fillOne } from './fill-gaps.ts'
import { findGaps, settleWithinMs, unreadAfterMs } from './find-gaps.ts'
import { tellCompleteness } from './tell-completeness.ts'
import { createTown, wednesday, type Town } from './testing/town.ts'

const halfHour = 1_800_000
describe('gaps, on a real database', () => {
  let town: Town
  let ids: number[]
  beforeAll(async () => {
    town = await createTown([
      { place: 'well', opening: 100 },
      { place: 'silent', opening: 100 },
      { place: 'no memory', opening: 100 },
    ])
    ids = await Promise.all(['well', 'silent', 'no memory'].map(async (name) => (await town.place(name)).meterId))
  })
  afterAll(async () => town.close())

  const at = (halfHours: number): number => wednesday + halfHours * halfHour
  const sweep = async (halfHours: number): Promise<void> => {
    town.clock.set(at(halfHours) + settleWithinMs)
    while (await findGaps(town.context, 0));
  }
  const gaps = async () =>
    town.database.query<{ meter_id: number; from_at: number; to_at: number; state: string; because: string | null }>(
      'select meter_id, from_at, to_at, state, because from reading_gap order by meter_id, from_at',
    )
  const read = async (name: string, halfHours: number, totalWh: number): Promise<void> => {
    town.clock.set(Math.max(town.clock.now(), at(halfHours)))
    await town.settle([await town.reading(name, totalWh, { at: at(halfHours) })])
  }
  const items = async () =>
    town.database.query<{ subject: string; closed_because: string | null }>(
      "select subject, closed_because from work_item where kind = 'meter-unread' order by id",
    )
  const open = async (): Promise<readonly OpenGap[]> => {
    const [gateway] = await town.database.query<{ id: number }>('select id from gateway')
    return oldestGaps(town.database, [gateway?.id ?? 0], town.clock.now(), 10)
  }

  test('nothing is written down of meters that are read', async () => {
    await sweep(0)
    for (let slot = 0; slot < 3; slot += 1) {
      for (const name of ['well', 'silent', 'no memory']) await read(name, slot + 0.1, 1_000 + slot * 100)
      await sweep(slot + 1)
    }
    expect(await gaps()).toEqual([])
  })

  test('an interval without a reading is a gap, and it grows; the meter becomes work the same day, once', async () => {
    for (let slot = 3; slot < 13; slot += 1) {
      await town.database.query(
        `insert into missed_read (gateway_id, meter_id, data_set, slot_at, reason)
         select gateway_id, id, 'energy', $2, 'no-answer' from meter where id = any($1::int[])`,
        [ids.slice(1), new Date(at(slot))],
      )
      await read('well', slot + 0.1, 1_000 + slot * 100)
      await sweep(slot + 1)
    }
    expect(await gaps()).toEqual(
      ids.slice(1).map((meter_id) => ({ meter_id, from_at: at(3), to_at: at(13), state: 'open', because: null })),
    )
    expect(at(13) - at(2.1)).toBeGreaterThan(unreadAfterMs)
    expect(await items()).toEqual(ids.slice(1).map((id) => ({ subject: `meter:${String(id)}`, closed_because: null })))
    expect(await open()).toEqual([])
  })

  test('once the meter is read again its work is over and its gap can be filled', async () => {
    for (const name of ['silent', 'no memory']) await read(name, 13.1, 2_300)
    await read('well', 13.1, 2_300)
    await sweep(14)
    expect((await items()).map(({ closed_because: because }) => because)).toEqual(['read-again', 'read-again'])
    expect((await open()).map(({ meterId, beforeWh, latestWh }) => [meterId, beforeWh, latestWh])).toEqual(
      ids.slice(1).map((id) => [id, 1_200n, 2_300n]),
    )
  })

  const answering = (outcome: Omit<Extract<StoredRead, { ok: true }>, 'exchanges'> | 'no-memory') => ({
    readStored: async (): Promise<StoredRead> =>
      outcome === 'no-memory'
        ? { ok: false, code: 'no-memory', detail: '', exchanges: [] }
        : { ...outcome, exchanges: [] },
  })

  test('what the meter remembers is found, the rest is an estimate; nothing is charged', async () => {
    const [gap] = await open()
    if (gap === undefined) throw new Error('no gap')
    const before = await town.account('silent')
    const records = [3, 4, 5, 7, 8, 9, 10, 11, 12].map((slot) => ({ at: at(slot), totalWh: 1_200 + (slot - 2) * 90 }))
    await fillOne(town.context, answering({ ok: true, source: 'load-profile', records, exhausted: true }), gap)
    const pieces = (await gaps()).filter(({ meter_id: id }) => id === ids[1])
    expect(pieces.map(({ from_at: from, to_at: to, state, because }) => [from, to, state, because])).toEqual([
      [at(3), at(6), 're-read', null],
      [at(6), at(7), 'estimated', 'no-record'],
      [at(7), at(13), 're-read', null],
    ])
    expect((await town.account('silent')).balance).toBe(before.balance)
    const found = await town.database.query(
      "select 1 from reading where meter_id = $1 and obtained = 're-read' and quality = 'good'",
      [ids[1]],
    )
    expect(found).toHaveLength(9)
    // The same once more, as after a crash before the gap was settled.
    await fillOne(town.context, answering({ ok: true, source: 'load-profile', records, exhausted: true }), gap)
    expect((await gaps()).filter(({ meter_id: id }) => id === ids[1])).toEqual(pieces)
  })

  test('a meter without a memory is believed only after it was asked several times', async () => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      const gap = (await open()).find(({ meterId }) => meterId === ids[2])
      if (gap === undefined) throw new Error(`no gap at attempt ${String(attempt)}`)
      await fillOne(town.context, answering('no-memory'), gap)
      town.clock.move(6 * 3_600_000)
    }
    const gap = (await gaps()).find(({ meter_id: id }) => id === ids[2])
    expect(gap).toMatchObject({ state: 'estimated', because: 'no-memory' })
  })

  test('completeness is told by gaps alone', async () => {
    const [day] = await tellCompleteness(town.database, at(14), 1)
    expect(day).toMatchObject({
      day: '2026-11-25',
      expected: 3 * 14,
      read: 3 * 14 - 20,
      reRead: 9,
      estimated: 11,
      missing: 0,
      lost: 0,
      byReason: { 'meter-silent': 20 },
    })
  })

  test('after a long absence of the server every interval is looked at, and no gap is longer than a day', async () => {
    town.clock.set(at(14 + 100) + settleWithinMs)
    while (await findGaps(town.context, 0));
    const since = (await gaps()).filter(({ from_at: from, meter_id: id }) => id === ids[0] && from >= at(14))
    expect(since.map(({ from_at: from, to_at: to }) => (to - from) / halfHour)).toEqual([48, 48, 4])
  })

  describe('that were looked at late, after the meter was read again', () => {
    const from = 14 + 100
    const gapsOf = async (place: number) =>
      town.database.query<{ from_at: number; to_at: number; state: string; unknown_side: string | null }>(
        `select from_at, to_at, state, unknown_side from reading_gap where meter_id = $1 and from_at >= $2 order by from_at`,
        [ids[place], new Date(at(from + 1))],
      )
    const giveUp = async (place: number): Promise<void> => {
      await town.database.query("update meter set record_source = 'none', record_source_at = $2 where id = $1", [
        ids[place],
        new Date(town.clock.now()),
      ])
      for (const gap of await open())
        if (gap.meterId === ids[place] && gap.from >= at(from + 1))
          await fillOne(town.context, answering('no-memory'), gap)
    }

    test('are estimated: the register before them is known although the meter has moved on', async () => {
      await read('well', from + 0.1, 20_000)
      // Nobody looks for three half hours, and the next reading is there before anybody does.
      await read('well', from + 4.1, 20_400)
      await sweep(from + 5)
      expect((await open()).find(({ from: begins }) => begins === at(from + 1))).toMatchObject({
        beforeWh: 20_000n,
        latestWh: 20_400n,
      })
      await giveUp(0)
      expect(await gapsOf(0)).toEqual([
        { from_at: at(from + 1), to_at: at(from + 4), state: 'estimated', unknown_side: null },
      ])
    })

    test('also where the last reading before them is long ago', async () => {
      // A gap of another reason lies between.
      await town.database.query(
        `insert into missed_read (gateway_id, meter_id, data_set, slot_at, reason)
         select gateway_id, id, 'energy', $2, 'bad-answer' from meter where id = $1`,
        [ids[0], new Date(at(from + 6))],
      )
      await read('well', from + 8.1, 20_800)
      await sweep(from + 9)
      const [, ...later] = (await gapsOf(0)).map(({ from_at: begins }) => begins)
      expect(later).toEqual([at(from + 5), at(from + 6), at(from + 7)])
      const found = (await open()).filter(({ from: begins, meterId }) => meterId === ids[0] && later.includes(begins))
      expect(found.map(({ beforeWh }) => beforeWh)).toEqual([20_400n, 20_400n, 20_400n])
      await town.database.query('update reading_gap set before_wh = null where meter_id = $1', [ids[0]])
      await giveUp(0)
      expect((await gapsOf(0)).map(({ state }) => state)).toEqual(['estimated', 'estimated', 'estimated', 'estimated'])
    })
  })

  test('only where nothing was ever read before it is a gap lost, and it says on which side', async () => {
    const young = await createTown([{ place: 'new', opening: 100 }])
    try {
      const { meterId } = await young.place('new')
      young.clock.set(at(0) + settleWithinMs)
      await findGaps(young.context, 0)
      young.clock.set(at(3.1))
      await young.settle([await young.reading('new', 500)])
      young.clock.set(at(4) + settleWithinMs)
      while (await findGaps(young.context, 0));
      const [gateway] = await young.database.query<{ id: number }>('select id from gateway')
      const [gap] = await oldestGaps(young.database, [gateway?.id ?? 0], young.clock.now(), 1)
      if (gap === undefined) throw new Error('there is no gap')
      expect(gap).toMatchObject({ meterId, beforeWh: null, latestWh: 500n })
      await fillOne(young.context, answering('no-memory'), { ...gap, source: 'none' })
      const rows = await young.database.query('select state, because, unknown_side from reading_gap')
      expect(rows).toEqual([{ state: 'lost', because: 'no-memory', unknown_side: 'before' }])
    } finally {
      await young.close()
    }
  })
})
