import { parseVillage, startVillage, systemClock, type RunningVillage } from '@xianfu/simulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkMeter } from '../flow/check-meters.ts'
import { createTown, type Town } from '../flow/testing/town.ts'
import { createHeadend } from '../headend/create-headend.ts'
import type { Headend } from '../headend/headend.ts'
import { until } from '../domain/testing/until.ts'
import { metersToCheck } from '../store/meter-checks.ts'
import { clockFrom } from '../domain/testing/machine-clock.ts'

// The daily look at Modbus meters of the simulator over real TCP: clocks are read, put right where the model says how, and
// read again.

const hourMs = 3_600_000
/** 11:10 in Shanghai: far from midnight, and from half hours. */
const start = Date.parse('2026-11-25T03:10:00Z')
const line = { baudRate: 38_400, parity: 'none' } as const
const places = [
  { place: 'obeys', unit: 1, model: 'acrel-dtsy1352-register-clock', registerClock: true, offsetMs: -hourMs },
  { place: 'a little off', unit: 2, model: 'acrel-ddsy1352-register-clock', registerClock: true, offsetMs: 120_000 },
  { place: 'refuses', unit: 3, model: 'acrel-dtsy1352-register-clock', registerClock: false, offsetMs: -hourMs },
  { place: 'published', unit: 4, model: 'acrel-dtsy1352', registerClock: true, offsetMs: -hourMs },
  { place: 'right', unit: 5, model: 'acrel-dtsy1352', registerClock: false, offsetMs: 5_000 },
  { place: 'not worth a way', unit: 6, model: 'acrel-dtsy1352', registerClock: false, offsetMs: 120_000 },
] as const
const addressOf = (unit: number): string => `20261101${String(unit).padStart(4, '0')}`

let town: Town
let headend: Headend
let village: RunningVillage

beforeAll(async () => {
  town = await createTown(
    places.map(({ place }) => ({ place })),
    start,
  )
  const clock = clockFrom(start)
  for (const { place, unit, model } of places) {
    await town.settle([await town.reading(place, 1_000)])
    await town.database.query(
      "update meter set protocol = 'modbus-rtu', unit_address = $2, model = $3 where place = $1",
      [place, unit, model],
    )
  }
  let isOnline = false
  headend = createHeadend({
    clock,
    listen: { host: '127.0.0.1', port: 0 },
    log: ({ kind }) => void (isOnline ||= kind === 'gateway-online'),
  })
  const { port } = await headend.start()
  const archive = await town.database.query<{ id: number; gateway_id: number; address: string; place: string }>(
    'select id, gateway_id, address, place from meter order by id',
  )
  headend.configure({
    gateways: [
      {
        id: archive[0]?.gateway_id ?? 0,
        code: 'GW-T',
        link: { kind: 'dials-in', registration: 'GW-T', heartbeat: null },
        line,
      },
    ],
    meters: places.map(({ place, unit, model }) => {
      const row = archive.find((one) => one.place === place)
      if (row === undefined) throw new Error(`there is no ${place}`)
      return {
        id: row.id,
        gatewayId: row.gateway_id,
        address: row.address,
        protocol: { kind: 'modbus-rtu', unit, model, wiring: 'in-line' },
        credentials: { level: 2, password: '000000', operator: '00000001' },
        timeZone: 'Asia/Shanghai',
      }
    }),
  })
  const parsed = parseVillage({
    name: 'clocks',
    timeZone: 'Asia/Shanghai',
    gateways: [
      {
        id: 'GW-T',
        mode: 'dials-in',
        registration: 'GW-T',
        line,
        meters: places.map(({ place, unit, model, registerClock, offsetMs }) => ({
          address: addressOf(unit),
          name: place,
          clockOffsetMs: offsetMs,
          modbus: { unit, model: model.includes('ddsy') ? 'acrel-ddsy1352' : 'acrel-dtsy1352', registerClock },
        })),
      },
    ],
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  village = await startVillage({
    village: parsed.value,
    clock: { ...systemClock(), now: () => clock.now() },
    headend: { host: '127.0.0.1', port },
  })
  await until('the gateway is online', () => isOnline)
})
afterAll(async () => {
  await village.stop()
  await headend.stop()
  await town.close()
})

test('each is looked at once; only what can be set is, and proven by reading it back', async () => {
  const [gateway] = await town.database.query<{ id: number }>('select id from gateway')
  for (const _ of places) {
    const [meter] = await metersToCheck(town.database, [gateway?.id ?? 0], town.clock.now() - 23 * hourMs)
    if (meter === undefined) throw new Error('nothing is to be checked')
    await checkMeter(town.context, headend, meter)
    town.clock.move(1_000)
  }
  expect(await metersToCheck(town.database, [gateway?.id ?? 0], town.clock.now() - 23 * hourMs)).toEqual([])
  const rows = await town.database.query<{
    place: string
    offset: bigint
    done: string | null
    because: string | null
  }>(
    `select m.place, m.clock_offset_ms as offset, (select string_agg(a.action || coalesce(' ' || (a.detail ->> 'failure'), ''), ', ')
              from audit_log a where a.subject = 'meter:' || m.id and a.action like 'clock:%') as done,
            (select w.detail ->> 'because' from work_item w where w.meter_id = m.id and w.kind = 'clock-off') as because
     from meter m order by m.id`,
  )
  expect(rows.map(({ place, done, because }) => [place, done, because])).toEqual([
    ['obeys', 'clock:write', null],
    ['a little off', 'clock:write', null],
    ['refuses', 'clock:write refused-by-meter', 'refused-by-meter'],
    ['published', null, 'not-settable'],
    ['right', null, null],
    ['not worth a way', null, null],
  ])
  expect(rows.map(({ offset }) => Number(offset) < -0.9 * hourMs)).toEqual([false, false, true, true, false, false])
  // What is on the wire is a second at most old when it is there.
  for (const place of ['obeys', 'a little off']) {
    const found = rows.find((row) => row.place === place)
    expect(Math.abs(Number(found?.offset))).toBeLessThan(3_000)
  }
})

test('a record of the past is nowhere in their registers', async () => {
  const { meterId } = await town.place('obeys')
  const span = { from: start - hourMs, to: start, source: null }
  expect(await headend.readStored(meterId, span, { priority: 'back-fill' })).toMatchObject({ code: 'no-memory' })
})
