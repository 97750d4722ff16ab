import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../domain/clock.ts'
import { microYuan } from '../domain/quantity.ts'
import { enrol } from '../flow/enrol.ts'
import { createPauseReading, createSetSchedule } from '../flow/schedules.ts'
import { createHeadend } from '../headend/create-headend.ts'
import { acrelDdsy1352Model } from '../headend/model/acrel.ts'
import { foreignSerialSlave, foreignTcpDevice } from '../headend/testing/foreign-modbus.ts'
import { testClock } from '../headend/testing/hand-made-field.ts'
import { handMadeAcrel, setRegister } from '../headend/testing/hand-made-modbus.ts'
import { cable, loadPty } from '../headend/testing/pty.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { readEnrolment } from './enrolment-file.ts'
import { startHouse, type House } from './house.ts'

// Slaves that others have made (modbus-serial) are collected on schedule by nothing but an enrolment file: one dialled over
// Modbus TCP, and, where the machine has pseudo-terminals, one on a serial port.

const minute = 60_000
const ids = { uuid: uuidv7 }
const machine = testClock()
// Line 1 begins 31 s after the clock, line 2 a little otherwise; a minute after it both have begun.
const noon = Date.parse('2026-03-02T12:00:00+08:00')
let wall = noon + minute
const clock: Clock = { ...machine, now: () => wall }

const overTcp = handMadeAcrel(5, acrelDdsy1352Model, {
  energyTotal: 100_000,
  energyFlat: 100_000,
  voltageA: 231_400,
})
const overSerial = handMadeAcrel(9, acrelDdsy1352Model, { energyTotal: 200_000, energyFlat: 200_000 })
const openPty = loadPty()

let at: TestDatabase
let house: House
const closers: (() => Promise<void> | void)[] = []

const meterOf = (gateway: string, address: string, protocol: object) => ({
  gateway,
  address,
  place: address,
  protocol: { model: 'acrel-ddsy1352', ...protocol },
  maximumWatts: 20_000,
})

const accountOf = (number: string, meter: object) => ({
  number,
  customer: { name: 'Customer', phone: '10000000001' },
  meters: [meter],
  agreement: { pricePlan: 'flat', cutOff: '-1000.00', alarm1: '0', alarm2: '-500.00' },
  openingPayment: '100.00',
})

beforeAll(async () => {
  at = await createTestDatabase()
  const device = await foreignTcpDevice(overTcp)
  closers.push(device.close)
  const gateways: object[] = [{ code: 'TCP', link: 'dialled', host: '127.0.0.1', port: device.port }]
  const accounts: object[] = [
    accountOf('1', meterOf('TCP', '000000000005', { kind: 'modbus-tcp', unit: overTcp.unit })),
  ]
  if (openPty !== null) {
    const wires = cable(openPty)
    closers.push(wires.close)
    const slave = await foreignSerialSlave(overSerial, wires.far)
    closers.push(slave.close)
    gateways.push({ code: 'SERIAL', link: 'serial', path: wires.near, baudRate: 9_600 })
    accounts.push(accountOf('2', meterOf('SERIAL', '000000000009', { kind: 'modbus-rtu', unit: overSerial.unit })))
  }
  const read = readEnrolment({
    site: {
      name: 'Site',
      timeZone: 'Asia/Shanghai',
      servicePhone: '95598',
      signature: 'Site',
      schedules: { instantaneous: 60, parameters: null },
    },
    pricePlans: [{ name: 'flat', kind: 'flat', price: '1' }],
    gateways,
    accounts,
  })
  if (!read.ok) throw new Error(read.problems.join('; '))
  const enrolled = await enrol(at.database, clock, ids, read.value)
  if (!enrolled.ok) throw new Error(enrolled.code)
  const headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  const log = (): void => undefined
  house = await startHouse({
    database: at.database,
    clock,
    ids,
    headend,
    owner: ids.uuid(),
    log,
    clockMovedByHand: true,
  })
})

afterAll(async () => {
  await house.stop()
  for (const close of closers.splice(0).reverse()) await close()
  await at.drop()
})

const readings = async (meterId: number): Promise<string[]> => {
  const rows = await at.database.query<{ at: number; total_wh: bigint; quality: string }>(
    'select at, total_wh, quality from reading where meter_id = $1 order by at',
    [meterId],
  )
  return rows.map(
    (row) => `${new Date(row.at + 8 * 60 * minute).toISOString().slice(11, 16)} ${row.total_wh} ${row.quality}`,
  )
}

