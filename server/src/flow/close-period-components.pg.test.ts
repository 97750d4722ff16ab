import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatMoney, microYuan } from '../domain/quantity.ts'
import { audit } from './audit.ts'
import { closePeriods } from './close-period.ts'
import { createTown, type Town } from './testing/town.ts'

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000

describe('revenue by component, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown(
      [
        {
          place: 'works',
          opening: 5_000,
          tariff: {
            code: 'W',
            version: 1,
            validFrom: '2026-01-01',
            taxPercent: '13',
            energy: { kind: 'flat', price: '1.13' },
            basic: { kind: 'capacity', price: '11.30' },
            surcharges: [{ code: 'fund', price: '0.0226' }],
            fees: [{ code: 'service', amount: '5.65', per: 'month', due: 'first-day' }],
          },
          supplyTerms: { capacity: [{ kva: '100' }] },
        },
      ],
      start + 60_000,
    )
    await town.settle([await town.reading('works', 0)])
    town.clock.set(end + 10 * hour)
    await town.settle([await town.reading('works', 520_000)])
  })
  afterAll(async () => town.close())

  const revenue = async () =>
    Object.fromEntries(
      (
        await town.database.query<{ owner: string; amount: bigint }>(
          `select owner, sum(credits - debits)::bigint as amount from ledger_account where code = 'revenue' group by owner`,
        )
      ).map(({ owner, amount }) => [owner, formatMoney(microYuan(amount))]),
    )
  const close = async () => {
    const closed = await closePeriods(town.context, { month: '2026-11' })
    if (!closed.ok) throw new Error(closed.code)
    return closed.summary
  }
  const wrong = async () =>
    (await audit(town.database)).flatMap(({ name, wrong: lines }) => lines.map((line) => `${name}: ${line}`))

  test('while the month runs all of it stands with energy', async () => {
    expect(Object.keys(await revenue())).toEqual(['energy'])
  })

  test('the closed month moves each part to its own, without its tax', async () => {
    expect(await close()).toMatchObject({ closed: ['70001-202611'], refused: [] })
    const { capacity, fee, surcharge } = await revenue()
    // 1130.00 for capacity and a fee of 5.65, each with 13 % in it; the fund of what the month is given of the energy.
    expect({ capacity, fee }).toEqual({ capacity: '1000.00', fee: '5.00' })
    expect(surcharge).toMatch(/^10\.\d+$/u)
    expect(await wrong()).toEqual([])
  })

  test('a corrected month moves the difference, and closing again nothing', async () => {
    const before = await revenue()
    expect(await close()).toMatchObject({ closed: [], corrected: [] })
    expect(await revenue()).toEqual(before)
    // Found later: so much stood on the register at midnight, less than a straight line gave the month.
    await town.settle([await town.reading('works', 500_000, { at: end })])
    expect(await close()).toMatchObject({ closed: [], corrected: ['70001-202611-R1'] })
    const { capacity, fee, surcharge } = await revenue()
    expect({ capacity, fee, surcharge }).toEqual({ capacity: '1000.00', fee: '5.00', surcharge: '10.00' })
    expect(await wrong()).toEqual([])
  })
})
