import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatMoney, varHours, wattHours, watts } from '../domain/quantity.ts'
import { dayNumber } from '../domain/tariff/day-number.ts'
import { plainContract } from '../domain/tariff/contract.ts'
import { beginChain, takeReading } from '../domain/tariff/metering-chain.ts'
import { readPlanBook } from '../domain/tariff/plan-book.ts'
import { zoneDays } from '../domain/tariff/tariff-clock.ts'
import { disturbed, marksOf } from '../domain/tariff/year-of-households.test-support.ts'
import { addPricePlan, setSupplyTerms } from './price-plans.ts'
import { trueUp } from './true-up.ts'
import { audit } from './audit.ts'
import { createSignAgreement } from './sign-agreement.ts'
import type { Database } from '../store/database.ts'
import { bindMeters, releaseMeters } from '../store/meter-binding.ts'
import { settleReadings, type FieldReading } from './settle.ts'
import { createTown, tariffName, yuan, type Town } from './testing/town.ts'

const minute = 60_000
const days = zoneDays('Asia/Shanghai')
/** Local time of November and December 2026. */
const at = (month: number, day: number, hour = 0, minutes = 0): number =>
  days.startOf(dayNumber(2026, month, day)) + (hour * 60 + minutes) * minute

const plan = (rest: object) => ({ code: 'T', version: 1, validFrom: '2026-01-01', ...rest })
const flat = (price: string) => ({ energy: { kind: 'flat', price } })
const clock = {
  energy: {
    kind: 'clock',
    prices: { peak: '2', valley: '1' },
    calendar: {
      seasons: [
        {
          workday: [
            ['00:00', 'valley'],
            ['08:00', 'peak'],
            ['22:00', 'valley'],
          ],
        },
      ],
    },
  },
}
const household = {
  ...clock,
  ladder: { scope: 'year', limits: ['20', '60'], adders: ['0.05', '0.3000000001'] },
}

