import { loadRules, type LoadRules } from '@xianfu/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lookAtAll } from '../flow/run-load-control.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { presentRules, rulesOf } from './load-routes.ts'
import { createApiBench, type ApiBench } from './testing/api-bench.ts'

const everything: LoadRules = {
  reconnect: 'permit-close',
  sampleEverySeconds: 60,
  overload: { limitWatts: 3_000, forMinutes: 5, recloseTimes: 3, recloseAfterMinutes: 10 },
  schedule: { on: [{ days: [1, 2, 'holiday'], fromMinute: 360, toMinute: 1_380 }], holidays: ['2026-10-01'] },
  singleRun: { mostMinutes: 120, mostEnergyWh: 5_000, startsOnPayment: true },
  malignantLoad: {
    stepWatts: 800,
    leastPowerFactor: 980,
    withinSeconds: 120,
    stepAlone: false,
    act: 'alarm',
    recloseTimes: 0,
    recloseAfterMinutes: 0,
  },
}
const reason = 'agreed with the tenant'

test('rules as people write them are the rules that are kept', () => {
  expect(presentRules(rulesOf(everything))).toEqual(everything)
  expect(loadRules.parse(everything)).toEqual(everything)
})

describe('load control over HTTP', () => {
  let town: Town
  let api: ApiBench
  let url = ''

  beforeAll(async () => {
    town = await createTown([{ place: 'A', opening: 20 }])
    api = await createApiBench(town, { m: 'manager', f: 'field-engineer', a: 'auditor' })
    url = `/api/meters/${String((await town.place('A')).meterId)}/load`
  })
  afterAll(async () => {
    await api.app.close()
    await town.close()
  })

  test.each([
    ['a', 403, { rules: everything, reason }],
    ['f', 403, { rules: everything, reason }],
    ['m', 400, { rules: everything }],
    ['m', 400, { rules: { ...everything, sampleEverySeconds: 1 }, reason }],
    ['m', 409, { rules: { ...everything, sampleEverySeconds: 600 }, reason }],
    ['m', 409, { rules: { reconnect: 'direct-close', sampleEverySeconds: null }, reason }],
    ['m', 200, { rules: everything, reason }],
  ])('%s sets rules: %i', async (login, status, body) => {
    expect((await api.send(url, body, login)).status).toBe(status)
  })

  test('a run is started, read back, stopped; rules are taken away', async () => {
    await lookAtAll(town.context)
    expect((await api.get(url, 'a')).body).toMatchObject({ load: { rules: everything, holds: ['schedule', 'no-run'] } })
    expect((await api.send(`${url}/start`, { minutes: 500, reason }, 'a')).status).toBe(403)
    expect((await api.send(`${url}/start`, { minutes: 500, reason }, 'f')).status).toBe(200)
    expect((await api.get(url, 'a')).body).toMatchObject({ load: { run: { forMinutes: 120, energyWh: 5_000 } } })
    expect((await api.send(`${url}/start`, { reason }, 'f')).body).toMatchObject({ code: 'run-under-way' })
    expect((await api.send(`${url}/stop`, { reason }, 'f')).status).toBe(200)
    expect((await api.send(`${url}/reset`, { reason }, 'f')).status).toBe(200)
    expect((await api.send(url, { rules: null, reason }, 'm')).status).toBe(200)
    expect((await api.get(url, 'a')).body).toEqual({ load: null })
    expect((await api.send(`${url}/stop`, { reason }, 'f')).body).toMatchObject({ code: 'no-load-rules' })
    expect((await api.get('/api/meters/999/load', 'a')).status).toBe(404)
  })
})
