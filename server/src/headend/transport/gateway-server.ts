import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { Clock } from '../../domain/clock.ts'
import type { HeadendLog } from '../headend-event.ts'
import type { Identification } from '../headend.ts'
import type { HeadendLimits } from '../limits.ts'
import { probeMeters, type MeterProbe } from './meter-probe.ts'
import { printable, readRegistration, type KnownGateway } from './registration.ts'
import { tcpTransport } from './tcp-transport.ts'
import type { Transport } from './transport.ts'

/** Source addresses remembered for the "unknown gateway" log. */
const maxRememberedStrangers = 1_000

export type GatewayServerOptions = Readonly<{
  clock: Clock
  limits: HeadendLimits
  log: HeadendLog
  /** The gateways that may dial in, as of now. */
  known(): readonly KnownGateway[]
  /** A gateway has registered; `first` are the bytes it sent behind its registration. */
  onGateway(gatewayId: number, transport: Transport, first: Uint8Array): void
}>

/** Accepts gateways that dial in, and hands each over once it has said which one it is. */
export class GatewayServer {
  readonly #options: GatewayServerOptions
  readonly #server: Server
  readonly #unregistered = new Set<Transport>()
  readonly #strangers = new Map<string, { loggedAtMs: number; suppressed: number }>()

  constructor(options: GatewayServerOptions) {
    this.#options = options
    this.#server = createServer((socket) => this.#accept(socket))
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    // Errors of a listening server concern single connections (too many open files …) and must not end the process.
    this.#server.on('error', (error) => {
      this.#options.log({ kind: 'connection-refused', remoteAddress: 'unknown', reason: error.message })
    })
    const bound = (this.#server.address() as AddressInfo).port
    this.#options.log({ kind: 'listening', host, port: bound })
    return bound
  }

  /** Resolves when every connection has ended; those that were handed over are ended by whoever has them. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
    for (const transport of this.#unregistered) transport.close('the headend stops')
    await closed
  }

  #accept(socket: Socket): void {
    const { clock, limits, log } = this.#options
    const transport = tcpTransport(socket, clock, limits.writeTimeoutMs)
    if (this.#unregistered.size >= limits.maxUnregisteredConnections) {
      log({
        kind: 'connection-refused',
        remoteAddress: transport.remoteAddress,
        reason: 'too many connections have not registered',
      })
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
    const byAddress = this.#known('remote-ip').find(({ registration }) => registration === host)
    if (byAddress !== undefined) return handOver(byAddress.gatewayId, new Uint8Array(0))

    transport.onBytes((more) => {
      if (over.signal.aborted) return
      probe?.hear(more)
      if (bytes.length > limits.maxRegistrationBytes) return
      settling.abort()
      // A gateway that introduces itself late is still listened to while its meters are asked for.
      bytes = Uint8Array.from([...bytes, ...more])
      const found = readRegistration(bytes, this.#known('packet'))
      if (found.kind === 'known' && found.certain) handOver(found.gatewayId, found.rest)
      else if (found.kind === 'unknown' || bytes.length > limits.maxRegistrationBytes) askForMeters()
      else if (found.kind === 'known') {
        settling = new AbortController()
        const { gatewayId, rest } = found
        void after(clock, limits.registrationSettleMs, settling.signal, () => handOver(gatewayId, rest))
      }
    })
    if (this.#known('meter').length > 0) {
      void after(clock, limits.meterProbeAfterMs, over.signal, () => {
        if (bytes.length === 0) askForMeters()
      })
    }
    void after(clock, limits.registrationTimeoutMs, over.signal, askForMeters)
  }

  /** Null where no gateway is known by a meter; those that are there already are asked for last. */
  #probe(transport: Transport, signal: AbortSignal): MeterProbe | null {
    const { clock, limits } = this.#options
    const candidates = this.#known('meter')
      .sort((a, b) => Number(a.isOnline ?? false) - Number(b.isOnline ?? false))
      .slice(0, limits.maxMeterProbes)
      .map(({ gatewayId, registration }) => ({ gatewayId, address: registration }))
    if (candidates.length === 0) return null
    return probeMeters({
      clock,
      candidates,
      write: async (question) => transport.write(question),
      answerMs: limits.meterProbeAnswerMs,
      signal,
    })
  }

  #known(by: Identification): KnownGateway[] {
    return this.#options.known().filter(({ identifiedBy }) => (identifiedBy ?? 'packet') === by)
  }

  /** A gateway with a wrong setting comes back for ever; the log names each address at most once in a while. */
  #reportStranger(remoteAddress: string, bytes: Uint8Array): void {
    const { clock, limits, log } = this.#options
    const host = hostOf(remoteAddress)
    const nowMs = clock.elapsedMs()
    const known = this.#strangers.get(host)
    if (known !== undefined && nowMs - known.loggedAtMs < limits.unknownGatewayLogEveryMs) {
      known.suppressed += 1
      return
    }
    if (this.#strangers.size >= maxRememberedStrangers) this.#strangers.clear()
    this.#strangers.set(host, { loggedAtMs: nowMs, suppressed: 0 })
    log({
      kind: 'gateway-unknown',
      remoteAddress,
      registration: printable(bytes),
      suppressed: known?.suppressed ?? 0,
    })
  }
}

const hostOf = (remoteAddress: string): string => remoteAddress.replace(/:\d+$/u, '')

const after = async (clock: Clock, delayMs: number, signal: AbortSignal, act: () => void): Promise<void> => {
  await clock.delay(delayMs, signal).catch(() => undefined)
  if (!signal.aborted) act()
}
