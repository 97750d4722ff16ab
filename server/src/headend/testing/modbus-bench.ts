import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Wiring } from '../../domain/wiring.ts'
import type { MeterProtocol } from '../headend.ts'
import { createBench, registration, type Bench, type BenchOptions } from './bench.ts'
import { until } from '../../domain/testing/until.ts'
import { serveModbus, type HandMadeModbusMeter, type Sending } from './hand-made-modbus.ts'

export type ModbusBench = Bench & Readonly<{ socket: Socket }>

export const protocolOf = (
  meter: HandMadeModbusMeter,
  kind: 'modbus-rtu' | 'modbus-tcp' = 'modbus-rtu',
  wiring: Wiring = 'in-line',
): MeterProtocol => ({ kind, unit: meter.unit, model: meter.model.name, wiring })

const addressOf = (unit: number): string => String(unit).padStart(12, '0')

/** A headend, a gateway that has dialled in, and Modbus RTU meters behind it. */
export const createRtuBench = async (
  meters: readonly HandMadeModbusMeter[],
  options: Omit<BenchOptions, 'meters' | 'links'> & Readonly<{ sending?: Sending; wiring?: Wiring }> = {},
): Promise<ModbusBench> => {
  const bench = await createBench({
    ...options,
    meters: meters.map((meter) => ({
      address: addressOf(meter.unit),
      protocol: protocolOf(meter, 'modbus-rtu', options.wiring),
    })),
  })
  const socket = connect({ host: '127.0.0.1', port: bench.port, noDelay: true })
  serveModbus(socket, 'rtu', meters, options.sending)
  socket.write(`${registration}\r\n`)
  await until('the gateway is online', bench.isOnline)
  return { ...bench, socket }
}

/** A headend that has dialled a Modbus TCP device. */
export const createTcpBench = async (
  meters: readonly HandMadeModbusMeter[],
  options: Omit<BenchOptions, 'meters' | 'links'> & Readonly<{ sending?: Sending }> = {},
): Promise<ModbusBench> => {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    serveModbus(socket, 'tcp', meters, options.sending)
  })
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  const bench = await createBench({
    ...options,
    links: [{ kind: 'dialled', host: '127.0.0.1', port }],
    meters: meters.map((meter) => ({ address: addressOf(meter.unit), protocol: protocolOf(meter, 'modbus-tcp') })),
  })
  await until('the device is dialled', bench.isOnline)
  const [socket] = sockets
  if (socket === undefined) throw new Error('The device was dialled without a connection.')
  return {
    ...bench,
    socket,
    close: async () => {
      await bench.close()
      server.close()
    },
  }
}
