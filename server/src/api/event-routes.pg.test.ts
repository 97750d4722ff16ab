import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectEvents, collectStates } from '../flow/collect-events.ts'
import { countOnline } from '../flow/watch-communication.ts'
import { createScriptedSigns } from '../flow/testing/scripted-signs.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { countReads } from '../store/meters.ts'
import { createApiBench } from './testing/api-bench.ts'

let town: Town
let app: FastifyInstance
let cookie = ''
let meterId = 0
const get = async (url: string) => app.inject({ method: 'GET', url, headers: { cookie } })

beforeAll(async () => {
  town = await createTown([{ place: 'A', opening: 20 }])
  const api = await createApiBench(town, { a: 'auditor' })
  ;({ app } = api)
  cookie = api.cookieOf('a')

  meterId = (await town.place('A')).meterId
  const headend = createScriptedSigns()
  const meter = { id: meterId, timeZone: 'Asia/Shanghai' }
  const parts = { context: town.context, headend }
  headend.counts = [{ kind: 'meter-cover', phase: null, count: 1 }]
  const began = { year: 2026, month: 11, day: 20, hour: 8, minute: 0, second: 0 }
  headend.records = { 'meter-cover': [{ began }] }
  await collectEvents(parts, meter)
  headend.counts = [{ kind: 'meter-cover', phase: null, count: 2 }]
  headend.records = { 'meter-cover': [{ began: { ...began, day: 24 } }, { began }] }
  await collectEvents(parts, meter)
  headend.states = [{ kind: 'phase-break', phase: 'b' }]
  await collectStates(parts, meter)
})
afterAll(async () => {
  await app.close()
  await town.close()
})

test('a meter’s events, newest first, with what they mean and their bytes', async () => {
  const { events } = (await get(`/api/meters/${String(meterId)}/events`)).json<{ events: Record<string, unknown>[] }>()
  expect(events.map(({ kind, phase, alarm, wasThere, raw }) => [kind, phase, alarm, wasThere, raw])).toEqual([
    ['phase-break', 'b', 'supply-fault', false, '68'],
    ['meter-cover', null, 'theft-sign', false, '68 01'],
    ['meter-cover', null, null, true, '68 01'],
  ])
  expect((await get('/api/meters/999999/events')).statusCode).toBe(404)
  expect((await app.inject({ method: 'GET', url: '/api/events' })).statusCode).toBe(401)
})

test('events of all meters, by kind and in pages', async () => {
  const page = async (query: string) =>
    (await get(`/api/events?${query}`)).json<{ events: { id: number; kind: string }[] }>().events
  const all = await page('')
  expect(all.map(({ kind }) => kind)).toEqual(['phase-break', 'meter-cover', 'meter-cover'])
  expect(await page(`limit=1&before=${String(all[0]?.id)}`)).toMatchObject([{ id: all[1]?.id }])
  expect(await page('kind=phase-break')).toHaveLength(1)
  expect(await page('kind=trip')).toEqual([])
  expect((await get('/api/events?limit=501')).statusCode).toBe(400)
})

test('the overview counts open alarms, the feed tells of them, and days add them up', async () => {
  const overview = (await get('/api/overview')).json<{ alarms: unknown }>()
  expect(overview.alarms).toEqual([
    { kind: 'theft-sign', severity: 'critical', open: 1 },
    { kind: 'supply-fault', severity: 'warning', open: 1 },
  ])
  const feed = (await get('/api/feed')).json<{ items: { kind: string; alarm?: string; over?: boolean }[] }>()
  expect(feed.items.flatMap(({ kind, alarm, over }) => (kind === 'alarm' ? [[alarm, over]] : []))).toEqual(
    expect.arrayContaining([
      ['supply-fault', false],
      ['theft-sign', false],
    ]),
  )
  const [site] = await town.database.query<{ id: number }>('select id from site')
  await countReads(town.database, [{ day: '2026-11-24', siteId: site?.id ?? 0, good: 47, held: 0, failed: 1 }], 0)
  await countOnline(town.context, town.clock.now(), 60_000)
  const { days } = (await get('/api/field-days?days=7')).json<{ days: unknown }>()
  expect(days).toEqual([
    { day: '2026-11-24', good: 47, held: 0, failed: 1, onlinePercent: null, alarms: [] },
    {
      day: '2026-11-25',
      good: 0,
      held: 0,
      failed: 0,
      // The gateway of this town has never come.
      onlinePercent: 0,
      alarms: [
        { kind: 'supply-fault', count: 1 },
        { kind: 'theft-sign', count: 1 },
      ],
    },
  ])
})
