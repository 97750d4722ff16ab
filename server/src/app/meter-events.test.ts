import { parseVillage, startVillage, type MeterChange, type RunningVillage } from '@xianfu/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../domain/clock.ts'
import { price } from '../domain/quantity.ts'
import { collectEvents, collectStates, type EventField } from '../flow/collect-events.ts'
import { enrol } from '../flow/enrol.ts'
import { judgeField } from '../flow/watch-communication.ts'
import { createHeadend } from '../headend/create-headend.ts'
import type { Headend } from '../headend/headend.ts'
import { until } from '../domain/testing/until.ts'
import { testClock } from '../headend/testing/hand-made-field.ts'
import { loadField } from '../store/archive.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { viewWorkItems } from '../store/view/work-items.ts'

// Events and alarms with meters of the virtual field behind a real TCP gateway: one speaks Modbus, the others DL/T 645.

const hour = 3_600_000
const minute = 60_000
const [covered, faulty, modbus] = ['202611250001', '202611250002', '202611250003'] as const
const machine = testClock()
let moved = 0
const clock: Clock = { ...machine, now: () => machine.now() + moved }

let at: TestDatabase
let headend: Headend
let village: RunningVillage
let meterIds: readonly number[] = []
const said: unknown[] = []
const context = () => ({
  database: at.database,
  clock,
  ids: { uuid: uuidv7 },
  log: (event: unknown) => said.push(event),
})

const gateway = (code: string) => ({
  code,
  link: { kind: 'dials-in' as const, registration: code, heartbeat: null },
  baudRate: 9_600,
  parity: 'none' as const,
})
const enrolledMeter = (address: string) => ({
  gateway: address === modbus ? 'GW-2' : 'GW-1',
  address,
  ...(address === modbus && {
    protocol: { kind: 'modbus-rtu', unit: 3, model: 'acrel-dtsy1352', wiring: 'in-line' } as const,
  }),
  place: address.slice(-1),
  passwordLevel: 2,
  password: '000000',
  maximumWatts: 100_000,
})
const virtualGateway = (id: string, meters: readonly object[]) => ({
  id,
  mode: 'dials-in' as const,
  registration: id,
  reconnectMs: 100,
  line: { baudRate: 9_600, timing: 'none' as const },
  meters,
})

beforeAll(async () => {
  at = await createTestDatabase()
  const enrolled = await enrol(at.database, clock, context().ids, {
    site: { name: 'S', timeZone: 'Asia/Shanghai', readingIntervalMinutes: 30, servicePhone: '1', signature: 'S' },
    pricePlans: [{ name: 'flat', plan: { kind: 'flat', price: price(10_000_000_000n) } }],
    gateways: [gateway('GW-1'), gateway('GW-2')],
    accounts: [covered, faulty, modbus].map((address, index) => ({
      number: String(70_001 + index),
      customer: { name: address, phone: '1', language: 'zh' as const },
      protected: false,
      meters: [enrolledMeter(address)],
      agreement: null,
      openingPayment: null,
    })),
  })
  if (!enrolled.ok) throw new Error(enrolled.code)
  headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  headend.configure(await loadField(at.database))
  headend.onGatewayChange(({ gatewayId, online, since }) => void noteGateway(gatewayId, online, since))
  const { port } = await headend.start()
  const parsed = parseVillage({
    name: 'events',
    timeZone: 'Asia/Shanghai',
    gateways: [
      virtualGateway('GW-1', [
        { address: covered, name: 'covered', constantWatts: 3_000 },
        { address: faulty, name: 'faulty', constantWatts: 3_000 },
      ]),
      virtualGateway('GW-2', [
        {
          address: modbus,
          name: 'modbus',
          constantWatts: 3_000,
          modbus: { unit: 3, model: 'acrel-dtsy1352' },
          overload: { watts: 5_000, afterMs: 1_000, recloseAfterMs: 60_000, reclosings: 3 },
        },
      ]),
    ],
  })
  if (!parsed.ok) throw new Error(parsed.problems.join('; '))
  const after = (elapsedMs: number, run: () => void) => {
    const timer = setTimeout(run, elapsedMs)
    return () => clearTimeout(timer)
  }
  const delay: Clock['delay'] = async (elapsedMs, signal) => clock.delay(elapsedMs, signal).catch(() => undefined)
  village = await startVillage({
    village: parsed.value,
    clock: { ...clock, after, delay },
    headend: { host: '127.0.0.1', port },
  })
  await until('both gateways are online', () => headend.gateways().every(({ online }) => online))
  meterIds = (await at.database.query<{ id: number }>('select id from meter order by id')).map(({ id }) => id)
})
afterAll(async () => {
  await village.stop()
  await headend.stop()
  await at.drop()
})

/** As the house writes it down. */
const noteGateway = async (id: number, online: boolean, since: number): Promise<unknown> =>
  at.database.query('update gateway set online = $2, online_since = $3 where id = $1', [id, online, new Date(since)])
const pass = (ms: number): void => {
  moved += ms
}
const change = (address: string, to: MeterChange): void => village.meter(address)?.change(to)
const ask = async (): Promise<void> => {
  for (const id of meterIds)
    for (const collect of [collectStates, collectEvents]) {
      const { asked } = await collect({ context: context(), headend }, { id, timeZone: 'Asia/Shanghai' })
      expect(asked).toBe('asked')
    }
}
const events = async (address: string, origin: string) =>
  (
    await at.database.query<{ words: string }>(
      `select kind || case phase when '' then '' else ' ' || phase end
              || case when ended_at is null then '' else ' ' || round(extract(epoch from ended_at - began_at) / 3600) || ' h' end as words
       from meter_event e join meter m on m.id = e.meter_id where m.address = $1 and origin = $2 order by e.kind, phase, e.id`,
      [address, origin],
    )
  ).map(({ words }) => words)
