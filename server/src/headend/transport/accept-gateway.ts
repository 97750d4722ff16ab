import { createServer, type AddressInfo } from 'node:net'
import type { Clock } from '../../domain/clock.ts'
import type { HeadendLog } from '../headend-event.ts'
import type { HeadendLimits } from '../limits.ts'
import { GatewayServer } from './gateway-server.ts'
import { registrationBook } from './registration.ts'
import { tcpTransport } from './tcp-transport.ts'
import type { Transport } from './transport.ts'

export type AcceptOptions = Readonly<{
  host: string
  port: number
  /** Only the gateway that registers with this text; null takes whoever comes first. */
  registration: string | null
  clock: Clock
  limits: HeadendLimits
  log: HeadendLog
  /** The wait ends when this is aborted, with its reason. */
  signal: AbortSignal
}>

/** Waits for one gateway to dial in, for people who stand beside it; nobody else is let in after it. */
export const acceptGateway = async (options: AcceptOptions): Promise<Transport> =>
  options.registration === null ? acceptAnyone(options) : acceptRegistered(options, options.registration)

const acceptRegistered = async (options: AcceptOptions, registration: string): Promise<Transport> => {
  const { clock, limits, log, host, port, signal } = options
  let arrived: (transport: Transport) => void = () => undefined
  const arrival = new Promise<Transport>((resolve) => {
    arrived = resolve
  })
  const book = registrationBook([{ gatewayId: 1, registration, heartbeat: null }])
  const server = new GatewayServer({
    clock,
    limits,
    log,
    known: () => book,
    onGateway: (_, transport) => arrived(transport),
  })
  await server.listen(host, port)
  try {
    return await Promise.race([arrival, rejectedWith(signal)])
  } finally {
    // Waiting for it would wait for the connection that was just handed over.
    void server.close()
  }
}

const acceptAnyone = async (options: AcceptOptions): Promise<Transport> => {
  const { clock, limits, log, host, port, signal } = options
  const server = createServer()
  const arrival = new Promise<Transport>((resolve, reject) => {
    server.once('connection', (socket) => resolve(tcpTransport(socket, clock, limits.writeTimeoutMs)))
    server.on('error', reject)
  })
  server.maxConnections = 1
  server.listen({ host, port }, () => {
    log({ kind: 'listening', host, port: (server.address() as AddressInfo).port })
  })
  try {
    const transport = await Promise.race([arrival, rejectedWith(signal)])
    // Its registration packet, if it sends one, passes before the first question.
    await clock.delay(limits.registrationSettleMs)
    return transport
  } finally {
    server.close()
  }
}

const rejectedWith = async (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)))
    })
  })
