import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { microYuan } from '../domain/quantity.ts'
import { statementPaper } from '../provider/document/statement-paper.ts'
import { readPaper } from '../provider/document/testing/read-paper.ts'
import { audit } from './audit.ts'
import { createBuyForMeter } from './buy-for-meter.ts'
import { closePeriods } from './close-period.ts'
import { stepPurchases } from './run-purchases.ts'
import { reconcilePurse } from './settle-purse.ts'
import { createSignChange } from './sign-change.ts'
import { statementByNumber } from './statement.ts'
import { createHandMadePurse, type HandMadePurse } from './testing/hand-made-purse.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000
const yearly = {
  code: 'Y',
  version: 1,
  validFrom: '2026-01-01',
  energy: { kind: 'flat', price: '1' },
  ladder: { scope: 'year', limits: ['10'], adders: ['1'] },
}

describe('the statement of a meter that keeps its own balance', () => {
  let town: Town
  const purses = new Map<string, HandMadePurse>()

  /** Bought 60, used 30 kWh at 1 yuan; the meter takes `deducts` for it by prices of its own. */
  const live = async (place: string, deducts: number): Promise<void> => {
    const { accountId, meterId } = await town.place(place)
    const asked = () => ({ key: randomUUID(), reason: '', operatorId: null })
    const purse = createHandMadePurse(2)
    purses.set(place, purse)
    await createSignChange(town.context)({
      ...asked(),
      accountId,
      change: { settlementMode: 'local' },
      effectiveFrom: null,
    })
    await createBuyForMeter(town.context)({ ...asked(), accountId, meterId, amount: yuan(60) })
    await stepPurchases(town.context, purse.writer)
    await stepPurchases(town.context, purse.writer)
    town.clock.set(start + 3 * hour)
    await town.settle([await town.reading(place, 5_000, { at: start + 2 * hour })])
    town.clock.set(end - hour)
    purse.use(yuan(deducts))
    await reconcilePurse(town.context, meterId, purse.shows())
    await town.settle([await town.reading(place, 35_000, { at: end - hour })])
    town.clock.set(start + 3 * hour)
  }

  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'even', opening: 100 },
        { place: 'dear', opening: 100 },
        { place: 'yearly', opening: 100, tariff: yearly },
      ],
      start + hour,
    )
    town.clock.move(1_000)
    await live('even', 30)
    await live('dear', 45.5)
    await live('yearly', 30)
    town.clock.set(end + hour)
    for (const place of ['even', 'dear', 'yearly'])
      await town.settle([await town.reading(place, 35_000, { at: end + hour })])
    const closed = await closePeriods(town.context, { month: '2026-11' })
    if (!closed.ok || closed.summary.closed.length !== 3) throw new Error(JSON.stringify(closed))
  })
  afterAll(async () => town.close())

  const purseOf = async (number: string) => (await statementByNumber(town.database, number))?.purses?.[0]

  test('shows what was bought, what the meter has taken, and what the energy costs', async () => {
    expect(await purseOf('70001-202611')).toMatchObject({
      opening: '0.00',
      bought: '60.00',
      broughtIn: '0.00',
      deducted: '30.00',
      returned: '0.00',
      closing: '30.00',
      usedWh: '30000',
      calculated: '30.00',
      difference: '0.00',
    })
    expect(await purseOf('70002-202611')).toMatchObject({ deducted: '45.50', calculated: '30.00', difference: '15.50' })
  })

  test('says so where registers alone do not tell the price', async () => {
    expect(await purseOf('70003-202611')).toMatchObject({ deducted: '30.00', calculated: null, difference: null })
  })

  test('a difference becomes a work item, and an even one does not', async () => {
    const items = await town.database.query("select kind, detail from work_item where kind = 'purse-difference'")
    expect(items).toEqual([
      {
        kind: 'purse-difference',
        detail: { month: '2026-11', deducted: '45.50', calculated: '30.00', difference: '15.50' },
      },
    ])
  })

  test('on paper in both languages', async () => {
    const document = await statementByNumber(town.database, '70002-202611')
    if (document === null) throw new Error('it was closed')
    expect(readPaper((await statementPaper(document, 'zh')).bytes)).toContain('电表扣费与计算相差 15.50 元')
    const english = readPaper((await statementPaper(document, 'en')).bytes)
    expect(english).toContain("The meter's own balance (local fee control)")
    expect(english).toContain('the meter has taken 15.50')
  })

  test('and the books are right', async () => {
    expect((await audit(town.database)).flatMap(({ wrong }) => wrong)).toEqual([])
    expect(purses.get('dear')?.shows().balance).toBe(microYuan(14_500_000n))
  })
})
