import { decoded, type Decoded, refused } from '../decoded.ts'
import { ProtocolError } from '../error.ts'
import { longestPduBytes, readWord, writeWord } from './function-code.ts'

/** Function code and data in the MBAP header of Modbus TCP. `transaction` pairs a reply with its request. */
export type TcpFrame = Readonly<{ transaction: number; unit: number; pdu: Uint8Array }>

/** Transaction, protocol (always 0), length of what follows, unit. */
export const mbapBytes = 7
/** Where the length stands, and what it counts from on. */
export const mbapLengthOffset = 4
const countedFrom = 6
/** Unit and function code, unit and 253 bytes. */
export const shortestMbapLength = 2
export const longestMbapLength = 1 + longestPduBytes

/** Bytes of a frame whose header says this length. */
export const tcpFrameBytes = (mbapLength: number): number => countedFrom + mbapLength

/**
 * A frame as it travels over TCP. Devices that have no units behind them take 0 or 255.
 *
 * @throws ProtocolError `bad-address`, `out-of-range` or `wrong-length` when it cannot be said.
 * @example
 * toHex(encodeTcpFrame({ transaction: 1, unit: 0x11, pdu: fromHex('03 00 6B 00 03') }))
 * // '00 01 00 00 00 06 11 03 00 6B 00 03'
 */
export function encodeTcpFrame({ transaction, unit, pdu }: TcpFrame): Uint8Array {
  if (!isIntegerUpTo(unit, 0xff)) throw new ProtocolError('bad-address', 'a unit is a number from 0 to 255')
  if (!isIntegerUpTo(transaction, 0xffff)) throw new ProtocolError('out-of-range', 'a transaction has 16 bits')
  if (pdu.length === 0 || pdu.length > longestPduBytes) throw new ProtocolError('wrong-length', '1 to 253 bytes')
  const bytes = new Uint8Array(mbapBytes + pdu.length)
  writeWord(bytes, 0, transaction)
  writeWord(bytes, mbapLengthOffset, 1 + pdu.length)
  bytes[mbapBytes - 1] = unit
  bytes.set(pdu, mbapBytes)
  return bytes
}

/** The frame that these bytes, all of them, are; its `pdu` is a copy. */
export function decodeTcpFrame(bytes: Uint8Array): Decoded<TcpFrame> {
  if (bytes.length <= mbapBytes) return refused('too-short', `${bytes.length} bytes are no frame`)
  if (readWord(bytes, 2) !== 0) return refused('no-start', 'the protocol identifier is not 0')
  const length = readWord(bytes, mbapLengthOffset)
  if (length < shortestMbapLength || length > longestMbapLength || tcpFrameBytes(length) !== bytes.length)
    return refused('bad-length', `the length ${length} does not fit ${bytes.length} bytes`)
  return decoded({ transaction: readWord(bytes, 0), unit: bytes[mbapBytes - 1] ?? 0, pdu: bytes.slice(mbapBytes) })
}

const isIntegerUpTo = (value: number, most: number): boolean => Number.isInteger(value) && value >= 0 && value <= most
