import { connect, createServer, type AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { acrelDdsy1352Model } from './model/acrel.ts'
import { controlRequest, createBench, registration } from './testing/bench.ts'
import { foreignMaster, foreignSerialSlave, foreignTcpDevice } from './testing/foreign-modbus.ts'
import { until } from '../domain/testing/until.ts'
import { handMadeAcrel, serveModbus, type HandMadeModbusMeter } from './testing/hand-made-modbus.ts'
import { protocolOf } from './testing/modbus-bench.ts'
import { cable, loadPty, type Pty } from './testing/pty.ts'

/** What was opened, closed again in the other order. */
const opened: (() => Promise<void> | void)[] = []

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

const acrel = (unit: number): HandMadeModbusMeter =>
  handMadeAcrel(unit, acrelDdsy1352Model, {
    energyTotal: 987_650,
    energyPeak: 400_000,
    energyFlat: 587_650,
    voltageA: 231_400,
    activePowerTotal: -2_000,
  })

const expected = {
  ok: true,
  values: {
    forwardActiveEnergyBlock: { total: 987_650, rates: [0, 400_000, 587_650, 0] },
    voltageBlock: { a: 231_400, b: null, c: null },
    activePowerTotal: -2_000,
    statusWord3: { relay: 'closed', relayCommand: 'closed' },
  },
}

const items = ['forwardActiveEnergyBlock', 'voltageBlock', 'activePowerTotal', 'statusWord3'] as const

test('our headend reads and switches a Modbus TCP device made by others', async () => {
  const meter = acrel(5)
  const device = await foreignTcpDevice(meter)
  opened.push(device.close)
  const bench = await createBench({
    links: [{ kind: 'dialled', host: '127.0.0.1', port: device.port }],
    meters: [{ address: '000000000005', protocol: protocolOf(meter, 'modbus-tcp') }],
  })
  opened.push(bench.close)
  await until('the device is dialled', bench.isOnline)
  expect(await bench.headend.read(1, items, { priority: 'person' })).toMatchObject(expected)
  const trip = await bench.headend.control(1, controlRequest({ action: 'trip' }).request)
  expect(trip).toMatchObject({ kind: 'verified', status: { relay: 'open', relayCommand: 'open' } })
  const close = await bench.headend.control(1, controlRequest({ action: 'direct-close' }).request)
  expect(close).toMatchObject({ kind: 'verified', status: { relay: 'closed', relayCommand: 'closed' } })
})

test.each([
  [
    'Modbus TCP',
    'tcp',
    async (master: ReturnType<typeof foreignMaster>, port: number) => master.connectTCP('127.0.0.1', { port }),
  ],
  [
    'RTU over TCP',
    'rtu',
    async (master: ReturnType<typeof foreignMaster>, port: number) => master.connectTelnet('127.0.0.1', { port }),
  ],
] as const)(
  'a master made by others reads and writes a slave made of our codec: %s',
  async (_, envelope, connectMaster) => {
    const meter = acrel(17)
    const server = createServer((socket) => serveModbus(socket, envelope, [meter]))
    await new Promise<void>((resolve) => {
      server.listen({ host: '127.0.0.1', port: 0 }, resolve)
    })
    opened.push(() => void server.close())
    const master = foreignMaster()
    master.setID(17)
    master.setTimeout(10_000)
    await connectMaster(master, (server.address() as AddressInfo).port)
    opened.push(() => master.close(() => undefined))

    const energy = await master.readHoldingRegisters(0x0215, 2)
    expect(energy.buffer.readUInt32BE() * 10).toBe(987_650)
    expect((await master.readInputRegisters(0x0201, 1)).data).toEqual([2_314])
    expect((await master.readHoldingRegisters(0x0200, 48)).data).toHaveLength(48)
    await master.writeRegisters(0x0057, [1, 1])
    expect((await master.readHoldingRegisters(0x0224, 1)).data).toEqual([0x0008])
    await master.writeRegister(0x004b, 0x1234)
    expect((await master.readHoldingRegisters(0x004b, 1)).data).toEqual([0x1234])
    await expect(master.readHoldingRegisters(0x7000, 1)).rejects.toMatchObject({ modbusCode: 2 })
  },
)

const openPty = loadPty()

describe.skipIf(openPty === null)('a serial slave made by others (no pseudo-terminal here: skipped)', () => {
  test('is read by our headend over a serial port', async () => {
    const meter = acrel(9)
    const wires = cable(openPty as () => Pty)
    opened.push(wires.close)
    const slave = await foreignSerialSlave(meter, wires.far)
    opened.push(slave.close)
    const bench = await createBench({
      links: [{ kind: 'serial', path: wires.near }],
      meters: [{ address: '000000000009', protocol: protocolOf(meter) }],
    })
    opened.push(bench.close)
    await until('the port is open', bench.isOnline)
    expect(await bench.headend.read(1, items, { priority: 'person' })).toMatchObject(expected)
    const trip = await bench.headend.control(1, controlRequest({ action: 'trip' }).request)
    expect(trip).toMatchObject({ kind: 'verified', status: { relay: 'open', relayCommand: 'open' } })
  })

  test('is read by our headend through a TCP gateway that passes the bytes on', async () => {
    const meter = acrel(9)
    const pty = (openPty as () => Pty)()
    opened.push(pty.close)
    const slave = await foreignSerialSlave(meter, pty.path)
    opened.push(slave.close)
    const bench = await createBench({ meters: [{ address: '000000000009', protocol: protocolOf(meter) }] })
    opened.push(bench.close)
    const socket = connect({ host: '127.0.0.1', port: bench.port, noDelay: true })
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => pty.far.write(bytes))
    pty.far.on('data', (bytes) => socket.write(bytes))
    socket.write(`${registration}\r\n`)
    await until('the gateway is online', bench.isOnline)
    expect(await bench.headend.read(1, items, { priority: 'person' })).toMatchObject(expected)
  })
})
