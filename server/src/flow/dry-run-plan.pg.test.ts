import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { price } from '../domain/quantity.ts'
import { createDryRun, type DryRunInput } from './dry-run.ts'
import { createTown, tariffName, yuan, type Town } from './testing/town.ts'

const minute = 60_000
const hour = 60 * minute
const home = { code: 'HOME', version: 1, validFrom: '2024-01-01', energy: { kind: 'flat', price: '1' } }
const priced = (change: object) => ({ ...home, code: 'NEXT', validFrom: '2027-01-01', ...change })

/** A kilowatt-hour an hour for ten hours, one yuan each; what would happen by another plan. */
describe('a dry run of another plan', () => {
  let town: Town

  beforeAll(async () => {
    town = await createTown([
      { place: 'flat', opening: 500 },
      { place: 'by tariff', opening: 40, tariff: home },
    ])
    for (let n = 0; n <= 10; n += 1) {
      await town.settle(
        await Promise.all(['flat', 'by tariff'].map(async (place) => town.reading(place, 90_000 + n * 1_000))),
      )
      town.clock.move(hour)
    }
  })
  afterAll(async () => town.close())

  const run = async (change: Partial<DryRunInput> = {}) =>
    createDryRun(town.context)({
      siteId: null,
      planName: null,
      at: town.clock.now(),
      forMs: 24 * hour,
      change: {},
      goesOnUsing: true,
      operatorId: null,
      ...change,
    })
  const thinking = async (document: unknown) => run({ thoughtPlan: { kind: 'document', document } })
  const ofTariff = async (report: Awaited<ReturnType<typeof run>>) => {
    if (!report.ok) throw new Error(report.code)
    const row = report.rows.find(({ place }) => place === 'by tariff')
    return row === undefined ? 'nothing' : [row.changed.outcome, row.changed.at, row.changed.balanceThen]
  }

  test('its own document changes nothing, reading by reading', async () => {
    const report = await thinking(priced({}))
    expect(report).toMatchObject({ ok: true, notPriced: 0 })
    if (!report.ok) return
    expect(report.counts).toEqual(report.unchangedCounts)
    for (const { changed, unchanged } of report.rows) expect(changed).toEqual(unchanged)
  })

  test('a dearer document is what the same percentage is', async () => {
    const dearer = await ofTariff(await thinking(priced({ energy: { kind: 'flat', price: '1.5' } })))
    const percent = await run({ change: { price: { kind: 'factor', factor: { numerator: 3n, denominator: 2n } } } })
    expect(dearer).toEqual(await ofTariff(percent))
    expect(dearer).not.toEqual(await ofTariff(await run()))
  })

  test('a ladder goes on from the days that were rolled up', async () => {
    const ladder = { ladder: { scope: 'month', limits: ['50'], adders: ['2'] } }
    const before = await ofTariff(await thinking(priced(ladder)))
    const { meterId } = await town.place('by tariff')
    await town.database.query(`select ensure_month_partitions('2026-11-01', '2026-11-30')`)
    await town.database.query(
      `insert into meter_day (meter_id, day, bucket, from_at, interval_minutes, opening_wh, energies_wh, marks)
       select id, '2026-11-02', bucket, '2026-11-01T16:00Z', 30, 30000, '{}', '' from meter where id = $1`,
      [meterId],
    )
    // Sixty kilowatt-hours in this month already: each one more costs three yuan.
    const after = await ofTariff(await thinking(priced(ladder)))
    const tripled = await run({ change: { price: { kind: 'flat', price: price(30_000_000_000n) } } })
    expect(after).not.toEqual(before)
    expect(after).toEqual(await ofTariff(tripled))
  })

  test('what is stored may be thought of, by its newest version or a given one', async () => {
    const stored = await run({ thoughtPlan: { kind: 'stored', name: tariffName({ place: 'by tariff' }), version: 1 } })
    expect(stored).toMatchObject({ ok: true, notPriced: 0 })
    const flat = await run({ thoughtPlan: { kind: 'stored', name: 'flat', version: null } })
    expect(flat).toMatchObject({ ok: true, notPriced: 0 })
    const four = await ofTariff(await run({ thoughtPlan: { kind: 'stored', name: 'four-rate', version: null } }))
    const doubled = { numerator: 2n, denominator: 1n }
    // All of it lies in rate 3, which costs two yuan.
    expect(four).toEqual(await ofTariff(await run({ change: { price: { kind: 'factor', factor: doubled } } })))
  })

  test('accounts that it can not price are counted, and walked at their own prices', async () => {
    const report = await thinking(priced({ basic: { kind: 'capacity', price: '30' } }))
    expect(report).toMatchObject({ ok: true, notPriced: 2 })
    expect(await ofTariff(report)).toEqual(await ofTariff(await run()))
  })

  test.each([
    [
      { kind: 'stored', name: 'nowhere', version: null },
      { ok: false, code: 'unknown-price-plan' },
    ],
    [
      { kind: 'stored', name: 'flat', version: 9 },
      { ok: false, code: 'unknown-price-plan' },
    ],
    [
      { kind: 'document', document: { code: 'X' } },
      { ok: false, code: 'plan-not-readable' },
    ],
    [
      { kind: 'document', document: 'prices' },
      { ok: false, code: 'plan-not-readable' },
    ],
    [
      { kind: 'document', document: [] },
      { ok: false, code: 'plan-not-readable' },
    ],
  ] as const)('%j is refused', async (thoughtPlan, answer) => {
    expect(await run({ thoughtPlan })).toMatchObject(answer)
  })

  test('nothing was changed: no plan was added, no balance moved', async () => {
    const before = (await town.account('by tariff')).balance
    await thinking(priced({}))
    expect((await town.account('by tariff')).balance).toBe(before)
    expect(before).toBe(yuan(30))
    expect(await town.database.query(`select from price_plan where name = 'NEXT'`)).toEqual([])
  })
})
