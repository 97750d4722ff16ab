import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { acrelDdsy1352Model } from '../../../headend/model/acrel.ts'
import { handMadeAcrel, serveModbus, type HandMadeModbusMeter } from '../../../headend/testing/hand-made-modbus.ts'
import { saidOf } from '../testing/test-desk.ts'
import { runMeterRead, type MeterReadOptions } from './meter-read.ts'

const acrel = () =>
  handMadeAcrel(7, acrelDdsy1352Model, { energyTotal: 123_450, voltageA: 229_800, activePowerTotal: 1_250_000 })

const readFrom = async (
  meter: HandMadeModbusMeter,
  kind: 'modbus-rtu' | 'modbus-tcp',
  change: Partial<MeterReadOptions> = {},
) => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    serveModbus(socket, kind === 'modbus-rtu' ? 'rtu' : 'tcp', [meter])
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return saidOf(async (desk) =>
    runMeterRead(
      {
        link: { kind: 'tcp', host: '127.0.0.1', port: (server.address() as AddressInfo).port },
        line: { baudRate: 9_600, parity: 'none' },
        addresses: [],
        modbus: { kind, unit: 7, model: acrelDdsy1352Model },
        items: ['energy', 'voltage', 'power', 'status'],
        all: false,
        profile: 'standard',
        timeZone: 'Asia/Shanghai',
        everyMs: null,
        times: null,
        trace: false,
        json: false,
        waitMs: 20_000,
        ...change,
      },
      desk,
    ),
  )
}

test.each(['modbus-rtu', 'modbus-tcp'] as const)('%s: a Modbus meter is printed like any other', async (kind) => {
  const meter = acrel()
  expect(await readFrom(meter, kind)).toEqual({
    code: 0,
    complained: [],
    printed: [
      'unit 7, acrel-ddsy1352',
      'energy       123.45 kWh',
      'voltage      a 229.8 V, b –, c –',
      'power        1.2500 kW',
      'status       relay closed, relay command closed, keep power off, alarm off, prepaid by the master, supply main, (0000H)',
    ],
  })
  expect(meter.requests).toHaveLength(1)
})

test('trace shows the bytes, and json the values', async () => {
  const { printed, complained } = await readFrom(acrel(), 'modbus-rtu', { json: true, trace: true, items: ['energy'] })
  expect(JSON.parse(printed.join(''))).toEqual({
    unit: 7,
    model: 'acrel-ddsy1352',
    at: expect.stringMatching(/^20\d\d-/u),
    items: [{ item: 'energy', name: 'forwardActiveEnergyTotal', value: 123_450, text: '123.45 kWh' }],
  })
  expect(complained.map((line) => line.replace(/ +\d+ ms/u, '').slice(0, 11))).toEqual(['→  07 03 02', '←  07 03 04'])
})

test('what the model does not have is said, and the exit code tells', async () => {
  expect(await readFrom(acrel(), 'modbus-rtu', { items: ['energy', 'voltageC'] })).toMatchObject({
    code: 1,
    printed: [
      'unit 7, acrel-ddsy1352',
      'energy       123.45 kWh',
      'voltageC     the model acrel-ddsy1352 does not have it',
    ],
  })
})

test('a refusal is said in the words of the meter', async () => {
  const meter = acrel()
  meter.instead = () => ({ kind: 'exception', functionCode: 3, exceptionCode: 2 })
  expect(await readFrom(meter, 'modbus-rtu', { items: ['energy'] })).toMatchObject({
    code: 1,
    complained: ['Unit 7: 0215H × 2: illegal-address (exception 2).'],
  })
})

test('a silent meter: one line that says what to do', async () => {
  const meter = acrel()
  meter.instead = () => null
  const { code, complained } = await readFrom(meter, 'modbus-rtu', { items: ['energy'] })
  expect([code, complained]).toEqual([
    1,
    [expect.stringMatching(/^Unit 7 gave no answer within \d+ ms\. Check the address, the wires A and B/u)],
  ])
})
