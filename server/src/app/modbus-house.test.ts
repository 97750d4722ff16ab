import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { uuidv7 } from 'uuidv7'
import type { Clock } from '../domain/clock.ts'
import { price } from '../domain/quantity.ts'
import { enrol } from '../flow/enrol.ts'
import { createPay } from '../flow/pay.ts'
import { createReadNow } from '../flow/read-now.ts'
import { createHeadend } from '../headend/create-headend.ts'
import { acrelDtsy1352Model } from '../headend/model/acrel.ts'
import { until } from '../domain/testing/until.ts'
import { testClock } from '../headend/testing/hand-made-field.ts'
import { handMadeAcrel, serveModbus, setRegister } from '../headend/testing/hand-made-modbus.ts'
import { createTestDatabase, type TestDatabase } from '../store/test-database.ts'
import { startHouse, type House } from './house.ts'
import { yuan } from '../domain/testing/yuan.ts'

// Both walks of the server with a meter that speaks Modbus: what the flow sees of it is what it sees of any other.

const currentRatio = 40
const registration = 'XF-GW-1'
const ids = { uuid: uuidv7 }
const meter = handMadeAcrel(7, acrelDtsy1352Model, { currentRatio })

let at: TestDatabase
let house: House
let socket: Socket
let readNow: ReturnType<typeof createReadNow>
const machine = testClock()
let moved = 0
// It goes on by itself: what two answers tell must not bear the same moment, or the older could pass for the newer.
const clock: Clock = { ...machine, now: () => machine.now() + moved }

beforeAll(async () => {
  at = await createTestDatabase()
  const enrolled = await enrol(at.database, clock, ids, {
    site: {
      name: 'Site',
      timeZone: 'Asia/Shanghai',
      readingIntervalMinutes: 30,
      servicePhone: '95598',
      signature: 'Site',
    },
    pricePlans: [{ name: 'flat', plan: { kind: 'flat', price: price(10_000_000_000n) } }],
    gateways: [
      {
        code: 'GW-1',
        link: { kind: 'dials-in', registration, heartbeat: null },
        baudRate: 9_600,
        parity: 'none',
      },
    ],
    accounts: [
      {
        number: '000001',
        customer: { name: 'Customer', phone: '10000000001', language: 'en' },
        protected: false,
        meters: [
          {
            gateway: 'GW-1',
            address: '202611010101',
            protocol: { kind: 'modbus-rtu', unit: 7, model: 'acrel-dtsy1352', wiring: 'in-line' },
            energyStepWh: 10 * currentRatio,
            place: 'Room 1',
            passwordLevel: 2,
            password: '000000',
            maximumWatts: 100_000,
          },
        ],
        agreement: {
          thresholds: { alarm1: yuan(20), alarm2: yuan(10), cutOff: yuan(0), restore: yuan(1) },
          noticeLeadMs: 0,
          reconnect: 'direct-close',
          tripWindow: { fromMinute: 0, toMinute: 1_439, weekdays: [0, 1, 2, 3, 4, 5, 6] },
          pricePlan: 'flat',
        },
        openingPayment: yuan(30),
      },
    ],
  })
  if (!enrolled.ok) throw new Error(enrolled.code)
  const headend = createHeadend({ clock, listen: { host: '127.0.0.1', port: 0 }, log: () => undefined })
  const log = (): void => undefined
  const owner = ids.uuid()
  house = await startHouse({ database: at.database, clock, ids, headend, owner, log, clockMovedByHand: true })
  readNow = createReadNow(house.context, headend)
  socket = connect({ host: '127.0.0.1', port: house.gatewayPort, noDelay: true })
  serveModbus(socket, 'rtu', [meter])
  socket.write(`${registration}\r\n`)
  await until('the gateway is online', () => headend.gateways().some(({ online }) => online))
})

afterAll(async () => {
  socket.destroy()
  await house.stop()
  await at.drop()
})

type MeterRow = Readonly<{ relay: string; last_total_wh: bigint | null; newest_quality: string | null }>

const meterRow = async (): Promise<MeterRow> => {
  const [row] = await at.database.query<MeterRow>('select relay, last_total_wh, newest_quality from meter')
  if (row === undefined) throw new Error('the meter is gone')
  return row
}

const balance = async (): Promise<bigint> => {
  const [row] = await at.database.query<{ balance: bigint }>(
    `select credits - debits as balance from ledger_account where code = 'customer-prepayment'`,
  )
  return row?.balance ?? 0n
}

const commands = async (): Promise<string[]> => {
  const rows = await at.database.query<{ words: string }>(
    `select kind || ' ' || state as words from relay_command order by at, id`,
  )
  return rows.map(({ words }) => words)
}

/** An hour later the registers show so many primary watt-hours, unevenly shared, as cut registers are. */
const useEnergy = async (totalWh: number): Promise<void> => {
  moved += 3_600_000
  const secondary = totalWh / currentRatio
  setRegister(meter, 'energyTotal', secondary)
  setRegister(meter, 'energyPeak', secondary / 2)
  setRegister(meter, 'energyFlat', Math.max(0, secondary / 2 - 10))
  expect(await readNow(1)).toMatchObject({ ok: true })
}

test('a Modbus meter is read, charged with its ratio, tripped when the money is out, closed when it is paid', async () => {
  await useEnergy(0)
  expect(await balance()).toBe(yuan(30))
  await useEnergy(16_000)
  expect(await meterRow()).toMatchObject({ last_total_wh: 16_000n, newest_quality: 'good', relay: 'closed' })
  expect(await balance()).toBe(yuan(14))

  await useEnergy(32_000)
  expect(await balance()).toBe(yuan(-2))
  await until('the trip is proven', async () => (await commands()).join() === 'trip verified', { everyMs: 20 })
  expect((await meterRow()).relay).toBe('open')
  expect(meter.words.get(0x0224)).toBe(0x0008)

  const paid = await createPay(
    at.database,
    clock,
    ids,
  )({
    accountId: 1,
    key: 'one',
    amount: yuan(50),
    channel: 'cash-counter',
    operatorId: null,
  })
  expect(paid).toMatchObject({ ok: true, restoring: [{ meterId: 1 }] })
  // No alarm is asked of a meter that knows none.
  const both = 'trip verified,direct-close verified'
  await until('the closing is proven', async () => (await commands()).join() === both, { everyMs: 20 })
  expect((await meterRow()).relay).toBe('closed')
  expect(meter.words.get(0x0224)).toBe(0xe00f)
})
