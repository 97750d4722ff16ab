import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MeterData } from '../store/collection.ts'
import { recordData } from './record-data.ts'
import { createTown, wednesday, type Town } from './testing/town.ts'

let town: Town
let [a, b] = [0, 0]
beforeAll(async () => {
  town = await createTown([{ place: 'A' }, { place: 'B' }])
  a = (await town.place('A')).meterId
  b = (await town.place('B')).meterId
})
afterAll(async () => town.close())

const hour = 3_600_000
const instantaneous = (meterId: number, at: number, data: MeterData['data']): MeterData => ({
  meterId,
  dataSet: 'instantaneous',
  slotAt: at,
  at,
  data,
  problem: null,
})
const rows = async (sql: string): Promise<readonly Record<string, unknown>[]> => town.database.query(sql)

describe('instantaneous values', () => {
  const full = {
    voltageBlock: { a: 230_100, b: 229_900, c: 231_000 },
    currentBlock: { a: 1_234, b: -5, c: 0 },
    activePowerBlock: { total: 123_400, a: 100_000, b: 23_400, c: 0 },
    reactivePowerBlock: { total: -50_000, a: -50_000, b: 0, c: 0 },
    powerFactorBlock: { total: 987, a: 990, b: -980, c: 1_000 },
    frequency: 49_980,
  }

  test('keep every moment, whatever order they come in; the newest stays the newest', async () => {
    const batch = [
      instantaneous(a, wednesday + hour, { ...full, frequency: 50_020 }),
      instantaneous(a, wednesday, full),
      instantaneous(b, wednesday, { voltageBlock: { a: 218_000, b: null, c: null } }),
    ]
    await recordData(town.context, batch)
    // Told twice, in part by another batch.
    await recordData(town.context, batch.slice(0, 2))
    await recordData(town.context, [instantaneous(a, wednesday - hour, { frequency: 1 })])
    const kept = await rows('select * from measurement order by meter_id, at')
    expect(kept.map(({ meter_id: id, at }) => [id, at])).toEqual([
      [a, wednesday - hour],
      [a, wednesday],
      [a, wednesday + hour],
      [b, wednesday],
    ])
    expect(kept[1]).toMatchObject({
      voltage_a_mv: 230_100,
      voltage_c_mv: 231_000,
      current_b_ma: -5,
      active_total_dw: 1_234,
      active_b_dw: 234,
      reactive_total_dvar: -500,
      apparent_total_dva: null,
      factor_b_pm: -980,
      frequency_chz: 4_998,
    })
    expect(kept[3]).toMatchObject({
      voltage_a_mv: 218_000,
      voltage_b_mv: null,
      current_a_ma: null,
      frequency_chz: null,
    })
    expect(await rows(`select meter_id, at, data->'frequency' as f from meter_data order by meter_id`)).toEqual([
      { meter_id: a, at: wednesday + hour, f: 50_020 },
      { meter_id: b, at: wednesday, f: null },
    ])
    expect(await rows(`select instantaneous->'at' as at from meter where id = ${String(a)}`)).toEqual([
      { at: wednesday + hour },
    ])
  })

  test('what no column can hold is left out', async () => {
    const at = wednesday + 2 * hour
    await recordData(town.context, [
      instantaneous(a, at, { voltageBlock: { a: 1e13, b: null, c: null }, frequency: 50_000 }),
    ])
    expect(
      await rows(`select voltage_a_mv, frequency_chz from measurement where at = to_timestamp(${String(at / 1_000)})`),
    ).toEqual([{ voltage_a_mv: null, frequency_chz: 5_000 }])
  })

  test('an answer with nothing in it leaves no row', async () => {
    const before = await rows('select 1 from measurement')
    await recordData(town.context, [instantaneous(b, wednesday + 3 * hour, {})])
    expect(await rows('select 1 from measurement')).toHaveLength(before.length)
  })

  test('each month has its own table, made when it is needed', async () => {
    await recordData(town.context, [instantaneous(b, Date.parse('2026-12-31T20:00:00Z'), { frequency: 50_000 })])
    const [found] = await rows(`select tableoid::regclass::text as name from measurement where at > '2026-12-31'`)
    expect(found).toEqual({ name: 'measurement_202612' })
  })
})

describe('demand and daily freeze', () => {
  const demand = (at: number, greatest: number): MeterData => ({
    meterId: a,
    dataSet: 'demand',
    slotAt: at,
    at,
    data: {
      forwardActiveDemandTotal: { value: greatest, at: { year: 2026, month: 11, day: 20, hour: 19, minute: 45 } },
      presentActiveDemand: 500_000,
      reverseActiveEnergyBlock: { total: 70, rates: [] },
    },
    problem: null,
  })
  const freeze = (at: number, total: number): MeterData => ({
    meterId: a,
    dataSet: 'freeze',
    slotAt: at,
    at,
    data: {
      frozenTimeDailyLast1: { year: 2026, month: 11, day: 25, hour: 0, minute: 0 },
      frozenForwardActiveEnergyDailyLast1: { total, rates: [1, 2, 3, 4] },
      energyThisMonth: 900,
    },
    problem: null,
  })

  test('have one row a meter and local day: the newest', async () => {
    // 16:30 UTC is the next day in Shanghai.
    const evening = Date.parse('2026-11-25T16:30:00Z')
    await recordData(town.context, [
      demand(wednesday, 2_000_000),
      demand(wednesday + hour, 2_500_000),
      demand(evening, 3_000_000),
    ])
    await recordData(town.context, [demand(wednesday - hour, 1_000_000)])
    expect(
      await rows(
        `select day::text, at, greatest_dw, greatest_at, present_dw, present_dvar, reverse_wh from meter_demand order by day`,
      ),
    ).toEqual([
      {
        day: '2026-11-25',
        at: wednesday + hour,
        greatest_dw: 25_000,
        greatest_at: Date.parse('2026-11-20T11:45:00Z'),
        present_dw: 5_000,
        present_dvar: null,
        reverse_wh: 70n,
      },
      expect.objectContaining({ day: '2026-11-26', greatest_dw: 30_000 }),
    ])
    await recordData(town.context, [freeze(wednesday, 40_000), freeze(wednesday + 1, 40_001)])
    expect(
      await rows(`select day::text, frozen_at, total_wh, rates_wh, this_month_wh, last_month_wh from meter_freeze`),
    ).toEqual([
      {
        day: '2026-11-25',
        frozen_at: Date.parse('2026-11-24T16:00:00Z'),
        total_wh: 40_001n,
        rates_wh: [1n, 2n, 3n, 4n],
        this_month_wh: 900n,
        last_month_wh: null,
      },
    ])
  })
})
