import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handClock } from '../time/hand-clock.ts'
import { readVillage } from './read-village.ts'
import { readState } from './state-file.ts'
import { startVillage } from './start-village.ts'
import { parseVillage } from './village.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xianfu-village-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const now = Date.UTC(2026, 2, 2)
const hourMs = 3_600_000
const meter = { address: '000000000001', name: 'one', constantWatts: 1_000 }
const gateway = { id: 'g', mode: 'dialled' as const, meters: [meter] }
const village = (changes: object = {}): object => ({
  name: 'v',
  timeZone: 'Asia/Shanghai',
  gateways: [gateway],
  ...changes,
})
const parsed = (changes: object = {}) => {
  const result = parseVillage(village(changes))
  if (!result.ok) throw new Error(result.problems.join('; '))
  return result.value
}

describe('a village file', () => {
  test('needs little: the rest has defaults', () => {
    expect(parsed()).toMatchObject({
      seed: 1,
      ratePeriods: [{ from: '00:00', rate: 3 }],
      gateways: [
        {
          port: 0,
          line: { baudRate: 2_400, parity: 'even', timing: 'real', noise: 0 },
          faults: { split: 0 },
          meters: [{ password: '000000', passwordLevel: 2, relay: { delayMs: 40, button: false }, prepayment: null }],
        },
      ],
    })
  })

  test.each([
    ['no gateways', { gateways: [] }, /gateways: must have one, or generate some/u],
    ['a zone that is none', { timeZone: 'Mars/Olympus' }, /timeZone: must be a time zone/u],
    ['a key that is none', { colour: 'red' }, /colour/u],
    ['rates that begin late', { ratePeriods: [{ from: '01:00', rate: 1 }] }, /ratePeriods: must begin at 00:00/u],
    [
      'rates that fall',
      {
        ratePeriods: [
          { from: '00:00', rate: 1 },
          { from: '00:00', rate: 2 },
        ],
      },
      /ratePeriods: must rise/u,
    ],
    ['a clock that is none', { ratePeriods: [{ from: '24:00', rate: 1 }] }, /ratePeriods\.0\.from: must be HH:MM/u],
    ['two gateways of one name', { gateways: [gateway, { ...gateway, meters: [] }] }, /ids must differ/u],
    ['two meters of one address', { gateways: [gateway, { ...gateway, id: 'h' }] }, /meter addresses must differ/u],
    [
      'an address of eleven digits',
      { gateways: [{ ...gateway, meters: [{ ...meter, address: '12345678901' }] }] },
      /gateways\.0\.meters\.0\.address: must be the twelve digits/u,
    ],
    [
      'the broadcast address',
      { gateways: [{ ...gateway, meters: [{ ...meter, address: '999999999999' }] }] },
      /must be the twelve digits/u,
    ],
    [
      'phases that are not the whole',
      { gateways: [{ ...gateway, meters: [{ ...meter, phases: [50, 30, 30] }] }] },
      /phases: must add up to 100/u,
    ],
    [
      'a delay that ends before it begins',
      { gateways: [{ ...gateway, meters: [{ ...meter, answerDelayMs: { min: 9, max: 8 } }] }] },
      /answerDelayMs: min must not exceed max/u,
    ],
  ])('with %s is refused, with the place', (_, changes, problem) => {
    const result = parseVillage(village(changes))
    expect(result.ok ? [] : result.problems.join('; ')).toMatch(problem)
  })

  test('tells all that is wrong at once', () => {
    const result = parseVillage({
      name: '',
      timeZone: 'Nowhere',
      seed: -1,
      gateways: [{ id: 'g', mode: 'carrier pigeon' }],
    })
    expect(result.ok ? 0 : result.problems.length).toBeGreaterThanOrEqual(4)
  })

  test('may be YAML or JSON, and errors name the file', async () => {
    const yaml = join(folder, 'v.yaml')
    await writeFile(
      yaml,
      'name: v # a village\ntimeZone: Asia/Shanghai\ngenerate: { mode: dialled, gateways: 2, metersPerGateway: 3 }\n',
    )
    expect(await readVillage(yaml)).toMatchObject({ generate: { gateways: 2, metersPerGateway: 3 } })
    const json = join(folder, 'v.json')
    await writeFile(json, JSON.stringify(village()))
    expect((await readVillage(json)).gateways.length).toBe(1)
    await writeFile(yaml, 'name: [unclosed')
    await expect(readVillage(yaml)).rejects.toThrow(/cannot read the village .*v\.yaml/u)
    await writeFile(yaml, 'name: v')
    await expect(readVillage(yaml)).rejects.toThrow(/v\.yaml: timeZone: /u)
    await expect(readVillage(join(folder, 'absent.yaml'))).rejects.toThrow(/absent\.yaml/u)
  })

  test('with the load of a household that was never measured does not start', async () => {
    const odd = parsed({ gateways: [{ ...gateway, meters: [{ ...meter, load: { household: 'H0' } }] }] })
    await expect(startVillage({ village: odd, clock: handClock({ now }) })).rejects.toThrow(
      /one: no load of household H0/u,
    )
  })
})

