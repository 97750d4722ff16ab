import { connect, createServer, type Server, type Socket } from 'node:net'
import type { LineOptions } from '../line/line-options.ts'
import type { Rs485Line } from '../line/line.ts'
import type { Random } from '../random.ts'
import type { Clock } from '../time/clock.ts'
import { Outlet, type GatewayFaults } from './outlet.ts'

export type GatewayOptions = Readonly<{ id: string; faults: GatewayFaults }> &
  Readonly<
    | {
        mode: 'dials-in'
        registration: string
        heartbeat: Readonly<{ text: string; everyMs: number }> | null
        reconnectMs: number
      }
    | { mode: 'dialled'; port: number }
  >

export type GatewayEvent = Readonly<{
  gateway: string
  kind: 'connected' | 'disconnected' | 'listening'
  detail: string
}>
export type GatewayParts = Readonly<{
  clock: Clock
  random: Random
  /** Where it dials, one after the other; nowhere: it stays away. */
  headends: readonly Readonly<{ host: string; port: number }>[]
  lineFor(deliver: (bytes: Uint8Array) => void): Rs485Line
  onEvent(event: GatewayEvent): void
}>

const longestReconnectMs = 30_000

/** A transparent TCP-to-RS-485 gateway: what comes in goes on the line, what the line says goes out. */
export class VirtualGateway {
  readonly options: GatewayOptions
  readonly #parts: GatewayParts
  readonly #stop = new AbortController()
  readonly #served = new Map<Socket, Rs485Line>()
  #server: Server | null = null
  #offline = false
  #wake: AbortController = new AbortController()
  #running: Promise<void> = Promise.resolve()

  constructor(options: GatewayOptions, parts: GatewayParts) {
    this.options = options
    this.#parts = parts
  }

  get port(): number | null {
    const address = this.#server?.address()
    return typeof address === 'object' && address !== null ? address.port : null
  }

  get connected(): boolean {
    return [...this.#served.keys()].some(({ readyState }) => readyState === 'open')
  }

  async start(): Promise<void> {
    if (this.options.mode === 'dialled') await this.#listen(this.options.port)
    else this.#running = this.#dial(this.options)
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    this.#wake.abort()
    this.drop()
    const server = this.#server
    if (server !== null) await new Promise((resolve) => server.close(resolve))
    await this.#running
  }

  /** Cuts the connection; it comes back. */
  drop(): void {
    for (const socket of this.#served.keys()) socket.destroy()
  }

  /** Away until told otherwise: no connection, in or out. */
  setOffline(offline: boolean): void {
    this.#offline = offline
    if (offline) this.drop()
    this.#wake.abort()
  }

  /** Changes the line of the connections there are; `startVillage` keeps it for those to come. */
  changeLine(options: Partial<LineOptions>): void {
    for (const line of this.#served.values()) line.change(options)
  }

  /** A meter has begun or ceased to talk all the time. */
  watchBabble(): void {
    for (const line of this.#served.values()) line.watchBabble()
  }

  async #listen(port: number): Promise<void> {
    const server = createServer({ noDelay: true }, (socket) => {
      if (this.#offline) socket.destroy()
      else void this.#serve(socket)
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    this.#event('listening', `port ${String(this.port)}`)
  }

  async #dial({ registration, heartbeat, reconnectMs }: Extract<GatewayOptions, { mode: 'dials-in' }>): Promise<void> {
    const { headends } = this.#parts
    let pauseMs = reconnectMs
    for (let dials = 0; !this.#stop.signal.aborted; dials += 1) {
      const headend = headends[dials % headends.length]
      if (headend === undefined) return
      if (!this.#offline) {
        const socket = connect({ host: headend.host, port: headend.port, noDelay: true })
        const served = this.#serve(socket, () => {
          pauseMs = reconnectMs
          socket.write(registration)
        })
        const callOff = heartbeat === null ? null : this.#beat(socket, heartbeat)
        await served
        callOff?.()
      }
      this.#wake = new AbortController()
      await this.#parts.clock.delay(pauseMs, AbortSignal.any([this.#stop.signal, this.#wake.signal]))
      pauseMs = Math.min(longestReconnectMs, pauseMs * 2)
    }
  }

  #beat(socket: Socket, { text, everyMs }: Readonly<{ text: string; everyMs: number }>): () => void {
    let callOff = (): void => undefined
    const next = (): void => {
      callOff = this.#parts.clock.after(everyMs, () => {
        if (socket.readyState === 'open') socket.write(text)
        next()
      })
    }
    next()
    return () => callOff()
  }

  /** Resolves when the connection is over; a connection that fails is an event, not an error. */
  async #serve(socket: Socket, onConnect?: () => void): Promise<void> {
    const { clock, random } = this.#parts
    const outlet = new Outlet(this.options.faults, {
      clock,
      random,
      write: (bytes) => {
        if (!socket.destroyed) socket.write(bytes)
      },
      drop: () => socket.destroy(),
    })
    const line = this.#parts.lineFor((bytes) => outlet.deliver(bytes))
    this.#served.set(socket, line)
    let why = 'closed'
    await new Promise<void>((resolve) => {
      socket.on('connect', () => {
        this.#event('connected', `${String(socket.remoteAddress)}:${String(socket.remotePort)}`)
        onConnect?.()
      })
      socket.on('data', (bytes) => line.send(bytes))
      socket.on('error', (error) => (why = error.message))
      socket.on('close', resolve)
    })
    line.close()
    outlet.close()
    this.#served.delete(socket)
    this.#event('disconnected', why)
  }

  #event(kind: GatewayEvent['kind'], detail: string): void {
    this.#parts.onEvent({ gateway: this.options.id, kind, detail })
  }
}
