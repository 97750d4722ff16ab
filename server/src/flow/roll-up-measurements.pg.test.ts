import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Quantity } from '../domain/measurement.ts'
import type { MeterData } from '../store/collection.ts'
import { measurementHistory, mostMoments } from './measurement-history.ts'
import { pruneMeasurements } from './prune-measurements.ts'
import { recordData } from './record-data.ts'
import { rollUpMeasurements } from './roll-up-measurements.ts'
import { createTown, type Town } from './testing/town.ts'

const hour = 3_600_000
const dayMs = 24 * hour
const timeZone = 'Asia/Shanghai'
/** Midnight in Shanghai, which is in the month before by UTC. */
const start = Date.parse('2026-10-31T16:00:00Z')
const days = 33

describe('measurements rolled up to days, on a real database', () => {
  let town: Town
  let [a, b] = [0, 0]
  /** Every four hours; the second of a day is too high on phase A, B carries half of what A does. */
  const data = (hours: number): MeterData['data'] => ({
    voltageBlock: { a: hours % 24 === 4 ? 240_000 : 220_000, b: 221_000, c: 219_000 },
    currentBlock: { a: 10_000, b: 5_000, c: 10_000 },
    activePowerBlock: { total: 5_000_000 + hours * 100, a: 1, b: 1, c: 1 },
    frequency: 50_000,
  })
  const row = (meterId: number, at: number, values: MeterData['data']): MeterData => ({
    meterId,
    dataSet: 'instantaneous',
    slotAt: at,
    at,
    data: values,
    problem: null,
  })
  const roll = async (): Promise<void> => {
    while (await rollUpMeasurements(town.context));
  }
  const history = async (from: number, to: number, quantity: Quantity = 'voltage', meterId = a) =>
    measurementHistory(town.database, { meterId, timeZone, from, to, quantity })
  const dayRows = async () =>
    town.database.query<{ day: string; measurements: number }>(
      'select day::text, measurements from measurement_day where meter_id = $1 order by day',
      [a],
    )

  beforeAll(async () => {
    town = await createTown([{ place: 'A' }, { place: 'B' }], start)
    a = (await town.place('A')).meterId
    b = (await town.place('B')).meterId
    const batch: MeterData[] = []
    for (let hours = 0; hours < days * 24; hours += 4) batch.push(row(a, start + hours * hour + 60_000, data(hours)))
    await recordData(town.context, batch)
    await recordData(town.context, [row(b, start + 90_000, { voltageBlock: { a: 190_000, b: null, c: null } })])
  })
  afterAll(async () => town.close())

  test('a day is told by its moments as long as they are few; limits and figures come with them', async () => {
    const told = await history(start, start + dayMs)
    expect(told).toMatchObject({
      resolution: 'moment',
      parts: ['A', 'B', 'C'],
      measurements: 6,
      limits: { nominalMillivolts: 220_000, supply: 'four-wire' },
      quality: {
        phases: { a: { judged: 6, above: 1, below: 0 }, b: { judged: 6, above: 0, below: 0 } },
        current: { count: 6, meanPerMille: 500, greatestPerMille: 500 },
      },
    })
    expect(told.points[1]).toEqual({
      at: start + 4 * hour + 60_000,
      measurements: 1,
      values: [240_000, 221_000, 219_000],
      least: null,
      greatest: null,
    })
    expect((await history(start, start + dayMs, 'voltage', b)).quality.phases).toEqual({
      a: { judged: 1, above: 0, below: 1 },
      b: null,
      c: null,
    })
    expect(await history(start, start + dayMs, 'power-factor')).toMatchObject({ parts: [], points: [] })
    expect((await history(start, start + dayMs, 'active-power')).parts).toEqual(['Total', 'A', 'B', 'C'])
  })

  test('a year is told by days, though none is rolled up yet', async () => {
    const told = await history(start - 365 * dayMs, start + 40 * dayMs)
    expect(told.resolution).toBe('day')
    expect(told.points).toHaveLength(days)
    expect(told.measurements).toBe(days * 6)
  })

  test('days are rolled up once they are over, and come to what their moments do', async () => {
    const before = await history(start - 365 * dayMs, start + 40 * dayMs)
    town.clock.set(start + 2 * dayMs)
    await roll()
    expect(await dayRows()).toEqual([{ day: '2026-11-01', measurements: 6 }])
    town.clock.set(start + days * dayMs + 2 * hour)
    await roll()
    expect(await dayRows()).toHaveLength(days)
    const [row1] = await town.database.query(
      `select * from measurement_day where meter_id = $1 and day = '2026-11-01'`,
      [a],
    )
    expect(row1).toMatchObject({
      voltage_a_mv_least: 220_000,
      voltage_a_mv_mean: 223_333,
      voltage_a_mv_greatest: 240_000,
      voltage_a_judged: 6,
      voltage_a_above: 1,
      active_total_dw_least: 50_000,
      factor_total_pm_mean: null,
      current_imbalance_mean_pm: 500,
    })
    expect(await history(start - 365 * dayMs, start + 40 * dayMs)).toEqual(before)
    // Nothing is left to do.
    expect(await rollUpMeasurements(town.context)).toBe(false)
  })

  test('a zone that comes later begins beside the others', async () => {
    const [before] = await town.database.query<{ day: string }>(
      'select rolled_to::text as day from measurement_roll_up',
    )
    await town.database.query(`update site set time_zone = 'Asia/Urumqi'`)
    expect(await rollUpMeasurements(town.context)).toBe(false)
    const zones = await town.database.query(
      'select time_zone, rolled_to::text as day from measurement_roll_up order by 1',
    )
    expect(zones).toEqual([
      { time_zone: 'Asia/Shanghai', day: before?.day },
      { time_zone: 'Asia/Urumqi', day: before?.day },
    ])
    await town.database.query(`delete from measurement_roll_up where time_zone = 'Asia/Urumqi'`)
    await town.database.query(`update site set time_zone = 'Asia/Shanghai'`)
  })

  test('months go when they are old, and only what is in their days', async () => {
    const keep = 62
    expect(await pruneMeasurements(town.context, keep)).toEqual([])
    // Written late, after its day was rolled up.
    await recordData(town.context, [row(a, start + 5 * dayMs + 2 * hour, data(0))])
    town.clock.set(Date.parse('2027-02-01T04:00:00Z'))
    // The last days of November are not looked at yet.
    await town.database.query(`update measurement_roll_up set rolled_to = '2026-11-20'`)
    // October (UTC) is proven by then; November is not.
    expect(await pruneMeasurements(town.context, keep)).toEqual(['2026-10'])
    expect((await dayRows())[0]).toEqual({ day: '2026-11-01', measurements: 6 })
    await roll()
    expect(await pruneMeasurements(town.context, keep)).toEqual(['2026-11'])
    expect((await dayRows())[5]).toEqual({ day: '2026-11-06', measurements: 7 })
    const [left] = await town.database.query<{ first: number }>('select min(at) as first from measurement')
    expect(left?.first).toBeGreaterThanOrEqual(Date.parse('2026-12-01T00:00:00Z'))
    // The first of November began in October, and kept what it had of both months.
    expect((await dayRows())[0]).toEqual({ day: '2026-11-01', measurements: 6 })
    const told = await history(start, start + dayMs)
    expect(told).toMatchObject({
      resolution: 'day',
      measurements: 6,
      quality: { phases: { a: { judged: 6, above: 1 } } },
    })
    const audited = await town.database.query(
      `select subject from audit_log where action = 'measurements:prune' order by id`,
    )
    expect(audited).toEqual([{ subject: 'month:2026-10' }, { subject: 'month:2026-11' }])
  })

  test('more moments than a chart has room for are told by days', async () => {
    const from = Date.parse('2027-02-02T00:00:00Z')
    const batch = Array.from({ length: mostMoments + 1 }, (_, index) =>
      row(b, from + index * 60_000, { frequency: 50_000 }),
    )
    await recordData(town.context, batch)
    const told = await history(from, from + 4 * dayMs, 'frequency', b)
    expect(told).toMatchObject({ resolution: 'day', measurements: mostMoments + 1 })
    expect(told.points[0]?.values).toEqual([50_000])
  })
})