const shows = async (holds: () => Promise<boolean>, what: string): Promise<void> => {
  const startMs = machine.elapsedMs()
  while (!(await holds())) {
    if (machine.elapsedMs() - startMs > 20_000) throw new Error(`It did not come to be: ${what}.`)
    await machine.delay(20)
  }
}
const becomes = async (meterId: number, expected: readonly string[]): Promise<void> => {
  await shows(async () => (await readings(meterId)).length >= expected.length, `readings ${expected.join()}`)
  expect(await readings(meterId)).toEqual(expected)
}

const missed = async () =>
  at.database.query('select gateway_id, meter_id, data_set, reason, meters from missed_read where data_set = $1', [
    'energy',
  ])

test('every half hour brings a reading of each, settled, without anybody asking', async () => {
  await becomes(1, ['12:01 100000 good'])
  if (openPty !== null) await becomes(2, ['12:01 200000 good'])
  for (const name of ['energyTotal', 'energyFlat']) {
    setRegister(overTcp, name, 102_500)
    setRegister(overSerial, name, 201_000)
  }
  wall += 30 * minute
  await becomes(1, ['12:01 100000 good', '12:31 102500 good'])
  if (openPty !== null) await becomes(2, ['12:01 200000 good', '12:31 201000 good'])
  const balances = await at.database.query<{ balance: bigint }>(
    `select credits - debits as balance from ledger_account where code = 'customer-prepayment' and account_id = 1`,
  )
  expect(balances[0]?.balance).toBe(microYuan(97_500_000n))
  expect(await missed()).toEqual([])
})

test('other sets come at their own pace, and what the model does not have is not asked for', async () => {
  const data = async () =>
    at.database.query<{ data_set: string; data: Record<string, unknown> }>(
      'select data_set, data from meter_data where meter_id = 1 order by data_set',
    )
  await shows(async () => (await data()).length > 2, 'voltages, states and events are there')
  expect(await data()).toMatchObject([
    { data_set: 'events', data: { 'overload-trip': 0 } },
    { data_set: 'instantaneous', data: { voltageBlock: { a: 231_400 } } },
    { data_set: 'states', data: { states: [] } },
  ])
  const [row] = await at.database.query<{ instantaneous: unknown }>('select instantaneous from meter where id = 1')
  expect(row?.instantaneous).toMatchObject({ voltageMillivolts: ['231400', null, null] })
  // Two turns are two moments of its history; null is what a single phase does not have.
  const kept = await at.database.query(
    'select at, voltage_a_mv as a, voltage_b_mv as b from measurement where meter_id = 1 order by at',
  )
  expect(kept).toEqual([1, 31].map((after) => ({ at: noon + after * minute, a: 231_400, b: null })))
})

test('a schedule that is set is followed at once', async () => {
  const set = createSetSchedule({ database: at.database, clock })
  await set({ scope: 'meter', subjectId: 1, dataSet: 'energy', minutes: 5, operatorId: null })
  wall += 6 * minute
  await becomes(1, ['12:01 100000 good', '12:31 102500 good', '12:37 102500 good'])
  expect((await missed()).length).toBe(0)
})

test('what is paused is not read, and is neither a failure nor missed; afterwards it goes on', async () => {
  const pause = createPauseReading({ database: at.database, clock })
  await pause({
    scope: 'meter',
    subjectId: 1,
    from: wall,
    to: wall + 30 * minute,
    reason: 'rewiring',
    operatorId: null,
  })
  // The house hears of it like of any change of the archive.
  await machine.delay(500)
  const before = await readings(1)
  wall += 10 * minute
  await machine.delay(1_500)
  wall += 10 * minute
  await machine.delay(1_500)
  expect(await readings(1)).toEqual(before)
  expect(await at.database.query('select failed_reads from meter where id = 1')).toEqual([{ failed_reads: 0 }])
  expect(await missed()).toEqual([])
  wall += 11 * minute
  await becomes(1, [...before, '13:08 102500 good'])
})

test('a device that is away is told once for its line, with the reason', async () => {
  await closers.shift()?.()
  await shows(
    async () => (await at.database.query('select 1 from gateway where id = 1 and not online')).length === 1,
    'the device is gone',
  )
  wall += 6 * minute
  await machine.delay(1_500)
  wall += 6 * minute
  const away = { gateway_id: 1, meter_id: null, data_set: 'energy', reason: 'gateway-offline', meters: 1 }
  await shows(async () => (await missed()).length > 0, 'a missed turn')
  expect((await missed())[0]).toEqual(away)
})
