import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../domain/clock.ts'
import { controlMeter } from './driver/control-meter.ts'
import { createModbusUnit, type ModbusUnit } from './driver/field-meter.ts'
import { KnownMeter, type LineSide } from './driver/known-meter.ts'
import { readMeter } from './driver/read-meter.ts'
import { readMeterRecord, readMeterSigns } from './events/meter-signs.ts'
import { noSigns } from './events/no-signs.ts'
import { readStored } from './driver/read-stored.ts'
import { broadcastClock, writeClock } from './driver/set-clock.ts'
import { writeParameter } from './driver/write-parameter.ts'
import { Gateway } from './gateway.ts'
import type { HeadendLog } from './headend-event.ts'
import type { FieldConfig, GatewayConfig, GatewayStatus, Headend, LineStatus, MeterConfig } from './headend.ts'
import { defaultLimits, type HeadendLimits } from './limits.ts'
import { findModel } from './model/models.ts'
import { GatewayServer, type SecureListening } from './transport/gateway-server.ts'
import { readMeterPurse, writeMeterPurse } from './purse/meter-purse.ts'
import { createOneAtATime } from './purse/one-at-a-time.ts'
import { guardSecurityModule } from './security/guard-security-module.ts'
import type { SecurityModule } from './security/security-module.ts'
import { registrationBook, type KnownGateway, type RegistrationBook } from './transport/registration.ts'

export type HeadendOptions = Readonly<{
  clock: Clock
  /** Where gateways dial in; port 0 takes a free one. */
  listen: Readonly<{ host: string; port: number }>
  /** Where gateways dial in with TLS, beside the plain port. */
  listenSecurely?: SecureListening
  log: HeadendLog
  limits?: Partial<HeadendLimits>
  /** Makes identities and purchases for meters with a security chip; without one they take none. */
  security?: SecurityModule | null
}>

/** The field side as one thing: gateways that come and go, their lines, and the meters on them. */
export const createHeadend = (options: HeadendOptions): Headend => new RunningHeadend(options)

class RunningHeadend implements Headend {
  readonly #clock: Clock
  readonly #listen: HeadendOptions['listen']
  readonly #listenSecurely: SecureListening | null
  readonly #log: HeadendLog
  readonly #limits: HeadendLimits
  readonly #security: SecurityModule | null
  readonly #onePurseAtATime = createOneAtATime()
  readonly #server: GatewayServer
  readonly #listeners: ((status: GatewayStatus) => void)[] = []
  readonly #gateways = new Map<number, Gateway>()
  readonly #meters = new Map<number, KnownMeter>()
  readonly #metersOf = new Map<number, KnownMeter[]>()
  /** Gateways that the archive no longer has, or has otherwise, while they let go of their line. */
  readonly #leaving = new Set<Promise<void>>()
  /** Of the archive as it is; made when the first gateway dials. */
  #book: RegistrationBook | null = null
  #state: 'new' | 'running' | 'stopped' = 'new'

