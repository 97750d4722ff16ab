import { createStreamReader, type Judgement, type ReaderStatistics, type StreamReader } from './byte-queue.ts'
import { readWord } from './function-code.ts'
import {
  longestMbapLength,
  mbapBytes,
  mbapLengthOffset,
  shortestMbapLength,
  type TcpFrame,
  tcpFrameBytes,
} from './tcp-frame.ts'

/**
 * Finds Modbus TCP frames, of either side, by the length in their header. There is no checksum; a header whose protocol
 * is not 0 or whose length cannot be is skipped byte by byte.
 *
 * @example
 * createTcpFrameReader().push(fromHex('00 01 00 00 00 05 11 04 02 00 0A'))
 * // [{ transaction: 1, unit: 0x11, pdu: 04 02 00 0A }]
 */
export function createTcpFrameReader(): StreamReader<TcpFrame> {
  const statistics: ReaderStatistics = { frames: 0, discardedBytes: 0, checksumErrors: 0 }
  const judge = (bytes: Uint8Array): Judgement<TcpFrame> => {
    if ((bytes[2] ?? 0) !== 0 || (bytes[3] ?? 0) !== 0) return { kind: 'nothing' }
    if (bytes.length <= mbapLengthOffset + 1) return { kind: 'incomplete' }
    const length = readWord(bytes, mbapLengthOffset)
    if (length < shortestMbapLength || length > longestMbapLength) return { kind: 'nothing' }
    const end = tcpFrameBytes(length)
    if (bytes.length < end) return { kind: 'incomplete' }
    const frame = {
      transaction: readWord(bytes, 0),
      unit: bytes[mbapBytes - 1] ?? 0,
      pdu: bytes.slice(mbapBytes, end),
    }
    return { kind: 'frame', bytes: end, frame }
  }
  return createStreamReader(tcpFrameBytes(longestMbapLength), statistics, judge)
}
