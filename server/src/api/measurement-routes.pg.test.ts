import { readDayData, readMeasurements } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordData } from '../flow/record-data.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench } from './testing/api-bench.ts'

const hour = 3_600_000
const dayMs = 24 * hour
/** Midnight in Shanghai. */
const start = Date.parse('2026-11-28T16:00:00Z')

describe('measurements over HTTP', () => {
  let town: Town
  let app: FastifyInstance
  let cookie = ''
  let url = ''
  const get = async (path: string) => app.inject({ method: 'GET', url: path, headers: { cookie } })
  const measurements = async (query: string) => readMeasurements.response.parse((await get(`${url}?${query}`)).json())

  beforeAll(async () => {
    town = await createTown([{ place: '3 "b"' }], start)
    const { meterId } = await town.place('3 "b"')
    url = `/api/meters/${String(meterId)}/measurements`
    const row = (dataSet: 'instantaneous' | 'demand' | 'freeze', at: number, data: Record<string, unknown>) =>
      ({ meterId, dataSet, slotAt: at, at, data, problem: null }) as const
    await recordData(town.context, [
      row('instantaneous', start + hour, {
        voltageBlock: { a: 231_000, b: null, c: null },
        activePowerBlock: { total: 1_500, a: 1_500, b: null, c: null },
      }),
      row('instantaneous', start + 2 * hour, { voltageBlock: { a: 197_000, b: null, c: null } }),
      row('demand', start + hour, {
        forwardActiveDemandTotal: { value: 2_000_000, at: { year: 2026, month: 11, day: 20, hour: 8, minute: 15 } },
      }),
      row('freeze', start + hour, { frozenForwardActiveEnergyDailyLast1: { total: 90, rates: [30, 60] } }),
    ])
    const api = await createApiBench(town, { auditor: 'auditor' })
    ;({ app } = api)
    cookie = api.cookieOf('auditor')
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })

  test('a day, with limits and figures', async () => {
    expect(await measurements(`from=${String(start)}&to=${String(start + dayMs)}`)).toEqual({
      quantity: 'voltage',
      unit: 'mV',
      resolution: 'moment',
      parts: ['a'],
      points: [
        { at: start + hour, measurements: 1, values: [231_000], least: null, greatest: null },
        { at: start + 2 * hour, measurements: 1, values: [197_000], least: null, greatest: null },
      ],
      limits: {
        nominal: 220_000,
        lowest: 198_000,
        highest: 235_400,
        supply: 'single-phase',
        clause: 'GB/T 12325-2008 4.3',
      },
      measurements: 2,
      figures: {
        qualification: 5_000,
        phases: { a: { judged: 2, above: 0, below: 1 }, b: null, c: null },
        voltageImbalance: null,
        currentImbalance: null,
      },
    })
    const power = await measurements(`from=${String(start)}&to=${String(start + dayMs)}&quantity=active-power`)
    expect(power).toMatchObject({ unit: 'mW', parts: ['total', 'a'], points: [{ values: [1_500, 1_500] }] })
  })

  test('a year, by days', async () => {
    const year = await measurements(`from=${String(start - 300 * dayMs)}&to=${String(start + 65 * dayMs)}`)
    expect(year).toMatchObject({
      resolution: 'day',
      points: [{ at: start, measurements: 2, values: [214_000], least: [197_000], greatest: [231_000] }],
      figures: { qualification: 5_000 },
    })
  })

  test('demand and daily freezes', async () => {
    const answer = await get(`${url.replace('measurements', 'day-data')}?first=2026-11-01&last=2026-11-30`)
    expect(readDayData.response.parse(answer.json())).toMatchObject({
      demand: [{ day: '2026-11-29', greatestMilliwatts: '2000000', greatestAt: Date.parse('2026-11-20T00:15:00Z') }],
      freezes: [{ day: '2026-11-29', totalWh: '90', ratesWh: ['30', '60'], frozenAt: null }],
    })
  })

  test('as CSV', async () => {
    const answer = await get('/api/measurements.csv?first=2026-11-29&last=2026-11-29')
    expect(answer.headers['content-type']).toContain('text/csv')
    const lines = answer.body.trimEnd().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toContain('202611010001,"3 ""b""",2026-11-28T17:00:00.000Z,231000,')
  })

  test.each([
    ['?from=5&to=6', 400],
    [`?from=${String(start)}&to=${String(start)}`, 400],
    [`?from=${String(start)}&to=${String(start + 1_101 * dayMs)}`, 400],
    [`?from=${String(start)}&to=${String(start + dayMs)}&quantity=colour`, 400],
  ])('%s → %i', async (query, status) => expect((await get(url + query)).statusCode).toBe(status))

  test.each([
    [`/api/meters/999/measurements?from=${String(start)}&to=${String(start + dayMs)}`, 404],
    ['/api/meters/999/day-data?first=2026-11-29&last=2026-11-29', 404],
    ['/api/measurements.csv?first=2026-11-29&last=2026-11-29&meter=999', 404],
    ['/api/measurements.csv?first=2026-01-01&last=2026-11-29', 400],
  ])('%s → %i', async (path, status) => expect((await get(path)).statusCode).toBe(status))

  test('nothing without a sign-in', async () => {
    for (const path of [
      `${url}?from=${String(start)}&to=${String(start + dayMs)}`,
      '/api/measurements.csv?first=2026-11-29&last=2026-11-29',
    ])
      expect((await app.inject({ method: 'GET', url: path })).statusCode).toBe(401)
  })
})
