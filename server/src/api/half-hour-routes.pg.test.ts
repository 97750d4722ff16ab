import { readHalfHours } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findGaps } from '../flow/find-gaps.ts'
import { rollUp } from '../flow/roll-up.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createApiBench } from './testing/api-bench.ts'

const halfHour = 1_800_000
/** Midnight in Shanghai. */
const start = Date.parse('2026-11-28T16:00:00Z')

describe('half hours over HTTP', () => {
  let town: Town
  let app: FastifyInstance
  let cookie = ''
  let meterId = 0
  const get = async (url: string) => app.inject({ method: 'GET', url, headers: { cookie } })

  beforeAll(async () => {
    town = await createTown([{ place: '3 "b"' }], start)
    ;({ meterId } = await town.place('3 "b"'))
    const sweep = async () => {
      while (await findGaps(town.context, 0));
    }
    town.clock.set(start + 120_000)
    await sweep()
    for (let slot = 0; slot <= 48; slot += 1) {
      const at = start + slot * halfHour
      town.clock.set(at)
      if (slot !== 10) await town.settle([await town.reading('3 "b"', 1_000 + slot * 100, { at })])
    }
    town.clock.set(start + 2 * 86_400_000)
    await sweep()
    while (await rollUp(town.context));
    const api = await createApiBench(town, { auditor: 'auditor' })
    ;({ app } = api)
    cookie = api.cookieOf('auditor')
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })

  test('what a meter used in each half hour, and in its month', async () => {
    const url = `/api/meters/${String(meterId)}/half-hours?first=2026-11-29&last=2026-11-29`
    const { days, months } = readHalfHours.response.parse((await get(url)).json())
    expect(days).toHaveLength(1)
    expect(days[0]).toMatchObject({ day: '2026-11-29', from: start, openingWh: '1000', closingWh: '5800' })
    expect(days[0]?.energiesWh).toEqual(Array.from({ length: 48 }, () => 100))
    expect(days[0]?.states.map((state) => state[0]).join('')).toBe(`${'r'.repeat(10)}m${'r'.repeat(37)}`)
    expect(months).toMatchObject([{ month: '2026-11', usedWh: '4800', read: 47, missing: 1 }])
  })

  test('all of them as CSV, a line for each', async () => {
    const answer = await get('/api/half-hours.csv?first=2026-11-29&last=2026-11-29')
    expect(answer.headers['content-type']).toContain('text/csv')
    const lines = answer.body.trimEnd().split('\n')
    expect(lines).toHaveLength(49)
    expect(lines[0]).toBe('address,place,begins,minutes,energy_wh,register_wh,state')
    expect(lines[1]).toBe('202611010001,"3 ""b""",2026-11-28T16:00:00.000Z,30,100,1000,read')
    expect(lines[48]).toBe('202611010001,"3 ""b""",2026-11-29T15:30:00.000Z,30,100,5700,read')
  })

  test.each([
    ['/api/half-hours.csv?first=2026-11-29&last=2026-11-28', 400],
    ['/api/half-hours.csv?first=2026-01-01&last=2026-12-31', 400],
    ['/api/half-hours.csv?first=x&last=y', 400],
    ['/api/meters/999/half-hours?first=2026-11-29&last=2026-11-29', 404],
    ['/api/meters/1/half-hours?first=2025-11-29&last=2026-11-30', 400],
  ])('%s → %i', async (url, status) => {
    expect((await get(url)).statusCode).toBe(status)
  })

  test('nothing without a sign-in', async () => {
    const url = '/api/half-hours.csv?first=2026-11-29&last=2026-11-29'
    expect((await app.inject({ method: 'GET', url })).statusCode).toBe(401)
  })
})
