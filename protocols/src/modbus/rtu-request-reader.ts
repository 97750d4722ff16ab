import { createStreamReader, type Judgement, type ReaderStatistics, type StreamReader } from './byte-queue.ts'
import { crcBytes, hasValidCrc } from './crc16.ts'
import { modbusFunction } from './function-code.ts'
import { modbusKindOfFunction, shortPduBytes, writeHeadBytes } from './request.ts'
import { lastUnit, longestRtuFrameBytes, type RtuFrame, rtuEnvelopeBytes } from './rtu-frame.ts'

/**
 * The slave's side of a line: finds requests of the functions spoken here, to whatever unit. Their length follows from
 * the function and, for function 10H, from its byte count.
 *
 * @example
 * createRtuRequestReader().push(fromHex('11 03 00 6B 00 03 76 87')) // [{ unit: 0x11, pdu: 03 00 6B 00 03 }]
 */
export function createRtuRequestReader(): StreamReader<RtuFrame> {
  const statistics: ReaderStatistics = { frames: 0, discardedBytes: 0, checksumErrors: 0 }
  const judge = (bytes: Uint8Array): Judgement<RtuFrame> => {
    const [unit = 0, code] = bytes
    if (unit > lastUnit) return { kind: 'nothing' }
    if (code === undefined) return { kind: 'incomplete' }
    if (modbusKindOfFunction(code) === undefined) return { kind: 'nothing' }
    let length = shortPduBytes + rtuEnvelopeBytes
    if (code === modbusFunction.writeMultiple) {
      const data = bytes[1 + shortPduBytes]
      if (data === undefined) return { kind: 'incomplete' }
      length = writeHeadBytes + data + rtuEnvelopeBytes
      if (length > longestRtuFrameBytes) return { kind: 'nothing' }
    }
    if (bytes.length < length) return { kind: 'incomplete' }
    if (hasValidCrc(bytes, 0, length))
      return { kind: 'frame', bytes: length, frame: { unit, pdu: bytes.slice(1, length - crcBytes) } }
    statistics.checksumErrors++
    return { kind: 'nothing' }
  }
  return createStreamReader(longestRtuFrameBytes, statistics, judge)
}
