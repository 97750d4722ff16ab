import { readCompleteness, readGaps, readMeterCompleteness } from '@xianfu/contract'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findGaps, settleWithinMs } from '../flow/find-gaps.ts'
import { createTown, wednesday, type Town } from '../flow/testing/town.ts'
import { createApiBench } from './testing/api-bench.ts'

const halfHour = 1_800_000

describe('completeness over HTTP', () => {
  let town: Town
  let app: FastifyInstance
  let cookie = ''
  let meterId = 0

  const get = async (url: string) => app.inject({ method: 'GET', url, headers: { cookie } })

  beforeAll(async () => {
    town = await createTown([{ place: 'A' }, { place: 'B' }])
    ;({ meterId } = await town.place('B'))
    // The collector tells of a line that was away once for all its meters.
    await town.database.query(
      `insert into missed_read (gateway_id, data_set, slot_at, reason) select id, 'energy', $1, 'gateway-offline' from gateway`,
      [new Date(wednesday + halfHour)],
    )
    town.clock.set(wednesday + settleWithinMs)
    await findGaps(town.context, 0)
    for (let slot = 0; slot < 4; slot += 1) {
      const at = wednesday + (slot + 0.2) * halfHour
      town.clock.set(at)
      await town.settle([await town.reading('A', 1_000 + slot * 10, { at })])
      if (slot !== 1) await town.settle([await town.reading('B', 1_000 + slot * 10, { at })])
      town.clock.set(wednesday + (slot + 1) * halfHour + settleWithinMs)
      await findGaps(town.context, 0)
    }
    const api = await createApiBench(town, { auditor: 'auditor' })
    ;({ app } = api)
    cookie = api.cookieOf('auditor')
  })
  afterAll(async () => {
    await app.close()
    await town.close()
  })

  test('by gateway and day', async () => {
    const { days } = readCompleteness.response.parse((await get('/api/completeness?days=3')).json())
    expect(days).toEqual([
      {
        day: '2026-11-25',
        site: 'test town',
        gatewayId: 1,
        gateway: 'GW-T',
        expected: 8,
        read: 7,
        reRead: 0,
        estimated: 0,
        missing: 1,
        lost: 0,
        byReason: { 'gateway-away': 1 },
        lostBySide: {},
      },
    ])
  })

  test('the gaps, and how many meters lack each interval', async () => {
    const answer = readGaps.response.parse((await get('/api/completeness/gaps?days=1')).json())
    const from = wednesday + halfHour
    expect(answer.gaps).toMatchObject([
      {
        meterId,
        place: 'B',
        from,
        to: from + halfHour,
        intervals: 1,
        reason: 'gateway-away',
        state: 'open',
        unknownSide: null,
      },
    ])
    expect(answer.cells).toEqual([{ at: from, state: 'open', meters: 1 }])
  })

  test('every half hour of one meter', async () => {
    const url = `/api/meters/${String(meterId)}/completeness?days=1`
    const { days } = readMeterCompleteness.response.parse((await get(url)).json())
    const states = days[0]?.intervals.map(({ state }) => state) ?? []
    expect(states).toHaveLength(48)
    // 11:00 in Shanghai is the 22nd half hour.
    expect(states.slice(21, 27)).toEqual(['unwatched', 'read', 'missing', 'read', 'read', 'due'])
  })

  test('needs a sign-in, a meter that is there, and days within bounds', async () => {
    expect((await app.inject({ method: 'GET', url: '/api/completeness' })).statusCode).toBe(401)
    expect((await get('/api/meters/999/completeness')).statusCode).toBe(404)
    expect((await get('/api/completeness?days=63')).statusCode).toBe(400)
  })
})