describe('a generated village', () => {
  const generate = { mode: 'dials-in', gateways: 3, metersPerGateway: 5, firstAddress: '202600000010' }

  test('has as many as it says, each different, with addresses one after the other', async () => {
    const clock = handClock({ now })
    const running = await startVillage({ village: parsed({ gateways: [], generate }), clock })
    expect([...running.meters.keys()]).toEqual(
      Array.from({ length: 15 }, (_, index) => String(202_600_000_010 + index)),
    )
    expect(running.gateways.map(({ options }) => options)).toMatchObject([
      { id: 'g1', registration: 'g1' },
      { id: 'g2', registration: 'g2' },
      { id: 'g3', registration: 'g3' },
    ])
    clock.pass(24 * hourMs)
    const totals = [...running.meters.values()].map((each) => each.look().totalWh)
    expect(new Set(totals).size).toBe(15)
    expect(running.gatewayOf('202600000016')?.options.id).toBe('g2')
    await running.stop()
  })

  test('may stand beside a listed one, but not under the same addresses', async () => {
    const clock = handClock({ now })
    const beside = await startVillage({ village: parsed({ generate }), clock })
    expect(beside.meters.size).toBe(16)
    await beside.stop()
    const clashing = parsed({ generate: { ...generate, firstAddress: '000000000001' } })
    await expect(startVillage({ village: clashing, clock })).rejects.toThrow(/000000000001/u)
  })

  test('keeps no records unless it is told to', () => {
    const { generate: made } = parsed({ gateways: [], generate: { mode: 'dialled', gateways: 2, metersPerGateway: 1 } })
    expect(made).toMatchObject({ firstPort: 0, meter: { memory: { daily: false, settlement: false } } })
  })
})

describe('the state file', () => {
  test('is written when the village stops, and read when it starts', async () => {
    const statePath = join(folder, 'state.json')
    const clock = handClock({ now })
    const first = await startVillage({ village: parsed(), clock, statePath })
    clock.pass(hourMs)
    first.meter('000000000001')?.change({ relayActual: 'open', keepPower: true })
    await first.stop()
    const later = handClock({ now: now + 1_000 * hourMs })
    const second = await startVillage({ village: parsed(), clock: later, statePath })
    expect(second.meter('000000000001')?.look()).toMatchObject({
      totalWh: '1000',
      keepPower: true,
      relay: { actual: 'open' },
    })
    await second.stop()
  })

  test('of the first villages is understood', async () => {
    const statePath = join(folder, 'first.json')
    const old = {
      registers: ['0', '3600000001', '7200000000000', '1800000000'],
      relay: { commanded: 'open', actual: 'open' },
      keepPower: false,
      alarm: true,
      clockOffsetMs: 250,
      obeyed: [{ at: 1, action: 'trip' }],
    }
    await writeFile(statePath, JSON.stringify({ meters: { '000000000001': old } }))
    const running = await startVillage({ village: parsed(), clock: handClock({ now }), statePath })
    expect(running.meter('000000000001')?.look()).toMatchObject({
      // 1 Wh, 2000 Wh and half a Wh.
      ratesWh: ['0', '1', '2000', '0'],
      totalWh: '2001',
      relay: { commanded: 'open', actual: 'open', cause: 'remote' },
      alarm: true,
      clock: now + 250,
      obeyed: [{ at: 1, action: 'trip' }],
    })
    await running.stop()
    expect(JSON.parse(await readFile(statePath, 'utf8'))).toMatchObject({ version: 2 })
  })

  test('of another kind is refused and left alone', async () => {
    const statePath = join(folder, 'odd.json')
    for (const text of ['{"version":1,"meters":{}}', 'not json', '{"version":2,"meters":{"a":{}}}']) {
      await writeFile(statePath, text)
      await expect(startVillage({ village: parsed(), clock: handClock({ now }), statePath })).rejects.toThrow(
        /no state of a village; move it away/u,
      )
      expect(await readFile(statePath, 'utf8')).toBe(text)
    }
  })

  test('that is not there yet is no state', async () => {
    expect(await readState(join(folder, 'none.json'))).toBeNull()
  })
})