  constructor({ clock, listen, listenSecurely, log, limits, security }: HeadendOptions) {
    this.#clock = clock
    this.#listen = listen
    this.#listenSecurely = listenSecurely ?? null
    this.#log = log
    this.#limits = { ...defaultLimits, ...limits }
    const answerWithinMs = this.#limits.securityModuleMs
    this.#security = security ? guardSecurityModule(security, { clock, answerWithinMs }) : null
    this.#server = new GatewayServer({
      clock,
      limits: this.#limits,
      log,
      known: () => (this.#book ??= registrationBook(this.#knownGateways())),
      onGateway: (gatewayId, transport, first) => {
        const gateway = this.#gateways.get(gatewayId)
        if (gateway === undefined) transport.close('the gateway was removed')
        else gateway.connected(transport, first)
      },
    })
  }

  async start(): ReturnType<Headend['start']> {
    if (this.#state !== 'new') throw new Error('A headend starts once.')
    const port = await this.#server.listen(this.#listen.host, this.#listen.port)
    const secure = this.#listenSecurely
    const securePort = secure === null ? {} : { securePort: await this.#server.listenSecurely(secure) }
    this.#state = 'running'
    for (const gateway of this.#gateways.values()) gateway.start()
    return { port, ...securePort }
  }

  async stop(): Promise<void> {
    this.#state = 'stopped'
    for (const gateway of this.#gateways.values()) this.#dismiss(gateway)
    await Promise.all([this.#server.close(), ...this.#leaving])
  }

  configure(config: FieldConfig): void {
    if (this.#state === 'stopped') return
    const wanted = new Map(config.gateways.map((gateway) => [gateway.id, gateway]))
    for (const [id, gateway] of this.#gateways) {
      if (isDeepStrictEqual(gateway.config, wanted.get(id))) continue
      this.#gateways.delete(id)
      this.#dismiss(gateway)
    }
    for (const gateway of config.gateways) if (!this.#gateways.has(gateway.id)) this.#admit(gateway)
    this.#book = null
    const known = new Map(this.#meters)
    this.#meters.clear()
    this.#metersOf.clear()
    const sides = new Map([...this.#gateways].map(([id, gateway]) => [id, this.#lineSide(gateway)]))
    for (const meter of config.meters) {
      const side = sides.get(meter.gatewayId)
      const made = side === undefined ? null : this.#knownMeter(meter, side, known.get(meter.id))
      if (made === null) continue
      this.#meters.set(meter.id, made)
      const ofGateway = this.#metersOf.get(meter.gatewayId)
      if (ofGateway === undefined) this.#metersOf.set(meter.gatewayId, [made])
      else ofGateway.push(made)
    }
  }

  read: Headend['read'] = async (meterId, items, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined)
      return { ok: false, code: 'unknown-meter', detail: unknownMeter, values: {}, times: {}, exchanges: [] }
    return readMeter(meter, items, options)
  }

  readStored: Headend['readStored'] = async (meterId, span, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { ok: false, code: 'unknown-meter', detail: unknownMeter, exchanges: [] }
    return readStored(meter, span, options)
  }

  setClock: Headend['setClock'] = async (meterId, way, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { ok: false, code: 'unknown-meter', detail: unknownMeter, exchanges: [] }
    return way === 'broadcast' ? broadcastClock(meter, options) : writeClock(meter, options)
  }

  control: Headend['control'] = async (meterId, request) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { kind: 'not-sent', code: 'unknown-meter', detail: unknownMeter }
    return controlMeter(meter, request)
  }

  writeParameter: Headend['writeParameter'] = async (meterId, request) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { kind: 'not-sent', code: 'unknown-meter', detail: unknownMeter, exchanges: [] }
    return writeParameter(meter, request)
  }

  readPurse: Headend['readPurse'] = async (meterId, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { ok: false, code: 'unknown-meter', detail: unknownMeter, exchanges: [] }
    return this.#onePurseAtATime(meterId, async () => readMeterPurse(meter, this.#security, options))
  }

  writePurse: Headend['writePurse'] = async (meterId, purchase, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { kind: 'unknown', reason: `not sent: ${unknownMeter}`, exchanges: [] }
    return this.#onePurseAtATime(meterId, async () => writeMeterPurse(meter, this.#security, purchase, options))
  }

  readSigns: Headend['readSigns'] = async (meterId, what, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { ok: false, code: 'unknown-meter', detail: unknownMeter, ...noSigns }
    return readMeterSigns(meter, what, options)
  }

  readEventRecord: Headend['readEventRecord'] = async (meterId, source, last, options) => {
    const meter = this.#meters.get(meterId)
    if (meter === undefined) return { ok: false, code: 'unknown-meter', detail: unknownMeter, exchanges: [] }
    return readMeterRecord(meter, source, last, options)
  }

  hangUp(gatewayId: number, reason: string): void {
    this.#gateways.get(gatewayId)?.line.wire?.close(reason)
  }

  gateways(): readonly GatewayStatus[] {
    return [...this.#gateways.values()].map((gateway) => gateway.status())
  }

  gateway(gatewayId: number): GatewayStatus | null {
    return this.#gateways.get(gatewayId)?.status() ?? null
  }

  lines(gatewayId?: number): readonly LineStatus[] {
    if (gatewayId === undefined) return [...this.#gateways.values()].map((gateway) => this.#lineStatus(gateway))
    const gateway = this.#gateways.get(gatewayId)
    return gateway === undefined ? [] : [this.#lineStatus(gateway)]
  }

  #lineStatus(gateway: Gateway): LineStatus {
    const { gatewayId, online, queueLength } = gateway.status()
    const meters = (this.#metersOf.get(gatewayId) ?? []).map(({ config, tally, backOff }) => ({
      meterId: config.id,
      isBackingOff: backOff.isPausing(),
      ...tally.counts(),
    }))
    return { gatewayId, online, queueLength, ...gateway.troubles(), meters }
  }

  onGatewayChange(listener: (status: GatewayStatus) => void): void {
    this.#listeners.push(listener)
  }

  #admit(config: GatewayConfig): void {
    const gateway = new Gateway({
      config,
      clock: this.#clock,
      limits: this.#limits,
      log: this.#log,
      onChange: (status) => {
        for (const listener of this.#listeners) listener(status)
      },
    })
    this.#gateways.set(config.id, gateway)
    if (this.#state === 'running') gateway.start()
  }

  #dismiss(gateway: Gateway): void {
    const leaving: Promise<void> = gateway.stop().finally(() => this.#leaving.delete(leaving))
    this.#leaving.add(leaving)
  }

  #knownGateways(): KnownGateway[] {
    return [...this.#gateways.values()].flatMap((gateway) => {
      const { id: gatewayId, link } = gateway.config
      if (link.kind !== 'dials-in' || link.registration === '') return []
      const { registration, heartbeat, identifiedBy = 'packet' } = link
      const meterAddresses = identifiedBy === 'meter' ? this.#dlt645Addresses(gatewayId) : []
      const isOnline = (): boolean => gateway.status().online
      return [{ gatewayId, registration, heartbeat, identifiedBy, meterAddresses, isOnline }]
    })
  }

  #dlt645Addresses(gatewayId: number): string[] {
    return (this.#metersOf.get(gatewayId) ?? [])
      .filter(({ modbus }) => modbus === null)
      .map(({ config }) => config.address)
  }

  /** What was learnt of a meter outlives a change of the archive, unless the meter moved to another line. */
  #knownMeter(config: MeterConfig, side: LineSide, known: KnownMeter | undefined): KnownMeter | null {
    const same =
      known?.line === side.line &&
      known.config.address === config.address &&
      isDeepStrictEqual(known.config.protocol, config.protocol)
    const modbus = same ? known.modbus : this.#modbusUnit(config)
    // Never spoken to in another language than its own.
    return modbus === 'unknown-model' ? null : new KnownMeter(config, modbus, side, same ? known : null)
  }

  #lineSide({ line, config }: Gateway): LineSide {
    const limits = this.#limits
    const latencyMs = config.link.kind === 'serial' ? limits.serialLatencyMs : limits.gatewayLatencyMs
    const { shortestLatencyMs, longestResponseMs } = limits
    return {
      line,
      lineConfig: config.line,
      responseTimes: { latencyMs, shortestLatencyMs, longestResponseMs },
      limits,
      clock: this.#clock,
      elapsedMs: () => this.#clock.elapsedMs(),
      log: this.#log,
    }
  }

  #modbusUnit({ id, address, protocol }: MeterConfig): ModbusUnit | null | 'unknown-model' {
    if (protocol === undefined || protocol.kind === 'dlt645') return null
    const model = findModel(protocol.model)
    if (model !== null) return createModbusUnit(protocol, model)
    this.#log({ kind: 'meter-model-unknown', meterId: id, address, model: protocol.model })
    return 'unknown-model'
  }
}

const unknownMeter = 'no such meter on any gateway, or of a model that is not known'