describe('settling readings under tariffs, on a real database', () => {
  let town: Town
  beforeAll(async () => {
    town = await createTown(
      [
        { place: 'clock', opening: 100, tariff: plan(clock) },
        { place: 'gap', opening: 100, tariff: plan(clock) },
        {
          place: 'ladder',
          opening: 500,
          tariff: plan({ ...flat('1'), ladder: { scope: 'year', limits: ['100'], adders: ['1'] } }),
        },
        {
          place: 'capacity',
          opening: 500,
          tariff: plan({ ...flat('0'), basic: { kind: 'capacity', price: '30' } }),
          supplyTerms: { capacity: [{ kva: '1' }] },
        },
        { place: 'change', opening: 100, tariff: plan(flat('1')) },
        { place: 'switch', opening: 100 },
        { place: 'ended', opening: 100, tariff: plan({ ...flat('1'), validTo: '2026-11-11' }) },
        { place: 'rates', opening: 100, tariff: plan({ energy: { kind: 'rates', prices: ['4', '3', '2', '1'] } }) },
        {
          place: 'moved',
          opening: 100,
          tariff: plan({ ...flat('1'), ladder: { scope: 'year', limits: ['5'], adders: ['1'] } }),
        },
        { place: 'provisional', opening: 100, tariff: plan({ ...clock, provisional: true }) },
        {
          place: 'two-part',
          opening: 100,
          tariff: plan({
            ...flat('1'),
            basic: { kind: 'demand', price: '3', rule: 'actual' },
            powerFactor: { standard: '0.90' },
          }),
        },
        { place: 'year', opening: 5_000, tariff: plan(household) },
      ],
      at(11, 10),
    )
  })
  afterAll(async () => town.close())

  const balance = async (name: string) => formatMoney((await town.account(name)).balance)
  const settle = async (
    name: string,
    readings: readonly (readonly [number, number])[],
    change: Partial<FieldReading> = {},
  ) => {
    town.clock.set(Math.max(town.clock.now(), ...readings.map(([when]) => when)))
    return town.settle(
      await Promise.all(readings.map(async ([when, wh]) => town.reading(name, wh, { at: when, ...change }))),
    )
  }
  const periods = async (name: string) =>
    town.database.query<{
      start_at: number
      end_at: number
      charged: bigint
      true_up: bigint
      ladder_before_wh: bigint
    }>(
      'select start_at, end_at, charged, true_up, ladder_before_wh from settlement_period where meter_id = $1 order by start_at',
      [(await town.place(name)).meterId],
    )

  test('by the clock: each half hour at the price of its time', async () => {
    const summary = await settle('clock', [
      [at(11, 10, 7), 0],
      [at(11, 10, 7, 30), 1_000],
      [at(11, 10, 8), 2_000],
      [at(11, 10, 8, 30), 3_000],
    ])
    expect(summary).toEqual({ good: 4, late: 0, held: 0, charges: 3 })
    expect(await balance('clock')).toBe('96.00')
    await settle('clock', [[at(11, 10, 8), 2_000]])
    expect(await balance('clock'), 'the same again').toBe('96.00')
  })

  test('a late reading divides a gap: what was charged too much is given back, as a true-up', async () => {
    await settle('gap', [
      [at(11, 10, 7), 0],
      [at(11, 10, 9), 4_000],
    ])
    expect(await balance('gap'), 'half before, half after eight').toBe('94.00')
    const late = await settle('gap', [[at(11, 10, 8), 3_000]])
    expect(late).toEqual({ good: 0, late: 1, held: 0, charges: 1 })
    expect(await balance('gap'), '3 kWh at 1 and 1 kWh at 2').toBe('95.00')
    const [period] = await periods('gap')
    expect(period).toMatchObject({ charged: yuan(5), true_up: -1_000_000n })
    const transfers = await town.database.query<{ kind: string; amount: bigint }>(
      'select kind, amount from transfer where meter_id = $1 order by entry',
      [(await town.place('gap')).meterId],
    )
    expect(transfers).toEqual([
      { kind: 'energy-charge', amount: yuan(6) },
      { kind: 'energy-credit', amount: yuan(1) },
    ])
    await settle('gap', [[at(11, 10, 8), 3_000]])
    await settle('gap', [[at(11, 10, 8, 10), 9_000]])
    expect(await balance('gap'), 'once more, or with registers that cannot be, changes nothing').toBe('95.00')
  })

  test('the year of a ladder goes on in the next month', async () => {
    await settle('ladder', [
      [at(11, 10), 0],
      [at(11, 30, 23, 30), 90_000],
      [at(12, 1), 90_000],
      [at(12, 2), 120_000],
    ])
    expect(await balance('ladder')).toBe('360.00')
    expect((await periods('ladder')).map((period) => period.ladder_before_wh)).toEqual([0n, 90_000n])
    expect((await periods('ladder')).map(({ charged }) => charged)).toEqual([yuan(90), yuan(50)])
  })

  test('capacity is charged by the day, without any use, and new supply terms count from the next reading on', async () => {
    await settle('capacity', [
      [at(11, 10), 0],
      [at(11, 15, 12), 0],
    ])
    expect(await balance('capacity')).toBe('495.00')
    const { accountId } = await town.place('capacity')
    const [{ number } = { number: '' }] = await town.database.query<{ number: string }>(
      'select number from account where id = $1',
      [accountId],
    )
    const document = {
      capacity: [
        { kva: '1', to: '2026-11-15' },
        { kva: '3', from: '2026-11-15' },
      ],
    }
    expect(await setSupplyTerms(town.database, town.clock.now(), { account: number, document })).toEqual({ ok: true })
    await settle('capacity', [[at(11, 17), 0]])
    expect(await balance('capacity'), 'five days of 1 kVA, two of 3').toBe('489.00')
    await settle('capacity', [[at(12, 1), 0]])
    expect(await balance('capacity')).toBe('447.00')
  })

  test('a version that was announced takes over on its day; the ledger names it', async () => {
    await settle('change', [[at(11, 10), 0]])
    const name = tariffName({ place: 'change' })
    const now = at(11, 12)
    town.clock.set(Math.max(town.clock.now(), now))
    const next = plan({ ...flat('3'), version: 2, validFrom: '2026-11-20' })
    expect(await addPricePlan(town.database, now, { name, document: next })).toMatchObject({ ok: true, version: 2 })
    await settle('change', [
      [at(11, 19, 23, 30), 5_000],
      [at(11, 20, 0, 30), 9_000],
      [at(11, 21), 10_000],
    ])
    // 5 kWh and, of the 4 kWh between half past eleven and half past twelve, half; then 2 + 1 kWh at 3 yuan.
    expect(await balance('change')).toBe('84.00')
    expect((await periods('change')).map(({ start_at: start, end_at: end }) => [start, end])).toEqual([
      [at(11, 10), at(11, 20)],
      [at(11, 20), at(12, 1)],
    ])
    const versions = await town.database.query<{ version: number }>(
      `select distinct p.version from transfer t join price_plan p on p.id = t.price_plan_id
       where t.meter_id = $1 order by p.version`,
      [(await town.place('change')).meterId],
    )
    expect(versions).toEqual([{ version: 1 }, { version: 2 }])
  })

  test('announcements that come too late, or do not follow, are refused', async () => {
    const name = tariffName({ place: 'change' })
    const now = at(11, 25)
    const early = plan({ ...flat('3'), version: 3, validFrom: '2026-11-25' })
    expect(await addPricePlan(town.database, now, { name, document: early })).toMatchObject({
      code: 'begins-too-early',
    })
    const same = plan({ ...flat('3'), version: 2, validFrom: '2027-01-01' })
    expect(await addPricePlan(town.database, now, { name, document: same })).toMatchObject({ code: 'invalid-document' })
    expect(await addPricePlan(town.database, now, { name: 'flat', document: plan(flat('1')) })).toEqual({
      ok: false,
      code: 'not-a-tariff',
    })
    expect(await addPricePlan(town.database, now, { name: 'new', document: { code: 'X' } })).toMatchObject({
      code: 'invalid-document',
    })
  })

  test('from a flat plan to a tariff, to another tariff, and back: no watt-hour is lost or charged twice', async () => {
    const { accountId } = await town.place('switch')
    const idOf = async (name: string): Promise<number> => {
      const [row] = await town.database.query<{ id: number }>('select id from price_plan where name = $1', [name])
      return row?.id ?? 0
    }
    const sign = async (planName: string, key: string): Promise<void> => {
      town.clock.move(60_000)
      const signed = await createSignAgreement(town.context)({
        accountId,
        key,
        reason: 'another plan',
        operatorId: null,
        effectiveFrom: null,
        terms: {
          pricePlanId: await idOf(planName),
          thresholds: { alarm1: yuan(10), alarm2: yuan(5), cutOff: yuan(0), restore: yuan(1) },
          noticeLeadMs: 30 * minute,
          reconnect: 'direct-close',
          tripWindow: { fromMinute: 0, toMinute: 1_440, weekdays: [1, 2, 3, 4, 5] },
          supplyContract: 'C-1',
          settlementMode: 'remote',
          legalPath: 'agreement',
        },
      })
      expect(signed).toMatchObject({ ok: true })
    }
    await settle('switch', [
      [at(12, 3), 0],
      [at(12, 3, 1), 1_000],
    ])
    expect(await balance('switch')).toBe('99.00')
    await sign(tariffName({ place: 'clock' }), 'to-clock')
    await settle('switch', [
      [at(12, 3, 7, 30), 2_000],
      [at(12, 3, 8), 3_000],
      [at(12, 3, 8, 30), 4_000],
    ])
    expect(await balance('switch'), '1 kWh at 1 + 1 + 1 kWh, 1 kWh at 2').toBe('95.00')
    await sign(tariffName({ place: 'change' }), 'to-change')
    await settle('switch', [[at(12, 4), 5_000]])
    expect(await balance('switch'), '1 kWh at 3').toBe('92.00')
    await sign('flat', 'to-flat')
    await settle('switch', [
      [at(12, 4, 1), 6_000],
      [at(12, 4, 2), 7_000],
    ])
    expect(await balance('switch')).toBe('90.00')
    expect((await periods('switch')).map(({ charged }) => charged)).toEqual([yuan(1), yuan(4), yuan(3), yuan(2)])
  })

  test('a meter that goes to another account, and comes back, begins anew each time at the register it has', async () => {
    await settle('moved', [
      [at(11, 10), 0],
      [at(11, 10, 1), 4_000],
    ])
    const { accountId, meterId } = await town.place('moved')
    const other = (await town.place('clock')).accountId
    const before = await town.account('clock')
    const move = async (to: number): Promise<void> =>
      town.database.transaction(async (sql) => {
        await releaseMeters(sql, [meterId])
        await bindMeters(sql, [meterId], to)
      })
    await move(other)
    await settle('moved', [[at(11, 10, 2), 6_000]])
    expect(formatMoney(before.balance)).toBe('96.00')
    expect(await balance('clock'), '2 kWh at night by the plan of the other account').toBe('94.00')
    await move(accountId)
    await settle('moved', [[at(11, 10, 3), 7_000]])
    const [row] = await town.database.query<{ balance: bigint }>(
      "select credits - debits as balance from ledger_account where account_id = $1 and code = 'customer-prepayment'",
      [accountId],
    )
    expect(row?.balance).toBe(yuan(100 - 4 - 1))
    expect((await periods('moved')).map(({ charged }) => charged)).toEqual([yuan(4), yuan(2), yuan(1)])
  })

  test('demand and reactive registers of the readings make basic charge and power-factor adjustment', async () => {
    const reactive = (forward: bigint) => ({ forward: varHours(forward), reverse: varHours(0n) })
    await settle('two-part', [[at(11, 10), 0]], { reactive: reactive(0n) })
    await settle('two-part', [[at(11, 16), 40_000]], { reactive: reactive(30_000n), demand: watts(2_000n) })
    // 40 kWh and 2 kW × 3 × 6/30; cos φ = 0.80: 5 % of 41.2.
    expect(await balance('two-part')).toBe('56.74')
  })

  test('final prices true every period up, the closed one and the open one, and it can be done again', async () => {
    await settle('provisional', [
      [at(11, 29, 7), 0],
      [at(11, 29, 9), 2_000],
      [at(11, 30, 23, 30), 2_000],
      [at(12, 1), 2_000],
      [at(12, 1, 0, 30), 5_000],
    ])
    expect(await balance('provisional'), '2 × 1 on a Sunday morning at 1 and 2, 3 kWh at night').toBe('94.00')
    const name = tariffName({ place: 'provisional' })
    const [first] = await town.database.query<{ id: number }>('select id from price_plan where name = $1', [name])
    const energy = { ...clock.energy, prices: { peak: '1.5', valley: '1.25' } }
    const now = town.clock.now()
    const other = { ...energy, calendar: { seasons: [{ workday: [['00:00', 'peak']] }] } }
    expect(
      await addPricePlan(town.database, now, { name, document: plan({ version: 2, energy: other }) }),
    ).toMatchObject({
      code: 'invalid-document',
    })
    const added = await addPricePlan(town.database, now, { name, document: plan({ version: 2, energy }) })
    if (!added.ok || added.replaces === null || first === undefined) throw new Error(JSON.stringify(added))
    expect(added.replaces).toBe(first.id)
    await settle('provisional', [[at(12, 1, 1), 6_000]])
    expect(await balance('provisional'), 'an open period stays provisional until it is trued up').toBe('93.00')
    const prices = { provisional: added.replaces, final: added.id }
    const summary = await trueUp(town.database, town.context.ids, now, prices)
    // November: 1.25 + 1.50 instead of 3; December: 4 kWh at 1.25 instead of 4.
    expect(summary).toEqual({ periods: 2, charged: yuan(1), credited: yuan(0.25) })
    expect(await balance('provisional')).toBe('92.25')
    expect((await periods('provisional')).map((period) => period.true_up)).toEqual([-250_000n, 1_000_000n])
    expect(await trueUp(town.database, town.context.ids, now, prices)).toEqual({
      periods: 0,
      charged: 0n,
      credited: 0n,
    })
    await settle('provisional', [[at(12, 1, 1, 30), 7_000]])
    expect(await balance('provisional'), 'and goes on at the final price').toBe('91.00')
  })

  test('where no version is in force a reading is held: nothing is charged and nobody is cut', async () => {
    await settle('ended', [
      [at(11, 10), 0],
      [at(11, 10, 12), 1_000],
    ])
    const summary = await settle('ended', [[at(11, 12), 5_000]])
    expect(summary.held).toBe(1)
    expect(await balance('ended')).toBe('99.00')
    const [reading] = await town.database.query<{ held_because: string }>(
      "select held_because from reading where meter_id = $1 and quality = 'held'",
      [(await town.place('ended')).meterId],
    )
    expect(reading?.held_because).toMatch(/no version of the price plan is in force/u)
  })

  test('by rate registers; a meter that gives none is held', async () => {
    const registers = (rates: readonly number[]) => ({
      totalWh: wattHours(BigInt(rates.reduce((sum, rate) => sum + rate, 0))),
      ratesWh: rates.map((rate) => wattHours(BigInt(rate))),
    })
    await settle('rates', [[at(11, 10), 0]], { registers: registers([0, 0, 0, 0]) })
    await settle('rates', [[at(11, 10, 1), 0]], { registers: registers([1_000, 1_000, 1_000, 1_000]) })
    expect(await balance('rates')).toBe('90.00')
    const none = await settle('rates', [[at(11, 10, 2), 0]], { registers: { totalWh: wattHours(5_000n), ratesWh: [] } })
    expect(none.held).toBe(1)
  })

  test('a real household in any order and any pieces costs what the engine alone makes of it, to the last unit', async () => {
    const real = marksOf('H18250').slice(0, 48 * 12)
    const shift = at(11, 25) - (real[0]?.at ?? 0)
    const marks = disturbed(real, 11).map((mark) => ({ ...mark, at: mark.at + shift }))
    const inOrder = marks.toSorted((a, b) => a.at - b.at)
    const book = readPlanBook(plan(household))
    const [first] = inOrder
    if (!book.ok || first === undefined) throw new Error('no plan or no readings')
    let chain = beginChain(book.value, plainContract, days, first)
    for (const mark of inOrder) chain = chain === null ? null : (takeReading(chain, mark)?.chain ?? null)
    const expected = chain?.windows.map(({ charge }) => charge.charged)

    town.clock.set(Math.max(town.clock.now(), inOrder.at(-1)?.at ?? 0))
    const { meterId } = await town.place('year')
    const readings = await Promise.all(
      marks.map(async (mark) => town.reading('year', 0, { at: mark.at, registers: mark.registers, meterId })),
    )
    for (let from = 0; from < readings.length; from += 37) await town.settle(readings.slice(from, from + 37))
    const settled = await periods('year')
    expect(settled.map(({ charged }) => charged)).toEqual(expected)
    expect(settled.length).toBe(2)
    const total = settled.reduce((sum, { charged }) => sum + charged, 0n)
    expect((await town.account('year')).balance).toBe(yuan(5_000) - total)
  })

  test('a batch costs as many statements for many meters as for one', async () => {
    const queriesOf = async (names: readonly string[], when: number): Promise<number> => {
      town.clock.set(Math.max(town.clock.now(), when))
      const readings = await Promise.all(
        names.map(async (name) => {
          const [row] = await town.database.query<{ last_total_wh: bigint; last_rates_wh: bigint[] }>(
            'select last_total_wh, last_rates_wh from meter where id = $1',
            [(await town.place(name)).meterId],
          )
          const registers = {
            totalWh: wattHours((row?.last_total_wh ?? 0n) + 10n),
            ratesWh: (row?.last_rates_wh ?? []).map((rate, index) => wattHours(index === 2 ? rate + 10n : rate)),
          }
          return town.reading(name, 0, { at: when, registers })
        }),
      )
      let statements = 0
      const counting: Database = {
        ...town.database,
        transaction: async (work, options) =>
          town.database.transaction(
            async (sql) =>
              work({
                query: async (text, values) => {
                  statements += 1
                  return sql.query(text, values)
                },
              }),
            options,
          ),
      }
      const summary = await settleReadings(counting, town.context.ids, readings, when)
      expect(summary.good).toBe(names.length)
      return statements
    }
    const all = ['clock', 'gap', 'ladder', 'capacity', 'change']
    await queriesOf(all, at(12, 20))
    const one = await queriesOf(['clock'], at(12, 20, 1))
    const many = await queriesOf(all, at(12, 20, 2))
    expect(many).toBeLessThanOrEqual(one)
  })

  test('the books are right, and the audit sees when a charge is not the price', async () => {
    const checks = await audit(town.database)
    expect(checks.flatMap(({ wrong }) => wrong)).toEqual([])
    expect(checks.find(({ name }) => name.includes('watt-hour'))?.counted).not.toBe('0 periods')
    const { meterId } = await town.place('clock')
    await town.database.query('update settlement_period set charged = charged + 1 where meter_id = $1', [meterId])
    const wrong = (await audit(town.database)).flatMap((check) => check.wrong)
    await town.database.query('update settlement_period set charged = charged - 1 where meter_id = $1', [meterId])
    expect(wrong.length).toBeGreaterThan(0)
    await town.database.query(
      `update settlement_period set usage = jsonb_set(usage, '{cells,0,0}', '"1"') where meter_id = $1`,
      [meterId],
    )
    const lost = (await audit(town.database)).filter(({ name }) => name.includes('watt-hour'))
    expect(lost.flatMap((check) => check.wrong)).toHaveLength(1)
  })
})
