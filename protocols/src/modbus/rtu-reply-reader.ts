import { createStreamReader, type Judgement, type ReaderStatistics, type StreamReader } from './byte-queue.ts'
import { crcBytes, hasValidCrc } from './crc16.ts'
import { modbusReplyBytes } from './exchange.ts'
import { exceptionBit, registerBytes } from './function-code.ts'
import { exceptionPduBytes } from './reply.ts'
import { encodeModbusRequest, functionOfModbusKind, type ModbusRequest } from './request.ts'
import { encodeRtuFrame, longestRtuFrameBytes, type RtuFrame, rtuEnvelopeBytes } from './rtu-frame.ts'

/** A frame of the unit that was asked, or the question itself, as two-wire adapters and some gateways send it back. */
export type HeardRtu = Readonly<{ kind: 'reply' | 'echo'; frame: RtuFrame }>

/**
 * Finds the reply to one question. RTU frames carry no length and are told apart by silence, which a TCP gateway does
 * not preserve; but the length of a reply follows from its request, so a reader for each question needs no clock.
 *
 * `write-single` is answered by its own bytes: on a line with echo the first of the two counts as the reply.
 *
 * @throws ProtocolError when the question itself cannot be put into bytes.
 * @example
 * const reader = createRtuReplyReader(0x11, { kind: 'read-input', start: 8, count: 1 })
 * reader.push(fromHex('11 04 02')) // []
 * reader.push(fromHex('00 0A F8 F4')) // [{ kind: 'reply', frame: { unit: 0x11, pdu: 04 02 00 0A } }]
 */
export function createRtuReplyReader(unit: number, request: ModbusRequest): StreamReader<HeardRtu> {
  const statistics: ReaderStatistics = { frames: 0, discardedBytes: 0, checksumErrors: 0 }
  const question = encodeRtuFrame({ unit, pdu: encodeModbusRequest(request) })
  const code = functionOfModbusKind[request.kind]
  const replyBytes = modbusReplyBytes(request) + rtuEnvelopeBytes
  const isRead = request.kind === 'read-holding' || request.kind === 'read-input'
  const dataBytes = isRead ? request.count * registerBytes : null

  /** How long the frame is that begins here, if one does; null while the bytes are too few to tell. */
  const frameLength = (bytes: Uint8Array): number | 'none' | null => {
    if (bytes[0] !== unit) return 'none'
    if (bytes.length < 3) return bytes[1] === undefined || (bytes[1] & ~exceptionBit) === code ? null : 'none'
    if (bytes[1] === (code | exceptionBit)) return exceptionPduBytes + rtuEnvelopeBytes
    if (bytes[1] !== code) return 'none'
    return dataBytes === null || bytes[2] === dataBytes ? replyBytes : 'none'
  }

  const judge = (bytes: Uint8Array): Judgement<HeardRtu> => {
    const length = frameLength(bytes)
    const whole = length !== null && length !== 'none' && bytes.length >= length ? length : null
    if (whole !== null) {
      if (hasValidCrc(bytes, 0, whole)) return found('reply', bytes, whole)
    }
    const common = matchingBytes(bytes, question)
    if (common === question.length) return found('echo', bytes, common)
    const mayBecomeEcho = common === bytes.length
    if (length === null || (length !== 'none' && whole === null) || mayBecomeEcho) return { kind: 'incomplete' }
    if (whole !== null) statistics.checksumErrors++
    return { kind: 'nothing' }
  }

  return createStreamReader(longestRtuFrameBytes, statistics, judge)
}

const found = (kind: HeardRtu['kind'], bytes: Uint8Array, length: number): Judgement<HeardRtu> => ({
  kind: 'frame',
  bytes: length,
  frame: { kind, frame: { unit: bytes[0] ?? 0, pdu: bytes.slice(1, length - crcBytes) } },
})

/** How many bytes the two have in common from the first one on. */
const matchingBytes = (bytes: Uint8Array, other: Uint8Array): number => {
  const most = Math.min(bytes.length, other.length)
  let count = 0
  while (count < most && bytes[count] === other[count]) count++
  return count
}
