import type { Clock } from '../domain/clock.ts'
import type { HeadendLog } from './headend-event.ts'
import type { GatewayConfig, GatewayStatus } from './headend.ts'
import type { HeadendLimits } from './limits.ts'
import { Line } from './line/line.ts'
import { createRecent, type Recent } from './line/recent.ts'
import { Wire } from './line/wire.ts'
import { keepOpen } from './transport/gateway-dialler.ts'
import { createHeartbeatFilter } from './transport/heartbeat-filter.ts'
import { withoutSeparators } from './transport/registration.ts'
import { openSerial } from './transport/serial-transport.ts'
import { dialTcp } from './transport/tcp-transport.ts'
import type { Transport } from './transport/transport.ts'

export type GatewayOptions = Readonly<{
  config: GatewayConfig
  clock: Clock
  limits: HeadendLimits
  log: HeadendLog
  onChange(status: GatewayStatus): void
}>

/** One gateway: its line, the link that is there or not, and what is known of it. */
export class Gateway {
  readonly #options: GatewayOptions
  readonly #stopping = new AbortController()
  readonly line: Line
  #online = false
  #since: number
  #lastHeardAt: number | null = null
  #lastHeardAtMs = 0
  readonly #unasked: Recent
  readonly #linksLost: Recent
  #opening: Promise<void> = Promise.resolve()

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#since = options.clock.now()
    this.#unasked = createRecent(options.clock)
    this.#linksLost = createRecent(options.clock)
    this.line = new Line(options.clock, options.limits.maxQueuedJobs)
  }

  get config(): GatewayConfig {
    return this.#options.config
  }

  status(): GatewayStatus {
    return {
      gatewayId: this.config.id,
      online: this.#online,
      since: this.#since,
      lastHeardAt: this.#lastHeardAt,
      remoteAddress: this.line.wire?.remoteAddress ?? null,
      queueLength: this.line.queueLength,
    }
  }

  /** Over the last hour of elapsed time: frames that nobody had asked for, and how often the link was lost. */
  troubles(): Readonly<{ unasked: number; linksLost: number }> {
    return { unasked: this.#unasked.count(), linksLost: this.#linksLost.count() }
  }

  /** Begins to dial, or to open its port; a gateway that dials in is waited for. */
  start(): void {
    const { clock, limits, log, config } = this.#options
    const { link } = config
    if (link.kind === 'dials-in') return
    const { dialTimeoutMs, writeTimeoutMs } = limits
    this.#opening = keepOpen({
      clock,
      firstPauseMs: limits.dialFirstPauseMs,
      longestPauseMs: limits.dialLongestPauseMs,
      signal: this.#stopping.signal,
      open: async (signal) =>
        link.kind === 'dialled'
          ? dialTcp(link, { clock, dialTimeoutMs, writeTimeoutMs, signal })
          : openSerial(link.path, config.line, { clock, writeTimeoutMs }),
      onOpen: (transport) => this.connected(transport, new Uint8Array(0)),
      onFailure: (reason, nextTryMs) =>
        log({ kind: 'dial-failed', gatewayId: config.id, code: config.code, reason, nextTryMs }),
    })
  }

  /** A link is there; it takes the place of an older one, and what waits for the line goes on with it. */
  connected(transport: Transport, first: Uint8Array): void {
    const { clock, limits, log, config } = this.#options
    if (this.#stopping.signal.aborted) return transport.close('the headend stops')
    const { id: gatewayId, code } = config
    const heartbeat = config.link.kind === 'dials-in' ? config.link.heartbeat : null
    const filter = createHeartbeatFilter(heartbeat)
    const ended = new AbortController()
    const wire: Wire = new Wire({
      transport,
      clock,
      guardMs: limits.guardMs,
      lateAnswerMs: limits.lateAnswerMs,
      filter: (bytes, isOpaque) => filter.push(bytes, isOpaque),
      onHeard: () => this.#heard(),
      onDropped: (frameHex, asked) => {
        if (!asked) this.#unasked.happened()
        log({ kind: 'frame-dropped', gatewayId, frameHex })
      },
      onClose: (reason) => {
        ended.abort()
        this.#disconnected(wire, reason)
      },
    })
    const { remoteAddress } = transport
    const older = this.line.wire
    this.#heard()
    this.line.attach(wire)
    if (older === null) log({ kind: 'gateway-online', gatewayId, code, remoteAddress })
    else log({ kind: 'gateway-replaced', gatewayId, code, remoteAddress })
    older?.close('a newer connection of the same gateway took its place')
    this.#setOnline(true)
    const said = withoutSeparators(first)
    if (said.length > 0) wire.receive(said)
    if (heartbeat !== null) void this.#watchSilence(wire, ended.signal)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.line.stop()
    this.line.wire?.close('the headend stops')
    await this.#opening
  }

  #disconnected(wire: Wire, reason: string): void {
    if (this.line.wire !== wire) return
    const { log, config } = this.#options
    this.line.attach(null)
    this.#linksLost.happened()
    log({ kind: 'gateway-offline', gatewayId: config.id, code: config.code, reason })
    this.#setOnline(false)
  }

  #setOnline(online: boolean): void {
    if (this.#online !== online) this.#since = this.#options.clock.now()
    this.#online = online
    this.#options.onChange(this.status())
  }

  #heard(): void {
    this.#lastHeardAt = this.#options.clock.now()
    this.#lastHeardAtMs = this.#options.clock.elapsedMs()
  }

  /** A connection can be dead for hours before TCP notices; a gateway that owes us heartbeats tells us sooner. */
  async #watchSilence(wire: Wire, signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options
    while (!signal.aborted) {
      const leftMs = this.#lastHeardAtMs + limits.gatewaySilenceMs - clock.elapsedMs()
      if (leftMs <= 0) return wire.close('its heartbeat has stopped')
      await clock.delay(leftMs, signal).catch(() => undefined)
    }
  }
}
