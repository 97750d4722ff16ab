import { createRequire } from 'node:module'
import { createServer, type AddressInfo, type Server } from 'node:net'
import type * as Library from 'modbus-serial'
import { honestReply, type HandMadeModbusMeter } from './hand-made-modbus.ts'

/*
 * modbus-serial as a peer: another people's reading of the protocol, for both sides. It is CommonJS with the class twice;
 * `require` gives it as it is.
 */
const library = createRequire(import.meta.url)('modbus-serial') as (typeof Library)['default']

/** A master made by others. */
export const foreignMaster = () => new library.default()

/** The memory of one of our meters behind a slave made by others. */
const vectorOf = (meter: HandMadeModbusMeter) => ({
  getHoldingRegister: (at: number): number => meter.words.get(at) ?? 0,
  getInputRegister: (at: number): number => meter.words.get(at) ?? 0,
  setRegisterArray: (at: number, values: number[]): void => {
    const data = Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]))
    honestReply(meter, { kind: 'write-multiple', start: at, data })
  },
})

/** A Modbus TCP device made by others. */
export const foreignTcpDevice = async (
  meter: HandMadeModbusMeter,
): Promise<Readonly<{ port: number; close(): Promise<void> }>> => {
  const port = await freePort()
  const server = new library.ServerTCP(vectorOf(meter), { host: '127.0.0.1', port, unitID: meter.unit })
  await new Promise<void>((resolve, reject) => {
    server.on('initialized', () => resolve())
    server.on('serverError', (error) => reject(error instanceof Error ? error : new Error('it did not listen')))
  })
  return {
    port,
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

/** A slave made by others on a serial port. */
export const foreignSerialSlave = async (
  meter: HandMadeModbusMeter,
  path: string,
): Promise<Readonly<{ close(): Promise<void> }>> => {
  const server = new library.ServerSerial(vectorOf(meter), {
    path,
    baudRate: 9_600,
    parity: 'even',
    unitID: meter.unit,
  })
  await new Promise<void>((resolve) => {
    server.on('initialized', () => resolve())
  })
  return {
    close: async () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}

/** The library takes 0 for "the usual port", so a free one is looked for first. */
const freePort = async (): Promise<number> => {
  const server: Server = createServer()
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  return port
}
