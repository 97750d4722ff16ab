import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { MeterMoment } from '../headend/headend.ts'
import { viewWorkItems } from '../store/view/work-items.ts'
import { collectEvents, collectStates, type WatchedMeter } from './collect-events.ts'
import { createScriptedSigns, type ScriptedSigns } from './testing/scripted-signs.ts'
import { createTown, type Town } from './testing/town.ts'

const moment = (day: number, hour = 8): MeterMoment => ({ year: 2026, month: 11, day, hour, minute: 0, second: 0 })
const cover = { kind: 'meter-cover', phase: null } as const
const programming = { kind: 'programming', phase: null } as const

describe('events of a meter', () => {
  let town: Town
  let signs: ScriptedSigns
  let meter: WatchedMeter
  let place = 0

  const places = Array.from({ length: 12 }, (_, index) => ({ place: `P${String(index)}` }))
  beforeAll(async () => {
    town = await createTown(places)
  })
  afterAll(async () => town.close())
  // A meter of its own for each test.
  beforeEach(async () => {
    signs = createScriptedSigns()
    const { meterId } = await town.place(`P${String(place)}`)
    place += 1
    meter = { id: meterId, timeZone: 'Asia/Shanghai' }
  })

  const collect = async () => (await collectEvents({ context: town.context, headend: signs }, meter)).asked
  const look = async () => (await collectStates({ context: town.context, headend: signs }, meter)).asked
  const events = async () => {
    const rows = await town.database.query<{
      kind: string
      origin: string
      sequence: number | null
      began_at: number | null
      was_there: boolean
    }>('select kind, origin, sequence, began_at, was_there from meter_event where meter_id = $1 order by id', [
      meter.id,
    ])
    return rows.map(
      ({ kind, origin, sequence, began_at: began, was_there: old }) =>
        `${kind} ${origin} ${String(sequence)} ${began === null ? '-' : new Date(began).toISOString().slice(5, 13)}${old ? ' old' : ''}`,
    )
  }
  const alarms = async (closed = false) =>
    (await viewWorkItems(town.database, closed, 500)).filter((item) => item.meter_id === meter.id)
  const alarmKinds = async (closed = false) => (await alarms(closed)).map(({ kind }) => kind)

  test('that were there before we first asked are history, and no alarm', async () => {
    signs.counts = [{ ...cover, count: 2 }]
    signs.records = { 'meter-cover': [{ began: moment(3) }, { began: moment(2) }] }
    expect(await collect()).toBe('asked')
    expect(await events()).toEqual(['meter-cover record 1 11-02T00 old', 'meter-cover record 2 11-03T00 old'])
    expect(await alarmKinds()).toEqual([])
  })

  test('are read once, newest first, down to the last one known', async () => {
    signs.counts = [{ ...cover, count: 0 }]
    await collect()
    signs.counts = [{ ...cover, count: 2 }]
    signs.records = { 'meter-cover': [{ began: moment(3) }, { began: moment(2) }] }
    await collect()
    signs.counts = [{ ...cover, count: 3 }]
    signs.records = { 'meter-cover': [{ began: moment(4) }, { began: moment(3) }, { began: moment(2) }] }
    await collect()
    await collect()
    expect(signs.asked).toEqual([
      'counts',
      'counts',
      'meter-cover 1',
      'meter-cover 2',
      'recount meter-cover',
      'counts',
      'meter-cover 1',
      'recount meter-cover',
      'counts',
    ])
    expect(await events()).toEqual([
      'meter-cover record 1 11-02T00',
      'meter-cover record 2 11-03T00',
      'meter-cover record 3 11-04T00',
    ])
    const [alarm, ...others] = await alarms()
    expect(others).toEqual([])
    expect(alarm).toMatchObject({ kind: 'theft-sign', severity: 'critical', seen: 2, detail: { events: 3 } })
    const { signs: evidence = [] } = { ...alarm?.detail } as { signs?: { at: number }[] }
    expect(evidence.map(({ at }) => new Date(at).getUTCDate())).toEqual([2, 3, 4])
  })

  test('that come while records are read are not mixed up', async () => {
    signs.counts = [{ ...cover, count: 0 }]
    await collect()
    signs.counts = [{ ...cover, count: 1 }]
    signs.records = { 'meter-cover': [{ began: moment(2) }] }
    let moved = false
    signs.afterRecord = () => {
      if (moved) return
      moved = true
      signs.counts = [{ ...cover, count: 2 }]
      signs.records = { 'meter-cover': [{ began: moment(3) }, { began: moment(2) }] }
    }
    expect(await collect()).toBe('asked')
    expect(await events()).toEqual(['meter-cover record 1 11-02T00', 'meter-cover record 2 11-03T00'])
  })

  test('a pass that is broken off goes on where it was', async () => {
    signs.counts = [
      { ...cover, count: 0 },
      { ...programming, count: 0 },
    ]
    await collect()
    signs.counts = [
      { ...cover, count: 1 },
      { ...programming, count: 1 },
    ]
    signs.records = {
      'meter-cover': [{ began: moment(2) }],
      programming: [{ began: moment(2), operatorCode: '00000099' }],
    }
    signs.afterRecord = () => {
      signs.afterRecord = () => undefined
      signs.failing = 'no-answer'
    }
    expect(await collect()).toBe('failed')
    expect(await events()).toEqual([])
    signs.failing = null
    expect(await collect()).toBe('asked')
    expect(await events()).toEqual(['meter-cover record 1 11-02T00', 'programming record 1 11-02T00'])
  })

  test('programming is a sign of theft unless it was ours', async () => {
    signs.counts = [{ ...programming, count: 0 }]
    await collect()
    signs.counts = [{ ...programming, count: 1 }]
    signs.records = { programming: [{ began: moment(2), operatorCode: '00000001' }] }
    await collect()
    expect(await alarmKinds()).toEqual([])
    signs.counts = [{ ...programming, count: 2 }]
    signs.records = { programming: [{ began: moment(3), operatorCode: '00000002' }] }
    await collect()
    expect(await alarmKinds()).toEqual(['theft-sign'])
  })

  test('what was counted but is not shown has happened all the same, and what was forgotten is told', async () => {
    signs.counts = [{ ...cover, count: 5 }]
    await collect()
    signs.counts = [{ ...cover, count: 20 }]
    signs.records = { 'meter-cover': [{ began: moment(3) }, { began: null, empty: true }] }
    await collect()
    const stored = (await events()).filter((event) => !event.endsWith('old'))
    expect(stored).toHaveLength(11)
    expect(stored[0]).toBe('meter-cover counter 10 -')
    expect(stored.slice(-2)).toEqual(['meter-cover counter 19 -', 'meter-cover record 20 11-03T00'])
    const [lost] = await town.database.query<{ detail: unknown }>(
      'select detail from meter_event where meter_id = $1 and sequence = 10',
      [meter.id],
    )
    expect(lost?.detail).toEqual({ lost: 5 })
  })

  test('a counter that was cleared begins anew', async () => {
    signs.counts = [{ ...cover, count: 1 }]
    signs.records = { 'meter-cover': [{ began: moment(2) }] }
    await collect()
    signs.counts = [{ ...cover, count: 0 }]
    await collect()
    signs.counts = [{ ...cover, count: 1 }]
    signs.records = { 'meter-cover': [{ began: moment(5) }] }
    await collect()
    expect(await events()).toEqual(['meter-cover record 1 11-02T00 old', 'meter-cover record 1 11-05T00'])
    expect(await alarmKinds()).toEqual(['theft-sign'])
  })

  test('a kind that the meter does not have is asked for again only after a month', async () => {
    signs.absent = ['magnetic-field']
    const asked: unknown[] = []
    const { readSigns } = signs
    signs.readSigns = async (id, what, options) => {
      asked.push(options.without)
      return readSigns(id, what, options)
    }
    await collect()
    await collect()
    town.clock.move(31 * 86_400_000)
    await collect()
    expect(asked).toEqual([[], ['magnetic-field'], []])
  })

  test('a meter that only counts opens what its counter means', async () => {
    signs.counts = [{ kind: 'overload-trip', phase: null, count: 0, recorded: false }]
    await collect()
    signs.counts = [{ kind: 'overload-trip', phase: null, count: 2, recorded: false }]
    await collect()
    expect(await events()).toEqual(['overload-trip counter 2 -'])
    expect(await alarmKinds()).toEqual(['overload'])
  })

  test('states begin and end, and their alarm with the last of them', async () => {
    signs.states = [
      { kind: 'clock-battery-low', phase: null },
      { kind: 'phase-break', phase: 'a' },
      { kind: 'voltage-loss', phase: 'a' },
    ]
    await look()
    await look()
    expect((await alarmKinds()).toSorted()).toEqual(['meter-fault', 'supply-fault'])
    signs.states = [
      { kind: 'clock-battery-low', phase: null },
      { kind: 'voltage-loss', phase: 'a' },
    ]
    await look()
    expect((await alarmKinds()).toSorted()).toEqual(['meter-fault', 'supply-fault'])
    signs.states = [{ kind: 'clock-battery-low', phase: null }]
    town.clock.move(60_000)
    await look()
    expect(await alarmKinds()).toEqual(['meter-fault'])
    expect((await alarms(true)).map(({ kind, closed_because: why }) => [kind, why])).toEqual([
      ['supply-fault', 'state-ended'],
    ])
    const rows = await town.database.query<{ kind: string; lasting: boolean }>(
      'select kind, ended_at is null as lasting from meter_event where meter_id = $1 order by id',
      [meter.id],
    )
    expect(rows.map(({ kind, lasting }) => [kind, lasting])).toEqual([
      ['clock-battery-low', true],
      ['phase-break', false],
      ['voltage-loss', false],
    ])
  })

  test('a sign of theft does not end with the state that showed it', async () => {
    signs.states = [{ kind: 'terminal-cover', phase: null }]
    await look()
    signs.states = []
    await look()
    expect(await alarmKinds()).toEqual(['theft-sign'])
    expect((await alarms())[0]?.detail).toMatchObject({
      events: 1,
      signs: [{ kind: 'terminal-cover', origin: 'status', phase: null }],
    })
  })

  test('nothing is written down of a meter that does not answer', async () => {
    signs.failing = 'no-answer'
    expect([await look(), await collect()]).toEqual(['failed', 'failed'])
    signs.failing = 'gateway-offline'
    expect([await look(), await collect()]).toEqual(['offline', 'offline'])
    expect(await town.database.query('select 1 from meter_event_count where meter_id = $1', [meter.id])).toEqual([])
  })
})
