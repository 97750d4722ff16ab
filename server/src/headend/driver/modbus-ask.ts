import {
  answersModbus,
  createRtuReplyReader,
  createTcpFrameReader,
  decodeModbusReply,
  decodeRtuFrame,
  decodeTcpFrame,
  encodeModbusRequest,
  encodeRtuFrame,
  encodeTcpFrame,
  isSilenceBehindGateway,
  mbapBytes,
  modbusExceptionName,
  modbusReplyBytes,
  type ModbusReply,
  type ModbusRequest,
  rtuEnvelopeBytes,
} from '@xianfu/protocols'
import type { Exchange } from '../headend.ts'
import type { Turn } from '../line/line.ts'
import { silentCharactersMs } from '../line/response-time.ts'
import type { Ear, HeardFrame } from '../line/wire.ts'
import { askLine, type Asker, type LineQuestion, type Unanswered } from './ask-line.ts'
import type { ModbusUnit } from './field-meter.ts'

export type ModbusAsked = Readonly<{ kind: 'reply'; reply: ModbusReply; exchange: Exchange }> | Unanswered

/**
 * One question to a Modbus meter, and its reply. A gateway's word that the meter behind it is silent counts as silence,
 * not as a refusal of the meter.
 */
export const askModbus = async (
  turn: Turn,
  asker: Asker,
  unit: ModbusUnit,
  request: ModbusRequest,
  meaning: string,
  signal?: AbortSignal,
  freshSinceMs = 0,
): Promise<ModbusAsked> => {
  const question = unit.envelope === 'rtu' ? rtuQuestion(asker, unit, request) : tcpQuestion(unit, request)
  const asked = await askLine(turn, asker, { ...question, meaning, isOpaque: true, freshSinceMs }, signal)
  if (asked.kind !== 'answer') return asked
  const frame = unit.envelope === 'rtu' ? decodeRtuFrame(asked.bytes) : decodeTcpFrame(asked.bytes)
  const decoded = frame.ok ? decodeModbusReply(frame.value.pdu) : frame
  if (!decoded.ok) throw new Error(`A frame that was taken for the answer cannot be read: ${decoded.detail}`)
  const reply = decoded.value
  const { exchange } = asked
  if (reply.kind === 'exception' && isSilenceBehindGateway(reply.exceptionCode)) {
    const detail = `the gateway says ${modbusExceptionName(reply.exceptionCode)}`
    return { kind: 'silence', detail, exchange }
  }
  return { kind: 'reply', reply, exchange }
}

type EnvelopedQuestion = Omit<LineQuestion, 'meaning'>

const rtuQuestion = (asker: Asker, { unit }: ModbusUnit, request: ModbusRequest): EnvelopedQuestion => {
  const pdu = encodeModbusRequest(request)
  const replyBytes = modbusReplyBytes(request) + rtuEnvelopeBytes
  return {
    bytes: encodeRtuFrame({ unit, pdu }),
    replyBytes,
    createEar: () => rtuEar(unit, request),
    quietMs: silentCharactersMs(asker.lineConfig),
    answersLike: () => `unit ${String(unit)} function ${String(pdu[0])} length ${String(replyBytes)}`,
  }
}

const rtuEar = (unit: number, request: ModbusRequest): Ear => {
  const reader = createRtuReplyReader(unit, request)
  return {
    statistics: reader.statistics,
    hear: (chunk) =>
      reader.push(chunk).map(({ kind, frame }): HeardFrame => {
        const bytes = encodeRtuFrame(frame)
        if (kind === 'echo') return { kind, bytes }
        return { kind: isAnswer(request, frame.pdu) ? 'answer' : 'other', bytes }
      }),
  }
}

const tcpQuestion = ({ unit, nextTransaction }: ModbusUnit, request: ModbusRequest): EnvelopedQuestion => {
  const transaction = nextTransaction()
  return {
    bytes: encodeTcpFrame({ transaction, unit, pdu: encodeModbusRequest(request) }),
    replyBytes: modbusReplyBytes(request) + mbapBytes,
    createEar: () => tcpEar(unit, transaction, request),
  }
}

const tcpEar = (unit: number, transaction: number, request: ModbusRequest): Ear => {
  const reader = createTcpFrameReader()
  return {
    statistics: reader.statistics,
    hear: (chunk) =>
      reader.push(chunk).map((frame): HeardFrame => {
        const isOurs = frame.unit === unit && frame.transaction === transaction && isAnswer(request, frame.pdu)
        return { kind: isOurs ? 'answer' : 'other', bytes: encodeTcpFrame(frame) }
      }),
  }
}

const isAnswer = (request: ModbusRequest, pdu: Uint8Array): boolean => {
  const reply = decodeModbusReply(pdu)
  return reply.ok && answersModbus(request, reply.value)
}
