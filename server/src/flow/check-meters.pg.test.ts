import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localTime } from '../domain/calendar.ts'
import type { ClockSet, Headend, ReadOutcome } from '../headend/headend.ts'
import { metersToCheck } from '../store/meter-checks.ts'
import { checkMeter } from './check-meters.ts'
import { createTown, wednesday, type Town } from './testing/town.ts'

const minute = 60_000
const hour = 60 * minute

/** A meter whose clock is off; how it is set, and whether it obeys, a test says. */
type Field = { offsetMs: number; obeys: boolean; refuses: boolean; reverseWh: number; ways: string[]; silent: boolean }

describe('the daily look at a meter', () => {
  let town: Town
  let field: Field
  beforeAll(async () => {
    town = await createTown([{ place: 'A' }])
    town.clock.set(wednesday + 10 * minute)
    await town.settle([await town.reading('A', 1_000, { at: wednesday + 10 * minute })])
  })
  afterAll(async () => town.close())

  const headend = (): Pick<Headend, 'read' | 'setClock'> => ({
    read: async (): Promise<ReadOutcome> => {
      const at = town.clock.now()
      if (field.silent) return { ok: false, code: 'no-answer', detail: '', values: {}, times: {}, exchanges: [] }
      const { year, month, day, hour: h, minute: m, second, weekday } = localTime(at + field.offsetMs, 'Asia/Shanghai')
      const values = {
        dateAndWeekday: { year, month, day, weekday },
        time: { hour: h, minute: m, second },
        voltageBlock: { a: 220_000, b: 221_000, c: 219_000 },
        reverseActiveEnergyTotal: field.reverseWh,
        meterNumber: '202611010001',
      }
      return { ok: true, at, values, times: { time: at }, exchanges: [] }
    },
    setClock: async (_, way): Promise<ClockSet> => {
      field.ways.push(way)
      if (field.refuses) return { ok: false, code: 'refused-by-meter', detail: 'wrong-password', exchanges: [] }
      if (field.obeys) field.offsetMs = 0
      return { ok: true, exchanges: [] }
    },
  })
  const look = async (change: Partial<Field>): Promise<Field> => {
    field = { offsetMs: 0, obeys: true, refuses: false, reverseWh: 0, ways: [], silent: false, ...change }
    town.clock.move(24 * hour)
    const [gateway] = await town.database.query<{ id: number }>('select id from gateway')
    const [meter] = await metersToCheck(town.database, [gateway?.id ?? 0], town.clock.now() - 23 * hour)
    if (meter === undefined) throw new Error('nothing is to be checked')
    await checkMeter(town.context, headend(), meter)
    expect(await metersToCheck(town.database, [gateway?.id ?? 0], town.clock.now() - 23 * hour)).toEqual([])
    return field
  }
  const items = async (kind: string) =>
    town.database.query<{ detail: object; closed_because: string | null }>(
      'select detail, closed_because from work_item where kind = $1 order by id',
      [kind],
    )
  const offset = async () =>
    (await town.database.query<{ ms: bigint }>('select clock_offset_ms as ms from meter'))[0]?.ms

  test('a right clock is left alone', async () => {
    expect((await look({ offsetMs: 20_000 })).ways).toEqual([])
    expect(await offset()).toBe(20_000n)
  })

  test('one that is off by minutes is told to its line, and the log says so', async () => {
    expect((await look({ offsetMs: 2 * minute })).ways).toEqual(['broadcast'])
    expect(await offset()).toBe(0n)
    const [entry] = await town.database.query("select action, subject from audit_log where action like 'clock:%'")
    expect(entry).toMatchObject({ action: 'clock:broadcast', subject: 'gateway:1' })
  })

  test('one that is off by more is written; while it is not right it is work, and then none', async () => {
    expect((await look({ offsetMs: -hour, refuses: true })).ways).toEqual(['write'])
    expect(await items('clock-off')).toMatchObject([
      { detail: { offsetMs: -hour, because: 'refused-by-meter' }, closed_because: null },
    ])
    await look({ offsetMs: -hour })
    expect(await items('clock-off')).toMatchObject([{ closed_because: 'clock-right' }])
  })

  test('one that may not be set at this moment is looked at again soon', async () => {
    field = { offsetMs: 2 * minute, obeys: true, refuses: false, reverseWh: 0, ways: [], silent: false }
    town.clock.move(24 * hour + 18 * minute)
    const [gateway] = await town.database.query<{ id: number }>('select id from gateway')
    const due = async () => metersToCheck(town.database, [gateway?.id ?? 0], town.clock.now() - 23 * hour)
    const [meter] = await due()
    if (meter === undefined) throw new Error('nothing is to be checked')
    await checkMeter(town.context, headend(), meter)
    expect([field.ways, await due()]).toEqual([[], []])
    town.clock.move(16 * minute)
    const [again] = await due()
    if (again === undefined) throw new Error('it is not looked at again')
    await checkMeter(town.context, headend(), again)
    expect(field.ways).toEqual(['broadcast'])
    town.clock.move(-34 * minute)
  })

  test('one that is off by days is set by nobody but a person', async () => {
    expect((await look({ offsetMs: 400 * 24 * hour })).ways).toEqual([])
    expect((await items('clock-off')).at(-1)).toMatchObject({ detail: { because: 'too-far' }, closed_because: null })
  })

  test('energy against the flow is work until it has stopped', async () => {
    await look({ reverseWh: 0 })
    await look({ reverseWh: 5_000 })
    expect(await items('meter-suspect')).toMatchObject([
      { detail: { signs: ['reverse-energy'] }, closed_because: null },
    ])
    await look({ reverseWh: 5_000 })
    expect(await items('meter-suspect')).toMatchObject([{ closed_because: 'signs-gone' }])
  })

  test('a silent meter keeps what was known of it', async () => {
    await look({ silent: true })
    expect(await items('meter-suspect')).toHaveLength(1)
    expect(await offset()).toBe(0n)
  })
})
