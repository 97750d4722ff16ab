import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createFrameReader,
  decodeRequest,
  encodeFrame,
  encodeReply,
  encodeValue,
  identifierName,
  type IdentifierName,
  type Reply,
  type Request,
  type StatusWord3,
} from '@xianfu/protocols'
import type { Clock } from '../../domain/clock.ts'
import { clockFrom } from '../../domain/testing/machine-clock.ts'

/** Gateways and meters made by hand for tests, over real TCP: they do what one test says and remember what they heard. */

/** Wall time begins at a fixed moment, so that deadlines in frames can be told beforehand. */
export const wallStart = Date.UTC(2026, 0, 15, 4, 0, 0)

export const testClock = (): Clock => clockFrom(wallStart)

export type Heard = Readonly<{ request: Request; atMs: number }>

/** What a gateway sends back: one packet, several with pauses between them, or nothing. */
export type Packets = readonly (Uint8Array | { readonly pauseMs: number })[]

export type Answering = (request: Request) => Packets

/** A meter that knows its energy and its status word, and obeys. */
export type HandMadeMeter = {
  readonly address: string
  energyWh: number
  status: StatusWord3
  /** Replies in place of the honest one; undefined lets the meter be honest. */
  instead: ((request: Request) => Reply | null | undefined) | null
}

export const closedStatus: StatusWord3 = {
  raw: 0,
  relay: 'closed',
  relayCommand: 'closed',
  keepPower: false,
  preTripAlarm: false,
  meterType: 'none',
  programmingAllowed: false,
  supply: 'main',
  authenticated: false,
  localAccountOpened: true,
  remoteAccountOpened: true,
}

/** The word and its parts agree: bit 4 relay, bit 6 command, bit 7 alarm, bit 12 keep power. */
export const statusWith = (change: Partial<StatusWord3>): StatusWord3 => {
  const status = { ...closedStatus, ...change }
  const raw =
    (status.relay === 'open' ? 1 << 4 : 0) |
    (status.relayCommand === 'open' ? 1 << 6 : 0) |
    (status.preTripAlarm ? 1 << 7 : 0) |
    (status.keepPower ? 1 << 12 : 0)
  return { ...status, raw }
}

export const handMadeMeter = (address: string, change: Partial<HandMadeMeter> = {}): HandMadeMeter => ({
  address,
  energyWh: 12_340,
  status: statusWith({}),
  instead: null,
  ...change,
})

export const honestReply = (meter: HandMadeMeter, request: Request): Reply | null => {
  const { address } = meter
  if (request.kind === 'read-address') return { kind: 'read-address', address }
  if (request.kind === 'control') {
    meter.status = obeyed(meter.status, request.action)
    return { kind: 'control', address, result: new Uint8Array(0) }
  }
  if (request.kind !== 'read') return null
  const { identifier } = request
  const data = dataOf(meter, identifier)
  if (data !== null) return { kind: 'read', address, identifier, data, more: false }
  return { kind: 'error', address, functionCode: 0x11, errors: { raw: 2, reasons: ['no-data'] } }
}

const obeyed = (status: StatusWord3, action: string): StatusWord3 => {
  switch (action) {
    case 'trip':
      return statusWith({ ...status, relay: 'open', relayCommand: 'open' })
    case 'direct-close':
      return statusWith({ ...status, relay: 'closed', relayCommand: 'closed' })
    case 'permit-close':
      return statusWith({ ...status, relayCommand: 'closed' })
    case 'keep-power-on':
      return statusWith({ ...status, keepPower: true })
    case 'keep-power-off':
      return statusWith({ ...status, keepPower: false })
    case 'alarm-on':
      return statusWith({ ...status, preTripAlarm: true })
    default:
      return statusWith({ ...status, preTripAlarm: false })
  }
}

const dataOf = (meter: HandMadeMeter, identifier: number): Uint8Array | null => {
  const known: Readonly<Partial<Record<IdentifierName, Uint8Array>>> = {
    forwardActiveEnergyTotal: encodeValue('forwardActiveEnergyTotal', meter.energyWh),
    forwardActiveEnergyBlock: encodeValue('forwardActiveEnergyBlock', {
      total: meter.energyWh,
      rates: [0, meter.energyWh, 0, 0],
    }),
    statusWord3: encodeValue('statusWord3', meter.status),
    activePowerTotal: encodeValue('activePowerTotal', 1_234_500),
    frequency: encodeValue('frequency', 50_010),
  }
  const name = identifierName(identifier)
  return name === null ? null : (known[name] ?? null)
}

/** Several meters on one line; the one that is addressed answers. */
export const answeringFor =
  (...meters: HandMadeMeter[]): Answering =>
  (request) => {
    const meter = 'address' in request ? meters.find(({ address }) => address === request.address) : meters[0]
    if (meter === undefined) return []
    const other = meter.instead?.(request)
    const reply = other === undefined ? honestReply(meter, request) : other
    return reply === null ? [] : [encodeFrame(encodeReply(reply))]
  }

/** The field's end of one TCP connection. */
export class HandMadeGateway {
  readonly heard: Heard[] = []
  readonly socket: Socket
  readonly closed: Promise<void>
  #answering: Answering

  constructor(socket: Socket, answering: Answering) {
    this.socket = socket
    this.#answering = answering
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    const reader = createFrameReader()
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      for (const frame of reader.push(Buffer.from(bytes))) {
        const request = decodeRequest(frame)
        if (!request.ok) throw new Error(`The headend sent what nobody can read: ${request.detail}`)
        this.heard.push({ request: request.value, atMs: performance.now() })
        void this.send(this.#answering(request.value))
      }
    })
  }

  answerWith(answering: Answering): void {
    this.#answering = answering
  }

  async send(packets: Packets): Promise<void> {
    for (const packet of packets) {
      if ('pauseMs' in packet) await sleep(packet.pauseMs)
      else if (!this.socket.destroyed) this.socket.write(packet)
    }
  }

  text(text: string): void {
    this.socket.write(text, 'latin1')
  }

  requests(kind: Request['kind']): Request[] {
    return this.heard.map(({ request }) => request).filter((request) => request.kind === kind)
  }

  hangUp(): void {
    this.socket.destroy()
  }
}

/** A gateway that dials in; it says nothing until told to. */
export const dialIn = async (port: number, answering: Answering): Promise<HandMadeGateway> => {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  return new HandMadeGateway(socket, answering)
}

/** A gateway that waits to be dialled. */
export const listeningGateway = async (
  answering: Answering,
): Promise<Readonly<{ port: number; connections: HandMadeGateway[]; close(): void }>> => {
  const connections: HandMadeGateway[] = []
  const server: Server = createServer((socket) => connections.push(new HandMadeGateway(socket, answering)))
  await new Promise<void>((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    close() {
      server.close()
      for (const connection of connections) connection.hangUp()
    },
  }
}
