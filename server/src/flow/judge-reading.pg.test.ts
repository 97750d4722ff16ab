import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wattHours } from '../domain/quantity.ts'
import { viewHeldReadings } from '../store/view/held-readings.ts'
import { audit } from './audit.ts'
import { findGaps, settleWithinMs } from './find-gaps.ts'
import { createJudgeReading, type JudgeReading } from './judge-reading.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

const halfHour = 1_800_000

describe('held readings and who judges them', () => {
  let town: Town
  let judge: JudgeReading
  const places = ['jump', 'overtaken', 'back', 'reject', 'rates', 'turn'] as const
  beforeAll(async () => {
    town = await createTown(
      places.map((place) => ({ place, opening: 1_000, ...(place === 'rates' ? { plan: 'four-rate' as const } : {}) })),
    )
    judge = createJudgeReading(town.context)
    town.clock.set(wednesday + settleWithinMs)
    await findGaps(town.context, 0)
    for (const place of places) await read(place, 0.1, place === 'turn' ? 999_999_000 : 1_000_000)
  })
  afterAll(async () => town.close())

  const at = (halfHours: number): number => wednesday + Math.round(halfHours * halfHour)
  const read = async (place: string, halfHours: number, totalWh: number) => {
    town.clock.set(Math.max(town.clock.now(), at(halfHours)))
    return town.settle([await town.reading(place, totalWh, { at: at(halfHours) })])
  }
  const deed = async (place: string, halfHours: number, verdict: 'release' | 'reject') =>
    judge({
      meterId: (await town.place(place)).meterId,
      at: at(halfHours),
      verdict,
      operatorId: null,
      reason: 'looked at',
    })
  const balance = async (place: string) => (await town.account(place)).balance
  const newest = async (place: string) => {
    const [row] = await town.database.query('select newest_at, newest_quality, last_at from meter where place = $1', [
      place,
    ])
    return row
  }

  test('a jump that is true is released: charged once, counted once, its interval no gap', async () => {
    expect(await read('jump', 1.1, 1_100_000)).toMatchObject({ held: 1 })
    town.clock.set(at(2) + settleWithinMs)
    await findGaps(town.context, 0)
    const { meterId } = await town.place('jump')
    const gapsOf = async () => town.database.query('select reason from reading_gap where meter_id = $1', [meterId])
    expect(await gapsOf()).toEqual([{ reason: 'held' }])
    expect((await viewHeldReadings(town.database, 10)).map(({ place }) => place)).toEqual(['jump'])
    expect(await deed('jump', 1.1, 'release')).toEqual({ ok: true })
    expect(await balance('jump')).toBe(yuan(900))
    expect(await newest('jump')).toEqual({ newest_at: at(1.1), newest_quality: 'good', last_at: at(1.1) })
    expect(await gapsOf()).toEqual([])
    expect(await deed('jump', 1.1, 'release')).toEqual({ ok: false, code: 'reading-not-held' })
    expect(await balance('jump')).toBe(yuan(900))
    const [count] = await town.database.query<{ held: bigint }>('select sum(held) as held from read_count')
    expect(Number(count?.held)).toBe(1)
  })

  test('one that a good reading has overtaken is kept and charges nothing', async () => {
    await read('overtaken', 1.1, 1_100_000)
    expect(await read('overtaken', 9.1, 1_101_000)).toMatchObject({ good: 1 })
    expect(await balance('overtaken')).toBe(yuan(899))
    expect(await deed('overtaken', 1.1, 'release')).toEqual({ ok: true })
    expect(await balance('overtaken')).toBe(yuan(899))
    expect(await newest('overtaken')).toMatchObject({ newest_at: at(9.1), newest_quality: 'good' })
  })

  test('what would charge backwards, or has no rates to be priced by, can not be released, and stays held', async () => {
    await read('back', 10.1, 900_000)
    expect(await deed('back', 10.1, 'release')).toEqual({ ok: false, code: 'reading-not-believable' })
    town.clock.set(at(10.1))
    const plain = { totalWh: wattHours(1_000_100n), ratesWh: [] }
    await town.settle([await town.reading('rates', 0, { at: at(10.1), registers: plain })])
    expect(await deed('rates', 10.1, 'release')).toEqual({ ok: false, code: 'reading-not-believable' })
    expect(await newest('back')).toMatchObject({ newest_quality: 'held' })
    expect((await viewHeldReadings(town.database, 10)).map(({ place }) => place).toSorted()).toEqual(['back', 'rates'])
  })

  test('rejected, it stays as evidence and the meter is as if it had not come', async () => {
    await read('reject', 10.1, 900_000)
    expect(await deed('reject', 10.1, 'reject')).toEqual({ ok: true })
    expect(await balance('reject')).toBe(yuan(1_000))
    expect(await newest('reject')).toEqual({ newest_at: at(0.1), newest_quality: 'good', last_at: at(0.1) })
    const kept = await town.database.query('select quality from reading where at = $1 and meter_id = $2', [
      new Date(at(10.1)),
      (await town.place('reject')).meterId,
    ])
    expect(kept).toEqual([{ quality: 'rejected' }])
    expect(await deed('reject', 10.1, 'reject')).toEqual({ ok: false, code: 'reading-not-held' })
  })

  test('who judged, what and why is in the audit log', async () => {
    const log = await town.database.query<{ action: string; detail: { reason: string } }>(
      "select action, detail from audit_log where action like 'reading:%' order by id",
    )
    expect(log.map(({ action }) => action)).toEqual(['reading:release', 'reading:release', 'reading:reject'])
    expect(log.every(({ detail }) => detail.reason === 'looked at')).toBe(true)
    expect(await judge({ meterId: 999, at: 0, verdict: 'reject', operatorId: null, reason: 'x' })).toEqual({
      ok: false,
      code: 'unknown-meter',
    })
  })

  test('a register that turns over goes on counting, and is charged for what was used', async () => {
    expect(await read('turn', 10.1, 500)).toMatchObject({ good: 1, charges: 1 })
    expect(await balance('turn')).toBe(yuan(998.5))
    expect(await read('turn', 11.1, 1_500)).toMatchObject({ good: 1 })
    expect(await balance('turn')).toBe(yuan(997.5))
  })

  test('the books are right', async () => {
    for (const { name, wrong } of await audit(town.database)) expect({ name, wrong }).toEqual({ name, wrong: [] })
  })
})
