import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { wattHours } from '../domain/quantity.ts'
import { bindMeters, releaseMeters } from '../store/meter-binding.ts'
import { audit } from './audit.ts'
import { createTown, wednesday, yuan, type Town } from './testing/town.ts'

const halfHour = 30 * 60_000

describe('settling readings, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown([
      { place: 'A', opening: 100 },
      { place: 'B', opening: 100, plan: 'four-rate' },
      { place: 'late', opening: 100 },
      { place: 'found', opening: 100 },
      { place: 'held', opening: 100 },
      { place: 'month', opening: 100 },
      { place: 'many', opening: 100 },
      { place: 'twice released', opening: 100 },
      { place: 'no agreement', agreement: false },
    ])
  })
  afterAll(async () => town.close())

  const balance = async (name: string) => (await town.account(name)).balance
  const rows = async (name: string) =>
    town.database.query<{
      quality: string
      held_because: string | null
      charged: bigint | null
      used_wh: bigint | null
    }>('select quality, held_because, charged, used_wh from reading where meter_id = $1 order by at', [
      (await town.place(name)).meterId,
    ])
  const at = (step: number) => wednesday + step * halfHour

  test('the first reading opens the period and costs nothing; the next costs what was used', async () => {
    town.clock.set(at(2))
    const summary = await town.settle([
      await town.reading('A', 5_000_000, { at: at(0) }),
      await town.reading('A', 5_001_234, { at: at(1) }),
    ])
    expect(summary).toEqual({ good: 2, late: 0, held: 0, charges: 1 })
    expect(await balance('A')).toBe(yuan(100 - 1.234))
    expect((await rows('A')).map(({ charged }) => charged)).toEqual([0n, 1_234_000n])
  })

  test('the same batch again charges nothing', async () => {
    const again = await town.settle([
      await town.reading('A', 5_000_000, { at: at(0) }),
      await town.reading('A', 5_001_234, { at: at(1) }),
    ])
    expect(again).toEqual({ good: 0, late: 2, held: 0, charges: 0 })
    expect(await balance('A')).toBe(yuan(100 - 1.234))
  })

  test('four rates, each by its own price', async () => {
    const registers = (rates: number[]) => ({
      totalWh: wattHours(BigInt(rates.reduce((sum, rate) => sum + rate, 0))),
      ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
    })
    await town.settle([
      await town.reading('B', 0, { at: at(0), registers: registers([0, 0, 0, 0]) }),
      await town.reading('B', 0, { at: at(1), registers: registers([1_000, 1_000, 1_000, 1_000]) }),
    ])
    expect(await balance('B')).toBe(yuan(90))
  })

  test('what is found later in the meter is kept once, and held when it can not lie there', async () => {
    await town.settle([
      await town.reading('found', 1_000, { at: at(0) }),
      await town.reading('found', 4_000, { at: at(2) }),
    ])
    const between = { lowWh: wattHours(1_000n), highWh: wattHours(4_000n) }
    const late = { obtained: 're-read', between, status: null, powerMilliwatts: null } as const
    const found = [
      await town.reading('found', 2_000, { ...late, at: at(0.5) }),
      await town.reading('found', 5_000, { ...late, at: at(1) }),
    ]
    expect(await town.settle(found)).toEqual({ good: 0, late: 1, held: 1, charges: 0 })
    await town.settle(found)
    expect(await balance('found')).toBe(yuan(97))
    const kept = await rows('found')
    expect(kept.map(({ quality }) => quality)).toEqual(['good', 'good', 'held', 'good'])
    const { meterId } = await town.place('found')
    const [newest] = await town.database.query('select newest_at, newest_quality from meter where id = $1', [meterId])
    expect(newest).toEqual({ newest_at: at(2), newest_quality: 'good' })
  })

  test('a late reading is kept and charges nothing: its energy went with the next one', async () => {
    await town.settle([
      await town.reading('late', 1_000, { at: at(0) }),
      await town.reading('late', 3_000, { at: at(2) }),
    ])
    expect(await balance('late')).toBe(yuan(98))
    const summary = await town.settle([await town.reading('late', 2_000, { at: at(1) })])
    expect(summary).toEqual({ good: 0, late: 1, held: 0, charges: 0 })
    expect(await balance('late')).toBe(yuan(98))
    expect(await rows('late')).toHaveLength(3)
  })

  test('a reading that cannot be is held with its reason and charges nothing; the next good one carries on', async () => {
    await town.settle([await town.reading('held', 10_000, { at: at(0) })])
    const summary = await town.settle([await town.reading('held', 9_000, { at: at(1) })])
    expect(summary.held).toBe(1)
    expect((await rows('held')).at(-1)).toMatchObject({ quality: 'held', charged: null })
    expect((await town.account('held')).balance).toBe(yuan(100))
    await town.settle([await town.reading('held', 12_000, { at: at(2) })])
    expect(await balance('held')).toBe(yuan(98))
  })

  test('without an agreement nothing is charged', async () => {
    const summary = await town.settle([
      await town.reading('no agreement', 1_000, { at: at(0) }),
      await town.reading('no agreement', 9_000, { at: at(1) }),
    ])
    expect(summary).toEqual({ good: 2, late: 0, held: 0, charges: 0 })
    expect((await town.account('no agreement')).balance).toBe(0n)
  })

  test('a month ends: the new period goes on from the register at which the old one stopped', async () => {
    const before = Date.parse('2026-11-30T15:30:00Z')
    const after = Date.parse('2026-11-30T16:30:00Z')
    town.clock.set(after)
    await town.settle([
      await town.reading('month', 1_000, { at: before }),
      await town.reading('month', 2_000, { at: before + halfHour }),
      await town.reading('month', 4_500, { at: after }),
    ])
    expect(await balance('month')).toBe(yuan(96.5))
    const periods = await town.database.query<{ opening_wh: bigint; latest_wh: bigint; charged: bigint }>(
      'select opening_wh, latest_wh, charged from settlement_period where meter_id = $1 order by start_at',
      [(await town.place('month')).meterId],
    )
    expect(periods).toEqual([
      { opening_wh: 1_000n, latest_wh: 2_000n, charged: 1_000_000n },
      { opening_wh: 2_000n, latest_wh: 4_500n, charged: 2_500_000n },
    ])
  })

  test('any order, any pieces, any repetition: each watt-hour is charged once', async () => {
    town.clock.set(at(200))
    const all = await Promise.all(
      Array.from({ length: 96 }, async (_, step) => town.reading('many', 1_000 + step * 7 * 13, { at: at(step) })),
    )
    // A fixed disorder: by sevens, with every fifth sent twice.
    const shuffled = all.map((_, index) => all[(index * 7) % all.length]).filter((one) => one !== undefined)
    const batches = Array.from({ length: 12 }, (_, index) => shuffled.slice(index * 8, index * 8 + 8))
    for (const batch of batches) await town.settle([...batch, ...batch.filter((_, index) => index % 5 === 0)])
    expect(await balance('many')).toBe(yuan(100 - (95 * 7 * 13) / 1_000))
  })

  test('readings of one meter settled at once by several do not wait for each other for ever, nor charge twice', async () => {
    const start = (await balance('A')) + (await balance('late'))
    town.clock.set(at(400))
    await Promise.all(
      Array.from({ length: 8 }, async (_, worker) =>
        town.settle(
          worker % 2 === 0
            ? [await town.reading('A', 5_003_234, { at: at(300) }), await town.reading('late', 5_000, { at: at(300) })]
            : [await town.reading('late', 5_000, { at: at(300) }), await town.reading('A', 5_003_234, { at: at(300) })],
        ),
      ),
    )
    expect(start - (await balance('A')) - (await balance('late'))).toBe(4_000_000n)
  })

  test('the books are right', async () => {
    expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
  })

  test('a meter that leaves its account three times in a month is charged by every tenant for what they used', async () => {
    const { accountId, meterId } = await town.place('twice released')
    const other = (await town.place('B')).accountId
    const start = town.clock.now()
    let wh = 1_000_000
    for (const [step, to] of [other, accountId, other, accountId].entries()) {
      town.clock.set(start + (2 * step + 1) * halfHour)
      await town.settle([await town.reading('twice released', wh)])
      wh += 1_000
      town.clock.set(start + (2 * step + 2) * halfHour)
      await town.settle([await town.reading('twice released', wh)])
      await town.database.transaction(async (sql) => {
        await releaseMeters(sql, [meterId])
        await bindMeters(sql, [meterId], to)
      })
    }
    const periods = await town.database.query<{ opening_wh: bigint; latest_wh: bigint }>(
      'select opening_wh, latest_wh from settlement_period where meter_id = $1 order by start_at',
      [meterId],
    )
    expect(periods.map(({ opening_wh, latest_wh }) => [opening_wh, latest_wh])).toEqual(
      [0, 1, 2, 3].map((step) => [1_000_000n + BigInt(step) * 1_000n, 1_001_000n + BigInt(step) * 1_000n]),
    )
    expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
  })
})
