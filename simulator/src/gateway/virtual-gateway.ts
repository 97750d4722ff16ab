import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../clock.ts'
import type { Rs485Line } from '../line/line.ts'

export type GatewayOptions = Readonly<{ id: string }> &
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
  headend: Readonly<{ host: string; port: number }> | undefined
  lineFor(deliver: (bytes: Uint8Array) => void): Rs485Line
  onEvent(event: GatewayEvent): void
}>

const longestReconnectMs = 30_000

/** A transparent TCP-to-RS-485 gateway: what comes in goes on the line, what the line says goes out. */
export class VirtualGateway {
  readonly options: GatewayOptions
  readonly #parts: GatewayParts
  readonly #stop = new AbortController()
  readonly #sockets = new Set<Socket>()
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
    return this.#sockets.size > 0
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
    for (const socket of this.#sockets) socket.destroy()
  }

  /** Away until told otherwise: no connection, in or out. */
  setOffline(offline: boolean): void {
    this.#offline = offline
    if (offline) this.drop()
    this.#wake.abort()
  }

  async #listen(port: number): Promise<void> {
    const server = createServer((socket) => {
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
    const { headend } = this.#parts
    if (headend === undefined) return
    let pauseMs = reconnectMs
    while (!this.#stop.signal.aborted) {
      if (!this.#offline) {
        const socket = connect({ host: headend.host, port: headend.port, noDelay: true })
        const served = this.#serve(socket, () => {
          pauseMs = reconnectMs
          socket.write(registration)
        })
        const timer =
          heartbeat === null
            ? null
            : setInterval(() => {
                if (socket.readyState === 'open') socket.write(heartbeat.text)
              }, heartbeat.everyMs)
        await served
        if (timer !== null) clearInterval(timer)
      }
      this.#wake = new AbortController()
      await this.#parts.clock
        .delay(pauseMs, AbortSignal.any([this.#stop.signal, this.#wake.signal]))
        .catch(() => undefined)
      pauseMs = Math.min(longestReconnectMs, pauseMs * 2)
    }
  }

  /** Resolves when the connection is over; a connection that fails is an event, not an error. */
  async #serve(socket: Socket, onConnect?: () => void): Promise<void> {
    this.#sockets.add(socket)
    const line = this.#parts.lineFor((bytes) => {
      if (!socket.destroyed) socket.write(bytes)
    })
    let why = 'closed'
    await new Promise<void>((resolve) => {
      socket.on('connect', () => {
        this.#event('connected', `${String(socket.remoteAddress)}:${String(socket.remotePort)}`)
        onConnect?.()
      })
      socket.on('data', (bytes) => void line.send(bytes))
      socket.on('error', (error) => (why = error.message))
      socket.on('close', resolve)
    })
    line.close()
    this.#sockets.delete(socket)
    this.#event('disconnected', why)
  }

  #event(kind: GatewayEvent['kind'], detail: string): void {
    this.#parts.onEvent({ gateway: this.options.id, kind, detail })
  }
}