const gatewaysAway = async () => (await at.database.query('select 1 from gateway where not online')).length
const alarms = async (closed = false) =>
  (await viewWorkItems(at.database, closed, 100)).map(
    ({ kind, place, gateway: code, closed_because: why }) =>
      `${kind} ${place ?? code ?? ''}${closed ? ` ${why ?? ''}` : ''}`,
  )

describe('meters of the virtual field', () => {
  test('tell which events they have, and are not asked for the others again', async () => {
    await ask()
    const [first] = await at.database.query<{ meters: bigint; kinds: bigint; absent: bigint }>(
      `select count(distinct meter_id) as meters, count(distinct kind) filter (where not absent) as kinds,
              count(*) filter (where absent) as absent from meter_event_count`,
    )
    expect(Number(first?.meters)).toBe(3)
    expect(Number(first?.kinds)).toBeGreaterThan(10)
    expect(Number(first?.absent)).toBeGreaterThan(0)
    expect([await events(covered, 'record'), await alarms()]).toEqual([[], []])
    const left: number[] = []
    const field: EventField = {
      readEventRecord: async (...asked) => headend.readEventRecord(...asked),
      readSigns: async (id, what, options) => {
        left.push(options.without?.length ?? 0)
        return headend.readSigns(id, what, options)
      },
    }
    const id = meterIds[0] ?? 0
    await collectEvents({ context: context(), headend: field }, { id, timeZone: 'Asia/Shanghai' })
    expect(left).toEqual([Number(first?.absent) / 2])
  })

  test('signs of theft: seen while they last, and recorded when they are over', async () => {
    change(covered, { meterCover: 'open', magneticField: true, currentLossPhases: 0b010 })
    pass(2 * hour)
    await ask()
    // The magnet shows in no status word.
    expect(await events(covered, 'status')).toEqual(['current-loss b', 'meter-cover'])
    expect(await alarms()).toEqual(['theft-sign 1'])
    change(covered, { meterCover: 'closed', magneticField: false, currentLossPhases: 0 })
    pass(7 * hour)
    await ask()
    // A record has the meter's own times, where its layout is known (not of magnetic fields); that the state was over, was seen when the meter was asked again.
    expect(await events(covered, 'record')).toEqual(['current-loss b 2 h', 'magnetic-field', 'meter-cover 2 h'])
    expect(await events(covered, 'status')).toEqual(['current-loss b 7 h', 'meter-cover 7 h'])
    const [item, ...others] = await viewWorkItems(at.database, false, 10)
    expect(others).toEqual([])
    expect(item).toMatchObject({ kind: 'theft-sign', place: '1', detail: { events: 5 } })
    pass(7 * hour)
    await ask()
    expect(await events(covered, 'record')).toHaveLength(3)
    const [stored] = await at.database.query<{ raw: Uint8Array; detail: { before: object } }>(
      `select raw, detail from meter_event where kind = 'meter-cover' and origin = 'record'`,
    )
    // One whole frame, and the registers in it.
    expect([stored?.raw.at(0), stored?.raw.at(-1)]).toEqual([0x68, 0x16])
    expect(stored?.detail.before).toHaveProperty('forwardActiveEnergy')
  })

  test('a state that ends, ends its alarm', async () => {
    change(faulty, { clockBatteryLow: true, lostPhases: 0b100 })
    pass(2 * hour)
    await ask()
    expect((await alarms()).toSorted()).toEqual(['meter-fault 2', 'supply-fault 2', 'theft-sign 1'])
    change(faulty, { clockBatteryLow: false, lostPhases: 0 })
    pass(7 * hour)
    await ask()
    expect(await alarms()).toEqual(['theft-sign 1'])
    expect((await alarms(true)).toSorted()).toEqual(['meter-fault 2 state-ended', 'supply-fault 2 state-ended'])
    expect(await events(faulty, 'record')).toEqual(['phase-break c 2 h'])
  })

  test('a Modbus meter counts its trips for overload', async () => {
    change(modbus, { constantWatts: 9_000 })
    pass(30 * minute)
    await ask()
    change(modbus, { constantWatts: 1_000 })
    pass(7 * hour)
    await ask()
    expect(await events(modbus, 'counter')).toEqual(['overload-trip'])
    expect(await alarms()).toContain('overload 3')
  })

  test('a gateway that is away is one alarm, and none when it is back', async () => {
    const start = clock.now()
    const before = await alarms()
    village.gateway('GW-1')?.setOffline(true)
    await until('the gateway is gone', () => headend.gateways().some(({ online }) => !online))
    await expect.poll(gatewaysAway, { timeout: 20_000 }).toBe(1)
    await judgeField(context(), start)
    expect(await alarms()).toEqual(before)
    pass(10 * minute)
    await judgeField(context(), start)
    expect((await alarms()).filter((alarm) => !before.includes(alarm))).toEqual(['gateway-offline GW-1'])
    village.gateway('GW-1')?.setOffline(false)
    await expect.poll(gatewaysAway, { timeout: 20_000 }).toBe(0)
    pass(5 * minute)
    await judgeField(context(), start)
    expect(await alarms()).toEqual(before)
    expect(said).toEqual([])
  })
})
