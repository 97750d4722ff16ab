import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createRtuRequestReader,
  createTcpFrameReader,
  decodeModbusRequest,
  encodeModbusReply,
  encodeRegister,
  encodeRtuFrame,
  encodeTcpFrame,
  type ModbusReply,
  type ModbusRequest,
  type Register,
} from '@xianfu/protocols'
import { writeMessage } from '../driver/modbus-control.ts'
import type { MeterModel } from '../model/meter-model.ts'
import { registerNamed } from '../model/model-registers.ts'

/** Modbus meters made by hand for tests: words at addresses, and a relay that obeys or not. */
export type HandMadeModbusMeter = Readonly<{
  unit: number
  model: MeterModel
  /** Registers that exist; any other is an illegal address. */
  words: Map<number, number>
  requests: ModbusRequest[]
}> & {
  /** A relay that is stuck takes the order and stays where it is. */
  isStuck: boolean
  /** Replies in place of the honest one; undefined lets the meter be honest. */
  instead: ((request: ModbusRequest) => ModbusReply | null | undefined) | null
}

/** The registers of an Acrel meter: block 0200H and the set-up that the tests touch, relay closed and nothing forced. */
export const handMadeAcrel = (
  unit: number,
  model: MeterModel,
  values: Readonly<Record<string, number | string | Uint8Array>> = {},
): HandMadeModbusMeter => {
  const words = new Map<number, number>()
  for (const [start, count] of [
    [0x0000, 0x12],
    [0x0043, 0x1f],
    [0x0200, 0x30],
  ] as const)
    for (let at = start; at < start + count; at += 1) words.set(at, 0)
  const meter: HandMadeModbusMeter = { unit, model, words, requests: [], isStuck: false, instead: null }
  setRegister(meter, 'relayStatus', 0xe000)
  if (model.ratios !== null) for (const name of Object.values(model.ratios)) setRegister(meter, name, 1)
  for (const [name, value] of Object.entries(values)) setRegister(meter, name, value)
  return meter
}

export const setRegister = (meter: HandMadeModbusMeter, name: string, value: number | string | Uint8Array): void => {
  const register: Register = registerNamed(meter.model, name)
  putWords(meter.words, register.at, encodeRegister(register, value))
}

const putWords = (words: Map<number, number>, start: number, data: Uint8Array): void => {
  for (let index = 0; index < data.length; index += 2)
    words.set(start + index / 2, ((data[index] ?? 0) << 8) | (data[index + 1] ?? 0))
}

export const replyOf = (meter: HandMadeModbusMeter, request: ModbusRequest): ModbusReply | null => {
  meter.requests.push(request)
  const other = meter.instead?.(request)
  return other === undefined ? honestReply(meter, request) : other
}

export const honestReply = (meter: HandMadeModbusMeter, request: ModbusRequest): ModbusReply => {
  const { words } = meter
  const count = 'count' in request ? request.count : 'data' in request ? request.data.length / 2 : 1
  const isThere = Array.from({ length: count }, (_, index) => request.start + index).every((at) => words.has(at))
  if (!isThere) return { kind: 'exception', functionCode: codeOf[request.kind], exceptionCode: 2 }
  switch (request.kind) {
    case 'read-holding':
    case 'read-input': {
      const data = new Uint8Array(2 * count)
      for (let index = 0; index < count; index += 1) {
        const word = words.get(request.start + index) ?? 0
        data[2 * index] = word >> 8
        data[2 * index + 1] = word
      }
      return { kind: request.kind, data }
    }
    case 'write-single':
      words.set(request.start, request.value)
      return request
    case 'write-multiple':
      putWords(words, request.start, request.data)
      if (!meter.isStuck) obey(meter, request)
      return { kind: 'write-multiple', start: request.start, count }
  }
}

const codeOf = { 'read-holding': 3, 'read-input': 4, 'write-single': 6, 'write-multiple': 16 } as const

/** Forced open or closed, all poles; released, the contacts stay where they are. */
const obey = (meter: HandMadeModbusMeter, request: Extract<ModbusRequest, { kind: 'write-multiple' }>): void => {
  const orders = meter.model.relay?.orders
  if (orders === undefined) return
  const contacts = (meter.words.get(0x0224) ?? 0) & 0xe000
  if (isOrder(meter.model, orders.open, request)) meter.words.set(0x0224, 0x0008)
  if (isOrder(meter.model, orders.close, request)) meter.words.set(0x0224, 0xe00f)
  if (orders.release !== null && isOrder(meter.model, orders.release, request)) meter.words.set(0x0224, contacts)
}

const isOrder = (
  model: MeterModel,
  order: Parameters<typeof writeMessage>[1],
  request: Extract<ModbusRequest, { kind: 'write-multiple' }>,
): boolean => {
  const message = writeMessage(model, order)
  return message.kind === 'write-multiple' && message.start === request.start && isSame(message.data, request.data)
}

const isSame = (data: Uint8Array, other: Uint8Array): boolean =>
  data.length === other.length && data.every((byte, index) => byte === other[index])

/** What goes out, changed, cut, delayed or doubled; `silence` for nothing. */
export type Sending = (bytes: Uint8Array) => readonly (Uint8Array | Readonly<{ pauseMs: number }>)[]

/** Meters at the far end of a socket, as the slave's side of our own codec. */
export const serveModbus = (
  socket: Socket,
  envelope: 'rtu' | 'tcp',
  meters: readonly HandMadeModbusMeter[],
  sending: Sending = (bytes) => [bytes],
): void => {
  const send = async (bytes: Uint8Array): Promise<void> => {
    for (const packet of sending(bytes)) {
      if ('pauseMs' in packet) await sleep(packet.pauseMs)
      else if (!socket.destroyed) socket.write(packet)
    }
  }
  const answer = (unit: number, pdu: Uint8Array, wrap: (pdu: Uint8Array) => Uint8Array): void => {
    const request = decodeModbusRequest(pdu)
    const meter = meters.find((each) => each.unit === unit)
    if (!request.ok || meter === undefined) return
    const reply = replyOf(meter, request.value)
    if (reply !== null) void send(wrap(encodeModbusReply(reply)))
  }
  const rtu = createRtuRequestReader()
  const tcp = createTcpFrameReader()
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    if (envelope === 'rtu')
      for (const { unit, pdu } of rtu.push(bytes)) answer(unit, pdu, (reply) => encodeRtuFrame({ unit, pdu: reply }))
    else
      for (const { transaction, unit, pdu } of tcp.push(bytes))
        answer(unit, pdu, (reply) => encodeTcpFrame({ transaction, unit, pdu: reply }))
  })
}
