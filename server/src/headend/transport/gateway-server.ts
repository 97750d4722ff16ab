import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import type { Clock } from '../../domain/clock.ts'
import type { HeadendLog } from '../headend-event.ts'
import type { HeadendLimits } from '../limits.ts'
import { probeMeters, type MeterProbe } from './meter-probe.ts'
import { printable, type RegistrationBook } from './registration.ts'
import { addressOf, tcpTransport } from './tcp-transport.ts'
import type { Transport } from './transport.ts'

/** Source addresses remembered for the "unknown gateway" log. */
const maxRememberedStrangers = 1_000

export type GatewayServerOptions = Readonly<{
  clock: Clock
  limits: HeadendLimits
  log: HeadendLog
  /** The gateways that may dial in, as of now. */
  known(): RegistrationBook
  /** A gateway has registered; `first` are the bytes it sent behind its registration. */
  onGateway(gatewayId: number, transport: Transport, first: Uint8Array): void
}>

/** Where gateways dial in with TLS. Files are read by whoever configures; these are their contents, in PEM. */
export type SecureListening = Readonly<{
  host: string
  port: number
  certificate: string
  key: string
  /** Only gateways with a certificate of these authorities are let in; null asks for none. */
  clientAuthorities: string | null
}>

/** Accepts gateways that dial in, and hands each over once it has said which one it is. */
export class GatewayServer {
  readonly #options: GatewayServerOptions
  readonly #servers: Server[] = []
  readonly #unregistered = new Set<Transport>()
  /** Connections whose TLS handshake is not over, by the address they come from. */
  readonly #shakingHands = new Map<string, Socket>()
  readonly #strangers = new Map<string, { loggedAtMs: number; suppressed: number }>()

  constructor(options: GatewayServerOptions) {
    this.#options = options
  }

  /** Resolves with the port. */
  async listen(host: string, port: number): Promise<number> {
    return this.#open(
      createServer((socket) => this.#accept(socket)),
      host,
      port,
    )
  }

  async listenSecurely({ host, port, certificate, key, clientAuthorities }: SecureListening): Promise<number> {
    const { limits } = this.#options
    const server = createSecureServer(
      {
        cert: certificate,
        key,
        handshakeTimeout: limits.registrationTimeoutMs,
        ...(clientAuthorities === null ? {} : { ca: clientAuthorities, requestCert: true, rejectUnauthorized: true }),
      },
      (socket) => this.#accept(socket),
    )
    server.on('connection', (socket: Socket) => {
      if (this.#shakingHands.size >= limits.maxUnregisteredConnections) return void socket.destroy()
      const from = addressOf(socket)
      this.#shakingHands.set(from, socket)
      socket.once('close', () => this.#shakingHands.delete(from))
    })
    server.on('secureConnection', (socket) => this.#shakingHands.delete(addressOf(socket)))
    server.on('tlsClientError', (error, socket) => this.#reportHandshake(addressOf(socket), error.message))
    return this.#open(server, host, port)
  }

  /** Resolves when every connection has ended; those that were handed over are ended by whoever has them. */
  async close(): Promise<void> {
    const closed = this.#servers.map(
      async (server) =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
        }),
    )
    for (const transport of this.#unregistered) transport.close('the headend stops')
    for (const socket of this.#shakingHands.values()) socket.destroy()
    await Promise.all(closed)
  }

  async #open(server: Server, host: string, port: number): Promise<number> {
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
    // Errors of a listening server concern single connections (too many open files …) and must not end the process.
    server.on('error', (error) => this.#refused('unknown', error.message))
    const bound = (server.address() as AddressInfo).port
    this.#options.log({ kind: 'listening', host, port: bound })
    return bound
  }

  #refused(remoteAddress: string, reason: string): void {
    this.#options.log({ kind: 'connection-refused', remoteAddress, reason })
  }

  #accept(socket: Socket): void {
    const { clock, limits } = this.#options
    const transport = tcpTransport(socket, clock, limits.writeTimeoutMs)
    if (this.#unregistered.size >= limits.maxUnregisteredConnections) {
      this.#refused(transport.remoteAddress, 'too many connections have not registered')
      transport.close('too many connections have not registered')
      return
    }
    this.#unregistered.add(transport)
    this.#register(transport)
  }

  #register(transport: Transport): void {
    const { clock, limits } = this.#options
    const over = new AbortController()
    let settling = new AbortController()
    let bytes: Uint8Array = new Uint8Array(0)
    let probe: MeterProbe | null = null

    const finish = (): void => {
      over.abort()
      settling.abort()
      this.#unregistered.delete(transport)
    }
    const handOver = (gatewayId: number, rest: Uint8Array): void => {
      finish()
      this.#options.onGateway(gatewayId, transport, rest)
    }
    const refuse = (): void => {
      finish()
      transport.close('it sent no known registration')
      this.#reportStranger(transport.remoteAddress, bytes)
    }
    /** It says nothing that is known; the meters behind it may. */
    const askForMeters = (): void => {
      if (probe !== null || over.signal.aborted) return
      settling.abort()
      probe = this.#probe(transport, over.signal)
      if (probe === null) return refuse()
      void probe.found.then((gatewayId) => {
        if (over.signal.aborted) return
        if (gatewayId === null) refuse()
        else handOver(gatewayId, new Uint8Array(0))
      })
    }

    transport.onClose(finish)
    const host = hostOf(transport.remoteAddress)
    const byAddress = this.#options.known().dialsFrom(host)
    if (byAddress !== undefined) return handOver(byAddress.gatewayId, new Uint8Array(0))

    transport.onBytes((more) => {
      if (over.signal.aborted) return
      probe?.hear(more)
      if (bytes.length > limits.maxRegistrationBytes) return
      settling.abort()
      // A gateway that introduces itself late is still listened to while its meters are asked for.
      bytes = Uint8Array.from([...bytes, ...more])
      const found = this.#options.known().read(bytes)
      if (found.kind === 'known' && found.certain) handOver(found.gatewayId, found.rest)
      else if (found.kind === 'unknown' || bytes.length > limits.maxRegistrationBytes) askForMeters()
      else if (found.kind === 'known') {
        settling = new AbortController()
        const { gatewayId, rest } = found
        void after(clock, limits.registrationSettleMs, settling.signal, () => handOver(gatewayId, rest))
      }
    })
    if (this.#options.known().knownByMeter.length > 0) {
      void after(clock, limits.meterProbeAfterMs, over.signal, () => {
        if (bytes.length === 0) askForMeters()
      })
    }
    void after(clock, limits.registrationTimeoutMs, over.signal, askForMeters)
  }

