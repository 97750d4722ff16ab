import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listItems } from '../store/reconciliation.ts'
import { viewLineLoss } from '../store/view/line-loss.ts'
import { lossRunsOf } from '../store/meter-behind.ts'
import { measureLastMonth } from './line-loss-loop.ts'
import { lossName, mastersOf, measurePoint, placeBehind, setLossPoint, takeFromBehind } from './meter-behind.ts'
import { resolveItem } from './reconcile.ts'
import { createTown, type Town } from './testing/town.ts'

const hour = 3_600_000
const day = 24 * hour
/** November 2026 in Shanghai. */
const start = Date.parse('2026-10-31T16:00:00Z')
const middle = Date.parse('2026-11-15T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const operatorId = null

describe('meters behind a master meter, on a real database', () => {
  let town: Town
  const [master, shop, flat, late] = [1, 2, 3, 4].map((number) => `20261101000${String(number)}`)
  if (master === undefined || shop === undefined || flat === undefined || late === undefined) throw new Error('four')
  const place = async (sub: string, above: string, from: number) =>
    placeBehind(town.context, { sub, master: above, from, operatorId })
  const point = async () => {
    const [found] = await mastersOf(town.database, master)
    if (found === undefined) throw new Error('nothing is behind it')
    return found
  }
  const measure = async (from: number, to: number) =>
    (await measurePoint(town.context, await point(), { from, to, operatorId })).result
  const inbox = async () =>
    town.database.query<{ subject: string; seen: number; open: boolean; because: string | null }>(
      `select subject, seen, closed_at is null as open, closed_because as because from work_item
       where kind = 'line-loss' order by id`,
    )

  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'master', agreement: false },
        { place: 'shop', agreement: false },
        { place: 'flat', agreement: false },
        { place: 'late', agreement: false },
      ],
      start - day,
    )
    const read = async (name: string, ...marks: (readonly [at: number, kwh: number])[]) => {
      for (const [at, kwh] of marks) {
        town.clock.set(at + 60_000)
        expect(await town.settle([await town.reading(name, kwh * 1_000, { at })])).toMatchObject({ good: 1 })
      }
    }
    await read('master', [start - hour / 2, 0], [middle, 500], [end, 1_000])
    await read('shop', [start, 0], [middle, 300], [end, 600])
    await read('flat', [start, 0], [middle, 100], [end, 200])
    // Came behind the master in the middle of the month: what it used before is not of this line.
    await read('late', [start, 0], [middle, 700], [end, 850])
    town.clock.set(end + hour)
  })
  afterAll(async () => town.close())

  test.each([
    ['itself', master, master, start, 'same-meter'],
    ['a meter that is not there', shop, '000000000009', start, 'unknown-meter'],
    ['another one day', shop, master, end + day, 'in-the-future'],
  ])('a meter is not put behind %s', async (_, sub, above, from, code) => {
    expect(await place(sub, above, from)).toMatchObject({ ok: false, code })
  })

  test('it is put behind its master once, and never in a circle', async () => {
    for (const sub of [shop, flat]) expect(await place(sub, master, start - day)).toEqual({ ok: true })
    expect(await place(late, shop, start - day)).toEqual({ ok: true })
    // Where it was before ends then.
    expect(await place(late, master, middle)).toEqual({ ok: true })
    expect(await place(late, master, middle)).toEqual({ ok: true })
    expect(await place(late, master, start)).toMatchObject({ code: 'not-later' })
    expect(await place(master, flat, end)).toMatchObject({ code: 'behind-itself' })
    expect(await takeFromBehind(town.context, { sub: master, at: end, operatorId })).toMatchObject({
      code: 'not-behind',
    })
    const log = await town.database.query("select from audit_log where action = 'meter:place-behind'")
    expect(log).toHaveLength(4)
  })

  test('the loss is told by the relations that held, each in its own part', async () => {
    // 600 + 200 + 150 of 1000.
    const { comparison, fresh } = await measure(start, end)
    expect(comparison).toMatchObject({ master: 1_000_000n, measured: 950_000n, lossPercent: '5', findings: [] })
    expect([comparison.subs.map(({ energy }) => energy), fresh]).toEqual([[600_000n, 200_000n, 150_000n], 0])
    expect(await inbox()).toEqual([])
    // Before it came there were two: 300 + 100 of 500.
    expect((await measure(start, middle)).comparison).toMatchObject({ measured: 400_000n, lossPercent: '20' })
  })

  test('above the limit it is a work item of the master, and ends with its last difference', async () => {
    expect(await setLossPoint(town.context, { address: master, limit: 40_000, operatorId })).toEqual({ ok: true })
    expect((await measure(start, end)).comparison.findings).toMatchObject([{ kind: 'loss-above-limit' }])
    expect((await measure(start, end)).known).toBe(true)
    await measure(start, middle)
    const subject = `meter:${String((await point()).meterId)}`
    expect(await inbox()).toEqual([{ subject, seen: 2, open: true, because: null }])
    const items = await listItems(town.database, false)
    expect(items.map(({ kind }) => kind)).toEqual(['loss-above-limit', 'loss-above-limit'])
    for (const { id: itemId } of items) {
      expect(await inbox()).toMatchObject([{ open: true }])
      await resolveItem(town.context, { itemId, state: 'explained', reason: 'street lamps', operatorId })
    }
    expect(await inbox()).toEqual([{ subject, seen: 2, open: false, because: 'explained' }])
    await resolveItem(town.context, { itemId: items[0]?.id ?? 0, state: 'open', reason: 'it was not', operatorId })
    expect(await inbox()).toMatchObject([{ open: false }, { subject, open: true }])
  })

  test('a ratio counts, and more behind than before the master is certain', async () => {
    await setLossPoint(town.context, { address: flat, ratio: 3, operatorId })
    expect((await measure(start, end)).comparison.findings).toMatchObject([
      { kind: 'sub-meters-exceed-master', by: 350_000n },
    ])
  })

  test('months are measured by themselves, once, when their readings are in', async () => {
    await setLossPoint(town.context, { address: flat, ratio: 1, operatorId })
    const other = Date.parse('2026-12-31T16:00:00Z')
    town.clock.set(other + hour)
    expect(await measureLastMonth(town.context)).toBe(0)
    town.clock.set(other + 7 * hour)
    expect(await measureLastMonth(town.context)).toBe(1)
    expect(await measureLastMonth(town.context)).toBe(0)
    const [run] = await lossRunsOf(town.database, lossName(await point()), 1)
    const view = await viewLineLoss(town.database, (await point()).meterId)
    expect(view).toMatchObject({
      ratio: 1,
      limit: 40_000,
      master: null,
      subs: [{ place: 'shop' }, { place: 'flat' }, { place: 'late' }],
    })
    expect(view?.runs.length).toBeGreaterThan(2)
    expect(await viewLineLoss(town.database, 999_999)).toBeNull()
    // Nobody has read anything in December: that is said, and no loss is told.
    expect(run).toMatchObject({ from: end, to: other, summary: { loss: null, findings: 4 } })
  })
})
