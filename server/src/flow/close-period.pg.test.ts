import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatementDocument } from '../domain/statement-document.ts'
import { wattHours } from '../domain/quantity.ts'
import { findStatement, listStatements } from '../store/statements.ts'
import { audit } from './audit.ts'
import { closePeriods, type CloseSummary } from './close-period.ts'
import { createReverse } from './reverse.ts'
import { createTown, yuan, type Town } from './testing/town.ts'

/** All of November 2026 in Shanghai. */
const start = Date.parse('2026-10-31T16:00:00Z')
const end = Date.parse('2026-11-30T16:00:00Z')
const hour = 3_600_000

describe('closing a month, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'flat', opening: 100 },
        { place: 'rates', opening: 100, plan: 'four-rate' },
        { place: 'silent', opening: 100 },
        { place: 'idle', opening: 100 },
        { place: 'free', agreement: false },
      ],
      start + hour,
    )
  })
  afterAll(async () => town.close())

  const close = async (options: Parameters<typeof closePeriods>[1] = { month: '2026-11' }): Promise<CloseSummary> => {
    const result = await closePeriods(town.context, options)
    if (!result.ok) throw new Error(result.code)
    return result.summary
  }
  const statement = async (number: string): Promise<StatementDocument> => {
    const found = await findStatement(town.database, number)
    if (found === null) throw new Error(`there is no ${number}`)
    return found
  }
  const wrong = async () => (await audit(town.database)).flatMap(({ wrong: lines }) => lines)
  const rates = (...each: number[]) => ({
    registers: {
      totalWh: wattHours(BigInt(each.reduce((sum, one) => sum + one, 0))),
      ratesWh: each.map((one) => wattHours(BigInt(one))),
    },
  })

  test('a month that is not over, or is none, is refused', async () => {
    expect(await closePeriods(town.context, { month: '2026-11' })).toEqual({ ok: false, code: 'month-not-over' })
    expect(await closePeriods(town.context, { month: '2026-13' })).toEqual({ ok: false, code: 'not-a-month' })
  })

  test('an account waits until its meter has been read at or after the end', async () => {
    town.clock.set(end - hour)
    await town.settle([
      await town.reading('flat', 1_000, { at: start + 2 * hour }),
      await town.reading('flat', 2_234, { at: end - 2 * hour }),
      await town.reading('rates', 0, { at: start + 2 * hour, ...rates(0, 0, 0, 0) }),
      await town.reading('rates', 0, { at: end - 2 * hour, ...rates(1_001, 2_002, 3_003, 4_004) }),
      await town.reading('silent', 1_000, { at: start + 2 * hour }),
      await town.reading('silent', 1_777, { at: end - 30 * hour }),
      await town.reading('free', 1_000, { at: end - 2 * hour }),
    ])
    town.clock.set(end + hour)
    const summary = await close()
    expect(summary).toMatchObject({ closed: [], corrected: [], refused: [] })
    expect(summary.waiting.map(({ account }) => account)).toEqual(['70001', '70002', '70003', '70004'])
  })

  test('then it is closed: lines in fen, the difference posted, the total what the ledger has charged', async () => {
    await town.settle([
      await town.reading('flat', 2_240, { at: end + hour / 2 }),
      await town.reading('rates', 0, { at: end + hour / 2, ...rates(1_001, 2_002, 3_003, 4_104) }),
      await town.reading('idle', 5_000, { at: end + hour / 2 }),
    ])
    // Found later in the meter: the plan was charged past it, so the statement does not stand on it.
    await town.settle([await town.reading('flat', 2_236, { at: end - hour, obtained: 're-read' })])
    const summary = await close()
    expect(summary.closed).toEqual(['70001-202611', '70002-202611', '70004-202611'])
    expect(summary.waiting).toMatchObject([{ account: '70003' }])

    const flat = await statement('70001-202611')
    expect(flat).toMatchObject({
      openingBalance: '0.00',
      paymentsTotal: '100.00',
      charged: '1.234',
      rounding: '-0.004',
      total: '1.23',
      closingBalance: '98.77',
    })
    expect(flat.lines).toMatchObject([
      { code: 'energy', quantity: '1.234', unit: 'kWh', price: '1.0000', amount: '1.23', agreementVersion: 1 },
    ])
    expect(flat.meters).toMatchObject([
      { start: { totalWh: '1000' }, end: { totalWh: '2234', at: end - 2 * hour }, usedWh: '1234', endMark: 'earlier' },
    ])

    const four = await statement('70002-202611')
    expect(four.lines.map(({ code, amount }) => [code, amount])).toEqual([
      ['energy.rate-1', '4.00'],
      ['energy.rate-2', '6.01'],
      ['energy.rate-3', '6.01'],
      ['energy.rate-4', '4.00'],
    ])
    expect(four).toMatchObject({ charged: '20.02', rounding: '0.00', total: '20.02', closingBalance: '79.98' })

    expect(await statement('70004-202611')).toMatchObject({ lines: [], total: '0.00', closingBalance: '100.00' })
    expect(await wrong()).toEqual([])
  })

  test('the rounding is in the balance of the customer, and the next month begins with it', async () => {
    expect((await town.account('flat')).balance).toBe(yuan(98.77 - 0.006))
  })

  test('closing again changes nothing', async () => {
    expect(await close()).toMatchObject({ closed: [], corrected: [] })
    const heads = await listStatements(town.database, (await town.place('flat')).accountId)
    expect(heads).toHaveLength(1)
  })

  test('several who close at once make one statement', async () => {
    const summaries = await Promise.all([1, 2, 3].map(async () => close({ month: '2026-11', withoutReading: true })))
    expect(summaries.flatMap(({ closed }) => closed)).toEqual(['70003-202611'])
    expect(await wrong()).toEqual([])
  })

  test('without a reading the statement says that what was used afterwards comes later', async () => {
    expect((await statement('70003-202611')).meters).toMatchObject([
      { endMark: 'earlier', end: { at: end - 30 * hour, totalWh: '1777' } },
    ])
  })

  test('a later charge of the month makes a corrective statement; the first stays as it was', async () => {
    const first = await statement('70003-202611')
    await town.settle([await town.reading('silent', 3_999, { at: end - hour / 2 })])
    expect((await wrong()).join()).toContain('70003-202611: 2222000 micro-yuan charged since')
    const summary = await close()
    expect(summary).toMatchObject({ closed: [], corrected: ['70003-202611-R1'], refused: [] })
    const second = await statement('70003-202611-R1')
    expect(second).toMatchObject({
      revision: 2,
      corrects: { number: '70003-202611', total: '0.78' },
      total: '3.00',
      closingBalance: '97.00',
    })
    expect(second.meters).toMatchObject([{ endMark: 'at-end' }])
    expect(await statement('70003-202611')).toEqual(first)
    const heads = await listStatements(town.database, (await town.place('silent')).accountId)
    expect(heads.map(({ number, correctedBy }) => [number, correctedBy])).toEqual([
      ['70003-202611-R1', null],
      ['70003-202611', '70003-202611-R1'],
    ])
    expect(await wrong()).toEqual([])
    expect(await close()).toMatchObject({ corrected: [] })
  })

  test('a reversed payment stands among the payments of the month in which it was reversed', async () => {
    const { accountId } = await town.place('idle')
    town.clock.set(end + 5 * hour)
    const paid = await town.pay({ accountId, key: 'oops', amount: yuan(7), channel: 'wechat-pay', operatorId: null })
    if (!paid.ok) throw new Error(paid.code)
    town.clock.set(end + 6 * hour)
    const reverse = createReverse(town.context)
    const asked = { key: 'undo', reason: 'wrong amount', operatorId: null }
    const done = await reverse({ ...asked, operationId: paid.paymentId })
    if (!done.ok) throw new Error(done.code)
    await reverse({ ...asked, key: 'redo', operationId: done.operationId, ofReversal: true })
    const december = Date.parse('2026-12-31T16:00:00Z')
    town.clock.set(december + hour)
    await town.settle([await town.reading('idle', 6_500, { at: december + hour / 2 })])
    expect((await close({})).closed).toContain('70004-202612')
    const made = await statement('70004-202612')
    expect(made.payments.map(({ kind, reverses, amount }) => [kind, reverses, amount])).toEqual([
      ['payment', null, '7.00'],
      ['reversal', 'payment', '-7.00'],
      ['reversal', 'payment', '7.00'],
    ])
    expect(made).toMatchObject({ openingBalance: '100.00', total: '0.00', closingBalance: '107.00' })
    expect(await wrong()).toEqual([])
  })

  test('the next month begins with what the last one ended with', async () => {
    const { accountId } = await town.place('rates')
    const december = Date.parse('2026-12-31T16:00:00Z')
    await town.settle([
      await town.reading('rates', 0, { at: december + hour / 2, ...rates(1_001, 2_002, 3_003, 9_109) }),
    ])
    await close({})
    expect((await statement('70002-202612')).openingBalance).toBe('79.98')
    const heads = await listStatements(town.database, accountId)
    expect(heads.map(({ number }) => number)).toEqual(['70002-202612', '70002-202611'])
  })

  test('statements and their lines cannot be changed, deleted or emptied', async () => {
    for (const text of [
      'update statement set total = total + 1, charged = charged + 1, net = net + 1',
      'delete from statement_line',
      "update statement_line set amount = 0 where code = 'energy'",
      'truncate statement_line',
      'truncate statement cascade',
    ])
      await expect(town.database.query(text), text).rejects.toThrow(/immutable|refused/u)
  })

  test('lines that do not add up are refused by the database itself', async () => {
    const copy = town.database.transaction(async (sql) => {
      await sql.query(
        `insert into statement select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'number', 'X-000000',
           'start_at', '2020-01-01T00:00:00Z', 'end_at', '2020-02-01T00:00:00Z'))).* from statement s where number = '70001-202611'`,
      )
    })
    await expect(copy).rejects.toThrow(/do not add up/u)
  })
})
