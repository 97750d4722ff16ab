import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startVillage, type RunningVillage } from '../village/start-village.ts'
import { parseVillage } from '../village/village.ts'
import { handClock } from '../time/hand-clock.ts'
import { startControlServer } from './control-server.ts'

const hourMs = 3_600_000
const clock = handClock({ now: Date.UTC(2026, 2, 2) })
let village: RunningVillage
let door: Awaited<ReturnType<typeof startControlServer>>
let stops = 0

beforeAll(async () => {
  const parsed = parseVillage({
    name: 'door',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'gate 1',
        mode: 'dialled',
        meters: [
          { address: '000000000001', name: 'plain', constantWatts: 1_000, relay: { button: true, delayMs: 0 } },
          {
            address: '000000000002',
            name: 'prepaid',
            prepayment: { prices: [1, 1, 1, 1], balance: 10, alarm1: 20 },
          },
        ],
      },
    ],
    generate: { mode: 'dials-in', gateways: 6, metersPerGateway: 200, firstAddress: '000000001000' },
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  village = await startVillage({ village: parsed.value, clock })
  door = await startControlServer(village, 0, () => (stops += 1))
})
afterAll(async () => {
  door.close()
  await village.stop()
})

const ask = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`http://127.0.0.1:${String(door.port)}${path}`, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> & unknown[] }
}

test('the status names meters and gateways', async () => {
  const { status, body } = await ask('GET', '/status')
  expect(status).toBe(200)
  expect(body).toMatchObject({ meters: 1_202 })
  expect(body.gateways).toHaveLength(7)
  expect((await ask('GET', '/gateways/gate%201')).body).toMatchObject({
    id: 'gate 1',
    mode: 'dialled',
    connected: false,
  })
})

test('the list of meters comes in pages', async () => {
  expect((await ask('GET', '/meters')).body).toHaveLength(1_000)
  expect((await ask('GET', '/meters?from=1000')).body).toHaveLength(202)
  expect((await ask('GET', '/meters?from=-1')).status).toBe(400)
})

describe('a meter', () => {
  test('is looked at, changed, and looked at again', async () => {
    clock.pass(hourMs)
    expect((await ask('GET', '/meters/000000000001')).body).toMatchObject({
      name: 'plain',
      totalWh: '1000',
      relay: { commanded: 'closed', actual: 'closed' },
      milliwatts: '1000000',
    })
    const changed = await ask('PATCH', '/meters/000000000001', { constantWatts: 500, reversedPhases: ['a'] })
    // 210 W on phase A the wrong way round, 165 and 125 W the right way.
    expect(changed).toMatchObject({ status: 200, body: { demandedMilliwatts: '500000', milliwatts: '80000' } })
    await ask('PATCH', '/meters/000000000001', { reversedPhases: [] })
  })

  test('has its button pressed', async () => {
    village.meter('000000000001')?.change({ relayActual: 'open' })
    const pressed = await ask('POST', '/meters/000000000001/button')
    expect(pressed).toMatchObject({ status: 200, body: { relay: { actual: 'closed' } } })
  })

  test('shows its items in turn, or the one that is asked for', async () => {
    const first = await ask('GET', '/meters/000000000002/display')
    clock.pass(5_000)
    const second = await ask('GET', '/meters/000000000002/display')
    expect(second.body.item).toBe(((first.body.item as number) + 1) % 14)
    expect((await ask('GET', '/meters/000000000002/display?item=0')).body).toEqual({
      item: 0,
      items: 14,
      label: '剩余金额',
      text: '000010.00 元',
      signs: ['请购电'],
      backlight: true,
    })
    expect((await ask('GET', '/meters/000000000002/display?item=x')).status).toBe(400)
  })

  test('has pulses to count', async () => {
    const before = Number((await ask('GET', '/meters/000000000001/pulses')).body.active)
    clock.pass(2 * hourMs)
    const after = Number((await ask('GET', '/meters/000000000001/pulses')).body.active)
    expect(after - before).toBe(800)
  })
})

describe('a gateway', () => {
  test('is dropped, taken away and brought back', async () => {
    for (const action of ['drop', 'offline', 'online'])
      expect((await ask('POST', `/gateways/gate%201/${action}`)).status).toBe(200)
  })

  test('has its line changed, and only what is named of it', async () => {
    expect((await ask('PATCH', '/gateways/gate%201', { line: { baudRate: 9_600 } })).status).toBe(200)
    expect((await ask('PATCH', '/gateways/gate%201', { line: { baudRate: 9 } })).status).toBe(400)
    expect((await ask('PATCH', '/gateways/gate%201', { colour: 'red' })).status).toBe(400)
  })
})

test.each([
  ['GET', '/nothing'],
  ['GET', '/meters/000000009999'],
  ['GET', '/meters/000000000001/secrets'],
  ['POST', '/meters/000000000001/explode'],
  ['DELETE', '/meters/000000000001'],
  ['POST', '/gateways/none/drop'],
  ['POST', '/gateways/gate%201/paint'],
  ['PATCH', '/gateways/none'],
])('%s %s is not there', async (method, path) => {
  expect((await ask(method, path, method === 'PATCH' ? { line: {} } : undefined)).status).toBe(404)
})

test.each([
  ['a key that is none', { colour: 'red' }],
  ['a value that is none', { constantWatts: 'many' }],
  ['no JSON', '{'],
  ['too much', JSON.stringify({ behaviours: 'x'.repeat(70_000) })],
])('a change with %s is refused in words', async (_, body) => {
  const { status, body: said } = await ask('PATCH', '/meters/000000000001', body)
  expect(status).toBe(400)
  expect(typeof said.error).toBe('string')
})

test('stop is passed on', async () => {
  expect((await ask('POST', '/stop')).status).toBe(202)
  await new Promise((resolve) => setImmediate(resolve))
  expect(stops).toBe(1)
})