  /** Null where no gateway is known by a meter; those that are there already are asked for last. */
  #probe(transport: Transport, signal: AbortSignal): MeterProbe | null {
    const { clock, limits } = this.#options
    const gateways = this.#options
      .known()
      .knownByMeter.toSorted((a, b) => Number(a.isOnline?.() ?? false) - Number(b.isOnline?.() ?? false))
    if (gateways.length === 0) return null
    // The meter that was set for it comes first; should it be dead, its neighbours may speak.
    const candidates = [
      ...gateways.map(({ gatewayId, registration }) => ({ gatewayId, address: registration })),
      ...gateways.flatMap(({ gatewayId, registration, meterAddresses = [] }) =>
        meterAddresses.filter((address) => address !== registration).map((address) => ({ gatewayId, address })),
      ),
    ]
    return probeMeters({
      clock,
      candidates,
      maxProbes: limits.maxMeterProbes,
      write: async (question) => transport.write(question),
      answerMs: limits.meterProbeAnswerMs,
      signal,
    })
  }

  #reportStranger(remoteAddress: string, bytes: Uint8Array): void {
    const suppressed = this.#worthTelling(remoteAddress)
    if (suppressed === null) return
    this.#options.log({ kind: 'gateway-unknown', remoteAddress, registration: printable(bytes), suppressed })
  }

  #reportHandshake(remoteAddress: string, reason: string): void {
    if (this.#worthTelling(remoteAddress) !== null) this.#refused(remoteAddress, `TLS: ${reason}`)
  }

  /**
   * A gateway with a wrong setting comes back for ever; the log names each address at most once in a while. Null when it
   * was named lately, else how often it was not.
   */
  #worthTelling(remoteAddress: string): number | null {
    const { clock, limits } = this.#options
    const host = hostOf(remoteAddress)
    const nowMs = clock.elapsedMs()
    const known = this.#strangers.get(host)
    if (known !== undefined && nowMs - known.loggedAtMs < limits.unknownGatewayLogEveryMs) {
      known.suppressed += 1
      return null
    }
    if (this.#strangers.size >= maxRememberedStrangers) this.#strangers.clear()
    this.#strangers.set(host, { loggedAtMs: nowMs, suppressed: 0 })
    return known?.suppressed ?? 0
  }
}

const hostOf = (remoteAddress: string): string => remoteAddress.replace(/:\d+$/u, '')

const after = async (clock: Clock, delayMs: number, signal: AbortSignal, act: () => void): Promise<void> => {
  await clock.delay(delayMs, signal).catch(() => undefined)
  if (!signal.aborted) act()
}
